import { randomUUID } from 'node:crypto';
import type { ProbeWatch } from '../../probes/probes';
import { UNSTOPPABLE, type Handle, type Watch } from '../target';
import type { HeldTraffic, Traffic, TrafficState } from '../traffic';
import { callSupervisor } from './supervisor/supervision';

/** The traffic of productions on this machine: the supervisor of the first one has the load balancer that clients use. */
export const trafficHere: Traffic = {
  read: async (first, watch) => (await ask(first, 'traffic', {}, watch)) as TrafficState,
  hold: async (first, second, work, watch) => {
    const listeners = await ask(second, 'listeners', {}, watch);
    const token = randomUUID();
    const lost = new AbortController();
    const { over } = await holding(first, { token, second: second.name, listeners }, lost, watch);
    const unstoppable = { signal: UNSTOPPABLE, log: watch.log };
    const held: HeldTraffic = {
      signal: lost.signal,
      shift: async (percent) => void (await ask(first, 'shift', { token, percent }, unstoppable)),
      keep: async () => void (await ask(first, 'keep', { token }, unstoppable)),
    };
    try {
      return await work(held);
    } finally {
      // where it is lost already nothing is left to let go
      if (!lost.signal.aborted) await ask(first, 'letGo', { token }, unstoppable);
      await over;
    }
  },
};

/**
 * Begins to hold it. The connection of this call is the hold: the supervisor sees it end with this process.
 *
 * @returns once it is held; what it returns ends when it is held no more
 */
function holding(
  first: Handle,
  argument: object,
  lost: AbortController,
  { log }: ProbeWatch,
): Promise<{ readonly over: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const watch: Watch = {
      signal: UNSTOPPABLE,
      log,
      span: (_, work) => work(),
      learn: () => resolve({ over }),
    };
    const over = callSupervisor(first, 'hold', argument, watch).then(
      () => lost.abort(new Error('it was let go')),
      (error: unknown) => {
        lost.abort(error);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

const ask = (handle: Handle, call: string, argument: object, { signal, log }: ProbeWatch) =>
  callSupervisor(handle, call, argument, { signal, log, span: (_, work) => work(), learn: () => {} });
