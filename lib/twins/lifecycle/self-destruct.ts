import { Aws, Duration, Lazy, Stack, Stage, Token, type CfnElement, type CfnResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { TwinError } from '../../error';

/** When a staging removes itself. */
export interface SelfDestructProps {
  /** UTC, as `yyyy-mm-ddThh:mm:ss`. Comes from outside: a clock in a construct makes templates that change by themselves. */
  readonly expires: string;
  /** Who is told before. @default - nobody */
  readonly warning?: ExpiryWarning;
}

/** A message before a staging removes itself. */
export interface ExpiryWarning {
  /** The SNS topic that gets it: outside the environment, in its account and Region. */
  readonly topicArn: string;
  /** How long before the end. @default Duration.minutes(30) */
  readonly before?: Duration;
}

/**
 * Deletes the stack that it is in at a given time, whatever became of the process that made it.
 *
 * A schedule of EventBridge Scheduler calls CloudFormation's DeleteStack with the stack's id: not its name, so that a
 * later stack of the same name is safe. Without a role of its own the call uses the one that the stack was made with (the
 * CDK's bootstrap role for CloudFormation), so schedule and role may be part of what they delete. A stack that was deployed
 * without such a role cannot delete itself: the schedule's role may call DeleteStack and nothing else.
 */
export class SelfDestruct extends Construct {
  /** What everything else in the stack waits for: made before all, deleted after all. */
  readonly schedule: CfnSchedule;

  constructor(scope: Construct, id: string, { expires, warning }: SelfDestructProps) {
    super(scope, id);
    const time = checkExpiry(expires);
    const role = this.role('Role', {
      description: 'Lets the schedule delete this stack.',
      inlinePolicies: { DeleteThisStack: allowing('cloudformation:DeleteStack', Aws.STACK_ID) },
    });
    this.schedule = new CfnSchedule(this, 'Schedule', {
      description: 'Deletes this stack when its time is over.',
      scheduleExpression: Lazy.uncachedString({
        produce: () => `at(${later(time, dependants(Stack.of(this)))})`,
      }),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:cloudformation:deleteStack`,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString({ StackName: Aws.STACK_ID }),
        retryPolicy: { maximumEventAgeInSeconds: Duration.days(1).toSeconds(), maximumRetryAttempts: 185 },
      },
    });
    if (warning) this.warn(time, checkWarning(warning, Stack.of(this)));
  }

  /** A schedule beside the other: its message says the end as `twin extend` finds it there, and moves it. */
  private warn(time: string, { topicArn, before = Duration.minutes(30) }: ExpiryWarning): void {
    const stack = Stack.of(this);
    const role = this.role('WarningRole', {
      description: 'Lets the schedule warn before this stack is deleted.',
      inlinePolicies: { PublishToTopic: allowing('sns:Publish', topicArn) },
    });
    const end = (): string => later(time, dependants(stack));
    const atEnd = Lazy.uncachedString({ produce: () => `${end()}Z` });
    new CfnSchedule(this, 'Warning', {
      description: 'Warns before this stack is deleted.',
      scheduleExpression: Lazy.uncachedString({ produce: () => `at(${earlier(end(), before)})` }),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${Aws.PARTITION}:scheduler:::aws-sdk:sns:publish`,
        roleArn: role.roleArn,
        input: stack.toJsonString({
          TopicArn: topicArn,
          Subject: 'A staging is about to delete itself',
          Message: `The stack ${Aws.STACK_NAME} deletes itself at ${atEnd}. To move that: npx twin extend --hours 4`,
        }),
      },
    });
  }

  /** May do what it is given and nothing else, and only a schedule of this account's default group may take it on. */
  private role(id: string, props: Omit<iam.RoleProps, 'assumedBy'>): iam.Role {
    return new iam.Role(this, id, {
      ...props,
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Aws.ACCOUNT_ID,
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: 'default',
            }),
          },
        },
      }),
    });
  }

  /** Makes a resource wait for the schedule, unless it is part of the self-destruct. */
  guard(resource: CfnResource): void {
    // A permissions boundary that is part of the stack is what the schedule's own role waits for.
    if (resource.cfnResourceType === 'AWS::IAM::ManagedPolicy') return;
    if (!isInside(resource, this)) resource.addResourceDependency(this.schedule);
  }
}

/** How many stacks one after another have to go before this one: CloudFormation keeps a stack whose exports are in use. */
function dependants(stack: Stack): number {
  const stage = Stage.of(stack);
  const all = stage ? stage.node.findAll().filter((node) => Stack.isStack(node)) : [];
  const users = all.filter((other) => other !== stack && other.dependencies.includes(stack));
  return users.length === 0 ? 0 : 1 + Math.max(...users.map(dependants));
}

/** Half an hour for each stack that has to go before. */
function later(time: string, steps: number): string {
  return new Date(Date.parse(`${time}Z`) + Duration.minutes(30 * steps).toMilliseconds())
    .toISOString()
    .slice(0, 19);
}

const earlier = (time: string, before: Duration): string =>
  new Date(Date.parse(`${time}Z`) - before.toMilliseconds()).toISOString().slice(0, 19);

const allowing = (action: string, resource: string): iam.PolicyDocument =>
  new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({ actions: [action], resources: [resource] })],
  });

/**
 * A warning whose schedule can publish.
 *
 * @throws TwinError `warning` for what is no ARN of a standard topic in the account and the Region of the stack
 */
function checkWarning(warning: ExpiryWarning, { account, region }: Stack): ExpiryWarning {
  const [, inRegion, ofAccount] = TOPIC.exec(warning.topicArn) ?? [];
  const isHere = (part: string | undefined, own: string): boolean =>
    part !== undefined && (Token.isUnresolved(own) || part === own);
  if (isHere(inRegion, region) && isHere(ofAccount, account)) return warning;
  throw new TwinError({
    code: 'warning',
    message: `"${warning.topicArn}" is no topic that can be warned; allowed is the ARN of a standard topic in the account and the Region of the staging`,
    fix: 'Give an ARN such as arn:aws:sns:eu-west-1:111122223333:operations.',
  });
}

/** FIFO topics ask for more with each message. */
const TOPIC = /^arn:aws[\w-]*:sns:([\w-]+):(\d{12}):[\w-]+$/;

const isInside = (element: CfnElement, scope: Construct): boolean => element.node.scopes.includes(scope);

/**
 * A time of expiry in the form that a schedule takes.
 *
 * @throws TwinError `expires` for anything but `yyyy-mm-ddThh:mm:ss` (a trailing `Z` is taken off)
 */
export function checkExpiry(text: unknown): string {
  // A JavaScript app may give anything, or nothing.
  const time = typeof text === 'string' ? text.replace(/Z$/, '') : '';
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(time) && isOnCalendar(time);
  if (isTime) return time;
  throw new TwinError({
    code: 'expires',
    message: `${typeof text === 'string' ? `"${text}"` : `A value of type ${typeof text}`} is no time of expiry; allowed is UTC as yyyy-mm-ddThh:mm:ss`,
    fix: 'Give a time such as 2026-12-01T18:00:00.',
  });
}

/** Whether a day and a time exist: JavaScript takes 30 February for 2 March. */
function isOnCalendar(time: string): boolean {
  const date = new Date(`${time}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === time;
}

/**
 * When a staging expires that nobody gave a time: at the next 06:00 UTC that is at least eight hours away. It is the same
 * for a whole day, so that an update within that day does not extend the life of what it updates.
 */
export function defaultExpiry(now: Date): string {
  const night = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), 6));
  while (night.getTime() - now.getTime() < Duration.hours(8).toMilliseconds()) {
    night.setUTCDate(night.getUTCDate() + 1);
  }
  return night.toISOString().slice(0, 19);
}
