import { setTimeout as sleep } from 'node:timers/promises';
import { TwinError } from '../../error';
import { withSignal, type Deployment, type Handle, type Watch } from '../target';
import type { Clients } from './clients';
import { causesOf, isPassing } from './failed-call';
import { deploy } from './deploy';
import { stacksOf, type PlannedStack } from './environment-stacks';
import { detailsOf, goneDetails, stacksIn, type StackRef } from './handle';
import { checkOurs } from './ours';
import type { AwsPlace } from './place';
import { stackState } from './stack-state';
import { tagsOfStacks } from './tags';
import { until } from './until';

/** Where an environment is deployed. */
export interface DeployerPlace {
  readonly place: AwsPlace;
  /** Called before anything is deployed, when its images are there. @default - nothing is done */
  readonly onPublished?: (watch: Watch) => Promise<void>;
  /** Accompanies each attempt to deploy. @default - nothing does */
  readonly during?: (deploy: (watch: Watch) => Promise<void>, watch: Watch) => Promise<void>;
}

/** Deploys environments, and ends what is under way of that in this process. */
export class Deployer {
  private readonly underWay = new Map<Promise<void>, AbortController>();

  constructor(
    private readonly pollMs: number,
    private readonly deployWith: typeof deploy = deploy,
    private readonly attempts = ATTEMPTS,
  ) {}

  /**
   * Deploys the stacks of an environment that are its own. The handle learns their ids as soon as there are any.
   *
   * @throws TwinError `not-ours` before anything is deployed
   */
  async deploy(handle: Handle, deployment: Deployment, where: DeployerPlace, watch: Watch): Promise<void> {
    await this.deployStacks(handle, deployment, stacksOf(deployment), where, watch);
  }

  /**
   * Deploys stacks of an assembly beside those that the handle knows.
   *
   * @param others - what the handle goes on knowing
   */
  async deployStacks(
    handle: Handle,
    deployment: Deployment,
    stacks: readonly PlannedStack[],
    where: DeployerPlace,
    watch: Watch,
    others: readonly StackRef[] = [],
  ): Promise<void> {
    watch.signal.throwIfAborted();
    await this.within(watch, (it) => this.deployOwn(handle, deployment, stacks, where, it, others));
  }

  private async deployOwn(
    handle: Handle,
    deployment: Deployment,
    stacks: readonly PlannedStack[],
    { place, onPublished, during = (deploying, it) => deploying(it) }: DeployerPlace,
    watch: Watch,
    others: readonly StackRef[],
  ): Promise<void> {
    const known = stacksIn(handle);
    const region = known[0]?.region ?? (await place.region());
    let refs = stacks.map((it): StackRef => {
      const { id } = known.find(({ name }) => name === it.name) ?? {};
      return { ...it, region: it.region ?? region, id };
    });
    for (const ref of refs) await checkOurs(ref, handle, place.in(ref.region), watch.signal);
    watch.learn(detailsOf([...others, ...refs]));
    const onStack = (name: string, id: string): void => {
      if (refs.every((it) => it.name !== name || it.id === id)) return;
      const former = refs.filter((it) => it.name === name).map(goneDetails);
      refs = refs.map((it) => (it.name === name ? { ...it, id } : it));
      watch.learn(Object.assign(detailsOf([...others, ...refs]), ...former) as Record<string, string>);
    };
    const { profile, requestMs } = place;
    const where = { region, requestMs, ...(profile !== undefined && { profile }) };
    const props = {
      deployment,
      stacks,
      tags: tagsOfStacks(handle),
      place: where,
      pollMs: this.pollMs,
      onStack,
    };
    const published = onPublished && onlyOnce(onPublished);
    for (let attempt = 1; ; attempt++) {
      watch.signal.throwIfAborted();
      try {
        const all = { ...props, ...(published && { onPublished: published }) };
        return await during((it) => this.deployWith(all, it), watch);
      } catch (error) {
        watch.signal.throwIfAborted();
        if (attempt === this.attempts || !(await isWorthAnother(error, place, watch.signal))) throw error;
        watch.log(`${(error as Error).message}; it is deployed again`);
        for (const ref of refs) await this.untilStill(ref, place.in(ref.region), watch);
      }
    }
  }

  /** What was executed goes on, whether the toolkit knew it or not. */
  private async untilStill(ref: StackRef, clients: Clients, { signal }: Watch): Promise<void> {
    await sleep(this.pollMs, undefined, { signal }).catch(() => {}); // the next look throws the reason
    await until(
      () => stackState(clients, ref, signal),
      (now) => isStill(now?.StackStatus ?? ''),
      { signal, pollMs: this.pollMs },
    );
  }

  /** Ends what is under way: one that has made no change set yet would make the stack anew after its deletion. */
  async stop(): Promise<void> {
    for (const stopping of this.underWay.values()) stopping.abort(stopped());
    await Promise.allSettled(this.underWay.keys());
  }

  private async within(watch: Watch, work: (watch: Watch) => Promise<void>): Promise<void> {
    const stopping = new AbortController();
    const done = work(withSignal(watch, AbortSignal.any([watch.signal, stopping.signal])));
    this.underWay.set(done, stopping);
    try {
      await done;
    } finally {
      this.underWay.delete(done);
    }
  }
}

/** A stack in review was made by a change set that was not executed. */
const isStill = (status: string): boolean =>
  status === 'REVIEW_IN_PROGRESS' || !status.endsWith('_IN_PROGRESS');

/** The codes of errors of the toolkit. */
const OF_TOOLKIT: ReadonlySet<string> = new Set(['deploy', 'aws-credentials']);

/** So often a deployment is started: each time one call of the toolkit may have had a bad answer. */
const ATTEMPTS = 10;

/** A work that is not done again once it was done. */
function onlyOnce(work: (watch: Watch) => Promise<void>): (watch: Watch) => Promise<void> {
  let isDone = false;
  return async (watch) => {
    if (!isDone) await work(watch);
    isDone = true;
  };
}

/**
 * Whether a deployment may end well at the next attempt. Where the toolkit does not know whose the credentials are, it does not say
 * why: then that is asked.
 */
async function isWorthAnother(error: unknown, place: AwsPlace, signal: AbortSignal): Promise<boolean> {
  // what the work between threw is none of the toolkit's
  if (error instanceof TwinError && !OF_TOOLKIT.has(error.code)) return false;
  const causes = causesOf(error);
  if (causes.some(isPassing)) return true;
  if (!causes.some((it) => it.name === 'UnresolvedAccount')) return false;
  await place.in().for('sts', signal).getCallerIdentity();
  return true;
}

const stopped = (): TwinError =>
  new TwinError({ code: 'stopped', message: 'the deployment was stopped', fix: 'Rehearse again.' });
