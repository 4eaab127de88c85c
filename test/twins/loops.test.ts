import { Duration, Fn, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { forbiddenIn, parityOf, twinsOf } from './pair';
import { times } from './pieces';

const COUNTS = { shards: [4, 2], zones: [3, 2] } as const;
type Counts = Readonly<Record<'shards' | 'zones', number>>;

/** What is forbidden in the twins of loops over two factors. */
const forbidden = (make: (stack: Stack, counts: Counts) => void): string[] =>
  forbiddenIn(twinsOf(COUNTS, make).app);

/** A queue for each zone of each shard. */
const cells = (stack: Stack, { shards, zones }: Counts, props: (shard: number, zone: number) => object) => {
  for (const shard of times(shards, (i) => i))
    for (const zone of times(zones, (i) => i))
      new sqs.CfnQueue(stack, `Q${shard}-${zone}`, props(shard, zone));
};

describe('a loop inside a loop, each over a factor of its own', () => {
  it('makes members that follow the product of both', () => {
    const { app } = twinsOf(COUNTS, (stack, counts) => {
      cells(stack, counts, (shard, zone) => ({
        queueName: `${stack.stackName}-${shard}-${zone}`,
        delaySeconds: zone === 0 ? 0 : 30,
      }));
      new ssm.CfnParameter(stack, 'All', { type: 'String', value: `${counts.shards * counts.zones} queues` });
    });
    const { verdict, permitted } = parityOf(app);
    expect(verdict).toBe('twins');
    expect(permitted).toContainEqual(
      expect.objectContaining({ logicalId: 'All', prod: '12 queues', staging: '4 queues' }),
    );
  });

  it('may refer to what one of them makes, and have networks of both', () => {
    const found = forbidden((stack, { shards, zones }) => {
      const vpcId = new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: '10.0.0.0/16' }).ref;
      for (const zone of times(zones, (i) => i)) {
        const table = new ec2.CfnRouteTable(stack, `Table${zone}`, { vpcId });
        for (const shard of times(shards, (i) => i)) {
          const subnet = new ec2.CfnSubnet(stack, `Shard${shard}Subnet${zone}`, {
            vpcId,
            cidrBlock: `10.0.${16 * shard + zone}.0/24`,
            availabilityZone: Fn.select(zone, Fn.getAzs()),
          });
          new ec2.CfnSubnetRouteTableAssociation(stack, `Shard${shard}Route${zone}`, {
            subnetId: subnet.ref,
            routeTableId: table.ref,
          });
        }
      }
    });
    expect(found).toEqual([]);
  });

  it('may call zones by letters', () => {
    const found = forbidden((stack, { shards, zones }) => {
      for (const shard of times(shards, (i) => i))
        for (const zone of 'abcdefghijklmnop'.slice(0, zones))
          new sqs.Queue(stack, `Q${shard}-${zone}`, { queueName: `${stack.stackName}-${shard}-${zone}` });
    });
    expect(found).toEqual([]);
  });

  it('may have no cell that is special, or that is left out', () => {
    expect(
      forbidden((stack, counts) =>
        cells(stack, counts, (shard, zone) => (shard === 3 && zone === 2 ? { fifoQueue: true } : {})),
      ),
    ).toEqual([expect.stringContaining('the members of shards must be alike')]);
    const holes = forbidden((stack, { shards, zones }) => {
      for (const shard of times(shards, (i) => i))
        for (const zone of times(zones, (i) => i))
          if (shard !== 3 || zone !== 2) new sqs.CfnQueue(stack, `Q${shard}-${zone}`);
    });
    expect(holes.length).toBeGreaterThan(0);
  });
});

describe('members that a word names', () => {
  const WORDS = [
    'alpha',
    'beta',
    'gamma',
    'delta',
    'eta',
    'theta',
    'iota',
    'kappa',
    'my',
    'ny',
    'xi',
    'omikron',
  ];

  it('may have several constructs each', () => {
    const found = forbidden((stack, { shards }) => {
      for (const word of WORDS.slice(0, shards)) {
        const queue = new sqs.Queue(stack, word, { queueName: `${stack.stackName}-${word}` });
        new ssm.StringParameter(stack, `${word}Url`, {
          parameterName: `/${stack.stackName}/${word}`,
          stringValue: queue.queueUrl,
        });
      }
    });
    expect(found.filter((it) => !it.includes('zones'))).toEqual([]);
  });
});

it('the first member may be special, which the others follow', () => {
  const found = forbidden((stack, { shards }) => {
    let before: sqs.Queue | undefined;
    for (const shard of times(shards, (i) => i))
      before = new sqs.Queue(stack, `Q${shard}`, {
        visibilityTimeout: Duration.seconds(before ? 30 : 60),
        ...(before && { deadLetterQueue: { queue: before, maxReceiveCount: 3 } }),
      });
  });
  expect(found).toEqual([]);
});

describe('a reference to a member', () => {
  /** Four parameters that each hold what refers to a queue, of which there are as many as shards. */
  const pointing = (
    which: (i: number, shards: number) => number,
    of: (queue: sqs.Queue, i: number) => string,
  ) =>
    twinsOf(COUNTS, (stack, { shards }) => {
      const queues = times(shards, (i) => new sqs.Queue(stack, `Q${i}`));
      for (const i of [0, 1, 2, 3])
        new ssm.CfnParameter(stack, `P${i}`, { type: 'String', value: of(queues[which(i, shards)]!, i) });
    });
  const arnOf = (queue: sqs.Queue): string => queue.queueArn;

  it('is one to a fellow where the member is not there, as with fewer NAT gateways than zones', () => {
    for (const of of [arnOf, (queue: sqs.Queue) => queue.queueUrl]) {
      const { app } = pointing((i, shards) => i % shards, of);
      expect(forbiddenIn(app)).toEqual([]);
      const scaled = parityOf(app).permitted.filter(({ by }) => by === 'scale');
      expect(scaled.map(({ logicalId, factor }) => `${logicalId} ${factor}`)).toEqual(
        expect.arrayContaining(['P2 shards', 'P3 shards']),
      );
    }
  });

  it.each<[string, (i: number, shards: number) => number]>([
    ['where that is there', (i, shards) => (shards > 3 ? i : 0)],
    ['that is another one by chance', (_, shards) => Math.floor(Math.random() * 1000) % shards],
  ])('is none to a fellow %s', (_, which) => {
    expect(forbiddenIn(pointing(which, arnOf).app)).not.toEqual([]);
  });

  it('is none to a fellow that is another one when the same is made twice', () => {
    let made = 0;
    const { app } = twinsOf(COUNTS, (stack, { shards }) => {
      const queues = times(shards, (i) => new sqs.Queue(stack, `Q${i}`));
      const value = arnOf(queues[shards - 1 - (made++ % 2)]!);
      new ssm.CfnParameter(stack, 'Last', { type: 'String', value });
    });
    expect(forbiddenIn(app)).toEqual([expect.stringContaining('Last')]);
  });

  it('is none to anything else, nor to another attribute', () => {
    const other = pointing(
      (i, shards) => i % shards,
      (queue, i) => (i === 3 && queue.node.id === 'Q1' ? queue.queueName : queue.queueArn),
    );
    const found = forbiddenIn(other.app);
    expect(found).not.toEqual([]);
    expect(found.filter((it) => !it.startsWith('P3.'))).toEqual([]);
  });
});

it('a dashboard may have a widget for each member, and one with all of them behind', () => {
  const found = forbidden((stack, { shards }) => {
    const queues = times(shards, (i) => new sqs.Queue(stack, `Q${i}`));
    const dashboard = new cloudwatch.Dashboard(stack, 'Board');
    dashboard.addWidgets(
      ...queues.map(
        (queue, i) =>
          new cloudwatch.GraphWidget({ title: `Queue ${i}`, left: [queue.metricNumberOfMessagesSent()] }),
      ),
    );
    dashboard.addWidgets(
      new cloudwatch.GraphWidget({ left: queues.map((queue) => queue.metricNumberOfMessagesReceived()) }),
    );
  });
  expect(found).toEqual([]);
});

it('what stands behind the rows of widgets stays where it follows', () => {
  const found = forbidden((stack, { shards }) => {
    const text = () => new cloudwatch.TextWidget({ markdown: 'all of them', width: 12, height: 3 });
    const dashboard = new cloudwatch.Dashboard(stack, 'Board');
    dashboard.addWidgets(new cloudwatch.Row(...times(shards, text)));
    dashboard.addWidgets(new cloudwatch.GraphWidget({ title: 'Behind', width: 24 }));
  });
  expect(found).toEqual([]);
});

describe('what says which and not how much follows no factor', () => {
  const group = (fromPort: number, toPort: number) => (stack: Stack) =>
    new ec2.CfnSecurityGroup(stack, 'Group', {
      groupDescription: 'web',
      securityGroupIngress: [{ ipProtocol: 'tcp', fromPort, toPort, cidrIp: '10.0.0.0/16' }],
    });

  it('such as a port, or the network of a VPC', () => {
    const found = forbidden((stack, { shards }) => {
      group(8000 + shards, 8000 + shards)(stack);
      new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: `10.${shards}.0.0/16` });
    });
    expect(found).toEqual([
      expect.stringContaining('FromPort says what it is, not how much of it, and may not follow shards'),
      expect.stringContaining('ToPort says what it is, not how much of it, and may not follow shards'),
      expect.stringContaining('CidrBlock says what it is, not how much of it, and may not follow shards'),
    ]);
  });

  it('but the end of a range of ports, which says how many there are', () => {
    expect(forbidden((stack, { shards }) => void group(8000, 7999 + shards)(stack))).toEqual([]);
  });
});
