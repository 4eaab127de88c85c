import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { contextOf, type CliContext } from '../../lib/cli/context';
import { run } from '../../lib/cli/run';
import type { TwinError } from '../../lib/error';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { Inventory } from '../../lib/targets/target';
import { bootstrap } from './bootstrap';
import { start, useFromHere, type Emulator } from './emulator';
import { FaultProxy, nameOf, type Fault } from './fault-proxy';
import { makeProject } from './project';
import { deploymentIn } from './rehearsal-app';
import { Run } from './run';

let emulator: Emulator;
let proxy: FaultProxy;
let folder: string;
const variables = { ...process.env };

/** Half a second is a long time for the emulator. */
const TIMES = { pollMs: 200, requestMs: 1000 };

/** What goes wrong for good, and what is said of it: which call, what it answered, and what to do. */
const KINDS = {
  throttled: {
    fault: { kind: 'refused', status: 400, code: 'Throttling' },
    said: 'Throttling by the test. Try again; if it stays, ',
  },
  failing: {
    fault: { kind: 'refused', status: 500, code: 'InternalFailure' },
    said: 'InternalFailure by the test. Try again; if it stays, ',
  },
  dropped: { fault: { kind: 'dropped' }, said: 'Try again; if it stays, ' },
  hanging: { fault: { kind: 'hanging' }, said: 'Try again; if it stays, ' },
  denied: {
    fault: { kind: 'refused', status: 403, code: 'AccessDenied' },
    said: 'AccessDenied by the test. Allow ',
  },
  expired: {
    fault: { kind: 'refused', status: 403, code: 'ExpiredToken' },
    said: 'ExpiredToken by the test. Sign in, or set AWS_PROFILE, or aws.profile in twin.config.ts; ',
  },
} as const satisfies Record<string, { fault: Fault; said: string }>;
type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];

/** When it begins to: with the first call of that name. */
const BEGINNINGS = { 'standing up': 'DescribeStackEvents', 'tearing down': 'DeleteStack' } as const;

const profiles: string[] = [];

/** Each story is known by its access key. */
function profileOf(name: string): string {
  profiles.push(name);
  const file = (of: 'config' | 'credentials', text: (it: string) => string): void =>
    writeFileSync(join(folder, of), profiles.map(text).join(''));
  file('config', (it) => `[profile ${it}]\nregion = us-east-1\n`);
  file('credentials', (it) => `[${it}]\naws_access_key_id = ${it}\naws_secret_access_key = any\n`);
  return name;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twin-faults-'));
  emulator = await start('ministack');
  useFromHere(emulator);
  await bootstrap(emulator);
  proxy = await FaultProxy.start(emulator.endpoint);
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_ENDPOINT_URL: proxy.endpoint,
  });
});
afterAll(async () => {
  proxy?.stop();
  await emulator.stop();
  rmSync(folder, { recursive: true });
  process.env = variables;
});

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in a project whose calls do not wait for as long as on AWS. */
class Shop {
  private readonly at: string;

  constructor(private readonly profile: string) {
    const config = {
      baseline: '1.41.0',
      synth: { command: 'node synth.cjs' },
      checks: { commands: [{ name: 'our own tests', run: 'true' }] },
      gates: {},
      aws: { profile: profileOf(profile) },
    };
    this.at = makeProject(join(folder, profile), config).at;
  }

  rehearse(): Promise<Ran> {
    return this.run('rehearse', '--to', '1.42.0', '--target', 'aws');
  }

  down(): Promise<Ran> {
    return this.run('down');
  }

  get ledger(): Ledger {
    const rehearsal = readdirSync(join(this.at, '.twin')).find((name) => /^\d/.test(name));
    return JSON.parse(readFileSync(join(this.at, '.twin', rehearsal!, 'ledger.json'), 'utf8')) as Ledger;
  }

  /** What CloudFormation has of it, whoever asks. */
  async stacks(): Promise<string[]> {
    const { StackSummaries = [] } = await emulator.use(CloudFormation).listStacks({});
    return StackSummaries.flatMap(({ StackName: name = '', StackStatus: status }) =>
      name === `Staging-${this.ledger.rehearsal}` && status !== 'DELETE_COMPLETE' ? [name] : [],
    );
  }

  /** From the first call that is asked for, everything that the story calls goes wrong until it is mended. */
  breakFrom(operation: string, fault: Fault): void {
    let isBroken = false;
    proxy.faults.set(this.profile, (call) => {
      isBroken ||= call.operation === operation;
      return isBroken ? fault : undefined;
    });
  }

  /** One call goes wrong, each time after the first ones. */
  breakAlone(operation: string, fault: Fault, passing = 0): void {
    let count = 0;
    proxy.faults.set(this.profile, (call) =>
      call.operation === operation && ++count > passing ? fault : undefined,
    );
  }

  mend(): void {
    proxy.faults.delete(this.profile);
  }

  private async run(command: string, ...args: readonly string[]): Promise<Ran> {
    const ran = { stdout: '', stderr: '' };
    const into = (name: keyof typeof ran): Writable =>
      new Writable({
        write: (chunk: Buffer, _, done) => {
          ran[name] += chunk.toString();
          done();
        },
      });
    const terminal = { stdout: into('stdout'), stderr: into('stderr'), columns: 1000, color: false };
    const exitCode = await run([command, ...args, '--config', this.at], terminal, CONTEXT);
    return { ...ran, exitCode };
  }
}

const real = contextOf({ on: () => {}, off: () => {}, exit: () => {} });
/** That of the process, but for how long a call of AWS is waited for. */
const CONTEXT: CliContext = {
  ...real,
  open: async (at, name) => {
    const app = await real.open(at, name);
    const { aws } = app.config as unknown as { aws: ConstructorParameters<typeof AwsTarget>[0] };
    return { ...app, parts: { ...app.parts, target: new AwsTarget(aws, { folder: at, ...TIMES }) } };
  },
  openToRemove: (at, name) => ({
    ...real.openToRemove(at, name),
    target: new AwsTarget({}, { folder: at, ...TIMES }),
  }),
};

/** An error of a call: which, on what, and what to do. */
const CALL = /[a-z0-9]+:[A-Z]\w+(?: on \S+)? failed: /;
const saying = (said: string): RegExp =>
  new RegExp(`${CALL.source}.*${said.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`);

/** What was left is torn down as soon as the fault is gone. */
async function endsWell(shop: Shop): Promise<void> {
  shop.mend();
  const { exitCode, stdout, stderr } = await shop.down();
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/is torn down: no leftovers\n$/);
  expect(await shop.stacks()).toEqual([]);
}

describe('where AWS fails for good', () => {
  it.each(ALL)(
    'while it is stood up, there is no verdict, and what may be left is said: %s',
    async (kind) => {
      const shop = new Shop(`up-${kind}`);
      shop.breakFrom(BEGINNINGS['standing up'], KINDS[kind].fault);
      const { exitCode, stdout, stderr } = await shop.rehearse();
      expect({ exitCode, stderr: exitCode === 3 ? '' : stderr }).toEqual({ exitCode: 3, stderr: '' });
      expect(stdout).toMatch(/^UNDECIDED: /);
      const { judged, tearDown } = shop.ledger;
      expect(judged!.reasons).toEqual([expect.stringMatching(saying(KINDS[kind].said))]);
      expect(tearDown!.error).toMatch(saying(KINDS[kind].said));
      expect(stderr).toContain(`there may be leftovers; finish with npx twin down ${shop.ledger.rehearsal}`);
      expect(await shop.stacks()).toHaveLength(1);
      await endsWell(shop);
    },
  );

  it.each(ALL)('while it is torn down, the verdict stays, and what may be left is said: %s', async (kind) => {
    const shop = new Shop(`down-${kind}`);
    shop.breakFrom(BEGINNINGS['tearing down'], KINDS[kind].fault);
    const { exitCode, stdout, stderr } = await shop.rehearse();
    expect({ exitCode, stderr: exitCode === 3 ? '' : stderr }).toEqual({ exitCode: 3, stderr: '' });
    expect(stdout).toMatch(/^GO: /);
    expect(shop.ledger.tearDown!.error).toMatch(saying(KINDS[kind].said));
    expect(await shop.stacks()).toHaveLength(1);
    // mended in part only: the command that finishes does not say that it did
    const again = await shop.down();
    expect(again.exitCode).toBe(3);
    expect(again.stdout).toMatch(saying(KINDS[kind].said));
    await endsWell(shop);
  });

  it('for one call of a release, the candidate is not to blame, and nothing is left', async () => {
    const shop = new Shop('release-denied');
    shop.breakAlone('CreateChangeSet', KINDS.denied.fault, 1);
    const { exitCode, stdout } = await shop.rehearse();
    expect({ exitCode, stdout: exitCode === 70 ? '' : stdout }).toEqual({ exitCode: 70, stdout: '' });
    expect(shop.ledger.judged).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: [
        expect.stringMatching(
          /^release failed: the deployment failed: cloudformation:CreateChangeSet on Staging-\S+ failed: AccessDenied by the test\. Allow cloudformation:CreateChangeSet for the role of these credentials, or that of the bootstrap's roles which deploys with it\.$/,
        ),
      ],
    });
    expect(await shop.stacks()).toEqual([]);
  });
});

/** Denies a story the first of its operations that it was not denied before. @returns what says which that was */
function denyNext(story: string, denied: ReadonlySet<string>): () => string | undefined {
  let met: string | undefined;
  proxy.faults.set(story, (call) => {
    const name = nameOf(call);
    if (!denied.has(name)) met ??= name;
    return name === met ? KINDS.denied.fault : undefined;
  });
  return () => met;
}

it('denied call by call, a tear-down names each, goes on where it can, and ends when all are allowed', async () => {
  const name = profileOf('call-by-call');
  const target = new AwsTarget({ profile: name }, TIMES);
  const story = new Run(target, name);
  const deployment = deploymentIn(folder, '1.41.0', name);
  await target.seed(story.handle, deployment, story.watch());
  await target.up(story.handle, deployment, story.watch());
  /** As another process does it. */
  const end = async (): Promise<Inventory> => {
    const other = new AwsTarget({}, TIMES);
    await other.down(story.handle, story.watch());
    return other.inventory(story.handle, story.watch());
  };
  const denied = new Set<string>();
  const unsaid: string[] = [];
  for (;;) {
    const met = denyNext(name, denied);
    const error = await end().then(
      () => undefined,
      (thrown: TwinError) => thrown,
    );
    const operation = met();
    if (operation === undefined) break;
    denied.add(operation);
    const [, called = ''] = operation.split(':');
    const isSaid = error?.message.includes(`:${called}`) && error.fix.includes(`:${called} for the role`);
    if (isSaid !== true) unsaid.push(`${operation}: ${error?.toString() ?? 'nothing was said'}`);
  }
  expect(unsaid).toEqual([]);
  expect([...denied]).toEqual(
    expect.arrayContaining([
      'cloudformation:DescribeStacks',
      'cloudformation:DeleteStack',
      'tagging:GetResources',
    ]),
  );
  proxy.faults.delete(name);
  expect((await end()).found).toEqual([]);
});
