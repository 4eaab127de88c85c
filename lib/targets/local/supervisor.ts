import { rmSync } from 'node:fs';
import type { Deployment, Watch } from '../target';
import { killAll } from './owned-processes';
import { LocalEnvironment } from './environment';
import { socketOf } from './local-target';
import { serve } from './rpc';
import { releaseMemory } from './shared-memory';
import type { LocalSettings } from './settings';

/** The arguments of all calls; each uses some. */
interface Argument {
  readonly deployment: Deployment;
  readonly settings: LocalSettings;
  /** The name of a tier, a service or a checkpoint. */
  readonly name: string;
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
  const closing = new AbortController();
  const calls = callsOf(environment);
  const server = await serve(socketOf(folder), async (name, argument, watch) => {
    if (name === 'close') {
      closing.abort(new Error('the environment is being removed'));
      await environment.close();
      setImmediate(() => process.exit(0)); // after the answer
      return undefined;
    }
    const signal = AbortSignal.any([watch.signal, closing.signal]);
    return calls[name]!(argument as Argument, { ...watch, signal });
  });
  const expire = async (): Promise<void> => {
    server.close();
    closing.abort(new Error('the environment has expired'));
    await environment.close();
    await killAll(folder);
    await releaseMemory(folder);
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  scheduleAt(Date.parse(expires), () => void expire());
}

/** Timers cannot wait for longer than 24 days: a longer wait is split. */
function scheduleAt(time: number, run: () => void): void {
  const wait = Math.max(time - Date.now(), 0);
  if (wait > LONGEST_TIMER_MS) setTimeout(() => scheduleAt(time, run), LONGEST_TIMER_MS);
  else setTimeout(run, wait);
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function callsOf(environment: LocalEnvironment): Readonly<Record<string, Call>> {
  return {
    ping: () => null,
    seed: ({ deployment, settings }, watch) => environment.seed(deployment, settings, watch),
    up: ({ deployment, settings }, watch) => environment.up(deployment, settings, watch),
    release: ({ deployment, settings }, watch) => environment.release(deployment, settings, watch),
    checkpoint: ({ name }, watch) => environment.checkpoint(name, watch),
    restore: ({ name }, watch) => environment.restore(name, watch),
    failover: ({ name }, watch) => environment.failover(name, watch),
    killTask: ({ name }, watch) => environment.killTask(name, watch),
    describe: () => environment.describe(),
    endpoints: () => environment.endpoints(),
  };
}
