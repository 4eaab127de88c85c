import type { ServiceDeployment, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { TwinError } from '../../error';
import { withSignal, type Watch } from '../target';
import type { LiveTier } from './live-tiers';
import { ecsNames } from './members';
import { allPages } from './pages';
import { pauseOf, type Answer } from './service-pause';
import { until } from './until';

/** What deployments of services are looked at with. */
export interface ServiceDeploymentsProps {
  /** The tiers that stand now; none before there is a stack. */
  readonly tiers: (signal: AbortSignal) => Promise<readonly LiveTier[]>;
  /** Whether any of them waits on purpose: they are looked at while CloudFormation waits for them. */
  readonly isWaiting: boolean;
  /** Answers one that waits for an answer. */
  readonly answer: Answer;
  readonly pollMs: number;
}

/**
 * What ECS itself makes of a release: each service that is changed has a deployment of its own, which may wait for an answer, and which ECS
 * may roll back.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export class ServiceDeployments {
  /** Those of earlier releases. */
  private readonly before = new Set<string>();
  private readonly said = new Map<string, string>();
  private readonly answered = new Set<string>();
  private readonly rolledBack = new Set<string>();

  constructor(private readonly props: ServiceDeploymentsProps) {}

  /** Registers those that are there already: what begins after that is of this release. */
  async begin(signal: AbortSignal): Promise<void> {
    for (const live of await this.services(signal))
      for (const { serviceDeploymentArn: arn } of await listed(live, signal)) if (arn) this.before.add(arn);
  }

  /**
   * Does the work of CloudFormation, then waits until every service has what it was given.
   *
   * @throws TwinError `deploy` where ECS has rolled one back, with its reason
   */
  async during(work: (watch: Watch) => Promise<void>, watch: Watch): Promise<void> {
    try {
      await (this.props.isWaiting ? this.lookingOn(work, watch) : work(watch));
    } catch (error) {
      watch.signal.throwIfAborted();
      throw await this.explained(error, watch.signal);
    }
    const { signal } = watch;
    const { pollMs } = this.props;
    const ended = await until(
      () => this.look(watch),
      (all) => all.every(({ now }) => isEnded(now)),
      { signal, pollMs },
    );
    const failed = ended.filter(({ now }) => now.status !== 'SUCCESSFUL');
    if (failed.length > 0) throw notDeployed(failed.map(({ live, now }) => whatBecameOf(live, now)));
  }

  /**
   * Rolls each service that waits on purpose back as soon as clients are sent to its new tasks.
   *
   * @returns the names of those that ran what they had run before in the end
   */
  async rolledBackDuring(work: (watch: Watch) => Promise<void>, watch: Watch): Promise<readonly string[]> {
    try {
      await this.lookingOn(work, watch, (live, now) => this.rollBack(live, now, watch, IS_SERVING));
    } catch (error) {
      watch.signal.throwIfAborted();
      // CloudFormation calls an update failed whose service is rolled back
      if (this.rolledBack.size === 0) throw await this.explained(error, watch.signal);
    }
    const ended: string[] = [];
    for (const live of await this.services(watch.signal)) {
      const own = (await this.fresh(live, watch.signal)).find((it) => this.rolledBack.has(arnOf(it)));
      if (own?.status === 'ROLLBACK_SUCCESSFUL') ended.push(live.tier.name);
      else if (own) throw notDeployed([whatBecameOf(live, own)]);
    }
    return ended;
  }

  /** Rolls back what is under way, as far as it is: nobody waits for it any more. */
  async giveUp(watch: Watch): Promise<void> {
    for (const { live, now } of await this.underWay(watch.signal)) await this.rollBack(live, now, watch, /^/);
  }

  /** Answers what waits for an answer: nobody else does. */
  async release(watch: Watch): Promise<void> {
    for (const { live, now } of await this.underWay(watch.signal)) await this.answerPause(live, now, watch);
  }

  private async underWay(signal: AbortSignal): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    for (const live of await this.services(signal)) {
      const [latest] = await listed(live, signal);
      if (latest && !isEnded(latest)) seen.push({ live, now: await described(live, latest, signal) });
    }
    return seen;
  }

  /** A deployment that cannot be looked at, or answered, is broken off. */
  private async lookingOn(
    work: (watch: Watch) => Promise<void>,
    watch: Watch,
    onLook: (live: LiveTier, now: ServiceDeployment) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const [over, failing] = [new AbortController(), new AbortController()];
    const looking = withSignal(watch, AbortSignal.any([watch.signal, over.signal]));
    const seen = until(
      async () => {
        for (const { live, now } of await this.look(looking)) await onLook(live, now);
      },
      () => false,
      { signal: looking.signal, pollMs: this.props.pollMs },
    ).catch((error: unknown) => {
      if (!over.signal.aborted) failing.abort(error);
    });
    try {
      await work(withSignal(watch, AbortSignal.any([watch.signal, failing.signal])));
    } finally {
      over.abort(new Error('it is over'));
      await seen;
    }
  }

  /** The latest deployment of this release of each service; says how far it is, and answers it where it waits for an answer. */
  private async look(watch: Watch): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    for (const live of await this.services(watch.signal)) {
      const [latest] = await this.fresh(live, watch.signal);
      if (!latest) continue;
      const now = await described(live, latest, watch.signal);
      this.say(live, now, watch);
      await this.answerPause(live, now, watch);
      seen.push({ live, now });
    }
    return seen;
  }

  private say({ tier }: LiveTier, now: ServiceDeployment, watch: Watch): void {
    const { status = '', lifecycleStage: stage } = now;
    const line = status === 'IN_PROGRESS' && stage !== undefined ? stage : status;
    if (this.said.get(arnOf(now)) === line) return;
    this.said.set(arnOf(now), line);
    watch.log(`${tier.name}: ${line}`);
  }

  private async answerPause(live: LiveTier, now: ServiceDeployment, watch: Watch): Promise<void> {
    const pause = pauseOf(live, now);
    if (!pause || this.answered.has(pause.hookId)) return;
    this.answered.add(pause.hookId);
    const action = await this.props.answer(pause, watch);
    if (!action) return;
    const { hookId, serviceDeploymentArn } = pause;
    await ecsOf(live, watch.signal).continueServiceDeployment({ serviceDeploymentArn, hookId, action });
    watch.log(`${live.tier.name}: ${action} at ${pause.stage}`);
  }

  /** Once, at one of some stages. */
  private async rollBack(
    live: LiveTier,
    now: ServiceDeployment,
    watch: Watch,
    stages: RegExp,
  ): Promise<void> {
    const arn = arnOf(now);
    const { status, lifecycleStage: stage = '' } = now;
    if (status !== 'IN_PROGRESS' || !stages.test(stage) || this.rolledBack.has(arn)) return;
    this.rolledBack.add(arn);
    watch.log(`${live.tier.name}: its deployment is rolled back at ${stage}`);
    await ecsOf(live, watch.signal).stopServiceDeployment({
      serviceDeploymentArn: arn,
      stopType: 'ROLLBACK',
    });
  }

  private async explained(error: unknown, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof TwinError) || error.code !== 'deploy' || error.isMachineFault) return error;
    const reasons: string[] = [];
    for (const live of await this.services(signal)) {
      const failed = (await this.fresh(live, signal)).filter(({ status = '' }) => FAILED.has(status));
      for (const it of failed) reasons.push(whatBecameOf(live, await described(live, it, signal)));
    }
    if (reasons.length === 0) return error;
    const { code, message, fix } = error;
    return new TwinError({ code, message: [message, ...reasons].join('\n  '), fix, cause: error });
  }

  /** Those of this release, the latest first. */
  private async fresh(live: LiveTier, signal: AbortSignal): Promise<ServiceDeploymentBrief[]> {
    return (await listed(live, signal)).filter((it) => !this.before.has(arnOf(it)));
  }

  /** Other controllers have no service deployments. */
  private async services(signal: AbortSignal): Promise<readonly LiveTier[]> {
    return (await this.props.tiers(signal)).filter(
      ({ tier }) => tier.kind === 'service' && tier.deployment.strategy.startsWith('ECS/'),
    );
  }
}

interface Seen {
  readonly live: LiveTier;
  readonly now: ServiceDeployment;
}

const ecsOf = ({ clients }: LiveTier, signal: AbortSignal) => clients.for('ecs', signal);

const arnOf = ({ serviceDeploymentArn: arn = '' }: ServiceDeploymentBrief): string => arn;

/** Of a service, the latest first: ECS keeps those of 90 days. */
async function listed(live: LiveTier, signal: AbortSignal): Promise<ServiceDeploymentBrief[]> {
  const ecs = ecsOf(live, signal);
  const { cluster, service } = ecsNames(live.physicalId);
  const all = await allPages(async (nextToken) => {
    const page = await ecs.listServiceDeployments({ cluster, service, nextToken });
    return { items: page.serviceDeployments, next: page.nextToken };
  });
  return all.toSorted((a, b) => timeOf(b) - timeOf(a));
}

const timeOf = ({ createdAt }: ServiceDeploymentBrief): number => createdAt?.getTime() ?? 0;

async function described(
  live: LiveTier,
  brief: ServiceDeploymentBrief,
  signal: AbortSignal,
): Promise<ServiceDeployment> {
  const { serviceDeployments: [now] = [] } = await ecsOf(live, signal).describeServiceDeployments({
    serviceDeploymentArns: [arnOf(brief)],
  });
  return { ...brief, ...now };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
const isEnded = ({ status = 'PENDING' }: ServiceDeploymentBrief): boolean =>
  status === 'SUCCESSFUL' || FAILED.has(status);

const FAILED: ReadonlySet<string> = new Set(['STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']);

/** The stages at which clients are sent to the new tasks while the old ones still run. */
const IS_SERVING = /^(PRODUCTION_TRAFFIC_SHIFT|POST_PRODUCTION_TRAFFIC_SHIFT|BAKE_TIME)$/;

function whatBecameOf({ tier }: LiveTier, now: ServiceDeployment): string {
  const alarms = now.alarms?.triggeredAlarmNames ?? [];
  const reason = now.rollback?.reason ?? now.statusReason ?? 'ECS gives no reason';
  return `${tier.name} is ${now.status}: ${reason}${alarms.length > 0 ? ` (${alarms.join(', ')})` : ''}`;
}

const notDeployed = (whys: readonly string[]): TwinError =>
  new TwinError({
    code: 'deploy',
    message: `ECS did not keep the release: ${whys.join('; ')}`,
    fix: 'The events of the service, and the alarms and functions that its deployment asks, say what came before it.',
  });
