import { CfnOutput, CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnListener, CfnLoadBalancer, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { count, defineScale, Twins, type ScaleOf } from '../../lib';
import type { Blueprint, Tier } from '../../lib/blueprint/blueprint';
import { blueprintOf, drawn, environmentsOf } from '../../lib/blueprint/read-blueprint';
import { assemblyOf, shopAssembly, type Assembly } from './shop-assembly';

let assembly: Assembly;
let prod: Blueprint;
let staging: Blueprint;
beforeAll(() => {
  assembly = shopAssembly();
  prod = blueprintOf(assembly.folder, 'Prod');
  staging = blueprintOf(assembly.folder, 'StagingEphemeral');
});
afterAll(() => assembly.remove());

const tier = <K extends Tier['kind']>(
  { tiers }: Blueprint,
  kind: K,
  name: string,
): Extract<Tier, { kind: K }> =>
  tiers.find((it): it is Extract<Tier, { kind: K }> => it.kind === kind && it.name === name)!;

/** A tier in a line. */
function inShort(it: Tier): string {
  if ('members' in it) return `${it.name}: ${it.members.map((member) => member.class).join(' ')}`;
  if (it.kind === 'cache') return `${it.name}: ${it.shards} x (1 + ${it.replicas}) ${it.class}`;
  if (it.kind === 'storage' || it.kind === 'compute') return `${it.name}: ${it.type}`;
  if (it.kind === 'function') return `${it.name}: a function of ${it.runtime}`;
  return `${it.name}: ${it.tasks} to ${it.maxTasks} of ${it.cpu} and ${it.memoryMiB} MiB`;
}

describe('the shop', () => {
  it('has a production and its staging', () => {
    expect(environmentsOf(assembly.folder)).toEqual([{ prod: 'Prod', staging: 'StagingEphemeral' }]);
  });

  it('has these tiers in production', () => {
    expect(prod.tiers.map(inShort)).toEqual([
      'Orders: db.r7g.2xlarge db.r7g.2xlarge db.r7g.2xlarge db.r7g.2xlarge',
      'Catalog: db.r6g.2xlarge db.r6g.2xlarge db.r6g.2xlarge db.r6g.2xlarge',
      'Sessions: 1 x (1 + 2) cache.r7g.2xlarge',
      'Pages: 3 x (1 + 2) cache.r7g.xlarge',
      'Assets: AWS::S3::Bucket',
      'Web: 4 to 20 of 2048 and 4096 MiB',
      'Worker: 3 to 10 of 1024 and 4096 MiB',
      'Alarms: AWS::SNS::Topic',
    ]);
  });

  it('has the same tiers, smaller, in staging, and none that its self-destruction adds', () => {
    expect(staging.tiers.map(inShort)).toEqual([
      'Orders: db.r7g.large db.r7g.large db.r7g.large',
      'Catalog: db.r6g.large db.r6g.large db.r6g.large',
      'Sessions: 1 x (1 + 2) cache.r7g.large',
      'Pages: 2 x (1 + 2) cache.r7g.large',
      'Assets: AWS::S3::Bucket',
      'Web: 2 to 5 of 512 and 1024 MiB',
      'Worker: 2 to 4 of 256 and 1024 MiB',
      'Alarms: AWS::SNS::Topic',
    ]);
  });

  it('keeps what a template leaves open', () => {
    const orders = tier(staging, 'sql', 'Orders');
    expect(orders).toMatchObject({
      path: 'Orders/Cluster',
      stack: '',
      engine: 'aurora-postgresql',
      engineVersion: '17.9',
      database: 'orders',
      port: 5432,
      username: 'orders',
      password: {
        'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: expect.anything() }, expect.anything()]],
      },
    });
    expect(orders.members.map(({ logicalId }) => logicalId?.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'OrdersClusterWriter',
      'OrdersClusterOrdersReader1',
      'OrdersClusterOrdersReader2',
    ]);
    expect(tier(staging, 'document', 'Catalog')).toMatchObject({ engineVersion: '5.0.0', port: 27017 });
  });

  it('knows what caches are set to', () => {
    expect(tier(prod, 'cache', 'Sessions')).toMatchObject({
      engine: 'valkey',
      engineVersion: '8.1',
      port: 6379,
      clusterMode: false,
      parameters: { 'maxmemory-policy': 'noeviction' },
    });
    expect(tier(prod, 'cache', 'Pages')).toMatchObject({
      clusterMode: true,
      parameters: { 'cluster-enabled': 'yes', 'maxmemory-policy': 'allkeys-lru' },
    });
  });

  it('knows what a service runs and what stands before it', () => {
    const web = tier(prod, 'service', 'Web');
    expect(web).toMatchObject({
      path: 'Web/Web/Service',
      architecture: 'ARM64',
      container: {
        name: 'Web',
        port: 8080,
        stopTimeoutSeconds: 30,
        environment: {
          ORDERS_DATABASE: 'orders',
          ORDERS_READER_HOST: {
            'Fn::GetAtt': [tier(prod, 'sql', 'Orders').logicalId, 'ReadEndpoint.Address'],
          },
        },
        secrets: { ORDERS_PASSWORD: { 'Fn::Join': ['', [{ Ref: expect.anything() }, ':password::']] } },
      },
      balancer: {
        loadBalancer: { stack: '', logicalId: expect.stringMatching(/^WebLoadBalancer/) },
        ports: [
          {
            container: 'Web',
            port: 8080,
            group: {
              deregistrationDelaySeconds: 30,
              healthCheck: {
                path: '/health',
                intervalSeconds: 15,
                timeoutSeconds: 5,
                healthyThreshold: 2,
                unhealthyThreshold: 3,
                matcher: '200',
              },
            },
          },
        ],
      },
    });
    expect(tier(prod, 'service', 'Worker').balancer).toBeUndefined();
  });

  it('is drawn without its templates', () => {
    expect(prod.stacks.map(({ path, name }) => ({ path, name }))).toEqual([{ path: '', name: 'Prod' }]);
    expect(Object.keys(drawn(prod))).toEqual(['environment', 'tiers']);
  });
});

describe('what cannot be read', () => {
  it('is an environment that the assembly has not', () => {
    expect(() => blueprintOf(assembly.folder, 'StagingEphemerl')).toThrow(
      'there is no environment "StagingEphemerl" in the assembly; did you mean "StagingEphemeral"?',
    );
  });

  it('is an assembly that is not there', () => {
    expect(() => blueprintOf('/nowhere', 'Prod')).toThrow('there is no cloud assembly at "/nowhere"');
    expect(() => environmentsOf('/nowhere')).toThrow('there is no cloud assembly at "/nowhere"');
  });
});

describe('an environment of several stacks', () => {
  const scale = defineScale({ tasks: count({ reason: 'less traffic' }) });

  /** Data in one stack, its instances nested in it, and a service in another that imports from both. */
  class Shop extends Stage {
    constructor(scope: Construct, id: string, { scale: { tasks } }: { scale: ScaleOf<typeof scale> }) {
      super(scope, id);
      const data = new Stack(this, 'Data', { stackName: `${id}-data` });
      const cluster = new CfnDBCluster(data, 'Orders', { engine: 'aurora-postgresql', port: 5432 });
      const members = new NestedStack(data, 'Members', { parameters: { Cluster: cluster.ref } });
      const dbClusterIdentifier = new CfnParameter(members, 'Cluster').valueAsString;
      const member = { dbClusterIdentifier, dbInstanceClass: 'db.r7g.large' };
      new CfnDBInstance(members, 'Reader', { ...member, promotionTier: 1 });
      new CfnDBInstance(members, 'Writer', { ...member, promotionTier: 0 });
      const balancing = new NestedStack(data, 'Balancing');
      new CfnOutput(balancing, 'Group', { value: new CfnTargetGroup(balancing, 'Targets').ref });
      const targetGroupArn = balancing.nestedStackResource!.getAtt('Outputs.Group').toString();
      new Queue(data, 'Jobs');
      const front = new Stack(this, 'Front');
      const forward = { type: 'forward', targetGroupArn };
      const { ref: loadBalancerArn } = new CfnLoadBalancer(front, 'Balancer');
      new CfnListener(front, 'Http', { loadBalancerArn, defaultActions: [forward] });
      const { ref: taskDefinition } = new CfnTaskDefinition(front, 'Task', { cpu: '256', memory: '512' });
      const loadBalancers = [{ containerPort: 80, targetGroupArn }];
      new CfnService(front, 'Web', { desiredCount: tasks, taskDefinition, loadBalancers });
      new Queue(front, 'Jobs');
    }
  }

  let several: Assembly;
  beforeAll(() => {
    several = assemblyOf((app) => {
      const twins = new Twins(app, { scale, environment: Shop });
      twins.prod('Prod', { scale: { tasks: 4 } });
      twins.staging('Staging', { scale: { tasks: 2 }, expires: '2026-12-01T18:00:00' });
    });
  });
  afterAll(() => several.remove());

  it('is read with all of its stacks, whatever refers to another', () => {
    const { stacks, tiers } = blueprintOf(several.folder, 'Staging');
    expect(stacks.map(({ path, name }) => [path, name])).toEqual([
      ['Data', 'Staging-data'],
      ['Data/Members', 'Staging-Data-Members'],
      ['Data/Balancing', 'Staging-Data-Balancing'],
      ['Front', 'Staging-Front'],
    ]);
    expect(tiers).toMatchObject([
      {
        kind: 'sql',
        name: 'Orders',
        path: 'Data/Orders',
        stack: 'Data',
        members: [{ logicalId: 'Writer' }, { logicalId: 'Reader' }],
      },
      { kind: 'storage', name: 'Data/Jobs', stack: 'Data' },
      {
        kind: 'service',
        name: 'Web',
        stack: 'Front',
        tasks: 2,
        cpu: 256,
        memoryMiB: 512,
        balancer: { loadBalancer: { stack: 'Front', logicalId: 'Balancer' } },
      },
      { kind: 'storage', name: 'Front/Jobs', stack: 'Front' },
    ]);
  });
});
