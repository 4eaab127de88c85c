import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { machineFaultOf, messageOf, TwinError } from '../error';
import { makeFolder } from '../make-folder';
import type { FinalSnapshot } from './ledger';
import { claimed, startRun, type RunProps } from './run';
import { watchOf } from './step';

/** The folder of a production's final snapshots, in that of its ledger. */
const SNAPSHOTS = 'snapshots';

/**
 * Keeps the data of a production's own databases before it is torn down. The ledger names them once they are complete.
 *
 * @throws TwinError `not-kept` where they cannot be copied: then the production stands as before
 */
export async function keepFinalSnapshots(
  props: RunProps & { readonly rehearsal: string },
): Promise<readonly FinalSnapshot[]> {
  return claimed(props, async (ledger) => {
    const context = startRun(props, ledger);
    const { parts, signal } = context;
    const into = resolve(ledger.folder, SNAPSHOTS);
    try {
      rmSync(into, { recursive: true, force: true }); // of an attempt that was broken off
      makeFolder(into);
      const kept = (await parts.target.keepData?.(ledger.value.handle, into, watchOf(context, signal))) ?? [];
      const takenAt = parts.now().toISOString();
      const snapshots = kept.map(({ tier, engine, file }) => ({
        tier,
        engine,
        folder: join(SNAPSHOTS, file),
        takenAt,
      }));
      ledger.change({ snapshots });
      if (snapshots.length === 0) rmSync(into, { recursive: true });
      return snapshots;
    } catch (error) {
      if (!(error instanceof TwinError) && machineFaultOf(error) === undefined) throw error;
      throw notKept(ledger.value.environment ?? '', error);
    }
  });
}

const notKept = (environment: string, cause: unknown): TwinError =>
  new TwinError({
    code: 'not-kept',
    message: `the data of ${environment} could not be kept, so that it is not torn down: ${messageOf(cause)}`,
    fix: 'Correct that, or tear it down with its data: --no-snapshots.',
    cause,
  });
