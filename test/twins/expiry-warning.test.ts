import { Duration, Stack, type App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Twins, type ExpiryWarning } from '../../lib';
import { newApp } from '../app';
import { Database, expires, parityOf, production, scale, small } from './pair';

const topicArn = 'arn:aws:sns:eu-west-1:111122223333:operations';
const env = { account: '111122223333', region: 'eu-west-1' };

function warned(
  warning: ExpiryWarning,
  change: (staging: Stack) => void = () => {},
): { app: App; staging: Stack } {
  const app = newApp();
  const twins = new Twins(app, { scale, environment: Database });
  twins.prod('Prod', { scale: production, env });
  const staging = Stack.of(twins.staging('Staging', { scale: small, env, expires, warning }));
  change(staging);
  return { app, staging };
}

/** The schedule of the warning and the statements of its role. */
function warningIn(app: App) {
  const template = Template.fromJSON(
    app.synth().getStackByName('Staging').template as Record<string, unknown>,
  );
  const [schedule] = Object.entries(template.findResources('AWS::Scheduler::Schedule'))
    .filter(([id]) => id.startsWith('SelfDestructWarning'))
    .map(([, it]) => it['Properties'] as { ScheduleExpression: string; Target: { Input: unknown } });
  const [role] = Object.entries(template.findResources('AWS::IAM::Role'))
    .filter(([id]) => id.startsWith('SelfDestructWarningRole'))
    .map(([, it]) => it['Properties'] as { Policies: { PolicyDocument: { Statement: unknown } }[] });
  return { schedule, role };
}

it('is published half an hour before the end, by a role that may publish to that topic alone', () => {
  const { schedule, role } = warningIn(warned({ topicArn }).app);
  expect(schedule).toMatchObject({ ScheduleExpression: 'at(2026-12-01T17:30:00)' });
  expect(JSON.stringify(schedule!.Target.Input)).toContain(
    ' deletes itself at 2026-12-01T18:00:00Z. To move that: npx twin extend --hours 4',
  );
  expect(role!.Policies.map(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
    [{ Action: 'sns:Publish', Effect: 'Allow', Resource: topicArn }],
  ]);
});

it('is published as long before as was asked for', () => {
  const { schedule } = warningIn(warned({ topicArn, before: Duration.hours(2) }).app);
  expect(schedule).toMatchObject({ ScheduleExpression: 'at(2026-12-01T16:00:00)' });
});

it('is what a lifecycle adds, and its topic is said to be outside', () => {
  const { app } = warned({ topicArn });
  const { verdict, checks } = parityOf(app);
  expect(verdict).toBe('twins');
  expect(checks!.isolation.findings).toEqual([]);
  expect(checks!.tearDown.findings).toEqual([]);
  expect(JSON.stringify(checks!.outside)).toContain(topicArn);
});

it.each<[string, (staging: Stack) => void]>([
  [
    'a role that may publish to every topic',
    (staging) => {
      const role = staging.node.findChild('SelfDestruct').node.findChild('WarningRole') as iam.Role;
      const cfn = role.node.defaultChild as iam.CfnRole;
      cfn.addPropertyOverride('Policies.0.PolicyDocument.Statement.0.Resource', '*');
    },
  ],
  [
    'a schedule that calls something else',
    (staging) => {
      const schedule = staging.node.findChild('SelfDestruct').node.findChild('Warning') as CfnSchedule;
      schedule.addPropertyOverride('Target.Arn', 'arn:aws:scheduler:::aws-sdk:sns:deleteTopic');
    },
  ],
  [
    'a schedule that publishes elsewhere',
    (staging) => {
      const schedule = staging.node.findChild('SelfDestruct').node.findChild('Warning') as CfnSchedule;
      schedule.addPropertyOverride('Target.Input', '{"TopicArn":"arn:aws:sns:eu-west-1:999900001111:other"}');
    },
  ],
])('is no lifecycle as %s', (_, change) => {
  expect(parityOf(warned({ topicArn }, change).app).verdict).toBe('not-twins');
});

it.each([
  'operations',
  'arn:aws:sns:eu-west-1:111122223333:*',
  'arn:aws:sns:eu-west-1:111122223333:operations.fifo',
  'arn:aws:sns:eu-west-2:111122223333:operations',
  'arn:aws:sns:eu-west-1:999900001111:operations',
])('goes to no topic %s', (arn) => {
  expect(() => warned({ topicArn: arn })).toThrow(
    `"${arn}" is no topic that can be warned; allowed is the ARN of a standard topic in the account and the Region of the staging`,
  );
});

it('is refused where it is given otherwise', () => {
  expect(() => warned({ topicArn, minutes: 30 } as ExpiryWarning)).toThrow(
    'as warning; an object such as { topicArn, before: Duration.minutes(30) } is expected',
  );
});
