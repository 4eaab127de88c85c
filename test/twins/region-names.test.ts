import { Stack, Stage } from 'aws-cdk-lib';
import {
  CfnNetworkInterface,
  type CfnSubnet,
  LookupMachineImage,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Fact, FactName } from 'aws-cdk-lib/region-info';
import { count, Twins } from '../../lib';
import { newApp } from '../app';
import { expires, reportsOf } from './pair';

const [US, ASIA] = [
  { account: '111111111111', region: 'us-east-1' },
  { account: '111111111111', region: 'ap-northeast-1' },
];
const STAGING = { account: '222222222222', region: 'ap-northeast-1' };
const zonesOf = ({ account, region }: typeof US, letters: string) => ({
  [`availability-zones:account=${account}:region=${region}`]: Array.from(letters, (it) => `${region}${it}`),
});
/** What a look-up of one VPC found in an account: its ids end in a digit of their own. */
const networkOf = ({ account, region }: typeof US, own: string) => ({
  [`vpc-provider:account=${account}:filter.tag:main=yes:region=${region}:returnAsymmetricSubnets=true`]: {
    vpcId: `vpc-0000000000000000${own}`,
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: [],
    subnetGroups: [
      {
        name: 'Private',
        type: 'Private',
        subnets: [1, 2].map((n) => ({
          subnetId: `subnet-000000000000000${n}${own}`,
          cidr: '10.0.1.0/24',
          availabilityZone: `${region}c`,
          routeTableId: `rtb-000000000000000${n}${own}`,
        })),
      },
    ],
  },
  [`ami:account=${account}:filters.image-type.0=machine:filters.name.0=web:filters.state.0=available:region=${region}`]: `ami-0000000000000000${own}`,
});
const LOOKED_UP = {
  ...zonesOf(US, 'abcdef'),
  ...zonesOf(ASIA, 'acd'),
  ...zonesOf(STAGING, 'bcd'),
  ...networkOf(US, '1'),
  ...networkOf(ASIA, '2'),
  ...networkOf(STAGING, '3'),
};

/** What is forbidden in a second production and in a staging in another region, of a stack that is made by a function. */
function forbiddenIn(
  make: (stack: Stack, zones: number) => void,
  [us, asia, staging]: readonly [number, number, number] = [2, 2, 2],
): string[] {
  const app = newApp({ context: LOOKED_UP });
  const twins = new Twins(app, {
    scale: { zones: count({ reason: 'zones cost money', max: 3 }) },
    environment: (scope, id, { zones }, options) => {
      const stack = new Stack(scope, id, options);
      make(stack, zones);
      return stack;
    },
  });
  twins.prod('ProdUs', { scale: { zones: us }, env: US });
  twins.prod('ProdAsia', { scale: { zones: asia }, env: ASIA });
  twins.staging('Staging', { scale: { zones: staging }, env: STAGING, expires });
  return reportsOf(app).flatMap(({ staging: name, forbidden }) =>
    forbidden.map(({ logicalId, path }) => `${name}: ${[logicalId, ...path].join('.')}`),
  );
}

const vpcIn = (stack: Stack, maxAzs: number): Vpc =>
  new Vpc(stack, 'Vpc', {
    maxAzs,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 20 }],
    restrictDefaultSecurityGroup: false,
  });

it("a load balancer's access logs come from an account of AWS's in each region", () => {
  const make = (stack: Stack) => {
    const balancer = new ApplicationLoadBalancer(stack, 'Web', { vpc: vpcIn(stack, 2) });
    balancer.logAccessLogs(new Bucket(stack, 'Logs'));
    balancer.addListener('Http', { port: 80, open: false, defaultAction: ListenerAction.fixedResponse(200) });
  };
  expect(forbiddenIn(make)).toEqual([]);
});

it('zones that were looked up have other letters in each region, also where a factor counts them', () => {
  expect(forbiddenIn(vpcIn, [3, 2, 2])).toEqual([]);
});

/** A network interface in the first or second subnet of the VPC that each account has. */
const inOwnNetwork = (stack: Stack, subnet: 0 | 1) => {
  const { privateSubnets } = Vpc.fromLookup(stack, 'Vpc', { tags: { main: 'yes' } });
  new CfnNetworkInterface(stack, 'Card', { subnetId: privateSubnets[subnet]!.subnetId });
};

it('a network that was looked up is another one in each account', () => {
  expect(forbiddenIn((stack) => inOwnNetwork(stack, 1))).toEqual([]);
});

it('another subnet of a network that was looked up is another one', () => {
  const found = 'Card.Properties.SubnetId';
  expect(forbiddenIn((stack) => inOwnNetwork(stack, stack.region === US.region ? 0 : 1))).toEqual([
    `ProdAsia: ${found}`,
    `Staging: ${found}`,
  ]);
});

it('an image that was looked up is another program', () => {
  const make = (stack: Stack) => {
    const image = new LookupMachineImage({ name: 'web' }).getImage(stack);
    new StringParameter(stack, 'Image', { stringValue: image.imageId });
  };
  const found = 'Image9D742C96.Properties.Value';
  expect(forbiddenIn(make)).toEqual([`ProdAsia: ${found}`, `Staging: ${found}`]);
});

it('a zone at another place among those that were looked up is another one', () => {
  const make = (stack: Stack) => {
    const [subnet] = vpcIn(stack, 2).publicSubnets;
    if (stack.region === ASIA.region)
      (subnet!.node.defaultChild as CfnSubnet).availabilityZone = stack.availabilityZones.at(-1)!;
  };
  const found = 'VpcPublicSubnet1Subnet5C2D37C4.Properties.AvailabilityZone';
  expect(forbiddenIn(make)).toEqual([`ProdAsia: ${found}`, `Staging: ${found}`]);
});

const ELB = Fact.requireFact(US.region, FactName.ELBV2_ACCOUNT);

it.each([
  ['an account that is not of the region', ELB, '111122223333'],
  ['a fact of the region in one alone', ELB, 'none'],
  [
    'a fact that is a word',
    Fact.requireFact(US.region, FactName.IS_OPT_IN_REGION),
    Fact.requireFact('me-central-1', FactName.IS_OPT_IN_REGION),
  ],
])('%s is a switch', (_, us, asia) => {
  const make = (stack: Stack) =>
    new StringParameter(stack, 'Mode', { stringValue: stack.region === US.region ? us : asia });
  const found = 'ModeED6B99D5.Properties.Value';
  expect(forbiddenIn(make)).toEqual([`ProdAsia: ${found}`, `Staging: ${found}`]);
});

it('each stack of a stage has those of its own region, where only one of them moves', () => {
  const found = () => {
    const app = newApp({
      context: { ...LOOKED_UP, ...zonesOf({ ...STAGING, region: 'us-east-1' }, 'abcdef') },
    });
    const twins = new Twins(app, {
      scale: { shards: count({ reason: 'staging is not busy' }) },
      environment: (scope, id, { shards }, { env }) => {
        const stage = new Stage(scope, id, { ...(env && { env }) });
        const [web, edge] = [
          new Stack(stage, 'Web'),
          new Stack(stage, 'Edge', { env: { ...env, region: 'us-east-1' } }),
        ];
        for (const stack of [web, edge]) {
          const balancer = new ApplicationLoadBalancer(stack, 'Web', { vpc: vpcIn(stack, 2) });
          balancer.logAccessLogs(new Bucket(stack, 'Logs'));
          const fixed = { port: 80, open: false, defaultAction: ListenerAction.fixedResponse(200) };
          balancer.addListener('Http', fixed);
          new CfnStream(stack, 'Clicks', { shardCount: shards, name: `${stack.region}-${stack.account}` });
        }
        return stage;
      },
    });
    twins.prod('Prod', { scale: { shards: 4 }, env: US });
    twins.staging('Staging', { scale: { shards: 2 }, env: STAGING, expires });
    return reportsOf(app).flatMap(({ forbidden }) =>
      forbidden.map(({ stack, logicalId }) => [stack, logicalId]),
    );
  };
  expect(found()).toEqual([]);
});
