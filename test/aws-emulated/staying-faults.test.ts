import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { contextOf, type CliContext } from '../../lib/cli/context';
import { run } from '../../lib/cli/run';
import type { TwinError } from '../../lib/error';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { AwsSection } from '../../lib/targets/aws/config';
import type { Inventory } from '../../lib/targets/target';
import { buildProbe } from '../probes/build-probe';
import { emulated } from './emulated';
import { FAILING, FaultProxy, nameOf, refused, throttled, type Call, type Fault } from './fault-proxy';
import { useProfiles } from './profiles';
import { makeProject } from './project';
import { deploymentIn } from './rehearsal-app';
import { Run } from './run';

const here = emulated('faults');

let proxy: FaultProxy;
/** Made before any story begins: a build holds everything up that this process does. */
const shops = new Map<string, Shop>();

const PROBE = resolve('node_modules/.cache/cdk-twin', `probe-${process.pid}.js`);
/**
 * What fails for good fails at the second attempt too. The CDK's toolkit sends a call seven times that is throttled, within a minute.
 * Nothing hangs here: that a request ends is of no use, and on a busy machine it ends too early.
 */
const TIMES = { pollMs: 200, attempts: 2, deployments: 1, probe: PROBE };

type FaultOf = (call: Call) => Fault;
const refuseAccess: FaultOf = () => refused(403, 'AccessDenied');

/** What goes wrong for good, and what is said of it: which call, what it answered, and what to do. */
const KINDS = {
  denied: { fault: refuseAccess, said: 'AccessDenied by the test. Allow ' },
  expired: {
    fault: () => refused(403, 'ExpiredToken'),
    said: 'ExpiredToken by the test. Sign in, or set AWS_PROFILE, or aws.profile in twin.config.ts; ',
  },
  throttled: { fault: throttled, said: '(Throttling|SlowDown) by the test. Try again; if it stays, ' },
  failing: { fault: () => FAILING, said: 'InternalFailure by the test. Try again; if it stays, ' },
} as const satisfies Record<string, { fault: FaultOf; said: string }>;
type Kind = keyof typeof KINDS;
const ALL = Object.keys(KINDS) as Kind[];

/** When it begins to: with the first call of that name. */
const BEGINNINGS = { 'standing up': 'DescribeStackEvents', 'tearing down': 'DeleteStack' } as const;

const CALL_BY_CALL = 'call-by-call';
const STORIES = [
  CALL_BY_CALL,
  ...ALL.map(releaseOf),
  ...ALL.flatMap((kind) => [storyOf(kind, 'standing up'), storyOf(kind, 'tearing down')]),
];

function releaseOf(kind: Kind): string {
  return `${kind}-release`;
}

function storyOf(kind: Kind, where: keyof typeof BEGINNINGS): string {
  return `${kind}-${where.replace(' ', '-')}`;
}

beforeAll(async () => {
  buildProbe(PROBE);
  proxy = await FaultProxy.start(here.emulator.endpoint);
  useProfiles(here.folder, STORIES);
  process.env['AWS_ENDPOINT_URL'] = proxy.endpoint;
  for (const story of STORIES.slice(1)) shops.set(story, new Shop(story));
});
afterAll(async () => {
  proxy?.stop();
  rmSync(PROBE);
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
      aws: { profile },
    };
    this.at = makeProject(join(here.folder, profile), config).at;
  }

  rehearse(): Promise<Ran> {
    // its name is of a second and the release: stories that begin in the same second must not have the same stack
    const candidate = `1.42.${STORIES.indexOf(this.profile)}`;
    return this.run('rehearse', '--to', candidate, '--target', 'aws');
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
    const { StackSummaries = [] } = await here.emulator.use(CloudFormation).listStacks({});
    return StackSummaries.flatMap(({ StackName: name = '', StackStatus: status }) =>
      name === `Staging-${this.ledger.rehearsal.replaceAll('.', '-')}` && status !== 'DELETE_COMPLETE'
        ? [name]
        : [],
    );
  }

  /** From the first call that is asked for, everything that the story calls goes wrong until it is mended. */
  breakFrom(operation: string, fault: FaultOf): void {
    let isBroken = false;
    proxy.faults.set(this.profile, (call) => {
      isBroken ||= call.operation === operation;
      return isBroken ? fault(call) : undefined;
    });
  }

  /** One call goes wrong, each time after the first ones. */
  breakAlone(operation: string, fault: FaultOf, passing = 0): void {
    let count = 0;
    proxy.faults.set(this.profile, (call) =>
      call.operation === operation && ++count > passing ? fault(call) : undefined,
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
    const target = new AwsTarget(app.config.aws as AwsSection, { folder: at, ...TIMES });
    return { ...app, newParts: () => ({ ...app.newParts(), target }) };
  },
  openToRemove: (at, name) => ({
    ...real.openToRemove(at, name),
    target: new AwsTarget({}, { folder: at, ...TIMES }),
  }),
};

/** An error of a call: which, on what, and what to do. */
const saying = (kind: Kind): RegExp => {
  const said = KINDS[kind].said.replaceAll('.', String.raw`\.`);
  return new RegExp(String.raw`[a-z0-9]+:[A-Z]\w+(?: on \S+)? failed: .*${said}`);
};

/** What a story came to. */
interface Told {
  readonly kind: Kind;
  readonly exitCode: number;
  readonly verdict: string | undefined;
  /** Whether the reasons of the verdict say which call failed, and what to do. */
  readonly isReasonSaid: boolean;
  /** Whether the tear-down does, and that there may be leftovers. */
  readonly isLeftSaid: boolean;
  readonly stacks: number;
  /** The same of the command that finishes, while nothing is mended. */
  readonly again: { readonly exitCode: number; readonly isSaid: boolean };
  /** What it says afterwards. */
  readonly mended: { readonly exitCode: number; readonly said: string; readonly stacks: number };
}

/** Rehearses, and everything fails for good from one of its calls on; then it is mended, and torn down. */
async function play(kind: Kind, where: keyof typeof BEGINNINGS): Promise<Told> {
  const shop = shops.get(storyOf(kind, where))!;
  shop.breakFrom(BEGINNINGS[where], KINDS[kind].fault);
  const { exitCode, stderr } = await shop.rehearse();
  const { judged, tearDown, rehearsal } = shop.ledger;
  const isToFinish = stderr.includes(`there may be leftovers; finish with npx twin down ${rehearsal}`);
  const stacks = (await shop.stacks()).length;
  const again = await shop.down();
  shop.mend();
  const mended = await shop.down();
  return {
    kind,
    exitCode,
    verdict: judged?.verdict,
    isReasonSaid: judged?.reasons.some((it) => saying(kind).test(it)) ?? false,
    isLeftSaid: isToFinish && saying(kind).test(tearDown?.error ?? ''),
    stacks,
    again: { exitCode: again.exitCode, isSaid: saying(kind).test(again.stdout) },
    mended: {
      exitCode: mended.exitCode,
      said: mended.stdout.replace(/^\S+ /, ''),
      stacks: (await shop.stacks()).length,
    },
  };
}

const ENDED = { exitCode: 0, said: 'is torn down: no leftovers\n', stacks: 0 };

type Released = Awaited<ReturnType<typeof releaseWithout>>;

/** Rehearses, and the change set of the candidate is not made, however often that is tried. */
async function releaseWithout(kind: Kind) {
  const shop = shops.get(releaseOf(kind))!;
  shop.breakAlone('CreateChangeSet', KINDS[kind].fault, 1);
  const { exitCode, stdout } = await shop.rehearse();
  const { judged } = shop.ledger;
  const reason =
    /^release failed: the deployment failed: cloudformation:CreateChangeSet on Staging-\S+ failed: /;
  return {
    kind,
    exitCode,
    stdout: exitCode === 70 ? '' : stdout,
    verdict: judged?.verdict,
    isReasonSaid: judged?.reasons.every((it) => reason.test(it) && saying(kind).test(it)),
    stacks: await shop.stacks(),
    // nothing was left to finish
    again: (await shop.down()).stdout.replace(/: .*/, ''),
  };
}

/** All of them, at once: most of their time is the toolkit's pauses. */
let stories: Promise<{ told: Map<string, Told>; released: Released[] }> | undefined;
const allStories = () =>
  (stories ??= (async () => {
    const played = ALL.flatMap((kind) =>
      (['standing up', 'tearing down'] as const).map(
        async (where) => [storyOf(kind, where), await play(kind, where)] as const,
      ),
    );
    const released = ALL.map(releaseWithout);
    await Promise.allSettled([...played, ...released]);
    return { told: new Map(await Promise.all(played)), released: await Promise.all(released) };
  })());

it.each([
  ['standing up', { verdict: 'UNDECIDED', isReasonSaid: true }],
  ['tearing down', { verdict: 'GO', isReasonSaid: false }],
] as const)(
  'where AWS fails for good while %s, what may be left is said, and gone when it is mended',
  async (where, judged) => {
    const { told } = await allStories();
    expect(ALL.map((kind) => told.get(storyOf(kind, where)))).toEqual(
      ALL.map((kind) => ({
        kind,
        exitCode: 3,
        ...judged,
        isLeftSaid: true,
        stacks: 1,
        again: { exitCode: 3, isSaid: true },
        mended: ENDED,
      })),
    );
  },
);

it('where one call of a release fails for good, the candidate is not to blame, and nothing is left', async () => {
  expect((await allStories()).released).toEqual(
    ALL.map((kind) => ({
      kind,
      exitCode: 70,
      stdout: '',
      verdict: 'UNDECIDED',
      isReasonSaid: true,
      stacks: [],
      again: 'nothing to do\n',
    })),
  );
});

/** Denies a story the first of its operations that it was not denied before. @returns what says which that was */
function denyNext(story: string, denied: ReadonlySet<string>): () => string | undefined {
  let met: string | undefined;
  proxy.faults.set(story, (call) => {
    const name = nameOf(call);
    if (!denied.has(name)) met ??= name;
    return name === met ? refuseAccess(call) : undefined;
  });
  return () => met;
}

it('denied call by call, a tear-down names each, goes on where it can, and ends when all are allowed', async () => {
  const name = CALL_BY_CALL;
  const target = new AwsTarget({ profile: name }, TIMES);
  const story = new Run(target, name);
  const deployment = deploymentIn(here.folder, '1.41.0', name);
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
