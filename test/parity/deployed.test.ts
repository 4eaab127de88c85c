import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnOutput, CfnParameter, Stack, Tags, type Environment } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { changesBetween } from '../../lib/deployment-gate/changes';
import { replicas, Twins } from '../../lib';
import { Assembly } from '../../lib/parity/assembly';
import { deployedOf, type Deployed } from '../../lib/parity/deployed';
import { newApp } from '../app';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-deployed-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Variant {
  readonly readers?: number;
  readonly visibility?: number;
  readonly code?: string;
  readonly expires?: string;
  readonly rehearsal?: string;
  readonly env?: Environment;
  readonly stackName?: string;
  readonly terminationProtection?: boolean;
  readonly tag?: string;
  readonly topics?: readonly string[];
  readonly metadata?: string;
  readonly output?: string;
  readonly parameter?: string;
}

/** Synthesises an app with an asset, and gives what would be deployed of one of its environments. */
function deployed(variant: Variant = {}, environment = 'Prod'): Deployed {
  const {
    readers = 3,
    visibility = 30,
    code = 'exports.handler = async () => 1;',
    expires = '2099-12-01T18:00:00',
    rehearsal,
    terminationProtection,
  } = variant;
  const outdir = mkdtempSync(join(folder, 'out-'));
  const source = mkdtempSync(join(folder, 'code-'));
  writeFileSync(join(source, 'index.js'), code);
  const app = newApp({ outdir });
  const twins = new Twins(app, {
    scale: { readers: replicas({ reason: 'fewer', max: 9 }) },
    environment: (scope, id, scale, options) => {
      const stack = new Stack(scope, id, {
        ...options,
        ...(variant.topics && { notificationArns: [...variant.topics] }),
      });
      for (let i = 0; i < scale.readers; i++) new sqs.Queue(stack, `Reader${i}`);
      const queue = new sqs.CfnQueue(stack, 'Jobs', { visibilityTimeout: visibility });
      queue.addMetadata('made', variant.metadata ?? 'by hand');
      new sns.CfnTopic(stack, 'Topic');
      new lambda.Function(stack, 'Work', {
        code: lambda.Code.fromAsset(source),
        handler: 'index.handler',
        runtime: lambda.Runtime.NODEJS_22_X,
      });
      if (variant.parameter !== undefined) {
        const size = new CfnParameter(stack, 'Size', { type: 'Number' });
        new CfnOutput(stack, 'HasSize', { value: size.valueAsString });
      }
      if (variant.output !== undefined) new CfnOutput(stack, variant.output, { value: 'x' });
      if (variant.tag !== undefined) Tags.of(stack).add('owner', variant.tag);
      return stack;
    },
  });
  const { env, stackName } = variant;
  twins.prod('Prod', {
    scale: { readers },
    ...(env && { env }),
    ...(stackName !== undefined && { stackName }),
    ...(terminationProtection !== undefined && { terminationProtection }),
    ...(variant.parameter !== undefined && { parameters: { Size: variant.parameter } }),
  });
  twins.staging('Staging', {
    scale: { readers: 2 },
    expires,
    outside: (variant.topics ?? []).map((arn) => ({ arn, reason: 'the team of both environments' })),
    ...(env && { env }),
    ...(rehearsal !== undefined && { stackName: `Staging-${rehearsal}` }),
    ...(variant.parameter !== undefined && { parameters: { Size: variant.parameter } }),
  });
  app.synth();
  return deployedOf(new Assembly(outdir), environment);
}

it('is the same wherever and whenever the same is synthesised, and for every rehearsal', () => {
  const [one, other] = [deployed(), deployed({ rehearsal: 'x1', expires: '2099-12-02T18:00:00' })];
  expect(one.stacks.flatMap(({ entries }) => entries).length).toBeGreaterThan(8);
  expect(other).toEqual(one);
  expect(JSON.stringify(one)).not.toContain(folder);
  expect(deployed({ metadata: 'by another hand' })).toEqual(one);
  expect(deployed({}, 'Staging').digest).not.toBe(one.digest);
  expect(deployed({ expires: '2099-12-02T18:00:00' }, 'Staging').digest).not.toBe(
    deployed({}, 'Staging').digest,
  );
});

it.each<[string, Variant, readonly string[]]>([
  ['a property', { visibility: 60 }, ['changed Resources Jobs']],
  ['a member more', { readers: 4 }, [expect.stringMatching(/^added Resources Reader3/) as string]],
  ['an output', { output: 'Out' }, ['added Outputs Out']],
  ['a tag', { tag: 'shop' }, ['added StackTags owner']],
  [
    'a topic for events',
    {
      topics: ['arn:aws:sns:eu-west-1:111122223333:ops'],
      env: { account: '111122223333', region: 'eu-west-1' },
    },
    ['added Deployment notificationArns'],
  ],
  ['its protection', { terminationProtection: false }, ['changed Deployment termination protection']],
  ['its name', { stackName: 'shop-prod' }, ['changed Deployment stack name']],
  ['a parameter', { parameter: '7' }, ['added Deployment parameter Size']],
  [
    'where it is',
    { env: { account: '111122223333', region: 'eu-west-1' } },
    ['changed Deployment account and region'],
  ],
  [
    'the code of a function',
    { code: 'exports.handler = async () => 2;' },
    [expect.stringMatching(/^changed Resources Work/) as string],
  ],
])('says what has changed: %s', (_, variant, expected) => {
  const [before, now] = [deployed(), deployed(variant)];
  expect(now.digest).not.toBe(before.digest);
  const changes = changesBetween(before, now).map(({ what, section, id }) => `${what} ${section} ${id}`);
  expect(changes).toEqual(expect.arrayContaining([...expected]));
  const back = changesBetween(now, before).map(({ what, section, id }) => `${what} ${section} ${id}`);
  expect(back).toHaveLength(changes.length);
});

it('names the construct of a resource', () => {
  const [before, now] = [deployed(), deployed({ readers: 2 })];
  expect(changesBetween(before, now)).toEqual([
    {
      what: 'removed',
      stack: '',
      section: 'Resources',
      id: expect.stringMatching(/^Reader2/) as string,
      type: 'AWS::SQS::Queue',
      construct: 'Reader2',
    },
  ]);
});

it('knows no environment that the assembly does not have', () => {
  expect(() => deployed({}, 'Prd')).toThrow(
    'there is no environment "Prd" in the assembly; did you mean "Prod"?',
  );
});
