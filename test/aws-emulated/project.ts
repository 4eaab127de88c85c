import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildTwin } from '../build-twin';
import { buildProbe } from '../probes/build-probe';

/** The command line and an app, in a folder as a user has it. */
export interface Project {
  readonly at: string;
  /** Runs `twin`, and sends it a signal when it has said something. */
  readonly run: (args: readonly string[], signal?: NodeJS.Signals, when?: RegExp) => Promise<Ran>;
}

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `cdk synth` is for the app: the options of the command line, and its context by key. */
const SYNTH = `
  const { argv } = process;
  const pairs = argv.flatMap((word, i) => (argv[i - 1] === '-c' ? [[word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]] : []));
  const { release, rehearsal, ...context } = Object.fromEntries(pairs);
  require('./app.cjs').synthesize(argv[argv.indexOf('--output') + 1], release, rehearsal, context);`;

/**
 * Makes a project in a folder.
 *
 * @param app - the file with its `synthesize`
 */
export function makeProject(
  at: string,
  config: unknown,
  app = 'test/aws-emulated/rehearsal-app.ts',
): Project {
  mkdirSync(at);
  const program = resolve('node_modules/.cache/cdk-twin', `aws-${process.pid}`);
  buildTwin(program, { app });
  buildProbe(join(program, 'probe.js'));
  writeFileSync(join(at, 'app.cjs'), `module.exports = require(${JSON.stringify(join(program, 'app.js'))});`);
  writeFileSync(join(at, 'synth.cjs'), SYNTH);
  writeFileSync(join(at, 'twin.config.mjs'), `export default ${JSON.stringify(config)};`);
  return {
    at,
    run: (args, signal, when) =>
      new Promise((done) => {
        const child = spawn(process.execPath, [join(program, 'twin.js'), ...args], {
          cwd: at,
          env: { ...process.env, NO_COLOR: '1' },
        });
        const ran = { stdout: '', stderr: '' };
        let isSent = signal === undefined;
        child.stdout.on('data', (chunk: Buffer) => (ran.stdout += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => {
          ran.stderr += chunk.toString();
          if (isSent || !when!.test(ran.stderr)) return;
          isSent = true;
          child.kill(signal);
        });
        child.on('close', (exitCode) => done({ ...ran, exitCode }));
      }),
  };
}
