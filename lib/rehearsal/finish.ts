import { isOver } from './ledger';
import { asLeft, atWork, checkFree, end, openStage, type Ended, type RunProps } from './run';

/** Removes what a rehearsal left standing. */
export interface FinishProps extends RunProps {
  readonly rehearsal: string;
  /** Whether to do it though the rehearsal's process is at work. */
  readonly force: boolean;
}

/**
 * Finishes a rehearsal that was kept, or whose process has ended, from its ledger alone.
 *
 * @returns undefined when nothing stands there
 * @throws TwinError `at-work` while its process is
 */
export async function finish(props: FinishProps): Promise<Ended | undefined> {
  const ledger = props.rehearsals.open(props.rehearsal);
  if (isOver(ledger.value)) return undefined;
  if (!props.force) checkFree(ledger.value);
  const isJudged = ledger.value.judged !== undefined;
  return atWork(ledger, () => {
    ledger.note({ ...asLeft(ledger.value), keep: false });
    return end(openStage(props, ledger), isJudged ? 'logs' : 'judge', props);
  });
}
