import { checkpointPrefix, snapshotNameOf } from '../../aws/restore-request';
import type { Handle, Watch } from '../target';
import { serviceOf } from './database-service';
import { prefixOf } from './handle';
import type { LiveDatabase } from './passwords';
import { settled } from './settled';
import { takeSnapshot } from './snapshots';
import { TAG } from './tags';

/** The tiers that a checkpoint has kept; undefined before there is one. What is synthesised from then on is restored from it. */
export const keptBy = ({ checkpoint }: Handle): readonly string[] | undefined => checkpoint?.split(',');

/** Takes a snapshot of every database, under the names that a staging asks for which is restored from the checkpoint. */
export async function takeCheckpoint(
  databases: readonly LiveDatabase[],
  handle: Handle,
  pollMs: number,
  watch: Watch,
): Promise<void> {
  const taken = databases.map(({ tier, physicalId: database, clients }) =>
    watch.span(tier.name, () => {
      const name = snapshotNameOf({ prefix: checkpointPrefix(prefixOf(handle)) }, tier.path);
      return takeSnapshot(
        { database, name, service: serviceOf(tier), tags: { [TAG]: handle.name } },
        clients,
        pollMs,
        watch,
      );
    }),
  );
  await settled(taken);
  watch.learn({ checkpoint: databases.map(({ tier }) => tier.name).join(',') });
}
