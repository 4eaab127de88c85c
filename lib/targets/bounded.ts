import { showDuration } from '../duration';
import { TwinError } from '../error';
import { fenced } from './fence';
import {
  UNSTOPPABLE,
  withSignal,
  type Deployment,
  type Handle,
  type Target,
  type TargetCall,
  type Watch,
} from './target';

/** How long a stopped call may take to end before it is fenced. */
export const PATIENCE_MS = 15_000;

/**
 * A target whose calls end: one that exceeds its limit is stopped, and fails. One that does not stop is fenced, so that
 * nothing is still being created when the call has failed.
 */
export function bounded(target: Target, patienceMs: number = PATIENCE_MS): Target {
  const within = async <T>(
    call: TargetCall,
    handle: Handle | undefined,
    watch: Watch,
    work: (watch: Watch) => Promise<T>,
    deployment?: Deployment,
  ): Promise<T> => {
    watch.signal.throwIfAborted();
    const limitMs = target.limitSeconds(call, deployment) * 1000;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(exceeded(call, target, limitMs)), limitMs).unref();
    const signal = AbortSignal.any([watch.signal, over.signal]);
    // `stop` is the fence itself: where it hangs there is no other
    const fence = async (): Promise<void> => {
      if (handle && call !== 'stop') await stopping(handle, watch);
    };
    try {
      return await fenced(work(withSignal(watch, signal)), over.signal, patienceMs, fence);
    } finally {
      clearTimeout(timer);
    }
  };
  const stopping = (handle: Handle, watch: Watch): Promise<void> =>
    within('stop', handle, withSignal(watch, UNSTOPPABLE), (it) => target.stop(handle, it));
  return {
    ...untimed(target),
    reach: (handle, watch) => within('reach', undefined, watch, (it) => target.reach(handle, it)),
    preflight: (handle, deployment, watch) =>
      within('preflight', undefined, watch, (it) => target.preflight(handle, deployment, it)),
    seed: (handle, deployment, watch) =>
      within('seed', handle, watch, (it) => target.seed(handle, deployment, it)),
    up: (handle, deployment, watch) =>
      within('up', handle, watch, (it) => target.up(handle, deployment, it), deployment),
    describe: (handle, watch) => within('describe', handle, watch, (it) => target.describe(handle, it)),
    probes: (handle, watch) => within('probes', handle, watch, (it) => target.probes(handle, it)),
    checkpoint: (handle, name, watch) =>
      within('checkpoint', handle, watch, (it) => target.checkpoint(handle, name, it)),
    restore: (handle, name, deployment, watch) =>
      within('restore', handle, watch, (it) => target.restore(handle, name, deployment, it), deployment),
    release: (handle, deployment, watch) =>
      within('release', handle, watch, (it) => target.release(handle, deployment, it), deployment),
    rollBackUnderWay: (handle, deployment, watch) =>
      within('release', handle, watch, (it) => rolledBack(target, handle, deployment, it), deployment),
    contract: (handle, deployment, watch) =>
      within('contract', handle, watch, (it) => target.contract(handle, deployment, it)),
    disrupt: (handle, disruption, watch) =>
      within('disrupt', handle, watch, (it) => target.disrupt(handle, disruption, it)),
    keepData: async (handle, folder, watch) =>
      within('checkpoint', handle, watch, async (it) => (await target.keepData?.(handle, folder, it)) ?? []),
    logs: (handle, folder, watch) => within('logs', handle, watch, (it) => target.logs(handle, folder, it)),
    checkPlace: (handle, watch) => within('reach', undefined, watch, (it) => target.checkPlace(handle, it)),
    stop: stopping,
    down: (handle, watch) => within('down', handle, watch, (it) => target.down(handle, it)),
    inventory: (handle, watch) => within('inventory', handle, watch, (it) => target.inventory(handle, it)),
    extend: (handle, hours, watch) =>
      within('extend', undefined, watch, (it) => target.extend(handle, hours, it)),
    find: (watch) => within('find', undefined, watch, (it) => target.find(it)),
  };
}

const rolledBack = async (
  target: Target,
  handle: Handle,
  deployment: Deployment,
  watch: Watch,
): Promise<readonly string[]> => (await target.rollBackUnderWay?.(handle, deployment, watch)) ?? [];

/** What of a target takes no time. */
const untimed = (target: Target) => ({
  name: target.name,
  restores: target.restores,
  removes: target.removes ?? [],
  contracts: target.contracts ?? false,
  ...(target.hardware !== undefined && { hardware: target.hardware }),
  processorTime: (handle: Handle) => target.processorTime?.(handle),
  limitSeconds: (call: TargetCall, deployment?: Deployment) => target.limitSeconds(call, deployment),
  allocate: (rehearsal: string) => target.allocate(rehearsal),
  context: (handle: Handle) => target.context(handle),
  isRolledBackUnderWay: (deployment: Deployment) => target.isRolledBackUnderWay?.(deployment) ?? false,
});

const exceeded = (call: TargetCall, { name }: Target, limitMs: number): TwinError =>
  new TwinError({
    code: 'deadline',
    message: `"${call}" on the target ${name} was not done after ${showDuration(limitMs)}, and was stopped`,
    fix: 'See the log of the rehearsal for what it waited for.',
  });
