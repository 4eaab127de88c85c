import type { Clients } from './clients';
import { allPages } from './pages';
import { belongsTo } from './traces';

/** The automated backups that Amazon RDS has kept of an instance that is deleted. */
export interface RetainedBackups {
  readonly arn: string;
  /** What the instance was called. */
  readonly instance: string;
  /** The id of the instance that it had alone, by which its backups are deleted. */
  readonly resourceId: string;
}

/** The automated backups of deleted instances that were called by a stack's name: there are some where an instance asked for it. */
export async function retainedBackups(
  stack: string,
  clients: Clients,
  signal: AbortSignal,
): Promise<RetainedBackups[]> {
  const rds = clients.for('rds', signal);
  const all = await allPages(async (Marker) => {
    const page = await rds.describeDBInstanceAutomatedBackups({
      Filters: [{ Name: 'status', Values: ['retained'] }],
      Marker,
    });
    return { items: page.DBInstanceAutomatedBackups, next: page.Marker };
  });
  return all.flatMap((it): RetainedBackups[] => {
    const { DBInstanceIdentifier: instance = '', DBInstanceAutomatedBackupsArn: arn = '' } = it;
    const { DbiResourceId: resourceId = '', Status: status } = it;
    return status === 'retained' && belongsTo(instance, stack) ? [{ arn, instance, resourceId }] : [];
  });
}
