import type { ServiceTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';

/** What a rolling update does next: how many tasks it starts, and how many of the old ones it stops after that. */
export interface DeploymentStep {
  readonly start: number;
  readonly stop: number;
}

/** A rolling update of a service, as its template has it. */
export class Deployment {
  private failures = 0;
  /** Whether it has failed. */
  isOver = false;

  constructor(private readonly tier: Pick<ServiceTier, 'name' | 'tasks' | 'deployment'>) {}

  /** @param fresh - how many new tasks are healthy @param old - how many of the release before run */
  isDone(fresh: number, old: number): boolean {
    return fresh >= this.tier.tasks && old === 0;
  }

  /**
   * With at least `minimumHealthyPercent` of the desired tasks healthy, rounded up, and at most `maximumPercent` running, rounded
   * down: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
   *
   * @throws TwinError `stuck` where neither permits anything: on AWS such a deployment never ends
   */
  next(fresh: number, old: number): DeploymentStep {
    const { name, tasks, deployment } = this.tier;
    const { minimumHealthyPercent, maximumPercent } = deployment;
    const least = Math.ceil((tasks * minimumHealthyPercent) / 100);
    const most = Math.floor((tasks * maximumPercent) / 100);
    const start = Math.max(0, Math.min(tasks - fresh, most - fresh - old));
    const isLast = fresh + start >= tasks;
    const stop = Math.max(0, Math.min(old, isLast ? old : fresh + start + old - least));
    if (start > 0 || stop > 0) return { start, stop };
    throw new TwinError({
      code: 'stuck',
      message: `${name} cannot be updated: of its ${tasks} tasks at least ${minimumHealthyPercent} % must be healthy, and at most ${maximumPercent} % may run`,
      fix: 'Give the service a lower MinimumHealthyPercent or a higher MaximumPercent.',
    });
  }

  /**
   * Counts a task that failed.
   *
   * @param isRunning - whether it runs, and is not healthy: then no other one is waited for as long
   * @returns whether ECS would start another one in its place
   */
  mayGoOn(isRunning: boolean): boolean {
    this.failures += 1;
    this.isOver ||= isRunning || this.failures >= this.threshold;
    return !this.isOver;
  }

  /** Why it failed, with what comes next. @param before - the release before, where there is one */
  failed(error: TwinError, before: string | undefined): TwinError {
    const { onFailure } = this.tier.deployment;
    const count = this.failures > 1 ? `, the last of ${this.failures} that failed` : '';
    return new TwinError({
      code: error.code,
      message: `${error.message}${count}; ${this.whatFollows(onFailure, before)}`,
      fix: error.fix,
      cause: error,
    });
  }

  private whatFollows(onFailure: ServiceTier['deployment']['onFailure'], before: string | undefined): string {
    if (onFailure === 'try-on')
      return 'ECS would go on trying: the service has no deployment circuit breaker';
    if (onFailure === 'give-up')
      return 'the deployment circuit breaker stops the deployment, and rolls nothing back';
    return before === undefined
      ? 'the deployment circuit breaker has no release before to roll back to'
      : `the deployment circuit breaker rolls back to ${before}`;
  }

  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
  private get threshold(): number {
    return Math.min(Math.max(LEAST_FAILURES, Math.ceil(this.tier.tasks / 2)), MOST_FAILURES);
  }
}

const LEAST_FAILURES = 3;
const MOST_FAILURES = 200;
