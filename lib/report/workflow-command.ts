import { resolve } from 'node:path';
import { printable } from './words';

/** What GitHub shows beside a run, and beside a line where it is known. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly lines: readonly string[];
  readonly file?: string;
  /** From 1. @default - the first, where there is a file */
  readonly line?: string;
  /** @default - the whole line */
  readonly col?: string;
}

/**
 * An annotation as a workflow command of GitHub Actions. The runner takes a file that is inside the checkout for one of the repository
 * when its path is absolute: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
 */
export function annotation({ level, title, lines, file, line = '1', col }: Annotation): string {
  const properties = Object.entries({
    ...(file !== undefined && { file: resolve(file), line }),
    ...(col !== undefined && { col }),
    title: printable(title),
  }).map(([key, value]) => `${key}=${property(value)}`);
  return `::${level} ${properties.join(',')}::${data(lines.map(printable).join('\n'))}`;
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/**
 * Lines of a log in which the runner finds no command. It reads one of two kinds: `::name::` where a line begins with it, after any space,
 * and the older `##[name]` wherever it stands: https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export const withoutCommands = (text: string): string =>
  text.replaceAll(/^([^\S\r\n]*):(?=:)/gm, '$1\\u003a').replaceAll('##[', '##\\u005b');
