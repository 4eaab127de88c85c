import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Blueprint } from '../blueprint/blueprint';
import { digestOf } from '../digest';
import { messageOf, TwinError } from '../error';
import { shown } from './shown-path';
import type { Report } from '../field';
import { STALE_READS } from '../rehearsal/gates/stale-reads';
import { reportMisfits, reportMisfitsOf } from './references';
import { readConfig } from './read';
import { runConfig } from './run';
import type { Gates, Rehearsal } from './schema';

/** A config that was read and has no problems. */
export interface LoadedConfig {
  readonly config: Rehearsal;
  /** The absolute path of its file. */
  readonly file: string;
  /** SHA-256 of the gates with their defaults: the same for the same rules, however they are written. */
  readonly gatesDigest: string;
}

/** In the order of the search: where two exist, the second was compiled from the first. */
const NAMES = ['ts', 'mts', 'mjs', 'js', 'cjs', 'json'].map((extension) => `twin.config.${extension}`);

/**
 * Loads the config of a folder, checks it and fills in its defaults. Writes nothing.
 *
 * @param limitMs - how long running it may take
 * @throws TwinError `config-missing`; `config` with every problem, or with the place where running it failed
 */
export async function loadConfig(folder: string, limitMs = LIMIT_MS): Promise<LoadedConfig> {
  const file = find(folder);
  const written = file.endsWith('.json') ? parse(file) : await exportOf(file, limitMs);
  const config = withoutProblems(file, (report) => {
    const read = readConfig(written, report);
    reportMisfits(read, dirname(file), report);
    return read;
  });
  return { config, file, gatesDigest: gatesDigestOf(config.gates) };
}

/** A digest of gates that is the same for the same rules: what reads may miss is judged whether it is written or not. */
export const gatesDigestOf = ({ maxStaleReads = STALE_READS.default, ...gates }: Gates): string =>
  digestOf({ maxStaleReads, ...gates });

/**
 * Compares a config with the environment.
 *
 * @throws TwinError `config` with every name that is not a tier, or names a tier of another kind, and every check without an object
 */
export function checkAgainst({ config, file }: LoadedConfig, blueprint: Blueprint): void {
  withoutProblems(file, (report) => reportMisfitsOf(blueprint, config, report));
}

function find(folder: string): string {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  const name = NAMES.find((it) => existsSync(join(folder, it)));
  if (name !== undefined) return resolve(folder, name);
  throw new TwinError({
    code: 'config-missing',
    message: isFolder
      ? `there is no twin.config.ts in ${shown(resolve(folder))}`
      : `there is no folder ${folder}`,
    fix: isFolder
      ? 'Write one with defineRehearsal, see docs/rehearsing.md in the package, or name its folder with --config <dir>.'
      : 'Name the folder of twin.config.ts with --config <dir>, or leave that out for the current folder.',
  });
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new TwinError({
      code: 'config',
      message: `${shown(file)} is not JSON: ${messageOf(cause)}`,
      fix: 'Correct it; an editor shows where.',
      cause,
    });
  }
}

/** What the code of a config exports. */
async function exportOf(file: string, limitMs: number): Promise<unknown> {
  const { isThere, value, code } = await runConfig(file, limitMs);
  if (code) withoutProblems(file, (report) => code.forEach((it) => report(`${it}; expected data`)));
  if (isThere) return value;
  throw new TwinError({
    code: 'config',
    message: `${shown(file)} has no default export`,
    fix: 'Write `export default defineRehearsal({ ... })`.',
  });
}

/** Long enough for a config that asks a command or a service for something. */
const LIMIT_MS = 30_000;

/** Throws all problems at once, so that they can be corrected in one go. */
function withoutProblems<T>(file: string, look: (report: Report) => T): T {
  const problems: string[] = [];
  const result = look((problem) => problems.push(problem));
  if (problems.length === 0) return result;
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  throw new TwinError({
    code: 'config',
    message: [`${shown(file)} has ${count}`, ...problems].join('\n  '),
    fix: 'Correct the config; with defineRehearsal of cdk-twin/rehearsal an editor shows what each key takes.',
  });
}
