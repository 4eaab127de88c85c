import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnOutput, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { count, Twins } from '../../../lib';
import { stacksOf } from '../../../lib/targets/aws/environment-stacks';
import { detailsOf, stacksIn } from '../../../lib/targets/aws/handle';
import { aws } from '../../../lib/targets/aws/module';
import { readConfig } from '../../../lib/config/read';
import { belongsTo } from '../../../lib/targets/aws/traces';
import { FEWEST_KEYS } from '../../config/sample-config';
import { newApp } from '../../app';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-aws-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('deploys the stacks of a stage each after those that it needs, by the names that CloudFormation knows', () => {
  const app = newApp({ outdir: folder });
  const twins = new Twins(app, {
    scale: { queues: count({ reason: 'fewer' }) },
    environment: (scope, id, { queues }, options) => {
      const stage = new Stage(scope, id, options);
      const service = new Stack(stage, 'Service', { tags: { team: 'shop' } });
      const data = new Stack(stage, 'Data', { tags: { team: 'shop' } });
      new NestedStack(data, 'Inner');
      const all = Array.from({ length: queues }, (_, i) => new sqs.Queue(data, `Queue${i}`));
      new CfnOutput(service, 'First', { value: all[0]!.queueArn });
      return stage;
    },
  });
  const env = { account: '111122223333', region: 'eu-west-1' };
  twins.prod('Prod', { scale: { queues: 3 }, env });
  twins.staging('Staging', {
    scale: { queues: 2 },
    expires: '2037-01-01T00:00:00',
    env: { ...env, account: '444455556666' },
  });
  app.synth();
  const of = (environment: string) => stacksOf({ release: '1', assembly: folder, environment });
  const where = {
    tags: { team: 'shop' },
    parameters: {},
    account: '444455556666',
    region: 'eu-west-1',
    hasRole: true,
  };
  expect(of('Staging')).toEqual([
    { path: 'Data', hierarchicalId: 'Staging/Data', name: 'Staging-Data', ...where },
    { path: 'Service', hierarchicalId: 'Staging/Service', name: 'Staging-Service', ...where },
  ]);
  expect(of('Prod').map(({ name, account }) => [name, account])).toEqual([
    ['Prod-Data', '111122223333'],
    ['Prod-Service', '111122223333'],
  ]);
});

it('keeps stacks in a handle, before they have an id and after', () => {
  const stacks = [
    { path: 'Data', name: 'Staging-Data', region: 'eu-west-1', id: undefined },
    {
      path: '',
      name: 'Staging',
      region: undefined,
      id: 'arn:aws:cloudformation:eu-west-1:1:stack/Staging/1',
    },
  ];
  const handle = { target: 'aws', name: 'r1', ...detailsOf(stacks) };
  expect(stacksIn(JSON.parse(JSON.stringify(handle)) as typeof handle)).toEqual(stacks);
  expect(stacksIn({ target: 'aws', name: 'r1' })).toEqual([]);
});

it.each([
  ['/aws/lambda/Staging-r1-Clean', true],
  ['/aws/rds/cluster/staging-r1-orders/postgresql', true],
  ['Staging-r1', true],
  ['/aws/lambda/Staging-r10-Clean', false],
  ['/aws/lambda/MyStaging-r1', false],
  ['/aws/lambda/Stagingxr1', false],
])('whether %s is called by Staging-r1: %s', (name, isOurs) => {
  expect(belongsTo(name, 'Staging-r1')).toBe(isOurs);
  expect(belongsTo(name, 'Staging.r1')).toBe(false);
});

it('opens without calling anybody, and reads its section', () => {
  const problems: string[] = [];
  const written = { ...FEWEST_KEYS, aws: { profile: 'staging', regoin: 'x' } };
  const { aws: section } = readConfig(written, (it) => problems.push(it));
  expect(section).toEqual({ profile: 'staging' });
  expect(problems).toEqual(['aws.regoin is not known; did you mean "region"?']);
  const [one, two] = [aws.open(section, '.').allocate('r1'), aws.reopen('.').allocate('r1')];
  expect(one).toEqual({
    target: 'aws',
    name: expect.stringMatching(/^r1-[0-9a-f]{8}$/) as string,
    profile: 'staging',
  });
  expect(two).toEqual({ target: 'aws', name: expect.stringMatching(/^r1-[0-9a-f]{8}$/) as string });
});
