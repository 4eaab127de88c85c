import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { AwsConfig, PauseAnswer } from '../../config/types';
import type { CheckResult } from '../../probes/check';
import type { Watch } from '../target';
import type { LiveTier } from './live-tiers';

/** A deployment of a service that waits for an answer. */
export interface Pause {
  readonly tier: string;
  readonly serviceDeploymentArn: string;
  readonly hookId: string;
  /** Such as `POST_TEST_TRAFFIC_SHIFT`. */
  readonly stage: string;
  /** When ECS waits no longer, and what it does then. */
  readonly until: string;
}

/** What is answered; undefined where it is left to people. */
export type Answer = (pause: Pause, watch: Watch) => Promise<'CONTINUE' | 'ROLLBACK' | undefined>;

/** What a deployment waits for an answer with; undefined where it does not. */
export function pauseOf({ tier }: LiveTier, now: ServiceDeployment): Pause | undefined {
  const { serviceDeploymentArn = '', lifecycleStage: stage = '', lifecycleHookDetails: hooks = [] } = now;
  const hook = hooks.find(({ targetType, status }) => targetType === 'PAUSE' && status === 'AWAITING_ACTION');
  if (hook?.hookId === undefined || now.status !== 'IN_PROGRESS') return undefined;
  const { hookId, expiresAt, timeoutAction = 'ROLLBACK' } = hook;
  const end = expiresAt?.toISOString() ?? 'its time-out';
  return {
    tier: tier.name,
    serviceDeploymentArn,
    hookId,
    stage,
    until: `${end}, then ECS does ${timeoutAction}`,
  };
}

/** Goes on at once, whatever waits. */
export const goOn: Answer = () => Promise.resolve('CONTINUE');

/**
 * Answers as the config says; where it says nothing, people have to.
 *
 * @param run - runs a command of the team
 */
export const answerBy =
  (
    pauses: NonNullable<AwsConfig['pauses']>,
    run: (answer: PauseAnswer, watch: Watch) => Promise<Pick<CheckResult, 'outcome' | 'detail'>>,
  ): Answer =>
  async ({ tier, stage, until, serviceDeploymentArn, hookId }, watch) => {
    const said = pauses[tier];
    if (said === 'continue') return 'CONTINUE';
    if (said !== undefined) {
      const { outcome, detail } = await run(said, watch);
      watch.log(`${tier} at ${stage}: ${said.run}: ${detail}`);
      return outcome === 'passed' ? 'CONTINUE' : 'ROLLBACK';
    }
    watch.log(
      `${tier} waits for an answer at ${stage}, until ${until}: aws ecs continue-service-deployment --service-deployment-arn ${serviceDeploymentArn} --hook-id ${hookId}`,
    );
    return undefined;
  };
