import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

/** A program that stands in for AWS and is started for an environment. */
export interface EmulatorProgram {
  readonly name: 'MiniStack' | 'moto';
  /** Its path. */
  readonly command: string;
  args(host: string, port: number): readonly string[];
  /** What it is started with, beside what every emulator is. */
  variables(place: EmulatorPlace): Readonly<Record<string, string>>;
  /** Whether it runs the code of a function in this runtime without Docker. */
  runs(runtime: string): boolean;
}

/** Where an emulator is started. */
export interface EmulatorPlace {
  readonly host: string;
  readonly port: number;
  /** For all that it writes. */
  readonly folder: string;
}

/** Why tiers are skipped where {@link emulatorProgram} finds nothing, and what to do about it. */
export const NO_EMULATOR =
  'no emulator of AWS is on the PATH: install MiniStack (pip install ministack), or name the endpoint of one that runs in local.awsEndpoint';

/** Those that are started, the first found first. */
const PROGRAMS: readonly (Omit<EmulatorProgram, 'command'> & { readonly file: string })[] = [
  {
    name: 'MiniStack',
    file: 'ministack',
    args: () => [],
    variables: ({ host, port, folder }) => ({
      GATEWAY_PORT: String(port),
      BIND_HOST: host,
      MINISTACK_HOST: host,
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      LAMBDA_EXECUTOR: 'local', // functions are processes of this machine
      IOT_MTLS_ENABLED: '0', // it would listen on all interfaces
      SFTP_ENABLED: '0',
    }),
    runs: (runtime) => /^(nodejs|python|provided)/.test(runtime),
  },
  {
    name: 'moto',
    file: 'moto_server',
    args: (host, port) => ['-H', host, '-p', String(port)],
    variables: () => ({}),
    runs: () => false,
  },
];

/**
 * The emulator on a path that does the most.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 */
export function emulatorProgram(path = process.env['PATH'] ?? ''): EmulatorProgram | undefined {
  const folders = path.split(delimiter).filter(isAbsolute);
  for (const { file, ...program } of PROGRAMS) {
    const command = folders.map((folder) => join(folder, file)).find(isExecutable);
    if (command !== undefined) return { ...program, command };
  }
  return undefined;
}

/** The PATH of an emulator: functions of Node.js run on the Node.js of cdk-twin. */
export const pathOfEmulator = (): string =>
  [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
