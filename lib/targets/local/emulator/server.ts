import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../../error';
import { crashLine } from '../process/crash-line';
import type { Machine, Program } from '../process/machine';
import { until } from '../process/until';
import { awsVariables, type Reach } from './clients';
import { pathOfEmulator, type EmulatorProgram } from './programs';

/** What an emulator is started with. */
export interface EmulatorServerProps {
  readonly program: EmulatorProgram;
  readonly machine: Machine;
  /** For all that it writes. */
  readonly folder: string;
  /** The folder of the config, whose packages functions find as they find those of their runtime on AWS. */
  readonly code: string;
  readonly region: string;
  readonly accessKey: string;
}

/** AWS's port in LocalStack and those that came after it. */
const PORT = 4566;

/** An emulator of AWS that belongs to an environment. */
export class EmulatorServer {
  private program: Program | undefined;
  readonly reach: Reach;

  constructor(private readonly props: EmulatorServerProps) {
    const { machine, region, accessKey } = props;
    const host = machine.address('emulator of AWS');
    this.reach = { endpoint: `http://${host}:${PORT}`, region, accessKey };
  }

  get isRunning(): boolean {
    return this.program?.running === true;
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @throws TwinError `emulator` when it ends, `timeout` when it does not answer
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.isRunning) return;
    const { program, machine, folder, code } = this.props;
    const host = machine.address('emulator of AWS');
    prepare(folder, code);
    const started = machine.start({
      name: 'aws-emulator',
      command: program.command,
      args: program.args(host, PORT),
      cwd: folder,
      env: {
        ...awsVariables(this.reach),
        ...program.variables({ host, port: PORT, folder }),
        PATH: pathOfEmulator(),
        HOME: folder,
        TMPDIR: join(folder, 'tmp'),
        PYTHONDONTWRITEBYTECODE: '1', // or it writes beside the program
        PYTHONUNBUFFERED: '1',
      },
    });
    this.program = started;
    await until(
      async () => {
        if (!started.running) throw notStarted(program, started.tail());
        return answers(this.reach.endpoint);
      },
      {
        what: `${program.name} answers at ${this.reach.endpoint}`,
        signal,
        seen: () => crashLine(started.tail()),
      },
    );
  }
}

/** Functions that are unpacked below find the packages of the app by their folders: modules know no NODE_PATH. */
function prepare(folder: string, code: string): void {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  try {
    symlinkSync(join(code, 'node_modules'), join(folder, 'node_modules'), 'dir');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whether anything speaks HTTP at an endpoint. */
export async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false; // it does not listen yet, or no more
  }
}

/** What an emulator calls itself, such as `MiniStack 1.5.33`. */
export async function nameOf(endpoint: string): Promise<string> {
  for (const [name, path] of NAMES) {
    const answer = await fetch(new URL(path, endpoint), { signal: AbortSignal.timeout(5000) }).catch(
      () => undefined,
    );
    if (answer?.ok !== true) continue;
    const about = (await answer.json().catch(() => undefined)) as { version?: unknown } | undefined;
    if (about === undefined) continue;
    return typeof about.version === 'string' ? `${name} ${about.version}` : name;
  }
  return `the emulator at ${endpoint}`;
}

/** MiniStack answers for LocalStack too. */
const NAMES = [
  ['MiniStack', '/_ministack/health'],
  ['LocalStack', '/_localstack/health'],
  ['moto', '/moto-api/data.json'],
] as const;

const notStarted = ({ name, command }: EmulatorProgram, log: string): TwinError =>
  new TwinError({
    code: 'emulator',
    message: `${name} (${command}) ended when it was started: ${crashLine(log)}`,
    fix: 'See logs/aws-emulator.log; start it by hand, or name the endpoint of one that runs in local.awsEndpoint.',
    isMachineFault: true,
  });
