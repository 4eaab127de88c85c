import type { Document } from 'mongodb';
import { TwinError } from '../../../error';
import type { HostPort } from '../../../probes/context';
import { until } from '../process/until';
import type { DocumentMember } from './member';
import { REPLICA_SET } from './options';
import { isBefore } from './server';

/** What every write of DocumentDB has, whatever its client asks for: a quorum of copies. */
const MAJORITY = { w: 'majority', wtimeout: 0 } as const;

/** Longer than any failover here takes: on a busy machine a slow member may seem dead, and only a drill promotes. */
const NO_ELECTION_MS = 600_000;

/** Makes members that hold nothing a replica set; the first one becomes the primary. */
export async function initiate(
  members: readonly DocumentMember[],
  version: string,
  signal: AbortSignal,
): Promise<void> {
  const [first] = members;
  const settings = {
    electionTimeoutMillis: NO_ELECTION_MS,
    heartbeatIntervalMillis: 500,
    catchUpTimeoutMillis: 5000,
    ...(isBefore(version, [4, 4]) && { getLastErrorDefaults: MAJORITY }),
  };
  await first!.command({
    replSetInitiate: { _id: REPLICA_SET, members: members.map((it, i) => entryOf(it, i)), settings },
  });
  await elect(first!, signal);
  if (!isBefore(version, [4, 4])) {
    await first!.command({ setDefaultRWConcern: 1, defaultWriteConcern: MAJORITY });
  }
}

/** Makes members that hold the data of another replica set one with their own addresses; the first one becomes the primary. */
export async function readdress(members: readonly DocumentMember[], signal: AbortSignal): Promise<void> {
  const [first] = members;
  const { config } = (await first!.command({ replSetGetConfig: 1 })) as { config: Document };
  const version = Number(config['version']) + 1;
  const entries = members.map((it, i) => entryOf(it, i));
  // by force: in its own configuration it is no member
  await first!.command({ replSetReconfig: { ...config, version, members: entries }, force: true });
  await elect(first!, signal);
}

/** Gives the primary's place to a member, although the one that had it does not run and may have been half of the votes. */
export async function promote(next: DocumentMember, killed: HostPort, signal: AbortSignal): Promise<void> {
  await reconfigure(next, (entry) => (isAt(entry, killed) ? { ...entry, votes: 0, priority: 0 } : entry));
  await elect(next, signal);
}

/** Makes a member the primary of those that run. */
export async function elect(next: DocumentMember, signal: AbortSignal): Promise<void> {
  // a member that has just started, or was just configured, is no candidate for a moment
  await until(
    async () => {
      if (await next.isPrimary()) return true;
      await next.command({ replSetStepUp: 1 }).catch(() => undefined);
      return next.isPrimary();
    },
    { what: `${next.name} is primary`, signal },
  );
}

/** Gives a member that runs again its vote back, and waits until it follows. */
export async function readmit(
  primary: DocumentMember,
  back: DocumentMember,
  signal: AbortSignal,
): Promise<void> {
  await reconfigure(primary, (entry) => (isAt(entry, back) ? { ...entry, votes: 1, priority: 1 } : entry));
  await untilFollowing(primary, [back], signal);
}

/** Resolves when every one of these members has all that the primary holds now. */
export async function untilFollowing(
  primary: DocumentMember,
  replicas: readonly DocumentMember[],
  signal: AbortSignal,
): Promise<void> {
  const held = (await primary.status()).find(({ self }) => self === true)!; // what is written later is no reason to wait
  await until(
    async () => {
      const seen = await primary.status();
      return replicas.every((replica) => {
        const it = seen.find(({ name }) => name === addressOf(replica));
        return it?.stateStr === 'SECONDARY' && !isOlder(it, held);
      });
    },
    { what: `${replicas.map(({ name }) => name).join(' and ')} follow ${primary.name}`, signal },
  );
}

/** Of members that follow, the one that has received the most; undefined where none runs. */
export async function mostAdvanced(members: readonly DocumentMember[]): Promise<DocumentMember | undefined> {
  const seen = await Promise.all(
    members.map(async (member) => ({ member, at: (await member.status()).find(({ self }) => self) })),
  );
  return seen
    .filter(({ at }) => at?.stateStr === 'SECONDARY')
    .toSorted((a, b) => (isOlder(a.at!, b.at!) ? 1 : -1))[0]?.member;
}

/** A member in the output of `replSetGetStatus`. */
export interface MemberStatus {
  readonly name: string;
  readonly self?: boolean;
  readonly stateStr: string;
  /** The last write that it has: a term, and a time in it. */
  readonly optime?: { readonly ts: { readonly high: number; readonly low: number }; readonly t: unknown };
}

function isOlder({ optime: a }: MemberStatus, { optime: b }: MemberStatus): boolean {
  if (!a || !b) return a === undefined;
  return a.ts.high < b.ts.high || (a.ts.high === b.ts.high && a.ts.low < b.ts.low);
}

/** Changes the entries of members by force: without the vote of one that does not run. */
async function reconfigure(by: DocumentMember, change: (entry: Document) => Document): Promise<void> {
  const { config } = (await by.command({ replSetGetConfig: 1 })) as { config: Document };
  const members = (config['members'] as Document[]).map(change);
  const version = Number(config['version']) + 1;
  await by.command({ replSetReconfig: { ...config, version, members }, force: true });
}

const isAt = ({ host }: Document, member: HostPort): boolean => host === addressOf(member);

const addressOf = ({ host, port }: HostPort): string => `${host}:${port}`;

const entryOf = (member: HostPort, index: number): Document => ({
  _id: index,
  host: addressOf(member),
  priority: 1,
  votes: index < MOST_VOTES ? 1 : 0,
  ...(index >= MOST_VOTES && { priority: 0 }),
});

/** Of MongoDB: a DocumentDB cluster may have sixteen members. */
const MOST_VOTES = 7;

/** The error of a failover without anybody who could take over. */
export const noReplica = (tier: string): TwinError =>
  new TwinError({
    code: 'no-replica',
    message: `${tier} has no running replica that could become primary`,
    fix: 'Give the tier a replica, or leave it out of the failover drills.',
  });
