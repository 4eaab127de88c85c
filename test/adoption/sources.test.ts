import { Duration, Size } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Given, literal } from '../../lib/adoption/given';
import { sourceOf } from '../../lib/adoption/sources';

const codeOf = (value: unknown) => {
  const imports: Record<string, string> = {};
  const code = new Given({ value }).propCode('value', {
    names: new Map(),
    member: () => undefined,
    reference: () => 'none',
    imported: (name, from) => (imports[name] = from),
  });
  return { code, imports };
};

it.each([
  [Duration.days(14), 'Duration.days(14)', 'aws-cdk-lib'],
  [Size.gibibytes(10), 'Size.gibibytes(10)', 'aws-cdk-lib'],
  [lambda.Runtime.NODEJS_22_X, 'Runtime.NODEJS_22_X', 'aws-cdk-lib/aws-lambda'],
  [
    ecs.ContainerImage.fromRegistry('web:1.4.0'),
    "ContainerImage.fromRegistry('web:1.4.0')",
    'aws-cdk-lib/aws-ecs',
  ],
  [events.Schedule.rate(Duration.hours(2)), "Schedule.expression('rate(2 hours)')", 'aws-cdk-lib/aws-events'],
  [
    autoscaling.Schedule.cron({ hour: '7', minute: '0' }),
    "Schedule.expression('cron(0 7 * * ? *)')",
    'aws-cdk-lib/aws-applicationautoscaling',
  ],
])('writes %s as code that makes the same', (object, code, module) => {
  const [className] = code.split('.') as [string];
  expect(codeOf(object)).toEqual({ code, imports: { [className]: module } });
  expect(new Given({ object }).obstacles).toEqual([]);
});

it('writes no code that makes something else, and starts no program to find some', () => {
  const changed = Object.assign(Duration.days(1), { spelled: literal('a day') });
  class Own extends lambda.InlineCode {}
  expect(sourceOf(new Own('exports.handler = 1'))).toBeUndefined();
  const image = ecs.ContainerImage.fromAsset('.', { file: 'Dockerfile.web' });
  expect([changed, image, new Map([['a', 1]])].map((it) => sourceOf(it))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const build = jest.spyOn(lambda.Code, 'fromDockerBuild');
  sourceOf(Object.assign(new lambda.InlineCode('exports.handler = 1'), { isBuilt: 'yes' }));
  expect(build).not.toHaveBeenCalled();
});
