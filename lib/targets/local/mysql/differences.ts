import type { SqlTier } from '../../../blueprint/blueprint';
import { failoverOf, NOT_REPLACED, replicationOf } from '../sql/differences';
import type { MysqlPrograms } from './server';

/** How many seconds replicas delay a write by for a delay in milliseconds: neither engine counts in less. */
export const delaySecondsOf = (replicationDelayMs: number): number => Math.ceil(replicationDelayMs / 1000);

/** What is said of a delay before anything stands; undefined where it is what was asked for. */
export function delayWarning(
  tier: SqlTier,
  { engine }: MysqlPrograms,
  replicationDelayMs: number,
): string | undefined {
  const seconds = delaySecondsOf(replicationDelayMs);
  if (seconds === 0 || tier.members.length === 1) return undefined;
  return `${tier.name}: ${engine} delays replicas by whole seconds: each write by ${spanOf(seconds)}, where local.replicationDelayMs asks for ${replicationDelayMs} ms`;
}

/** What an engine makes of whole seconds: no write shows earlier. */
const spanOf = (seconds: number): string => `${seconds} to ${seconds + 1} s`;

/** What an engine is asked for: MySQL counts from the next full second after a commit, MariaDB from the one before it. */
export const delayFor = ({ engine }: MysqlPrograms, seconds: number): number =>
  engine === 'MariaDB' && seconds > 0 ? seconds + 1 : seconds;

/** What the differences of a tier depend on. */
export interface MysqlDifferencesProps {
  readonly tier: SqlTier;
  readonly programs: MysqlPrograms;
  readonly replicationDelayMs: number;
  /** In sentences. */
  readonly connections: readonly string[];
  readonly parameters: readonly string[];
}

/** How a server on this machine differs from the tier on AWS, in sentences. */
export function differencesOf(props: MysqlDifferencesProps): readonly string[] {
  const { tier, programs, connections, parameters } = props;
  const { engine, engineVersion, members } = tier;
  const classes = [...new Set(members.map((it) => it.class))].join(' and ');
  return [
    `${programs.engine} ${programs.version} stands in for ${engine} ${engineVersion}`,
    ...(programs.engine === 'MariaDB' && !engine.includes('mariadb')
      ? ['MariaDB is a dialect of its own: its JSON is a text, and what MySQL alone has fails here']
      : []),
    ...(tier.engine.startsWith('aurora') ? ['functions and variables that Aurora alone has fail here'] : []),
    'data survive a crash of the server, not a crash of the machine',
    'connections are not encrypted',
    `the size of ${classes} is not imitated: members share the processors and the memory of this machine`,
    ...connections,
    ...parameters,
    NOT_REPLACED,
    ...failoverOf(tier),
    ...replication(props),
  ];
}

function replication({ tier, programs, replicationDelayMs }: MysqlDifferencesProps): readonly string[] {
  const isMultiAz = tier.instance?.isMultiAz === true;
  const standby = isMultiAz
    ? ['the standby replicates by binary log: a commit waits until it has received it']
    : [];
  if (tier.members.length === 1) return standby;
  const seconds = delaySecondsOf(replicationDelayMs);
  return [
    ...standby,
    ...(tier.instance ? [] : replicationOf(tier, 'binary log')),
    seconds === 0 ? 'replicas apply every write at once' : `replicas delay every write by ${spanOf(seconds)}`,
    ...(seconds > 0 && programs.engine === 'MariaDB' && !tier.instance
      ? ['a failover waits until the replica has applied what it holds back']
      : []),
  ];
}
