import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { filled, runs, type Contexts } from './expression';

/** A step of a workflow or of an action. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

/** What steps are run with. */
export interface RunProps {
  readonly steps: readonly Step[];
  readonly contexts: Contexts;
  /** The folder of the checkout. */
  readonly workspace: string;
  /** An empty folder, `RUNNER_TEMP`. */
  readonly temp: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How the steps ended. */
export interface Ran {
  /** Whether none has failed. */
  readonly isSuccess: boolean;
  /** The names of those that ran. */
  readonly ran: readonly string[];
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly log: string;
  /** In Markdown. */
  readonly summary: string;
}

/** Runs the scripts of steps one after the other, as a runner does: conditions, variables, outputs and the summary. */
export async function runSteps({ steps, contexts, workspace, temp, env }: RunProps): Promise<Ran> {
  const outputs: Record<string, Record<string, string>> = {};
  const ran: string[] = [];
  let hasFailed = false;
  let log = '';
  const [outputFile, summaryFile] = [join(temp, 'output'), join(temp, 'summary')];
  for (const step of steps) {
    const known = { ...contexts, steps: Object.fromEntries(Object.entries(outputs).map(([id, it]) => [id, { outputs: it }])) }; // prettier-ignore
    if (!runs(step.if, known, hasFailed)) continue;
    ran.push(step.name ?? step.run!);
    writeFileSync(outputFile, '');
    const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, known)] as const);
    const { code, text } = await bash(filled(step.run!, known), {
      cwd: resolve(workspace, filled(step['working-directory'] ?? '.', known)),
      env: { ...env, RUNNER_TEMP: temp, GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: summaryFile, ...Object.fromEntries(own) }, // prettier-ignore
    });
    log += text;
    hasFailed ||= code !== 0;
    const written = readFileSync(outputFile, 'utf8').split('\n').filter((line) => line.includes('=')); // prettier-ignore
    outputs[step.id ?? ''] = Object.fromEntries(written.map((line) => line.split(/=(.*)/s, 2)));
  }
  const summary = existsSync(summaryFile) ? readFileSync(summaryFile, 'utf8') : '';
  return { isSuccess: !hasFailed, ran, outputs, log, summary };
}

/** Runs a script as `shell: bash` does. This process goes on meanwhile: it may be the server that the script talks to. */
function bash(script: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
  return new Promise<{ code: number | null; text: string }>((done, failed) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], options);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', failed);
    child.on('close', (code) => done({ code, text }));
  });
}
