/** A command that the runner reads from a line of a log. */
export interface ReadCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The commands that a runner knows, as far as they matter. */
const KNOWN = new Set(['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask', 'stop-commands', 'set-output', 'save-state', 'set-env', 'add-path']); // prettier-ignore

/** What the runner reads from a log: both kinds of commands, as src/Runner.Common/ActionCommand.cs does. */
export const commandsIn = (log: string): ReadCommand[] =>
  log.split(/\r\n|\r|\n/).flatMap((line) => newer(line) ?? older(line) ?? []);

function newer(line: string): ReadCommand | undefined {
  const text = line.trimStart();
  const end = text.startsWith('::') ? text.indexOf('::', 2) : -1;
  if (end < 0) return undefined;
  return read(text.slice(2, end), ',', text.slice(end + 2), [[':', '%3A'], [',', '%2C']]); // prettier-ignore
}

function older(line: string): ReadCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  return read(line.slice(start + 3, end), ';', line.slice(end + 1), [[';', '%3B'], [']', '%5D']]); // prettier-ignore
}

function read(
  info: string,
  separator: string,
  data: string,
  inProperties: readonly (readonly [string, string])[],
): ReadCommand | undefined {
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!KNOWN.has(name)) return undefined;
  const pairs = (space < 0 ? '' : info.slice(space + 1)).split(separator).flatMap((it) => {
    const at = it.indexOf('=');
    return at < 0 ? [] : [[it.slice(0, at), plain(it.slice(at + 1), inProperties)] as const];
  });
  return { name, properties: Object.fromEntries(pairs), message: plain(data, []) };
}

const plain = (text: string, more: readonly (readonly [string, string])[]): string =>
  [['\r', '%0D'], ['\n', '%0A'], ...more, ['%', '%25']].reduce((it, [char, code]) => it.replaceAll(code, char), text); // prettier-ignore
