import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The emulators, from PyPI. */
const PINS = { ministack: 'ministack==1.5.33', moto: 'moto[server]==5.2.5' } as const;
export type EmulatorName = keyof typeof PINS;

/** How clients of the AWS SDK reach an emulator, which believes any credentials. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For S3, whose buckets are host names otherwise. */
  readonly forcePathStyle: boolean;
  readonly maxAttempts: number;
}

/** A client of the AWS SDK for an emulator, the same each time. */
export type Use = <C>(Client: new (config: ClientConfig) => C) => C;

/** An emulator of AWS that runs on this machine. */
export interface Emulator {
  readonly name: EmulatorName;
  readonly endpoint: string;
  /** Where the CDK keeps what it knows of accounts: in the home of a user it would outlive the emulator. */
  readonly cdkHome: string;
  readonly use: Use;
  /** Clients of another account: the emulator takes an access key of twelve digits for one. */
  readonly useAs: (account: string) => Use;
  stop(): Promise<void>;
}

const READY = { ministack: '/_ministack/health', moto: '/moto-api/data.json' } as const;
const START_SECONDS = 90;

/** How an emulator is started. */
export interface EmulatorOptions {
  /** Whether it checks credentials and policies, as MiniStack can: then the key `any` is that of the root user. @default false */
  readonly checks?: boolean;
  /** Environment variables for its extensions. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The access key that the root user of an account has, where credentials are checked. */
const ROOT = 'any';

/**
 * Installs an emulator if it is not there yet, and starts it on a free port of the loopback. It ends with this process, however
 * that ends.
 *
 * @param how - what it does beside standing in for AWS
 */
export async function start(
  name: EmulatorName,
  { checks = false, variables = {} }: EmulatorOptions = {},
): Promise<Emulator> {
  const python = install();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const log = join(folder, 'log');
  const out = openSync(log, 'w');
  const emulator = spawn(python, [join(__dirname, 'start.py'), name, String(port), folder], {
    stdio: ['pipe', out, out],
    detached: true, // Ctrl-C would reach it before what it runs
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      NODE_PATH: join(process.cwd(), 'node_modules'), // the CDK's handlers have the AWS SDK from their runtime
      ...variables,
      ...(checks && { AUTH: 'true', AWS_ACCESS_KEY_ID: ROOT, AWS_SECRET_ACCESS_KEY: ROOT }),
    },
  });
  const ended = new Promise<void>((resolve) => emulator.once('close', () => resolve()));
  const endpoint = `http://localhost:${port}`;
  await ready(emulator, `${endpoint}${READY[name]}`, log);
  const clients = new Map<unknown, unknown>();
  return {
    name,
    endpoint,
    cdkHome: join(folder, 'cdk'),
    use: (Client) => {
      if (!clients.has(Client)) clients.set(Client, new Client(configFor(endpoint)));
      return clients.get(Client) as InstanceType<typeof Client>;
    },
    useAs: (account) => (Client) =>
      new Client({ ...configFor(endpoint), credentials: { accessKeyId: account, secretAccessKey: 'any' } }),
    stop: async () => {
      emulator.stdin!.end();
      await ended;
    },
  };
}

/** Lets every client, and every process that is started, reach an emulator, as any account's user. */
export const useFromHere = ({ endpoint, cdkHome }: Emulator): void =>
  void Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    CDK_HOME: cdkHome,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'us-east-1',
  });

/** The same as a role without a policy: the root user, whom every access key is, may change production. */
export async function useRoleFromHere(emulator: Emulator): Promise<void> {
  useFromHere(emulator);
  const trust = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }] };
  const { Role } = await emulator
    .use(IAM)
    .createRole({ RoleName: 'rehearsal', AssumeRolePolicyDocument: JSON.stringify(trust) });
  const { Credentials: session } = await emulator
    .use(STS)
    .assumeRole({ RoleArn: Role!.Arn, RoleSessionName: 'tests' });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: session!.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: session!.SecretAccessKey,
    AWS_SESSION_TOKEN: session!.SessionToken,
  });
}

const configFor = (endpoint: string): ClientConfig => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: ROOT, secretAccessKey: ROOT },
  forcePathStyle: true,
  maxAttempts: 1, // what fails here fails again
});

async function ready(emulator: ChildProcess, url: string, log: string): Promise<void> {
  const until = Date.now() + START_SECONDS * 1000;
  while (Date.now() < until && emulator.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await wait(200);
  }
  const written = readFileSync(log, 'utf8').slice(-2000);
  emulator.stdin!.end();
  throw new Error(`${emulator.spawnargs[2]} did not answer within ${START_SECONDS} s; it wrote:\n${written}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Makes a virtual environment with the emulators in the user's cache, once; @returns its Python. */
export function install(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'); // empty is unset
  const name = Object.values(PINS)
    .join('-')
    .replaceAll(/[^\w.-]+/g, '-');
  const folder = join(cache, 'cdk-twin', name);
  const python = join('bin', 'python');
  if (existsSync(folder)) return join(folder, python);
  process.stderr.write(`installing ${Object.values(PINS).join(' and ')} into ${folder}\n`);
  mkdirSync(join(cache, 'cdk-twin'), { recursive: true });
  const making = mkdtempSync(`${folder}-making-`); // two runs at once do not see each other's
  try {
    run(findPython(), ['-m', 'venv', making]);
    run(join(making, python), ['-m', 'pip', 'install', '--quiet', '--no-input', ...Object.values(PINS)]);
    if (!existsSync(folder)) renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return join(folder, python);
}

function findPython(): string {
  const names = ['python3', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
  const isNewEnough = ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'];
  const found = names.find((name) => spawnSync(name, isNewEnough, { stdio: 'ignore' }).status === 0);
  if (found === undefined)
    throw new Error(
      'npm run test:aws needs Python 3.10 or later with venv, which runs the emulators of AWS: install it (on Debian: python3-venv), then run this again.',
    );
  return found;
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
