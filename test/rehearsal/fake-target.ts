import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TwinError } from '../../lib/error';
import type { CheckResult } from '../../lib/probes/check';
import type { DatabaseFigures } from '../../lib/probes/database-figures';
import type { DataState } from '../../lib/probes/data';
import type { LoadCheck, RequestPlan } from '../../lib/config/types';
import type { Probes } from '../../lib/probes/probes';
import type { Recording } from '../../lib/replay/recording';
import type { TrafficPlan } from '../../lib/probes/traffic';
import type { TrafficFigures } from '../../lib/probes/traffic-figures';
import type { VersionSeen } from '../../lib/probes/version';
import type {
  Coverage,
  Deployment,
  Disrupted,
  Disruption,
  Found,
  Handle,
  Inventory,
  Leftover,
  MemberState,
  Preflight,
  ProcessorTime,
  Target,
  TargetCall,
  TierState,
  Watch,
} from '../../lib/targets/target';

const strip = { partMs: 1000, sent: [400], failed: [0] };
/** Figures of requests that were all answered. */
export const QUIET: TrafficFigures = { requests: 400, failures: 0, longestOutageMs: 0, recoveryMs: 0, staleReads: 0, strip }; // prettier-ignore
const NOTHING_SENT: TrafficFigures = { requests: 0, failures: 0, longestOutageMs: 0, staleReads: 0, strip };
const RECOVERED: TrafficFigures = { requests: 400, failures: 48, firstFailure: 'POST /orders: connection refused', longestOutageMs: 1200, recoveryMs: 1200, staleReads: 0, strip }; // prettier-ignore

/** What stands under a name, and what data it has. It outlives the process that stood it up. */
export interface Standing {
  seeded: boolean;
  /** The release that runs; undefined while no service does. */
  release: string | undefined;
  /** One entry for each migration and each restored checkpoint, in order. */
  data: string[];
  readonly checkpoints: Map<string, readonly string[]>;
  members: readonly MemberState[];
}

/** The calls of a target; of a disruption its kind. */
export type Call = Exclude<TargetCall, 'disrupt'> | 'rollBackUnderWay' | Disruption['kind'];

/** What a call does instead of its work. */
export interface Mishap {
  readonly call: Call;
  /**
   * `fails`: throws after half of its work. `crashes`: throws an error that is not a TwinError. `hangs`: runs until it is aborted. `is
   * deaf`: ignores that, and goes on creating what it is to create until the target stops it.
   */
  readonly does: 'fails' | 'crashes' | 'hangs' | 'is deaf';
  /** The message of what it throws where it fails. @default - that it was refused */
  readonly says?: string;
  /** How often. @default - always */
  readonly times?: number;
}

const MEMBERS: readonly MemberState[] = [
  { name: 'Orders-1', role: 'primary', state: 'running' },
  { name: 'Orders-2', role: 'replica', state: 'running' },
  { name: 'Web-1', role: 'task', state: 'running' },
  { name: 'Web-2', role: 'task', state: 'running' },
];
/** The task that is killed, and is all that is in one zone. */
const VICTIM = /^Web-1/;

const ORDERS = {
  engine: 'postgresql' as const,
  tier: 'Orders',
  writer: { host: '127.0.0.2', port: 5432 },
  reader: { host: '127.0.0.3', port: 5432 },
  readers: [],
  database: 'orders',
  username: 'shop',
  password: 'secret',
};

/** The place where fake environments stand: shared by every {@link FakeTarget} made of it, as an AWS account would be. */
export class World {
  readonly standing = new Map<string, Standing>();
  readonly calls: string[] = [];
  readonly tiers: TierState[] = [
    { tier: 'Orders', kind: 'sql', skipped: false, engine: 'PostgreSQL', members: [], differs: [] },
    { tier: 'Web', kind: 'service', skipped: false, engine: 'node', members: [], differs: [] },
  ];
  readonly mishaps: Mishap[] = [];
  /** Why nothing can be stood up, whatever is planned. */
  unreachable: TwinError | undefined;
  /** What `preflight` says. */
  preflight: Preflight = { tiers: [], refusals: [], warnings: [], isBilled: false };
  /** Why what stands is not where this process looks. */
  elsewhere: TwinError | undefined;
  restores: Target['restores'] = 'in-place';
  /** How many environments it has room for. */
  atOnce: number | undefined;
  /** When everything that stands was stood up. */
  since = new Date().toISOString();
  /** Who stood it up. */
  owner: string | undefined;
  /** Releases whose checks fail. */
  failing: readonly string[] = [];
  /** What requests in the background see in each turn: the baseline's is the first, the release the second. */
  traffic: (turn: number) => TrafficFigures = () => QUIET;
  turns = 0;
  /** What is seen of databases. */
  databases: readonly DatabaseFigures[] = [];
  /** The same in each watch: the baseline's is the first, the release the second, verify the third. */
  databasesIn: (watch: number) => readonly DatabaseFigures[] = () => this.databases;
  watches = 0;
  /** What they see where something is broken on purpose. */
  recovery: TrafficFigures = RECOVERED;
  /** Releases that cannot read what others wrote. */
  forgetting: readonly string[] = [];
  /** For how long a failover lets no write in, by the target's own writes; undefined where it makes none. */
  unwritableMs: number | null | undefined;
  /** What SQL tiers hold, by the last entry of their data. */
  readonly data = new Map<string, readonly DataState[]>();
  /** Looks on before each reading of them. */
  onRead: () => void = () => {};
  /** What a migration may take from them. */
  removes: readonly string[] = [];
  /** What share of the machine others use in each turn: the baseline's is the first, the release the second. */
  others: ((turn: number) => number) | undefined;
  /** The time of the processors so far. */
  processors = { total: 0, busy: 0, own: 0 };
  /** Whether migrations have a second part. */
  contracts = false;
  /** The services that roll a release back while it is under way. @default - both releases never run side by side */
  rollingBack: readonly string[] | undefined;
  /** Looks on at it. */
  onContract: (release: string) => void = () => {};
  /** What a service says when it is asked which release it is. */
  answerTo: (expected: string, running: string) => Omit<VersionSeen, 'service'> = (_, running) => ({
    answered: running,
  });
  /** The requests that were sent in the background, in order. */
  readonly sent: TrafficPlan[] = [];
  /** Whether nothing is answered under the load of a turn: the baseline's is the first. */
  failsUnderLoad: (turn: number) => boolean = () => false;
  /** The 95th percentile under the load of a turn, in ms. */
  p95Of: (turn: number) => number = () => 12;
  /** The same of a replay. */
  p95OfReplay: (release: string | undefined) => number = () => 12;
  /** What was replayed, in order. */
  readonly replays: { readonly release: string | undefined; readonly recording: Recording }[] = [];
  /** The most requests a second that a release answers in time, at a level. */
  capacityOf: (release: string, level: number) => number = () => 100;
  /** From this level on they are sent late. */
  lateAbove = Infinity;
  /** The levels that were sent, in order. */
  readonly levels: { readonly release: string; readonly perSecond: number; readonly path: string }[] = [];
  /** Why none can be sent. */
  noLoad: TwinError | undefined;
  /** What a release answers to a path, in a round. */
  answerOf: (release: string, path: string, round: number) => string = () => '{}';
  /** What was asked, in order. */
  readonly asked: { readonly release: string; readonly requests: readonly RequestPlan[] }[] = [];
  /** How long load takes. */
  loadMs = 0;
  /** The load checks that ran, in order. */
  readonly loads: LoadCheck[] = [];
  /** The assemblies that were brought with a release, in order. */
  readonly brought: string[] = [];
  /** Looks on at each. */
  onBrought: (assembly: string) => void = () => {};
  /** The commands that ran, in order. */
  readonly commands: string[] = [];
  /** Those that fail. */
  failingCommands: RegExp | undefined;
  /** The folders of the code that was brought, in order. */
  readonly folders: (string | undefined)[] = [];
  /** What the tasks of services run, at a release. */
  codeOf: (release: string) => string | undefined = (release) => `sha256:${release}`;
  /** How long a call may take. */
  limitSeconds = 60;
  /** The calls under way that ignore an abort: each ends by being called. */
  readonly deaf = new Set<() => void>();
  /** Looks on at every call, before its work. */
  onCall: (call: Call, handle: Handle) => void = () => {};
  /** What `down` does not remove. */
  readonly stuck: Leftover[] = [];
}

/**
 * A target without machines. It behaves as the port asks: calls are named by a handle that is chosen before anything
 * exists; each may be made again; `seed` comes before `up`, `up` before anything that needs services; a release migrates
 * the data; `restore` puts data back, with a release; `stop` ends calls that do not end by themselves; `down` removes
 * everything that the handle names, whatever state it is in, and `inventory` reports what exists. What is asked for out of
 * order is a bug in the rehearsal: it throws no TwinError.
 */
export class FakeTarget implements Target {
  readonly name = 'local';
  readonly isForTrial = true;

  get restores(): Target['restores'] {
    return this.world.restores;
  }

  get atOnce(): number {
    return this.world.atOnce ?? Infinity;
  }

  get removes(): readonly string[] {
    return this.world.removes;
  }

  /** Between two moments of asking others use their share of the next turn. */
  processorTime(): ProcessorTime | undefined {
    const { others, processors, turns } = this.world;
    if (!others) return undefined;
    const now = { ...processors };
    this.world.processors = {
      total: now.total + 100,
      busy: now.busy + 100 * others(turns + 1),
      own: now.own,
    };
    return now;
  }

  get contracts(): boolean {
    return this.world.contracts;
  }

  constructor(private readonly world: World) {}

  limitSeconds(): number {
    return this.world.limitSeconds;
  }

  allocate(rehearsal: string): Handle {
    return { target: this.name, name: `fake-${rehearsal}` };
  }

  allocateBeside({ name: first }: Handle, environment: string): Handle {
    return { target: this.name, name: `${first}-beside`, first, firstEnvironment: environment };
  }

  context({ name }: Handle): Readonly<Record<string, string>> {
    return { 'cdk-twin:restore': name };
  }

  reach(): Promise<void> {
    const { unreachable } = this.world;
    return unreachable ? Promise.reject(unreachable) : Promise.resolve();
  }

  async preflight(handle: Handle, _: Deployment, watch: Watch): Promise<Preflight> {
    await this.call('preflight', handle, watch);
    const standing = this.world.tiers.map((tier): Coverage => tier);
    return { ...this.world.preflight, tiers: [...standing, ...this.world.preflight.tiers] };
  }

  /** The same time, however often it is asked. */
  async extend(handle: Handle, hours: number, watch: Watch): Promise<string> {
    await this.call('extend', handle, watch, () => {
      this.at(handle);
      watch.learn({ hours: String(hours) });
    });
    return '2037-01-01T00:00:00Z';
  }

  seed(handle: Handle, _: Deployment, watch: Watch): Promise<void> {
    return this.call('seed', handle, watch, () => {
      if (this.world.standing.has(handle.name)) return;
      this.world.standing.set(handle.name, fresh());
    });
  }

  up(handle: Handle, { release, folder }: Deployment, watch: Watch): Promise<void> {
    return this.call('up', handle, watch, () => {
      this.world.folders.push(folder);
      this.at(handle).release = release;
      watch.learn({ id: `id of ${handle.name}` });
    });
  }

  async describe(handle: Handle, watch: Watch): Promise<readonly TierState[]> {
    await this.call('describe', handle, watch);
    const { members, release } = this.running(handle);
    const code = this.world.codeOf(release!);
    const described = members.map((it) => (it.role === 'task' && code !== undefined ? { ...it, code } : it));
    return this.world.tiers.map((tier) =>
      tier.skipped ? tier : { ...tier, members: described.filter(({ name }) => name.startsWith(tier.tier)) },
    );
  }

  async probes(handle: Handle, watch: Watch): Promise<Probes> {
    await this.call('probes', handle, watch);
    const standing = this.at(handle); // the services may be stopped: databases answer all the same
    const { release } = standing;
    const isBad = this.world.failing.some((it) => it === release);
    return {
      readData: () => {
        this.world.onRead();
        return Promise.resolve(this.world.data.get(standing.data.at(-1)!) ?? []);
      },
      addresses: { url: `http://${release}`, urls: {}, databases: [ORDERS] },
      run: async (
        { smoke = [], writtenReads = [], readYourWrites = [], commands = [], load = [], ...others },
        expected,
      ) => {
        this.world.loads.push(...load);
        this.world.commands.push(...commands.map((it) => it.run));
        if (load.length > 0) await sleep(this.world.loadMs);
        const isOverloaded = this.world.failsUnderLoad(this.world.loads.length);
        return [
          ...load.map(({ name }) => ({
            ...result(name, 'load', isOverloaded),
            measures: { p95Ms: this.world.p95Of(this.world.loads.length), errorRate: 0 },
          })),
          ...(others.replay ?? []).map(({ name }) => {
            this.world.replays.push({ release, recording: others.recordings![name]! });
            const p95Ms = this.world.p95OfReplay(release);
            return { ...result(name, 'replay', false), measures: { p95Ms, errorRate: 0 } };
          }),
          ...writtenReads.map(({ name, path }) => ({
            ...result(
              name,
              'written-read',
              this.world.forgetting.some((it) => it === release),
            ),
            detail: `GET ${path} answered 500, expected 200`,
          })),
          ...smoke.map(({ name, contains }) => ({
            ...result(name, 'smoke', false),
            ...(contains?.includes('{release}') && { shows: expected }),
          })),
          ...readYourWrites.map(({ name }) => result(name, 'read-your-writes', isBad)),
          ...commands.map(({ name, run }) =>
            result(name, 'command', isBad || this.world.failingCommands?.test(run) === true),
          ),
        ];
      },
      sendLoad: ({ perSecond, mix }) => {
        this.world.levels.push({ release: release!, perSecond, path: mix.recording.routes[0]!.path });
        if (this.world.noLoad) return Promise.reject(this.world.noLoad);
        const isCarried = perSecond <= this.world.capacityOf(release!, this.world.levels.length);
        return Promise.resolve({
          perSecond,
          p95Ms: isCarried ? 20 : 900,
          errorRate: 0,
          lateMs: perSecond > this.world.lateAbove ? 300 : 1,
        });
      },
      answers: ({ requests }) => {
        this.world.asked.push({ release: release!, requests });
        if (this.world.noLoad) return Promise.reject(this.world.noLoad);
        return Promise.resolve(
          requests.map(({ path }) => ({
            answered: true as const,
            status: 200,
            headers: {},
            body: this.world.answerOf(release!, path, this.world.asked.length),
          })),
        );
      },
      versions: ({ release: expected }) =>
        Promise.resolve([{ service: 'Web', ...this.world.answerTo(expected, release!) }]),
      watchDatabases: () => {
        const seen = this.world.databasesIn(++this.world.watches);
        return Promise.resolve({ stop: () => Promise.resolve(seen) });
      },
      sendTraffic: async (plan, work) => {
        const { checks, recoverWithinMs } = plan;
        this.world.sent.push(plan);
        await work();
        if (Object.values(checks).every(({ length }) => length === 0)) return NOTHING_SENT;
        return recoverWithinMs === undefined ? this.world.traffic(++this.world.turns) : this.world.recovery;
      },
    };
  }

  checkpoint(handle: Handle, name: string, watch: Watch): Promise<void> {
    return this.call('checkpoint', handle, watch, () => {
      const { checkpoints, data } = this.running(handle);
      checkpoints.set(name, [...data]);
    });
  }

  restore(handle: Handle, name: string, { release }: Deployment, watch: Watch): Promise<void> {
    return this.call('restore', handle, watch, () => {
      const standing = this.at(handle);
      const data = standing.checkpoints.get(name);
      if (!data) throw new Error(`there is no checkpoint ${name}`);
      standing.data = [...data];
      standing.release = release;
    });
  }

  release(handle: Handle, { release, assembly, folder }: Deployment, watch: Watch): Promise<void> {
    return this.call('release', handle, watch, () => {
      this.world.brought.push(assembly);
      this.world.onBrought(assembly);
      this.world.folders.push(folder);
      const standing = this.at(handle);
      standing.data.push(`migrated by ${release}`);
      standing.release = release;
    });
  }

  isRolledBackUnderWay(): boolean {
    return this.world.rollingBack !== undefined;
  }

  async rollBackUnderWay(handle: Handle, _: Deployment, watch: Watch): Promise<readonly string[]> {
    await this.call('rollBackUnderWay', handle, watch);
    return this.world.rollingBack ?? [];
  }

  contract(handle: Handle, { release }: Deployment, watch: Watch): Promise<void> {
    return this.call('contract', handle, watch, () => {
      this.running(handle).data.push(`contracted by ${release}`);
      this.world.onContract(release);
    });
  }

  async disrupt(handle: Handle, { kind, tier }: Disruption, watch: Watch): Promise<Disrupted> {
    const before = this.world.standing.get(handle.name)?.members ?? [];
    await this.call(kind, handle, watch, () => {
      const standing = this.running(handle);
      standing.members = kind === 'failover' ? before.map(swapped) : before.map(replaced);
    });
    const of = (members: readonly MemberState[]) => members.filter(({ name }) => name.startsWith(tier));
    const { unwritableMs } = this.world;
    return {
      before: of(before),
      after: of(this.running(handle).members),
      ...(kind === 'failover' && unwritableMs !== undefined && { unwritableMs }),
      ...(kind === 'lose zone' && { lost: 'zone 1, with 1 of 2 tasks' }),
    };
  }

  async logs(handle: Handle, folder: string, watch: Watch): Promise<readonly string[]> {
    await this.call('logs', handle, watch);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Web-1.log'), 'listening\n');
    return ['Web-1.log'];
  }

  checkPlace(): Promise<void> {
    const { elsewhere } = this.world;
    return elsewhere ? Promise.reject(elsewhere) : Promise.resolve();
  }

  stop(handle: Handle, watch: Watch): Promise<void> {
    return this.call('stop', handle, watch, () => this.endCalls());
  }

  down(handle: Handle, watch: Watch): Promise<void> {
    return this.call('down', handle, watch, () => {
      this.endCalls();
      if (this.world.stuck.length === 0) this.world.standing.delete(handle.name);
    });
  }

  async inventory(handle: Handle, watch: Watch): Promise<Inventory> {
    await this.call('inventory', handle, watch);
    const isThere = this.world.standing.has(handle.name);
    const found: Leftover[] = isThere ? [...this.world.stuck, { kind: 'resource', what: handle.name }] : [];
    return { looked: [`what is called ${handle.name}`], found };
  }

  async find(watch: Watch): Promise<readonly Found[]> {
    await this.call('find', { target: this.name, name: 'all' }, watch);
    const handles = [...this.world.standing.keys()].map((name) => ({ target: this.name, name }));
    const { since, owner } = this.world;
    return handles.map((handle) => ({ handle, since, ...(owner !== undefined && { owner }) }));
  }

  private endCalls(): void {
    for (const end of this.world.deaf) end();
    this.world.deaf.clear();
  }

  private at({ name }: Handle): Standing {
    const standing = this.world.standing.get(name);
    if (!standing) throw new Error(`${name} was never seeded`);
    return standing;
  }

  private running(handle: Handle): Standing {
    const standing = this.at(handle);
    if (standing.release === undefined) throw new Error(`nothing runs in ${handle.name}`);
    return standing;
  }

  private async call(call: Call, handle: Handle, watch: Watch, work: () => void = () => {}): Promise<void> {
    const { world } = this;
    world.calls.push(call);
    world.onCall(call, handle);
    await Promise.resolve();
    watch.signal.throwIfAborted();
    watch.log(`${call} of ${handle.name}`);
    const i = world.mishaps.findIndex((mishap) => mishap.call === call);
    watch.signal.throwIfAborted();
    const mishap = world.mishaps[i];
    if (!mishap) return work();
    if (mishap.times !== undefined) world.mishaps.splice(i, 1, ...again(mishap));
    await befall(mishap, handle, watch, work, world);
  }
}

const fresh = (): Standing => ({
  seeded: true,
  release: undefined,
  data: ['seed'],
  checkpoints: new Map(),
  members: MEMBERS,
});

const swapped = (member: MemberState): MemberState =>
  member.role === 'task' ? member : { ...member, role: member.role === 'primary' ? 'replica' : 'primary' };

const replaced = (member: MemberState): MemberState =>
  VICTIM.test(member.name) ? { ...member, name: `${member.name}+` } : member;

const again = (mishap: Mishap): Mishap[] =>
  mishap.times! > 1 ? [{ ...mishap, times: mishap.times! - 1 }] : [];

async function befall(
  { call, does, says = `${call} was refused` }: Mishap,
  handle: Handle,
  watch: Watch,
  work: () => void,
  world: World,
): Promise<void> {
  if (does === 'is deaf') return deaf(handle, world);
  if (does === 'hangs') return stopped(watch.signal);
  // half of the work is done: `down` has removed nothing, everything else has left something
  if (call !== 'down') work();
  if (does === 'crashes') throw new RangeError(`${call} went mad`);
  throw new TwinError({ code: 'refused', message: says, fix: 'Ask again.' });
}

/** Creates its environment again and again, until it is stopped: what is torn down meanwhile comes back. It never returns. */
function deaf({ name }: Handle, world: World): Promise<void> {
  const create = (): void => {
    if (!world.standing.has(name)) world.standing.set(name, fresh());
  };
  const timer = setInterval(create, 1);
  timer.unref();
  world.deaf.add(() => clearInterval(timer));
  return new Promise(() => {});
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function result(name: string, kind: CheckResult['kind'], isBad: boolean): CheckResult {
  return {
    name,
    kind,
    outcome: isBad ? 'failed' : 'passed',
    detail: isBad ? '37 of 50 reads did not show the write before them' : 'as it should be',
    startedAt: new Date().toISOString(),
    ms: 1,
    ...(kind === 'read-your-writes' &&
      !isBad && { lastReads: [{ path: '/orders/76' }, { path: '/orders/77' }] }),
    ...(kind === 'read-your-writes' && { measures: { reads: 50, staleReads: isBad ? 37 : 0 } }),
  };
}
