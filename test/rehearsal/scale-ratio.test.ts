import type { FactorReport, ParityReport, Permitted } from '../../lib/parity/report';
import { ratioOf } from '../../lib/rehearsal/scale-ratio';
import type { FactorKind, FactorValue } from '../../lib/scale/kinds';

const factor = (name: string, kind: FactorKind, prod: FactorValue, staging: FactorValue): FactorReport => ({
  name,
  kind,
  reason: 'it is smaller',
  prod,
  staging,
  places: 1,
});

/** Where factors reach. */
const reaching = (places: Readonly<Record<string, readonly string[]>>): readonly Permitted[] =>
  Object.entries(places).flatMap(([name, constructs]) =>
    constructs.map((construct) => ({
      stack: '',
      logicalId: construct,
      type: 'AWS::Any::Thing',
      path: ['Properties', 'Size'],
      construct,
      by: 'scale' as const,
      factor: name,
    })),
  );

const TIERS = ['Web', 'Orders', 'Uploads'].map((name) => ({ name }));
const FACTORS = [
  factor('webTasks', 'autoscalingRange', { min: 4, max: 20 }, { min: 2, max: 5 }),
  factor('webSize', 'fargateSize', { cpu: 2048, memoryMiB: 4096 }, { cpu: 1024, memoryMiB: 2048 }),
  factor('ordersReaders', 'replicas', 3, 2),
  factor('ordersInstance', 'instanceClass', 'r7g.2xlarge', 'r7g.xlarge'),
  factor('uploadsSize', 'storage', 1000, 1),
];
const PERMITTED = reaching({
  webTasks: ['Web/Scaling', 'Dashboard/Tasks', 'Web/Service'],
  webSize: ['Web/TaskDefinition'],
  ordersReaders: ['Orders/Reader1', 'Orders/Reader2', 'Web/TaskDefinition'],
  ordersInstance: ['Orders/Writer'],
  uploadsSize: ['Uploads/Volume'],
});

const ratio = (wanted?: string | number, over: Partial<Pick<ParityReport, 'factors' | 'permitted'>> = {}) =>
  ratioOf({ factors: FACTORS, permitted: PERMITTED, ...over } as ParityReport, TIERS, wanted);

it('is that of the tier that is scaled down the most: its factors times each other', () => {
  // Web 2/4 * 1024/2048, Orders 3/4 * 4/8
  expect(ratio()).toEqual({
    ratio: 0.25,
    because:
      'Web: webTasks min 4, max 20 -> min 2, max 5, webSize cpu 2048, memoryMiB 4096 -> cpu 1024, memoryMiB 2048',
  });
  const withoutWeb = { factors: FACTORS.slice(2) };
  expect(ratio(undefined, withoutWeb)).toMatchObject({
    ratio: 0.375,
    because: expect.stringMatching(/^Orders: /) as string,
  });
});

it('is 1 where nothing that adds capacity is scaled down', () => {
  expect(ratio(undefined, { factors: FACTORS.slice(4) })).toMatchObject({ ratio: 1 });
  const unscaled = [factor('webTasks', 'count', 4, 4)];
  expect(ratio(undefined, { factors: unscaled, permitted: [] })).toMatchObject({ ratio: 1 });
});

it('is that of a factor, or a number, where the config names one', () => {
  expect(ratio('ordersReaders')).toEqual({ ratio: 0.75, because: 'ordersReaders 3 -> 2' });
  expect(ratio(0.1)).toEqual({ ratio: 0.1, because: 'as the config says' });
});

it('is none of a factor that there is not, or that says nothing of load', () => {
  const thrown = (wanted: string): unknown => {
    try {
      return ratio(wanted);
    } catch (error) {
      return error;
    }
  };
  expect(thrown('webTask')).toMatchObject({
    code: 'scale',
    message: '"webTask" is no scale factor; did you mean "webTasks"?',
  });
  expect(thrown('uploadsSize')).toMatchObject({
    code: 'scale',
    message: expect.stringContaining(
      '"uploadsSize" (storage) says nothing of how much load a tier can take',
    ) as string,
  });
});

it.each<[FactorKind, FactorValue, FactorValue, number]>([
  ['count', 6, 3, 0.5],
  ['shards', 3, 2, 2 / 3],
  ['concurrency', 50, 10, 0.2],
  ['throughput', 3000, 300, 0.1],
  ['memory', 1024, 512, 0.5],
  ['cacheNode', 'cache.r7g.2xlarge', 'cache.r7g.large', 0.25],
  ['groupSize', { min: 1, desired: 4, max: 9 }, { min: 1, desired: 2, max: 3 }, 0.5],
  ['throughputRange', { min: 20, max: 100 }, { min: 5, max: 50 }, 0.25],
  ['capacityRange', { minAcu: 1, maxAcu: 16 }, { minAcu: 1, maxAcu: 4 }, 0.25],
])('knows what a factor of kind %s adds', (kind, prod, staging, expected) => {
  expect(ratio('it', { factors: [factor('it', kind, prod, staging)] }).ratio).toBeCloseTo(expected);
});
