import { TwinError } from '../error';
import { bounded } from '../targets/bounded';
import type { Handle, Watch } from '../targets/target';
import { claim } from './claim';
import { isOver, isProduction } from './ledger';
import { afterInterruption, claimed, runFrom, startRun, type Ended, type RunProps } from './run';

/** What {@link finish} is called with. */
export interface FinishProps extends RunProps {
  readonly rehearsal: string;
  /** Whether to finish even while the rehearsal's process is at work. */
  readonly force: boolean;
}

/** Nothing was changed: what stands could not be reached, or is in another place than the one that was. */
export interface Unreached {
  readonly kind: 'unreached';
  readonly error: TwinError;
}

/**
 * Finishes a rehearsal that was kept, or whose process has ended, or tears a production for trial down, from its ledger alone.
 *
 * @returns undefined when there is nothing to remove; what cannot be reached stays as it was, so that it can still be retried
 * @throws TwinError `at-work` while its process is at work
 */
export async function finish(props: FinishProps): Promise<Ended | Unreached | undefined> {
  const { rehearsals, rehearsal, force } = props;
  if (isOver(rehearsals.open(rehearsal).value)) return undefined;
  return claimed(
    props,
    async (ledger) => {
      if (isOver(ledger.value)) return undefined;
      const error = await whyNotReached(props, ledger.value.handle);
      if (error) return { kind: 'unreached', error };
      if (isProduction(ledger.value)) return runFrom(startRun(props, ledger), 'logs', props);
      const isJudged = ledger.value.judged !== undefined;
      ledger.note({ ...afterInterruption(ledger.value), keep: false });
      return runFrom(startRun(props, ledger), isJudged ? 'logs' : 'judge', props);
    },
    (folder, name) => claimIfPossible(folder, name, force),
  );
}

async function whyNotReached(
  { parts, signal, patienceMs }: FinishProps,
  handle: Handle,
): Promise<TwinError | undefined> {
  const watch: Watch = { signal, log: () => {}, span: (_, work) => work(), learn: () => {} };
  try {
    await bounded(parts.target, patienceMs).checkPlace(handle, watch);
    return undefined;
  } catch (error) {
    if (error instanceof TwinError) return error;
    throw error;
  }
}

/** A full disk must not keep an environment standing: the ledger reports it. */
function claimIfPossible(folder: string, rehearsal: string, force: boolean): () => void {
  try {
    return claim(folder, rehearsal, { force });
  } catch (error) {
    if (error instanceof TwinError && error.code === 'unwritable') return () => {};
    throw error;
  }
}
