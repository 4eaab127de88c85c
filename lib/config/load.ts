import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Blueprint } from '../blueprint/blueprint';
import { digestOf } from '../digest';
import { messageOf, TwinError } from '../error';
import { isObject } from '../json';
import { show, type Report } from '../field';
import { STALE_READS } from '../rehearsal/gates/stale-reads';
import { defineRehearsal } from './define';
import { reportMisfits, reportMisfitsOf } from './references';
import { readConfig } from './read';
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
  const written = file.endsWith('.json') ? parse(file) : await run(file, limitMs);
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
    fix: 'Write one with defineRehearsal, see docs/rehearsing.md in the package, or name its folder with --config <dir>.',
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

async function run(file: string, limitMs: number): Promise<unknown> {
  // Loaded here because loading it takes longer than all the rest of the command line.
  const { createJiti } = require('jiti') as typeof import('jiti');
  const jiti = createJiti(file, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    // this version of cdk-twin, even where the app has not installed it
    virtualModules: { 'cdk-twin/rehearsal': { defineRehearsal } },
  });
  const loaded = await contained(() => jiti.import(file), limitMs).catch((cause: unknown) => {
    throw broken(file, cause);
  });
  const isCommonJs = /\.c?js$/.test(file);
  if (isObject(loaded) && (isCommonJs || 'default' in loaded)) return defaultOf(loaded);
  throw new TwinError({
    code: 'config',
    message: `${shown(file)} has no default export`,
    fix: 'Write `export default defineRehearsal({ ... })`.',
  });
}

/** Long enough for a config that asks a command or a service for something. */
const LIMIT_MS = 30_000;

/** Runs the code of a config, which can neither end this process nor keep it waiting for ever. */
async function contained<T>(work: () => Promise<T>, limitMs: number): Promise<T> {
  const exit = Reflect.get(process, 'exit');
  let clock: NodeJS.Timeout | undefined;
  let ended: Error | undefined;
  process.exit = (code) => {
    ended = new Error(`it calls process.exit(${code ?? ''})`);
    throw ended;
  };
  const late = new Promise<never>((_, reject) => {
    clock = setTimeout(() => reject(new Error(`it is not loaded after ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw ended ?? error;
  } finally {
    process.exit = exit;
    clearTimeout(clock);
  }
}

/** A module that was compiled to CommonJS has its default export inside the default export. */
const defaultOf = (loaded: unknown): unknown =>
  isObject(loaded) && 'default' in loaded ? defaultOf(loaded['default']) : loaded;

function broken(file: string, cause: unknown): TwinError {
  const { place, what } = whatBroke(file, cause);
  return new TwinError({
    code: 'config',
    message: `cannot run ${shown(file)}: ${what} (${shown(place)})`,
    fix: 'Correct that place, or install what it imports.',
    cause,
  });
}

/** The place of the failure, as `file:line` or `file:line:column` where that is known, and its cause in one line. */
function whatBroke(file: string, cause: unknown): { readonly place: string; readonly what: string } {
  const { name, message, stack } = Object(cause) as Partial<Error>;
  if (message === undefined) return { place: file, what: `${show(cause)} was thrown` };
  const syntax = /^ParseError: (.*?)\.?\s*\n\s*(\S.*:\d+:\d+)/.exec(message);
  if (syntax) return { what: syntax[1]!, place: syntax[2]! };
  const [firstLine] = message.split('\n');
  // columns are those of the compiled JavaScript; only the lines are those of the source
  const frames = [...(stack ?? '').matchAll(/\(?((?:file:\/\/)?\/[^()\n]+:\d+):\d+\)?$/gm)]
    .map(([, frame]) => frame!.replace(/^file:\/\//, ''))
    .filter((frame) => !frame.includes(`${sep}node_modules${sep}`));
  const place = frames.find((frame) => frame.startsWith(dirname(file)));
  const kind = name === undefined || name === 'Error' ? '' : `${name}: `;
  return { what: `${kind}${firstLine}`, place: place ?? file };
}

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

/** A path relative to the working folder, or an absolute one where it is outside. */
function shown(path: string): string {
  const short = relative('', path);
  return short === '' || short.startsWith('..') ? path : short;
}
