import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { checkExpiry, defaultExpiry } from '../../lib/twins/lifecycle/self-destruct';
import { pair } from './pair';

const { app, staging } = pair();
const assembly = app.synth();
const template = Template.fromJSON(assembly.getStackByName('Staging').template as Record<string, unknown>);

describe('a staging removes itself', () => {
  it('at the time given, with CloudFormation deleting the stack by its id', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'at(2026-12-01T18:00:00)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:cloudformation:deleteStack'],
          ],
        },
        Input: { 'Fn::Join': ['', ['{"StackName":"', { Ref: 'AWS::StackId' }, '"}']] },
      },
    });
  });

  it('with a role that may delete this stack alone, and that only a schedule of this account may take on', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                'aws:SourceArn': Match.objectLike({ 'Fn::Join': Match.anyValue() }),
              },
            },
          },
        ],
      },
      Policies: [
        Match.objectLike({
          PolicyDocument: {
            Statement: [
              { Action: 'cloudformation:DeleteStack', Effect: 'Allow', Resource: { Ref: 'AWS::StackId' } },
            ],
          },
        }),
      ],
    });
  });

  it('from the beginning: every other resource waits for the schedule, so it is made before them and deleted after them', () => {
    const resources = template.toJSON()['Resources'] as Record<string, { DependsOn?: string[] }>;
    const waiting = Object.entries(resources).filter(([, { DependsOn }]) =>
      DependsOn?.some((id) => id.startsWith('SelfDestructSchedule')),
    );
    const own = Object.keys(resources).filter((id) => id.startsWith('SelfDestruct'));
    expect(own).toHaveLength(2);
    expect(waiting).toHaveLength(Object.keys(resources).length - own.length);
  });

  it('and production does not', () => {
    const prod = Template.fromJSON(assembly.getStackByName('Prod').template as Record<string, unknown>);
    prod.resourceCountIs('AWS::Scheduler::Schedule', 0);
    expect(Stack.of(staging)).toBe(staging);
  });
});

describe('the time of expiry', () => {
  it('is UTC in the form that a schedule takes', () => {
    expect(checkExpiry('2026-12-01T18:00:00')).toBe('2026-12-01T18:00:00');
    expect(checkExpiry('2026-12-01T18:00:00Z')).toBe('2026-12-01T18:00:00');
  });

  it.each([
    'soon',
    '2026-12-01',
    '2026-13-01T18:00:00',
    '2026-02-30T18:00:00',
    '2026-12-01T18:00:00+01:00',
    '',
  ])('is not %j', (text) => {
    expect(() => checkExpiry(text)).toThrow(
      `"${text}" is no time of expiry; allowed is UTC as yyyy-mm-ddThh:mm:ss`,
    );
  });

  it.each([
    ['2026-11-21T00:00:00Z', '2026-11-22T06:00:00'],
    ['2026-11-20T21:59:59Z', '2026-11-21T06:00:00'],
    ['2026-11-20T22:00:00Z', '2026-11-21T06:00:00'],
    ['2026-11-20T22:00:01Z', '2026-11-22T06:00:00'],
    ['2026-12-31T12:00:00Z', '2027-01-01T06:00:00'],
  ])(
    'is, when nobody gave one, the next morning at least eight hours away: at %s it is %s',
    (now, expected) => {
      expect(defaultExpiry(new Date(now))).toBe(expected);
    },
  );
});
