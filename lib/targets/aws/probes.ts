import { TwinError } from '../../error';
import type { AnswersOrder } from '../../probes/answers';
import type { CheckKindName, CheckResult } from '../../probes/check';
import type { AnyCheckKind } from '../../probes/check-kind';
import { CHECKS, checksOf } from '../../probes/checks';
import { CHECKS_INSIDE } from '../../probes/checks-inside';
import type { DataState, KeyBounds } from '../../probes/data';
import type { DatabaseWatch } from '../../probes/database-watch';
import type { Reply } from '../../probes/http';
import type { InsideChecks, InsideOrder } from '../../probes/inside';
import type { ReplicaLagCheck } from '../../config/types';
import type { Level, LevelOrder } from '../../probes/load-level';
import type { ProbePlan } from '../../probes/plan';
import { REPLICA_LAG } from '../../probes/replica-lag';
import { probesHere, type Probes, type ProbeWatch } from '../../probes/probes';
import type { TrafficPlan } from '../../probes/traffic';
import type { TrafficFigures } from '../../probes/traffic-figures';
import type { VersionOrder, VersionSeen } from '../../probes/version';
import { UNSTOPPABLE } from '../target';
import { serviceAddresses, type ServiceAddress } from './addresses';
import type { LiveTier } from './live-tiers';
import { lagByCloudWatch, lagMetricOf } from './probe-lag';
import { isDatabase, type LiveDatabase } from './passwords';
import { readDataInside, watchDatabasesInside, type ProbedTier, type StartTask } from './probe-data';
import { reach, type ReachableDatabase } from './probe-databases';
import { probeHosts, type ProbeHost } from './probe-hosts';
import { ProbeTask, type ProbeTaskProps } from './probe-task';

/** What checks of an environment are run with. */
export interface AwsProbesProps extends ProbeTaskProps {
  readonly tiers: readonly LiveTier[];
  /** In which the team's commands run. */
  readonly folder: string;
}

/**
 * Checks of an environment: from here where its load balancer faces the internet, and inside its network, by one-off tasks, what
 * is reached there alone. Requests in the background come from where the clients are.
 */
export class AwsProbes implements Probes {
  private hosts: Promise<readonly ProbeHost[]> | undefined;

  private constructor(
    private readonly props: AwsProbesProps,
    private readonly services: readonly ServiceAddress[],
  ) {}

  static async of(props: AwsProbesProps, signal: AbortSignal): Promise<AwsProbes> {
    return new AwsProbes(props, await serviceAddresses(props.tiers, signal));
  }

  /** Those that can be reached from here. */
  get addresses(): Probes['addresses'] {
    const services = this.services.filter(({ isPublic }) => isPublic);
    return {
      url: services[0]?.url,
      urls: Object.fromEntries(services.map(({ tier, url }) => [tier, url])),
      databases: [],
    };
  }

  async run(checks: ProbePlan, release: string, watch: ProbeWatch): Promise<readonly CheckResult[]> {
    const { replicaLag = [], writtenReads, recordings } = checks;
    const others: readonly (AnyCheckKind & { readonly kind: CheckKindName })[] = CHECKS;
    const isInside = ({ key }: AnyCheckKind): boolean => CHECKS_INSIDE.some((it) => it.key === key);
    const http = {
      ...checksOf(
        checks,
        CHECKS_INSIDE.filter(({ key }) => key !== REPLICA_LAG.key),
      ),
      ...(writtenReads && { writtenReads }),
    };
    const inside = this.insideOnly;
    const results = [
      ...(inside === undefined
        ? await this.here.run(http, release, watch)
        : await this.runInside(http, release, inside, watch)),
      ...(await this.runLag(replicaLag, release, watch)),
    ];
    for (const it of others.filter((kind) => !isInside(kind))) {
      if (inside === undefined || !it.isFromHere)
        results.push(
          ...(await this.here.run(
            { ...checksOf(checks, [it]), ...(recordings && { recordings }) },
            release,
            watch,
          )),
        );
      else
        results.push(
          ...(checks[it.key] ?? []).map(({ name }) => skipped(name, it.kind, notReached(it.kind, inside))),
        );
    }
    return results;
  }

  async sendTraffic(
    plan: TrafficPlan,
    work: () => Promise<void>,
    watch: ProbeWatch,
  ): Promise<TrafficFigures> {
    const inside = this.insideOnly;
    if (inside === undefined) return this.here.sendTraffic(plan, work, watch);
    const host = await this.hostFor(inside, watch.signal);
    const task = await this.start(host, { kind: 'traffic', plan, url: inside.url }, [], watch.signal);
    let figures: TrafficFigures | undefined;
    for await (const message of task.messages(watch.signal)) {
      if ('watching' in message) {
        // whatever becomes of the work, the task ends
        await work().finally(() => task.terminate(UNSTOPPABLE));
      }
      if ('traffic' in message) figures = message.traffic;
    }
    return figures!;
  }

  sendLoad(order: LevelOrder, watch: ProbeWatch): Promise<Level> {
    return this.here.sendLoad(order, watch);
  }

  answers(order: AnswersOrder, watch: ProbeWatch): Promise<readonly Reply[]> {
    return this.here.answers(order, watch);
  }

  async readData(bounds: KeyBounds, watch: ProbeWatch): Promise<readonly DataState[]> {
    const { signal } = watch;
    watch.log('rows are counted inside');
    return readDataInside(await this.sqlTiers(signal), bounds, this.starter(signal), signal);
  }

  async watchDatabases({ signal }: ProbeWatch): Promise<DatabaseWatch> {
    return watchDatabasesInside(await this.sqlTiers(signal), this.starter(signal), signal);
  }

  private sqlTiers(signal: AbortSignal): Promise<readonly ProbedTier[]> {
    const databases = this.props.tiers.filter(isDatabase).filter(({ tier }) => tier.kind === 'sql');
    return Promise.all(
      databases.map(async (live) => ({ tier: live.tier.name, found: await this.reach(live, signal) })),
    );
  }

  private starter(signal: AbortSignal): StartTask {
    return ({ host, valueFrom }, order) => this.start(host, order, [valueFrom], signal);
  }

  /** Of services that are reached inside alone, all in one place. */
  async versions(order: VersionOrder, watch: ProbeWatch): Promise<readonly VersionSeen[]> {
    const seen = await this.here.versions(order, watch);
    const within = this.services.filter(({ isPublic }) => !isPublic);
    const [first] = within;
    if (first === undefined) return seen;
    const urls = Object.fromEntries(within.map(({ tier, url }) => [tier, url]));
    const host = await this.hostFor(first, watch.signal);
    const task = await this.start(host, { kind: 'versions', ...order, urls }, [], watch.signal);
    for await (const message of task.messages(watch.signal))
      if ('versions' in message) return [...seen, ...message.versions];
    return seen;
  }

  /**
   * Signs in to databases inside.
   *
   * @returns for each why it could not be tried, or why it was refused; nothing for those that took the password
   */
  async signIn(
    databases: readonly LiveDatabase[],
    watch: ProbeWatch,
  ): Promise<{ readonly refused: readonly string[]; readonly untried: readonly string[] }> {
    const found = await Promise.all(databases.map((live) => this.reach(live, watch.signal)));
    const refused: string[] = [];
    for (const it of found) {
      if (typeof it === 'string') continue;
      const patienceMs = PATIENCE * this.props.pollMs;
      const order = { kind: 'login', databases: [it.database], patienceMs } as const;
      const task = await this.start(it.host, order, [it.valueFrom], watch.signal);
      for await (const message of task.messages(watch.signal))
        if ('refused' in message) refused.push(...message.refused);
    }
    return { refused, untried: found.filter((it) => typeof it === 'string') };
  }

  private get here(): Probes {
    const { folder } = this.props;
    return probesHere({ ...this.addresses, folder, environment: {} });
  }

  /** The service that requests go to, where none can be reached from here. */
  private get insideOnly(): ServiceAddress | undefined {
    return this.services.some(({ isPublic }) => isPublic) ? undefined : this.services[0];
  }

  private async runInside(
    checks: InsideChecks,
    release: string,
    service: ServiceAddress,
    watch: ProbeWatch,
  ): Promise<readonly CheckResult[]> {
    if (Object.values(checks).every((planned) => planned.length === 0)) return [];
    const host = await this.hostFor(service, watch.signal);
    const order = { kind: 'checks', checks, release, url: service.url, databases: [] } as const;
    return this.results(host, order, [], watch);
  }

  /** Replica lag: in the place of a service for each database that checks inside reach, and by CloudWatch for every other tier. */
  private async runLag(
    checks: readonly ReplicaLagCheck[],
    release: string,
    watch: ProbeWatch,
  ): Promise<readonly CheckResult[]> {
    const results: CheckResult[] = [];
    const byCloudWatch: Promise<CheckResult>[] = [];
    for (const check of checks) {
      const live = this.props.tiers.find(({ tier }) => tier.name === check.tier);
      const metric = live && lagMetricOf(live);
      const found = live && isDatabase(live) ? await this.reach(live, watch.signal) : undefined;
      if (typeof found === 'object') results.push(...(await this.lagInside(check, found, release, watch)));
      else if (live && metric)
        byCloudWatch.push(lagByCloudWatch(check, live, metric, { ...this.props, watch }));
      else results.push(notDeployed(check));
    }
    // each waits for minutes, and none disturbs another
    return [...results, ...(await Promise.all(byCloudWatch))];
  }

  private lagInside(
    check: ReplicaLagCheck,
    { database, valueFrom, host }: ReachableDatabase,
    release: string,
    watch: ProbeWatch,
  ): Promise<readonly CheckResult[]> {
    const checks = { replicaLag: [check] };
    const order = { kind: 'checks', checks, release, url: undefined, databases: [database] } as const;
    return this.results(host, order, [valueFrom], watch);
  }

  private async results(
    host: ProbeHost,
    order: InsideOrder,
    passwords: readonly string[],
    watch: ProbeWatch,
  ): Promise<readonly CheckResult[]> {
    watch.log(`checks inside, in the place of ${host.tier}`);
    const task = await this.start(host, order, passwords, watch.signal);
    let results: readonly CheckResult[] = [];
    for await (const message of task.messages(watch.signal)) {
      if ('log' in message) watch.log(message.log);
      if ('results' in message) results = message.results;
    }
    return results;
  }

  private start(
    host: ProbeHost,
    order: InsideOrder,
    passwords: readonly string[],
    signal: AbortSignal,
  ): Promise<ProbeTask> {
    return ProbeTask.start(host, { order, passwords }, this.props, signal);
  }

  private async reach(live: LiveDatabase, signal: AbortSignal): Promise<ReachableDatabase | string> {
    return reach(live, await this.allHosts(signal), signal);
  }

  private async hostFor({ tier }: ServiceAddress, signal: AbortSignal): Promise<ProbeHost> {
    const hosts = await this.allHosts(signal);
    const host = hosts.find((it) => it.tier === tier) ?? hosts[0];
    if (host) return host;
    throw new TwinError({
      code: 'probe',
      message: `${tier} is reached from inside its network alone, and no service logs to CloudWatch Logs, in whose place checks could run`,
      fix: 'Give a service of the environment the awslogs driver, or staging an internet-facing load balancer.',
    });
  }

  private allHosts(signal: AbortSignal): Promise<readonly ProbeHost[]> {
    return (this.hosts ??= probeHosts(this.props.tiers, signal));
  }
}

/** How many looks long a password that was changed may still be refused: two minutes. */
const PATIENCE = 24;

/**
 * Proves by signing in that databases have the passwords that were set.
 *
 * @throws TwinError `password` where one is refused
 */
export async function provePasswords(
  databases: readonly LiveDatabase[],
  probes: AwsProbes,
  watch: ProbeWatch,
): Promise<void> {
  const { refused, untried } = await probes.signIn(databases, watch);
  for (const why of untried) watch.log(`not signed in to: ${why}`);
  if (refused.length === 0) return;
  throw new TwinError({
    code: 'password',
    message: `a restored database does not take staging's password: ${refused.join('; ')}`,
    fix: 'Look at the events of the cluster, and whether the service may reach it.',
  });
}

const notReached = (kind: string, { url }: ServiceAddress): string =>
  `${kind} comes from where twin runs, which does not reach ${url}`;

const notDeployed = ({ name, tier }: ReplicaLagCheck): CheckResult => ({
  ...skipped(name, 'replica-lag', `${tier} is not deployed`),
  tier,
});

const skipped = (name: string, kind: CheckResult['kind'], detail: string): CheckResult => ({
  name,
  kind,
  outcome: 'skipped',
  detail,
  startedAt: new Date().toISOString(),
  ms: 0,
});
