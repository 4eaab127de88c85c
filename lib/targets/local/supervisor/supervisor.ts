import { rm } from 'node:fs/promises';
import { readData } from '../../../probes/data';
import { withSignal, type Deployment, type Disruption, type Handle, type Watch } from '../../target';
import { removeControlGroups } from '../process/control-groups';
import { killAll } from '../process/owned-processes';
import { LocalEnvironment } from '../environment';
import { Lifetime } from './lifetime';
import { socketOf } from './supervision';
import { serve } from './rpc';
import { releaseMemory } from '../process/shared-memory';
import type { LocalSettings } from '../settings';
import type { Listeners } from '../balancer/traffic-weights';
import { SharedData } from '../shared-data';
import { TrafficHold } from './traffic-hold';

/** The arguments of all calls; each uses some. */
interface Argument {
  readonly deployment: Deployment;
  readonly settings: LocalSettings;
  /** The name of a checkpoint. */
  readonly name: string;
  /** Of a copy: the tier, and the folder it goes to. */
  readonly tier: Parameters<LocalEnvironment['copyTier']>[0];
  readonly into: string;
  /** The names of those that are read. */
  readonly tiers: readonly string[];
  readonly disruption: Disruption;
  /** From now until the environment deletes itself. */
  readonly hours: number;
  /** Of a production that uses the data of another one: its own. */
  readonly handle: Handle;
  /** Of traffic that is held. */
  readonly token: string;
  readonly percent: number;
  readonly second: string;
  readonly listeners: Listeners;
}

type Call = (argument: Argument, watch: Watch) => unknown;

/**
 * Owns one environment until it is closed or expires: as on AWS, the environment outlives the process that rehearses.
 *
 * @param folder - the environment's
 * @param block - the first three bytes of its addresses
 * @param expires - when it deletes itself: ISO 8601
 */
export async function supervise(folder: string, block: string, expires: string): Promise<void> {
  const environment = new LocalEnvironment(folder, block);
  const underWay = new UnderWay();
  const life = new Lifetime(Date.parse(expires));
  const calls: Readonly<Record<string, Call>> = {
    ...callsOf(environment),
    extend: ({ hours }) => life.extend(hours),
  };
  const server = await serve(socketOf(folder), async (name, argument, watch) => {
    if (name === 'stop') return underWay.stop('the environment was stopped');
    if (name === 'close') {
      void underWay.stop('the environment is being removed'); // what does not stop is killed
      await environment.close();
      setImmediate(() => process.exit(0)); // after the answer
      return undefined;
    }
    return underWay.run(watch, (it) => calls[name]!(argument as Argument, it));
  });
  let isEnding = false;
  const end = async (because: string): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    server.close();
    void underWay.stop(because);
    await environment.close();
    await environment.removeShared().catch((error: unknown) => process.stderr.write(`${String(error)}\n`)); // nothing waits for it
    await killAll(folder);
    await releaseMemory(folder);
    await removeControlGroups(folder);
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  };
  life.onEnd(() => void end('the environment has expired'));
  // a machine that shuts down, or a person who ends this process, ends what nothing else would
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void end(`the process that holds the environment got ${signal}`));
}

/** The calls that are under way. */
class UnderWay {
  private stopping = new AbortController();
  private readonly works = new Set<Promise<unknown>>();

  async run(watch: Watch, call: (watch: Watch) => unknown): Promise<unknown> {
    const signal = AbortSignal.any([watch.signal, this.stopping.signal]);
    const work = (async () => call(withSignal(watch, signal)))();
    this.works.add(work);
    try {
      return await work;
    } finally {
      this.works.delete(work);
    }
  }

  /** Aborts them, and waits until all have ended. */
  async stop(why: string): Promise<void> {
    this.stopping.abort(new Error(why));
    this.stopping = new AbortController();
    await Promise.allSettled(this.works);
  }
}

function callsOf(environment: LocalEnvironment): Readonly<Record<string, Call>> {
  const traffic = new TrafficHold(environment.balancers.weights);
  return {
    ping: () => null,
    seed: async ({ deployment, settings, handle }, watch) =>
      environment.seed(deployment, settings, watch, await SharedData.of(handle, deployment, watch)),
    up: ({ deployment, settings }, watch) => environment.up(deployment, settings, watch),
    release: ({ deployment, settings }, watch) => environment.release(deployment, settings, watch),
    contract: ({ deployment, settings }, watch) => environment.contract(deployment, settings, watch),
    checkpoint: ({ name }, watch) => environment.checkpoint(name, watch),
    restore: ({ name, deployment, settings }, watch) =>
      environment.restore(name, deployment, settings, watch),
    disrupt: ({ disruption }, watch) => environment.disrupt(disruption, watch),
    describe: () => environment.describe(),
    addresses: () => environment.addresses(),
    variables: () => environment.variables(),
    ownAddresses: () => environment.ownAddresses(),
    readTiers: ({ tiers }, watch) => {
      const databases = environment.addresses().databases.filter(({ tier }) => tiers.includes(tier));
      return readData(databases, {}, watch.signal);
    },
    data: () => environment.offer(),
    keepData: ({ into }, watch) => environment.keepData(into, watch),
    copyTier: ({ tier, into }, watch) => environment.copyTier(tier, into, watch),
    listeners: () => environment.balancers.listeners(),
    traffic: () => traffic.state(),
    hold: (props, watch) => traffic.hold(props, watch),
    shift: ({ token, percent }) => traffic.shift(token, percent),
    keep: ({ token }) => traffic.keep(token),
    letGo: ({ token }) => traffic.release(token),
  };
}
