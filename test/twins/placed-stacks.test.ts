import { Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { count, Twins } from '../../lib';
import { newApp } from '../app';
import { expires, forbiddenIn } from './pair';

/** What the second stack of an environment is made with. */
type Second = (
  id: string,
  shards: number,
  env: { readonly account: string; readonly region: string },
) => StackProps;

const PROD = { account: '111111111111', region: 'eu-west-1' };

/** What is forbidden in the twins of a stage with two stacks, in two accounts and regions. */
function forbidden(second: Second): string[] {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { shards: count({ reason: 'less traffic' }) },
    environment: (scope, id, { shards }, { env = PROD, ...options }) => {
      const stage = new Stage(scope, id, { env });
      new CfnQueue(new Stack(stage, 'App', options), 'Queue', { delaySeconds: shards });
      const { account = '', region = '' } = env;
      new CfnQueue(new Stack(stage, 'Edge', second(id, shards, { account, region })), 'Queue');
      return stage;
    },
  });
  twins.prod('Prod', { scale: { shards: 4 }, env: PROD });
  const env = { account: '222222222222', region: 'eu-central-1' };
  twins.staging('Staging', { scale: { shards: 2 }, env, expires });
  return forbiddenIn(app);
}

it.each<[string, Second]>([
  ['where its environment is', () => ({})],
  ['in one region', (_, __, { account }) => ({ env: { account, region: 'us-east-1' } })],
  [
    'in the next region of its own',
    (_, __, { account, region }) => ({ env: { account, region: `${region}2` } }),
  ],
  ['under a name of its environment', (id) => ({ stackName: `${id}-edge` })],
  ['under a name of its account', (_, __, { account }) => ({ stackName: `edge-${account}` })],
])('a stack may be %s', (_, second) => {
  expect(forbidden(second)).toEqual([]);
});

it('a stack may have a name of its own in production, and one that begins with the given name in a staging', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { shards: count({ reason: 'less traffic' }) },
    environment: (scope, id, { shards }, { stackName, ...options }) => {
      const stage = new Stage(scope, id, options);
      const name = stackName === undefined ? 'acme-network' : `${stackName}-acme-network`;
      new CfnQueue(new Stack(stage, 'Network', { stackName: name }), 'Queue', { delaySeconds: shards });
      return stage;
    },
  });
  twins.prod('Prod', { scale: { shards: 4 } });
  twins.staging('Staging', { scale: { shards: 2 }, stackName: 'Staging', expires });
  expect(forbiddenIn(app)).toEqual([]);
});

it.each<[string, Second, string]>([
  [
    'region by the scale',
    (_, shards, { account }) => ({ env: { account, region: shards > 3 ? 'us-east-1' : 'us-west-2' } }),
    'it is deployed to 222222222222/us-west-2 in one and to 222222222222/us-east-1 in another, which are given the same env',
  ],
  [
    'account by the name',
    (id, _, { region }) => ({ env: { account: id === 'Prod' ? '333333333333' : '444444444444', region } }),
    'it is deployed to 333333333333/eu-west-1 in one and to 444444444444/eu-west-1 in another, which are given the same env',
  ],
  [
    'name by the scale',
    (_, shards) => ({ stackName: shards > 3 ? 'live' : 'test' }),
    'its name is "live" in several instances and "test" in another, and follows none of their names',
  ],
])('a stack may not have its %s', (_, second, why) => {
  expect(forbidden(second)).toEqual([`environment: ${why}`]);
});
