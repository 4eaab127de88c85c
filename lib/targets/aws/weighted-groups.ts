import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2';
import { TwinError } from '../../error';
import type { TrafficListener } from '../../config/types';
import type { AwsPlace } from './place';
import type { Lasting, Metered, Pair, Shared, Weights } from './weights';

/** What a listener has one of. */
const KEY = 'forward';

/** Weighted target groups of a listener, or of a rule of it. */
export class WeightedGroups implements Shared {
  readonly name: string;
  private readonly groups: readonly string[];
  private readonly region: string | undefined;

  constructor(
    private readonly section: TrafficListener,
    private readonly place: AwsPlace,
  ) {
    this.name = `the ${this.isRule ? 'rule' : 'listener'} ${section.listener}`;
    this.groups = Object.values(section.productions).map((it) => it.targetGroup);
    this.region = section.listener.split(':')[3];
  }

  async read(signal: AbortSignal): Promise<Weights> {
    const all = tuplesOf(this.forwardOf(await this.actions(signal)));
    const other = all.find(
      ({ TargetGroupArn: arn = '', Weight = 1 }) => Weight > 0 && !this.groups.includes(arn),
    );
    if (other) throw this.misfit(`it forwards to ${other.TargetGroupArn} too`);
    const [first = '', second = ''] = this.groups;
    const pair: Pair = [weightOf(first, all), weightOf(second, all)];
    return { [KEY]: pair };
  }

  async set(weights: Weights, signal: AbortSignal): Promise<void> {
    const actions = await this.actions(signal);
    const forward = this.forwardOf(actions);
    const others = tuplesOf(forward).filter(({ TargetGroupArn: arn = '' }) => !this.groups.includes(arn));
    const own = this.groups.flatMap((TargetGroupArn, i) => {
      const Weight = weights[KEY]?.[i];
      return Weight === undefined ? [] : [{ TargetGroupArn, Weight }];
    });
    const { TargetGroupArn: _, ForwardConfig: config, ...rest } = forward;
    const changed: Action = { ...rest, ForwardConfig: { ...config, TargetGroups: [...own, ...others] } };
    const all = actions.map((it) => (it === forward ? changed : withSecret(it)));
    const elb = this.elb(signal);
    const { listener } = this.section;
    if (this.isRule) await elb.modifyRule({ RuleArn: listener, Actions: all });
    else await elb.modifyListener({ ListenerArn: listener, DefaultActions: all });
  }

  /** New requests follow at once; a client that is held to a group by its cookie stays with it. */
  async lasts(signal: AbortSignal): Promise<Lasting | undefined> {
    const forward = this.forwardOf(await this.actions(signal));
    const { Enabled, DurationSeconds = 0 } = forward.ForwardConfig?.TargetGroupStickinessConfig ?? {};
    return Enabled
      ? { seconds: DurationSeconds, because: `the stickiness of ${this.name}`, isWaitedFor: false }
      : undefined;
  }

  metered(): Promise<readonly [Metered | undefined, Metered | undefined]> {
    const [, balancer = ''] =
      /:listener(?:-rule)?\/((?:[^/]+\/){2}[^/]+)\//.exec(this.section.listener) ?? [];
    const of = (arn: string): Metered => ({
      region: this.region,
      dimensions: [
        { Name: 'LoadBalancer', Value: balancer },
        { Name: 'TargetGroup', Value: arn.split(':').at(-1)! },
      ],
      failures: ['HTTPCode_Target_5XX_Count'],
    });
    return Promise.resolve([of(this.groups[0]!), of(this.groups[1]!)]);
  }

  private get isRule(): boolean {
    return this.section.listener.includes(':listener-rule/');
  }

  private elb(signal: AbortSignal) {
    return this.place.in(this.region).for('elbv2', signal);
  }

  private async actions(signal: AbortSignal): Promise<readonly Action[]> {
    const elb = this.elb(signal);
    const { listener } = this.section;
    if (this.isRule) {
      const { Rules: [rule] = [] } = await elb.describeRules({ RuleArns: [listener] });
      return rule?.Actions ?? [];
    }
    const { Listeners: [found] = [] } = await elb.describeListeners({ ListenerArns: [listener] });
    return found?.DefaultActions ?? [];
  }

  private forwardOf(actions: readonly Action[]): Action {
    const forward = actions.find(({ Type }) => Type === 'forward');
    if (!forward) throw this.misfit('it forwards to no target group');
    return forward;
  }

  private misfit(why: string): TwinError {
    return new TwinError({
      code: 'traffic-shape',
      message: `the weights of ${this.name} cannot be moved: ${why}`,
      fix: 'Let it forward to the target groups of the two productions, and to no other one.',
    });
  }
}

function tuplesOf({ ForwardConfig, TargetGroupArn }: Action): readonly TargetGroupTuple[] {
  if (ForwardConfig?.TargetGroups) return ForwardConfig.TargetGroups;
  return TargetGroupArn === undefined ? [] : [{ TargetGroupArn }];
}

/** A group that is alone weighs 1 where nothing says it. */
function weightOf(arn: string, all: readonly TargetGroupTuple[]): number | undefined {
  const found = all.find(({ TargetGroupArn }) => TargetGroupArn === arn);
  return found && (found.Weight ?? 1);
}

/** The service does not say the secret of a client that signs in, and keeps it where the call says so. */
const withSecret = (action: Action): Action =>
  action.AuthenticateOidcConfig
    ? {
        ...action,
        AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true },
      }
    : action;
