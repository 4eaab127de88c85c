import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { TwinError } from '../error';
import { isObject, parseJson, type Json, type JsonObject } from '../json';

/** How an app in TypeScript or JavaScript is written. */
export interface AppProject {
  readonly folder: string;
  /** What `cdk.json` runs. */
  readonly command: string;
  /** Its package.json. */
  readonly manifest: JsonObject;
  readonly isTypeScript: boolean;
  /** How a workflow installs what it needs. */
  readonly install: string;
  /** Undefined where it has none that there is a matcher for. */
  readonly testRunner: 'jest' | 'vitest' | undefined;
  /** The folder of its tests. */
  readonly testFolder: string;
}

/**
 * Reads what an app says of itself, before it is run.
 *
 * @throws TwinError `no-app` where a folder has none, `language` where it is written in another language
 */
export function readProject(folder: string): AppProject {
  const file = join(folder, 'cdk.json');
  const settings = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
  const command = isObject(settings) ? settings['app'] : undefined;
  if (typeof command !== 'string')
    throw new TwinError({
      code: 'no-app',
      message: existsSync(file) ? `${file} has no "app"` : `there is no cdk.json in ${resolve(folder)}`,
      fix: 'Run it in the folder of a CDK app, or name that with --config <dir>; "npx cdk init app --language typescript" makes one.',
    });
  const manifest = existsSync(join(folder, 'package.json'))
    ? parseJson(readFileSync(join(folder, 'package.json'), 'utf8'))
    : undefined;
  const language = otherLanguage(folder, command);
  if (language !== undefined || !isObject(manifest)) throw notOurs(command, language);
  return {
    folder,
    command,
    manifest,
    isTypeScript: existsSync(join(folder, 'tsconfig.json')) || /\.[cm]?tsx?\b/.test(command),
    install: installIn(folder),
    testRunner: testRunnerOf(manifest),
    testFolder: testFolderIn(folder),
  };
}

/** The program that runs the app of another language; those of Node start by its own programs. */
const OTHERS: readonly (readonly [program: RegExp, language: string])[] = [
  [/\b(?:python[\d.]*|uv|poetry|pipenv)\b/, 'Python'],
  [/\b(?:mvn\w*|gradle\w*|java)\b/, 'Java'],
  [/\bdotnet\b/, '.NET'],
  [/\bgo\b/, 'Go'],
];

const otherLanguage = (folder: string, command: string): string | undefined =>
  existsSync(join(folder, 'package.json')) &&
  /\b(?:node|npx|npm|pnpm|yarn|tsx|ts-node|bun|deno)\b/.test(command)
    ? undefined
    : OTHERS.find(([program]) => program.test(command))?.[1];

const notOurs = (command: string, language: string | undefined): TwinError =>
  new TwinError({
    code: 'language',
    message: `the app runs by "${command}"${language === undefined ? ', beside which there is no package.json' : `, which is ${language}`}: Twins are written in TypeScript or JavaScript`,
    fix: 'Compare two of its stacks as they are: npx cdk synth, then npx twin parity --prod cdk.out/<stack>.template.json --staging cdk.out/<stack>.template.json --suggest allow.json; see docs/existing-stacks.md.',
  });

function installIn(folder: string): string {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (has('pnpm-lock.yaml')) return 'corepack enable && pnpm install --frozen-lockfile';
  if (has('yarn.lock')) {
    // of Yarn 2 and later
    const isModern = readFileSync(join(folder, 'yarn.lock'), 'utf8').includes('__metadata:');
    return `corepack enable && yarn install ${isModern ? '--immutable' : '--frozen-lockfile'}`;
  }
  return has('package-lock.json') ? 'npm ci --no-audit --no-fund' : 'npm install --no-audit --no-fund';
}

function testRunnerOf(manifest: JsonObject): AppProject['testRunner'] {
  const has = (name: 'jest' | 'vitest'): boolean =>
    ['dependencies', 'devDependencies'].some((key) => isObject(manifest[key]) && name in manifest[key]);
  const scripts = isObject(manifest['scripts']) ? manifest['scripts'] : {};
  const script: Json = scripts['test'] ?? '';
  const found = (['vitest', 'jest'] as const).filter(has);
  return found.find((it) => String(script).includes(it)) ?? found[0];
}

/** The folder of the first test that is there; `test`, where the CDK's own apps have theirs, if there is none. */
function testFolderIn(folder: string): string {
  const names = ['test', 'tests', '__tests__', 'spec', 'src', 'lib', '.'];
  const isTest = (name: string): boolean => /\.(?:test|spec)\.[cm]?[jt]sx?$/.test(name);
  return (
    names.find((name) => {
      const path = join(folder, name);
      return existsSync(path) && readdirSync(path).some(isTest);
    }) ?? 'test'
  );
}

/** Where what is written goes, and how it is run. */
export interface Place {
  /** The entry's source, from the folder of the app. */
  readonly entry: string;
  /** The new file beside it. */
  readonly twins: string;
  /** The command that runs that instead of the entry. */
  readonly command: string;
  /** Whether its modules are those of ECMAScript. */
  readonly isEsm: boolean;
}

/**
 * Where an app's Twins go: beside its entry.
 *
 * @param entry - the file that the app's process was started with
 * @throws TwinError `entry` where the command of cdk.json does not name it
 */
export function placeBeside({ folder, command, manifest }: AppProject, entry: string): Place {
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
  const wanted = real(entry);
  const extension = extname(wanted);
  const words = command.match(/[^\s"']+/g) ?? [];
  const word = words.findLast((it) =>
    ['', extension, '.ts', '.js'].some((end) => real(resolve(folder, it + end)) === wanted),
  );
  if (word === undefined)
    throw new TwinError({
      code: 'entry',
      message: `the app's entry is ${relative(folder, wanted)}, which "${command}" in cdk.json does not name`,
      fix: `Name it there, such as "app": "npx tsx ${relative(folder, wanted)}": beside it is where a file with the Twins is written.`,
    });
  const source = sourceOf(folder, wanted);
  const twins = join(dirname(source), `twins${extname(source)}`);
  const stem = basename(word).replace(/\.[^.]*$/, '');
  const at = command.lastIndexOf(word);
  const replaced = word.replace(
    new RegExp(`${stem.replaceAll(/[^\w]/g, String.raw`\$&`)}(\\.[^.]*)?$`),
    'twins$1',
  );
  return {
    entry: relative(folder, source),
    twins: relative(folder, twins),
    command: command.slice(0, at) + replaced + command.slice(at + word.length),
    isEsm: /\.m[jt]s$/.test(source) || (manifest['type'] === 'module' && !/\.c[jt]s$/.test(source)),
  };
}

/** The TypeScript that a file was compiled from, in a folder beside its own: `bin/app.ts` of `dist/bin/app.js`. */
export function sourceOf(folder: string, file: string): string {
  const parts = relative(realpathSync(folder), file).split(sep);
  if (!/\.[cm]?js$/.test(file) || parts.length < 2) return file;
  const source = join(folder, ...parts.slice(1)).replace(/js$/, 'ts');
  const inSources = join(folder, 'src', ...parts.slice(1)).replace(/js$/, 'ts');
  return [source, inSources].find((it) => existsSync(it)) ?? file;
}
