import type { ScalableTarget, ServiceNamespace } from '@aws-sdk/client-application-auto-scaling';
import type { RunningResource } from '../observe';
import { gone, property, running, type Declared, type Sight } from './observe-sight';
import { allPages } from './pages';

/** Describes Application Auto Scaling: between which bounds it moves what, and by which policies. */
export async function describeScaling(sight: Sight): Promise<RunningResource[]> {
  const described: RunningResource[] = [];
  for (const it of sight.of('AWS::ApplicationAutoScaling::ScalableTarget')) {
    const target = await scalableTarget(it.physicalId, sight);
    described.push(target ? running(it, boundsOf(target)) : gone(it));
  }
  for (const it of sight.of('AWS::ApplicationAutoScaling::ScalingPolicy'))
    described.push(await describePolicy(it, sight));
  return described;
}

/**
 * A scalable target; undefined when there is none.
 *
 * @param physicalId - `service/<cluster>/<service>|ecs:service:DesiredCount|ecs`
 */
export async function scalableTarget(physicalId: string, sight: Sight): Promise<ScalableTarget | undefined> {
  const [id = '', dimension, namespace] = physicalId.split('|');
  const { ScalableTargets = [] } = await sight.ask('application-autoscaling').describeScalableTargets({
    ServiceNamespace: namespace as ServiceNamespace,
    ResourceIds: [id],
  });
  return ScalableTargets.find(({ ScalableDimension: it }) => it === dimension);
}

function boundsOf({ MinCapacity, MaxCapacity, SuspendedState: suspended }: ScalableTarget) {
  const off = (what: string, isOff: boolean | undefined) =>
    property(`SuspendedState.${what}`, isOff ?? false, { default: false });
  return [
    ...property('MinCapacity', MinCapacity),
    ...property('MaxCapacity', MaxCapacity),
    ...off('DynamicScalingInSuspended', suspended?.DynamicScalingInSuspended),
    ...off('DynamicScalingOutSuspended', suspended?.DynamicScalingOutSuspended),
    ...off('ScheduledScalingSuspended', suspended?.ScheduledScalingSuspended),
  ];
}

async function describePolicy(it: Declared, sight: Sight): Promise<RunningResource> {
  // arn:aws:autoscaling:<region>:<account>:scalingPolicy:<id>:resource/<namespace>/<resource>:policyName/<name>
  const [, namespace = '', id = ''] = /:resource\/([^/]+)\/(.+):policyName\//.exec(it.physicalId) ?? [];
  const policies = await allPages(async (NextToken) => {
    const page = await sight.ask('application-autoscaling').describeScalingPolicies({
      ServiceNamespace: namespace as ServiceNamespace,
      ResourceId: id,
      NextToken,
    });
    return { items: page.ScalingPolicies, next: page.NextToken };
  });
  const policy = policies.find(({ PolicyARN: arn }) => arn === it.physicalId);
  if (policy === undefined) return gone(it);
  const target = policy.TargetTrackingScalingPolicyConfiguration?.TargetValue;
  return running(it, property('TargetTrackingScalingPolicyConfiguration.TargetValue', target));
}
