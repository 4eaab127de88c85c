import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Coverage,
  Deployment,
  Disrupted,
  Handle,
  MemberState,
  Target,
  TargetCall,
  Watch,
} from '../../lib/targets/target';

/** A target, and what to stand up on it. */
export interface Subject {
  /** Opened to rehearse. */
  readonly target: Target;
  /** Opened to tear down, as another process does it: without the config. */
  readonly reopened: () => Target;
  readonly first: Deployment;
  /** The same tiers with another release. */
  readonly next: Deployment;
  /** A data tier with a replica, and a service. */
  readonly tiers: { readonly data: string; readonly service: string };
}

/** A watch that can be stopped, and that writes down what it learns. */
class TestWatch implements Watch {
  readonly #stop = new AbortController();
  /** Runs at each line of progress and each part of the work. */
  onProgress: (what: string) => void = () => {};

  constructor(private readonly environment?: Environment) {}

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    this.#stop.abort(new Error('stopped by the test'));
  }

  log(message: string): void {
    this.onProgress(message);
  }

  span<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.onProgress(name);
    return work();
  }

  learn(details: Readonly<Record<string, string>>): void {
    if (this.environment) Object.assign(this.environment.handle, details);
  }
}

/** An environment, as a ledger knows it: what its calls learn is in its handle. */
class Environment {
  readonly handle: Handle;

  constructor(target: Target, rehearsal: string) {
    this.handle = { ...target.allocate(rehearsal) };
  }

  watch(): TestWatch {
    return new TestWatch(this);
  }
}

const watch = (): TestWatch => new TestWatch();

/** One primary before and after, and not the same. */
function wasFailover({ before, after }: Disrupted): void {
  const primaries = (members: readonly MemberState[]): string[] =>
    members.flatMap(({ name, role }) => (role === 'primary' ? [name] : []));
  expect(primaries(before)).toHaveLength(1);
  expect(primaries(after)).toHaveLength(1);
  expect(primaries(after)).not.toEqual(primaries(before));
}

/** As many as before, as many new ones as were lost, and some left. */
function lostAZone({ before, after, lost }: Disrupted): void {
  const names = new Set(before.map(({ name }) => name));
  const fresh = after.filter(({ name }) => !names.has(name));
  expect(lost).toMatch(new RegExp(`, with ${fresh.length} of ${before.length} tasks`));
  expect(fresh.length).toBeGreaterThan(0);
  expect(fresh.length).toBeLessThan(before.length);
  expect(after).toHaveLength(before.length);
}

/** As many as before, one of them new. */
function wasReplaced({ before, after }: Disrupted): void {
  const names = new Set(before.map(({ name }) => name));
  expect(after.filter(({ name }) => !names.has(name))).toHaveLength(1);
  expect(after).toHaveLength(before.length);
}

/** Which tiers stand and which are skipped. */
const coverage = (tiers: readonly Coverage[]): string[] =>
  tiers.map(({ tier, skipped }) => `${tier} ${skipped ? 'skipped' : 'stands'}`).toSorted();

/**
 * What every target has to keep, in the words of the port: calls can be repeated, broken off and continued, and everything can
 * be torn down from the handle alone.
 */
export function keepsTheContract(subject: () => Subject): void {
  it('chooses a handle that is plain JSON, for each environment another, and starts nothing', async () => {
    const { target } = subject();
    const [one, two] = [target.allocate('a'), target.allocate('b')];
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    expect(one.target).toBe(target.name);
    expect(one.name).not.toBe(two.name);
    const { looked, found } = await target.inventory(one, watch());
    expect(found).toEqual([]);
    expect(looked.length).toBeGreaterThan(0);
  });

  it('has a limit for every call', () => {
    const { target } = subject();
    const calls: Record<TargetCall, true> = {
      reach: true,
      preflight: true,
      seed: true,
      up: true,
      describe: true,
      probes: true,
      checkpoint: true,
      restore: true,
      release: true,
      contract: true,
      disrupt: true,
      logs: true,
      stop: true,
      down: true,
      inventory: true,
      extend: true,
      find: true,
    };
    for (const call of Object.keys(calls) as TargetCall[]) {
      expect(target.limitSeconds(call)).toBeGreaterThan(0);
      expect(target.limitSeconds(call)).toBeLessThan(86_400);
    }
  });

  it('stops and removes what never was', async () => {
    const { target } = subject();
    const handle = target.allocate('nothing');
    await target.stop(handle, watch());
    await target.down(handle, watch());
    expect((await target.inventory(handle, watch())).found).toEqual([]);
  });

  it('does every call twice as once', async () => {
    const { first, next, tiers, target } = subject();
    const folder = mkdtempSync(join(tmpdir(), 'twin-contract-'));
    const environment = new Environment(target, 'twice');
    const { handle } = environment;
    const twice = async <T>(work: () => Promise<T>): Promise<T> => {
      await work();
      return work();
    };
    try {
      await twice(() => target.seed(handle, first, environment.watch()));
      await twice(() => target.up(handle, first, environment.watch()));
      const before = await twice(() => target.describe(handle, watch()));
      expect(before.some((tier) => !tier.skipped && tier.members.length > 1)).toBe(true);
      if (target.restores !== 'never') await twice(() => target.checkpoint(handle, 'before', watch()));
      await twice(() => target.release(handle, next, environment.watch()));
      if (target.restores !== 'never') await twice(() => target.restore(handle, 'before', first, watch()));
      await twice(() => target.release(handle, next, environment.watch()));
      if (target.contracts) await twice(() => target.contract(handle, next, environment.watch()));
      const failover = { kind: 'failover', tier: tiers.data } as const;
      wasFailover(await twice(() => target.disrupt(handle, failover, watch())));
      const killTask = { kind: 'kill task', tier: tiers.service } as const;
      wasReplaced(await twice(() => target.disrupt(handle, killTask, watch())));
      const loseZone = { kind: 'lose zone', tier: tiers.service } as const;
      lostAZone(await twice(() => target.disrupt(handle, loseZone, watch())));
      await twice(() => target.probes(handle, watch()));
      const after = await target.describe(handle, watch());
      const sizes = (all: typeof before) =>
        all.map((tier) => `${tier.tier} ${tier.skipped ? 0 : tier.members.length}`).toSorted();
      expect(sizes(after)).toEqual(sizes(before));
      const ends = await twice(() => target.extend(handle, 5, environment.watch()));
      expect(Date.parse(ends)).toBeGreaterThan(Date.now() + 4.9 * 3_600_000);
      const logs = await twice(() => target.logs(handle, folder, watch()));
      expect(readdirSync(folder).toSorted()).toEqual([...logs].toSorted());
      await twice(() => target.checkPlace(handle, watch()));
      await twice(() => target.stop(handle, watch()));
    } finally {
      await twice(() => target.down(handle, watch()));
      rmSync(folder, { recursive: true });
    }
    expect((await twice(() => target.inventory(handle, watch()))).found).toEqual([]);
  });

  it('does nothing where it is stopped before', async () => {
    const { target, first } = subject();
    const handle = target.allocate('stopped');
    const stopped = watch();
    stopped.stop();
    await expect(target.seed(handle, first, stopped)).rejects.toThrow('stopped by the test');
    const { found } = await target.inventory(handle, watch());
    await target.down(handle, watch());
    expect(found).toEqual([]);
  });

  it('is broken off while it stands up, goes on where it was, and is removed whole', async () => {
    const { target, first } = subject();
    const environment = new Environment(target, 'broken off');
    const { handle } = environment;
    try {
      for (const call of ['seed', 'up'] as const) {
        const broken = environment.watch();
        broken.onProgress = () => broken.stop();
        await expect(target[call](handle, first, broken)).rejects.toThrow('stopped by the test');
        await target.stop(handle, watch());
        await target[call](handle, first, environment.watch());
      }
      expect((await target.describe(handle, watch())).some(({ skipped }) => !skipped)).toBe(true);
    } finally {
      await target.down(handle, watch());
    }
    expect((await target.inventory(handle, watch())).found).toEqual([]);
  });

  it('creates nothing any more once it was stopped, though nothing aborted the call', async () => {
    const { target, first, reopened } = subject();
    const environment = new Environment(target, 'fenced');
    const { handle } = environment;
    await target.seed(handle, first, environment.watch());
    const progress = environment.watch();
    const begun = new Promise<void>((resolve) => (progress.onProgress = () => resolve()));
    const up = target.up(handle, first, progress).then(
      () => 'done',
      () => 'stopped',
    );
    await begun;
    await target.stop(handle, watch());
    await reopened().down(handle, watch());
    await up;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await reopened().inventory(handle, watch())).found).toEqual([]);
  });

  it('stands up what it said before, and is found and torn down without a ledger, by a target without a config', async () => {
    const { target, first, reopened } = subject();
    const environment = new Environment(target, 'alone');
    await target.reach(environment.handle, watch());
    const { tiers } = await target.preflight(environment.handle, first, watch());
    await target.seed(environment.handle, first, environment.watch());
    await target.up(environment.handle, first, environment.watch());
    expect(coverage(await target.describe(environment.handle, watch()))).toEqual(coverage(tiers));
    const handle = JSON.parse(JSON.stringify(environment.handle)) as Handle;
    const other = reopened();
    expect((await other.inventory(handle, watch())).found).not.toEqual([]);
    const found = (await other.find(watch())).find((it) => it.handle.name === handle.name)!;
    expect(Date.parse(found.since)).toBeGreaterThan(Date.now() - 600_000);
    expect(Date.parse(found.since)).toBeLessThanOrEqual(Date.now());
    expect((await other.inventory(found.handle, watch())).found).not.toEqual([]);
    await other.down(found.handle, watch());
    expect((await other.inventory(handle, watch())).found).toEqual([]);
    expect((await other.find(watch())).filter((it) => it.handle.name === handle.name)).toEqual([]);
    expect((await target.inventory(handle, watch())).found).toEqual([]);
  });
}
