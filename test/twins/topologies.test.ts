import {
  Aspects,
  CfnCondition,
  CfnOutput,
  CfnResource,
  Fn,
  NestedStack,
  RemovalPolicy,
  Stack,
  Tags,
} from 'aws-cdk-lib';
import { Vpc, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import fc from 'fast-check';
import { autoscalingRange, count, fargateSize, instanceClass, Twins } from '../../lib';
import { newApp } from '../app';
import { expires, parityOf } from './pair';
import { PIECES } from './pieces';

/** How many topologies are drawn for each property; more by `TWIN_RUNS=50 npx jest test/twins/topologies.test.ts`. */
const RUNS = Number(process.env['TWIN_RUNS'] ?? 1);
/** `TWIN_SEED=-12345` draws again what failed with that seed. */
const SEED = process.env['TWIN_SEED'];
const PARAMETERS = { numRuns: RUNS, endOnFailure: true, ...(SEED !== undefined && { seed: Number(SEED) }) };
jest.setTimeout(60_000 + RUNS * 30_000);

const SCALE = {
  tasks: count({ reason: 'less traffic' }),
  workers: count({ reason: 'fewer jobs', max: 9 }),
  size: fargateSize({ reason: 'less memory' }),
  range: autoscalingRange({ reason: 'no peaks' }),
  node: instanceClass({ reason: 'less data' }),
};

/** One construct of a topology, and how it uses the scale and the name. */
interface Drawn {
  readonly piece: string;
  readonly uses: keyof typeof USES;
  readonly members: keyof typeof MEMBERS;
  readonly called: keyof typeof CALLED;
  readonly isNested: boolean;
}

interface Numbers {
  readonly tasks: number;
  readonly workers: number;
  readonly both: number;
}

/** The ways in which a number may follow the scale. */
const USES = {
  own: ({ tasks }: Numbers) => tasks,
  linear: ({ tasks }: Numbers) => 1 + 2 * tasks,
  most: ({ workers }: Numbers) => Math.min(6, workers),
  least: ({ tasks }: Numbers) => Math.max(4, tasks),
  derived: ({ both }: Numbers) => both,
  constant: () => 7,
};

const MEMBERS = {
  workers: ({ workers }: Numbers) => workers,
  more: ({ workers }: Numbers) => 1 + workers,
  constant: () => 3,
};

/** The ways in which a name may be used. */
const CALLED = {
  plain: (name: string, id: string) => `${name}-${id}`,
  upper: (name: string, id: string) => `${name.toUpperCase()}-${id}`,
  lower: (name: string, id: string) => `${id.toLowerCase()}-${name.toLowerCase()}`,
  glued: (name: string, id: string) => `my${name}${id}`,
  // As it is done for buckets, whose names end in no hyphen.
  cut: (name: string, id: string) => `${name}-${id.toLowerCase()}-of-the-shop`.slice(0, 20).replace(/-$/, ''),
  not: (_: string, id: string) => `the-${id}`,
};

interface Topology {
  readonly drawn: readonly Drawn[];
  readonly ids: readonly [prod: string, staging: string];
  readonly prod: { readonly tasks: number; readonly workers: number };
  readonly staging: { readonly tasks: number; readonly workers: number };
  /** Whether the second is a production too. */
  readonly isProduction?: boolean;
}

const keys = <T extends object>(of: T) => fc.constantFrom(...(Object.keys(of) as (keyof T & string)[]));

const drawn: fc.Arbitrary<Drawn> = fc.record({
  piece: keys(PIECES),
  uses: keys(USES),
  members: keys(MEMBERS),
  called: keys(CALLED),
  isNested: fc.boolean(),
});

/** A number of production and a smaller one of staging, both many. */
const numbers = (most: number) =>
  fc
    .integer({ min: 2, max: most })
    .chain((prod) => fc.tuple(fc.constant(prod), fc.integer({ min: 2, max: prod })));

const topology = (constructs: number): fc.Arbitrary<Topology> =>
  fc
    .record({
      drawn: fc.array(drawn, { minLength: constructs, maxLength: constructs }),
      ids: fc.constantFrom<Topology['ids'][]>(
        ['Prod', 'Staging'],
        ['shop', 'shop-staging'],
        ['Shop-Prod', 'Shop-Staging'],
        ['prod1', 'staging42'],
        ['data', 'queue'],
      ),
      tasks: numbers(12),
      workers: numbers(6),
    })
    .map(({ tasks, workers, ...rest }) => ({
      ...rest,
      prod: { tasks: tasks[0], workers: workers[0] },
      staging: { tasks: tasks[1], workers: workers[1] },
    }));

/** The same as two productions, of which each may have more of something. */
const productions = (constructs: number): fc.Arbitrary<Topology> =>
  fc
    .tuple(topology(constructs), fc.boolean(), fc.boolean())
    .map(([{ prod, staging, ...it }, moreTasks, moreWorkers]) => {
      const [first, second] = [
        { tasks: prod.tasks, workers: prod.workers },
        { tasks: staging.tasks, workers: staging.workers },
      ];
      if (moreTasks) [first.tasks, second.tasks] = [second.tasks, first.tasks];
      if (moreWorkers) [first.workers, second.workers] = [second.workers, first.workers];
      return { ...it, prod: first, staging: second, isProduction: true };
    });

/** Something that somebody adds, which is no scale. The construct that it is about has the id, or one that begins with it. */
interface Planted {
  /** In the definition. */
  readonly inside?: (stack: Stack, id: string, isProd: boolean, given: Numbers) => void;
  /** To one environment, after it was made. */
  readonly outside?: (environments: { readonly prod: Stack; readonly staging: Stack }, id: string) => void;
}

/** Makes both environments of a topology. */
function make({ drawn: all, ids, prod, staging, isProduction }: Topology, planted: readonly Planted[] = []) {
  const app = newApp();
  const twins = new Twins(app, {
    scale: SCALE,
    derived: { both: { from: ['tasks', 'workers'], value: ({ tasks, workers }) => tasks + workers } },
    environment: (scope, name, { size, range, node, ...given }, options) => {
      const stack = new Stack(scope, name, { ...options });
      const nested = all.some(({ isNested }) => isNested) ? new NestedStack(stack, 'Nested') : stack;
      const queue = new Queue(stack, 'Everybodys');
      let vpc: IVpc | undefined;
      all.forEach(({ piece, uses, members, called, isNested }, i) => {
        const id = `${piece[0]!.toUpperCase()}${piece.slice(1)}${'abcdefghij'[i % 10]}${'xyzuvw'[Math.floor(i / 10)]}`;
        const text = CALLED[called](name, id);
        PIECES[piece]!({
          scope: isNested ? nested : stack,
          id,
          n: USES[uses](given),
          members: MEMBERS[members](given),
          name: text,
          environment: name,
          lower: text.toLowerCase(),
          size,
          range,
          instance: node,
          queue,
          vpc: () => (vpc ??= new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 })),
        });
      });
      new CfnOutput(stack, 'Tasks', { value: `${given.tasks} tasks, ${given.workers} workers` });
      planted.forEach(({ inside }, i) => inside?.(stack, plantedId(i), name === ids[0], given));
      return stack;
    },
  });
  const environments = {
    prod: twins.prod(ids[0], {
      scale: {
        ...prod,
        size: { cpu: 1024, memoryMiB: 2048 },
        range: { min: 4, max: 20 },
        node: 'r7g.2xlarge',
      },
    }),
    staging: isProduction
      ? twins.prod(ids[1], {
          scale: {
            ...staging,
            size: { cpu: 4096, memoryMiB: 8192 },
            range: { min: 2, max: 30 },
            node: 'r7g.large',
          },
        })
      : twins.staging(ids[1], {
          scale: {
            ...staging,
            size: { cpu: 256, memoryMiB: 512 },
            range: { min: 2, max: 6 },
            node: 'r7g.large',
          },
          expires,
        }),
  };
  planted.forEach(({ outside }, i) => outside?.(environments, plantedId(i)));
  return parityOf(app);
}

const shown = ({ forbidden }: ReturnType<typeof make>): string[] =>
  forbidden.map(({ stack, logicalId, path, why }) => `${[stack, logicalId, ...path].join('.')}: ${why}`);

it('a topology of 40 L2s is accused of nothing', () => {
  fc.assert(
    fc.property(topology(40), (it) => {
      const report = make(it);
      expect(shown(report)).toEqual([]);
      expect(report.verdict).toBe('twins');
    }),
    PARAMETERS,
  );
});

it('nor is one that is made as two productions, larger and smaller', () => {
  fc.assert(
    fc.property(productions(40), (it) => {
      const report = make(it);
      expect(shown(report)).toEqual([]);
      expect(report).toMatchObject({ verdict: 'twins', role: 'production' });
    }),
    PARAMETERS,
  );
});

/** Of letters alone: numbers in ids are those of members. */
const plantedId = (i: number): string => `Planted${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[i]}`;

const queue = (stack: Stack, id: string, props: ConstructorParameters<typeof CfnQueue>[2] = {}): CfnQueue =>
  new CfnQueue(stack, id, props);

const TABLE: Readonly<Record<number, number>> = { 2: 30, 3: 31, 4: 45, 5: 20, 6: 80, 7: 10, 8: 95, 9: 11 };

const PLANTED: Readonly<Record<string, Planted>> = {
  'an if on the name': {
    inside: (stack, id, isProd) => void queue(stack, id, { delaySeconds: isProd ? 1 : 2 }),
  },
  'an if that sets a flag': { inside: (stack, id, isProd) => void queue(stack, id, { fifoQueue: isProd }) },
  'an if that leaves a property out': {
    inside: (stack, id, isProd) => void queue(stack, id, isProd ? { kmsMasterKeyId: 'alias/aws/sqs' } : {}),
  },
  'an if that leaves a resource out': { inside: (stack, id, isProd) => void (isProd && queue(stack, id)) },
  'another class of construct': {
    inside: (stack, id, isProd) =>
      void (isProd ? queue(stack, id) : new CfnResource(stack, id, { type: 'Custom::Queue' })),
  },
  'another reference': {
    inside: (stack, id, isProd) => {
      const [a, b] = ['Left', 'Right'].map((side) => new CfnTopic(stack, side));
      queue(stack, id, { queueName: (isProd ? a : b)!.attrTopicName });
    },
  },
  'a special member': {
    inside: (stack, id, _, { workers }) => {
      for (let i = 0; i <= workers; i++) queue(stack, `${id}${i}`, i === workers ? { delaySeconds: 5 } : {});
    },
  },
  'a table by value': {
    inside: (stack, id, _, { workers }) => void queue(stack, id, { delaySeconds: TABLE[workers] ?? 1 }),
  },
  'a table of words by value': {
    inside: (stack, id, _, { workers }) =>
      void queue(stack, id, { queueName: `size-${'abcdefghijklm'[workers]}` }),
  },
  'a switch at a threshold': {
    inside: (stack, id, _, { workers }) => void queue(stack, id, { delaySeconds: workers > 3 ? 900 : 30 }),
  },
  'a switch that adds a key': {
    inside: (stack, id, _, { workers }) => void queue(stack, id, workers > 3 ? { fifoQueue: true } : {}),
  },
  'a number that falls': {
    inside: (stack, id, _, { workers }) => void queue(stack, id, { delaySeconds: 100 - workers }),
  },
  'a difference of factors': {
    // not the plain difference, which is the same at two of the sizes below: what does not differ is not found
    inside: (stack, id, _, { tasks, workers }) =>
      void queue(stack, id, { delaySeconds: 50 + tasks - 2 * workers }),
  },
  'a random value': {
    inside: (stack, id) =>
      void queue(stack, id, { queueName: `q${Math.random().toString(16).slice(2, 10)}` }),
  },
  'an environment variable whose text differs': {
    inside: (stack, id, isProd) =>
      void queue(stack, id, { tags: [{ key: 'MODE', value: isProd ? 'production' : 'development' }] }),
  },
  'another retention by name': {
    inside: (stack, id, isProd) =>
      queue(stack, id).applyRemovalPolicy(isProd ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY),
  },
  'a name in a condition': {
    inside: (stack, id) =>
      void new CfnCondition(stack, id, { expression: Fn.conditionEquals(stack.stackName, 'Prod') }),
  },
  'the physical name of production': {
    inside: (stack, id) => {
      new CfnTopic(stack, 'Announced', { topicName: `${stack.stackName}-announcements` });
      queue(stack, id, { queueName: 'Production-announcements' });
    },
  },
  'an aspect on one environment': {
    inside: (stack, id) => void queue(stack, id),
    outside: ({ prod }, id) =>
      Aspects.of(prod).add({
        visit: ({ node }) => {
          if (node.id === id) prodDelay(prod, id);
        },
      }),
  },
  'an escape hatch on one environment': {
    inside: (stack, id) => void queue(stack, id),
    outside: ({ staging }, id) =>
      (staging.node.findChild(id) as CfnQueue).addPropertyOverride('DelaySeconds', 3),
  },
  'a tag on one environment': {
    inside: (stack, id) => void queue(stack, id),
    outside: ({ prod }, id) => Tags.of(prod.node.findChild(id)).add('audit', 'yes'),
  },
  'a resource in one environment': { outside: ({ staging }, id) => void queue(staging, id) },
};

const prodDelay = (prod: Stack, id: string): void => {
  (prod.node.findChild(id) as CfnQueue).delaySeconds = 3;
};

it('each difference that is planted in a topology is found, at its construct, and nothing else', () => {
  const names = Object.keys(PLANTED);
  const SIZES = [
    { prod: { tasks: 9, workers: 6 }, staging: { tasks: 5, workers: 2 }, isProduction: false },
    { prod: { tasks: 9, workers: 2 }, staging: { tasks: 5, workers: 6 }, isProduction: true },
    { prod: { tasks: 5, workers: 6 }, staging: { tasks: 9, workers: 2 }, isProduction: true },
  ];
  fc.assert(
    fc.property(topology(12), fc.constantFrom(...SIZES), (it, sizes) => {
      const unlike: Topology = { ...it, ids: ['Production', 'Staging'], ...sizes };
      const { verdict, forbidden } = make(unlike, Object.values(PLANTED));
      expect(verdict).toBe('not-twins');
      const found = new Set(
        forbidden.map(({ logicalId }) => /^Planted[A-Z]/.exec(logicalId)?.[0] ?? logicalId),
      );
      expect([...found].sort()).toEqual(names.map((_, i) => plantedId(i)));
    }),
    PARAMETERS,
  );
});
