import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runSteps, type Step } from '../workflows/steps';

/** Each synthesises several times. */
export const LONG = 600_000;

/** The folder of the app of a test. */
export let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'init-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes an app as `cdk init app` does, with what it installs linked. */
export function app(files: Readonly<Record<string, string>>): void {
  const modules = {
    'cdk-twin': '.',
    ...Object.fromEntries(LINKED.map((name) => [name, `node_modules/${name}`])),
  };
  for (const [name, target] of Object.entries(modules)) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(resolve(target), path);
  }
  symlinkSync(resolve('node_modules/.bin'), join(folder, 'node_modules', '.bin'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}
const LINKED = ['aws-cdk-lib', 'constructs', 'tsx', 'jest'];

export function start(program: string, ...args: string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', CDK_VALIDATION: 'false', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync('node', [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr, words: stdout.replaceAll(/\s+/g, ' ') };
}
export const init = (...args: string[]) => start(resolve('dist/twin.js'), 'init', ...args);
export const jestOnTwins = () =>
  start(resolve('node_modules/jest/bin/jest.js'), '--rootDir', folder, 'twins');

export interface Workflow {
  readonly jobs: { readonly twins: { readonly steps: readonly Partial<Step>[] } };
}

/** Runs what a job runs itself; npm installs nothing here. */
export const runJob = ({ steps }: Workflow['jobs']['twins']) =>
  runSteps({
    steps: steps
      .filter((step): step is Step => step.run !== undefined)
      .map((step) => ({ ...step, run: `npm() { :; }\n${step.run}` })),
    contexts: {},
    workspace: folder,
    temp: mkdtempSync(join(folder, 'runner-')),
    env: { PATH: process.env['PATH']!, HOME: folder, CDK_VALIDATION: 'false', NO_COLOR: '1' },
  });

export const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

export const JEST = `module.exports = {
  testEnvironment: 'node',
  transform: { '\\\\.ts$': ${JSON.stringify(resolve('scripts/jest-esbuild.cjs'))} },
};`;
export const manifest = (more: object = {}): string =>
  JSON.stringify({ name: 'shop', version: '1.4.0', devDependencies: { jest: '^30' }, ...more });
