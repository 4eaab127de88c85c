import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentTier } from '../../../blueprint/blueprint';
import type { HostPort, ProbeDatabase } from '../../../probes/context';
import type { RehearsedTier, Watch } from '../../target';
import { sharedPort } from '../process/shared-port';
import type { LocalTier, LocalTierProps } from '../tier';
import type { Authority } from '../tls/authority';
import { trusting } from '../tls/variables';
import { Upkeep } from '../upkeep';
import type { Writer } from '../writes';
import { connectionsOf } from './connections';
import { differencesOf } from './differences';
import { DocumentEndpoints } from './endpoints';
import { DocumentMember } from './member';
import {
  elect,
  initiate,
  mostAdvanced,
  noReplica,
  promote,
  readdress,
  readmit,
  untilFollowing,
} from './replica-set';
import { notInSnapshot, type SnapshotSource } from '../sql/final-snapshot';
import { collectionsOf, documentSnapshotAt, load, MEMBER_DATA, type SeededCollection } from './seed';
import type { DocumentServer } from './server';
import { documentWriter } from './writer';

/** What a cluster is created with. */
export interface LocalDocumentsProps extends LocalTierProps<DocumentTier> {
  readonly server: DocumentServer;
  /** Who signs its certificates. */
  readonly authority: Authority;
  /** Whether clients must encrypt their connections. */
  readonly isEncrypted: boolean;
}

/** A DocumentDB cluster on this machine: a replica set of MongoDB with a process for each instance. */
export class LocalDocuments implements LocalTier {
  private readonly members: readonly DocumentMember[];
  private readonly endpoints: DocumentEndpoints;
  private primary: DocumentMember;
  private seeded: readonly SeededCollection[] = [];
  /** The final snapshot that it begins with; undefined where that is nothing, or documents. */
  private snapshot: SnapshotSource | undefined;
  /** The certificate of those who sign for its members; undefined where nothing is encrypted. */
  private trusted: string | undefined;
  private variablesOfTls: Readonly<Record<string, string>> | undefined;
  /** The member that a failover has killed, until it runs again. */
  private killed: DocumentMember | undefined;
  private readonly upkeep = new Upkeep<DocumentMember>((member, signal) => this.replace(member, signal));

  constructor(private readonly props: LocalDocumentsProps) {
    const { tier, folder, machine, server } = props;
    const key = randomBytes(48).toString('base64');
    this.members = tier.members.map(({ logicalId }, i) => {
      const name = `${tier.name.replaceAll('/', '-')}-${i + 1}`;
      const { max: connections } = connectionsOf(tier);
      return new DocumentMember({
        name,
        logicalId,
        folder: join(folder, name),
        machine,
        server,
        key,
        connections,
        onEnd: (member, how) => this.upkeep.hasEnded(member, how),
      });
    });
    this.primary = this.members[0]!;
    this.endpoints = new DocumentEndpoints({
      tier,
      machine,
      members: this.members,
      primary: () => this.primary,
    });
  }

  /**
   * Finds what `up` begins with, or inserts once the cluster runs: before, there is nobody to take it.
   *
   * @throws TwinError `seed` when there is no such file
   */
  seed(seed: string | undefined): Promise<void> {
    this.snapshot = seed === undefined ? undefined : documentSnapshotAt(seed);
    this.seeded = seed === undefined || this.snapshot ? [] : collectionsOf(seed);
    return Promise.resolve();
  }

  /** @throws TwinError `start` when a member does not start, `seed` when a document cannot be inserted */
  async up(watch: Watch): Promise<void> {
    const { tier, server } = this.props;
    await this.standUp(watch, undefined);
    watch.log(`${tier.name}: ${this.members.length} members of MongoDB ${server.version} run`);
  }

  async checkpoint(folder: string): Promise<void> {
    // The folder gets its name once it is complete.
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    await this.upkeep.inTurn(() => this.primary.save(join(part, MEMBER_DATA)));
    renameSync(part, folder);
  }

  async restore(folder: string, watch: Watch): Promise<void> {
    await this.standUp(watch, join(folder, MEMBER_DATA));
  }

  /** @throws TwinError `no-replica` when no replica runs that could take over */
  failover(watch: Watch): Promise<void> {
    return this.upkeep.inTurn(() => this.failOver(watch));
  }

  private async failOver(watch: Watch): Promise<void> {
    const { signal } = watch;
    // An interrupted failover continues with the member that it killed.
    const killed = this.killed ?? this.primary;
    if (killed === this.primary) {
      const replicas = this.members.filter((it) => it !== killed && it.state === 'running');
      if (replicas.length === 0) throw noReplica(this.props.tier.name);
      this.killed = killed;
      await killed.kill();
      const next = await mostAdvanced(replicas);
      if (!next) throw noReplica(this.props.tier.name);
      this.primary = next;
    }
    await promote(this.primary, killed, signal);
    this.endpoints.cutStale();
    watch.log(`${killed.name} was killed, ${this.primary.name} is primary`);
    await this.bringBack(killed, signal);
    this.killed = undefined;
    watch.log(`${killed.name} is running again, as a replica`);
  }

  /**
   * Brings a member back that has ended by itself, with its data; a replica takes the place of a primary first:
   * https://docs.aws.amazon.com/documentdb/latest/developerguide/failover.html
   */
  private async replace(member: DocumentMember, signal: AbortSignal): Promise<void> {
    if (member === this.primary) {
      const next = await mostAdvanced(this.members.filter((it) => it !== member && it.isInPlace));
      if (next) {
        this.primary = next;
        await promote(next, member, signal);
        this.endpoints.cutStale();
      }
    }
    await this.bringBack(member, signal);
  }

  private async bringBack(member: DocumentMember, signal: AbortSignal): Promise<void> {
    await member.start('its own', signal);
    if (member === this.primary) await elect(member, signal);
    else await readmit(this.primary, member, signal);
    member.join();
    this.endpoints.cutStale();
  }

  state(): RehearsedTier {
    const { tier, server } = this.props;
    return {
      tier: tier.name,
      kind: 'document',
      skipped: false,
      engine: `MongoDB ${server.version}`,
      members: this.members.map((member) => ({
        name: member.name,
        role: member === this.primary ? ('primary' as const) : ('replica' as const),
        state: member.state,
      })),
      incidents: this.upkeep.incidents,
      differs: differencesOf(this.props),
    };
  }

  attributes(): Readonly<Record<string, string>> {
    return this.endpoints.attributes();
  }

  memberAttributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return this.endpoints.memberAttributes();
  }

  databases(): readonly ProbeDatabase[] {
    const { tier, username, password, isEncrypted } = this.props;
    const at = ({ host, port }: HostPort): HostPort => ({ host, port: port === 0 ? tier.port : port });
    const readers = this.members.filter((member) => member !== this.primary);
    return [
      {
        engine: 'mongodb',
        tier: tier.name,
        ...this.endpoints.reached(),
        readers: readers.map((member) => ({ name: member.name, ...at(member) })),
        database: 'admin',
        username,
        password,
        ...(isEncrypted && { tls: 'prefer' as const }),
      },
    ];
  }

  writer(): Promise<Writer> {
    const { username, password } = this.props;
    const { writer } = this.endpoints.reached();
    return Promise.resolve(documentWriter({ at: writer, username, password, authority: this.trusted }));
  }

  /** Tasks trust its certificates. */
  variables(): Readonly<Record<string, string>> {
    return this.variablesOfTls ?? {};
  }

  /** Stops every member and closes the endpoints. */
  async close(): Promise<void> {
    await this.upkeep.close();
    await this.killAll();
    await this.endpoints.close();
  }

  /** Starts every member from a checkpoint, or from nothing. */
  private async standUp({ signal }: Watch, checkpoint: string | undefined): Promise<void> {
    await this.endpoints.open();
    await this.choosePort();
    await this.encrypt();
    await this.upkeep.inTurn(() => this.startAll(signal, checkpoint));
  }

  private async startAll(signal: AbortSignal, checkpoint: string | undefined): Promise<void> {
    const { server } = this.props;
    await this.killAll();
    this.killed = undefined;
    this.primary = this.members[0]!;
    const from = checkpoint ?? (this.snapshot && join(this.snapshot.data, MEMBER_DATA));
    const data = from === undefined ? 'nothing' : { from };
    try {
      await Promise.all(this.members.map((member) => member.start(data, signal)));
      // what a checkpoint holds is the replica set too, and a final snapshot holds another one
      if (checkpoint !== undefined) await elect(this.primary, signal);
      else if (this.snapshot) await this.takeOver(this.snapshot, signal);
      else {
        await initiate(this.members, server.version, signal);
        await this.fill(signal);
      }
      await untilFollowing(
        this.primary,
        this.members.filter((it) => it !== this.primary),
        signal,
      );
    } catch (error) {
      await this.killAll();
      throw error;
    }
    for (const member of this.members) member.join();
  }

  private async fill(signal: AbortSignal): Promise<void> {
    const { username, password } = this.props;
    await this.primary.command({ createUser: username, pwd: password, roles: [...MASTER] });
    await load(this.seeded, this.primary.connection, signal);
  }

  /**
   * Makes a replica set of members that hold a final snapshot, and gives its master user the password of this environment.
   *
   * @throws TwinError `seed` where it has no such user
   */
  private async takeOver({ path }: SnapshotSource, signal: AbortSignal): Promise<void> {
    const { username, password } = this.props;
    await readdress(this.members, signal);
    const { users } = await this.primary.command({ usersInfo: username });
    if ((users as readonly unknown[]).length === 0) throw notInSnapshot(path, 'user', username);
    await this.primary.command({ updateUser: username, pwd: password });
  }

  private async choosePort(): Promise<void> {
    if (this.primary.port !== 0) return;
    const hosts = this.members.map(({ host }) => host);
    const port = await sharedPort(this.props.tier.port, { who: 'a member of DocumentDB', hosts });
    for (const member of this.members) member.port = port;
  }

  private async encrypt(): Promise<void> {
    const { authority, isEncrypted } = this.props;
    if (!isEncrypted || this.variablesOfTls) return;
    const hosts = [...this.members.map(({ host }) => host), ...this.endpoints.hosts];
    const certificate = await authority.issue(hosts, true); // members are each other's clients
    const own = await readFile(authority.file, 'utf8');
    this.trusted = own;
    for (const member of this.members) member.encrypt({ certificate, authority: own });
    this.variablesOfTls = trusting(authority.file);
  }

  private async killAll(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
  }
}

/** What the master user of DocumentDB may do; the members are AWS's own. */
const MASTER = [
  'readWriteAnyDatabase',
  'dbAdminAnyDatabase',
  'userAdminAnyDatabase',
  'clusterMonitor',
] as const;
