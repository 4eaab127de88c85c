import {
  auroraMaxConnections,
  documentDbLimits,
  FARGATE_CPU,
  fargateMemory,
  isBurstable,
  partsOf,
  resized,
  sizeRank,
  sizesOf,
  valkeyMemory,
} from '../../lib/scale/sizes';
import { thrown } from './thrown';

describe('an instance class', () => {
  test.each([
    ['r7g.2xlarge', { service: '', family: 'r7g', size: '2xlarge', suffix: '' }],
    ['db.r6gd.large', { service: 'db', family: 'r6gd', size: 'large', suffix: '' }],
    ['cache.t4g.micro', { service: 'cache', family: 't4g', size: 'micro', suffix: '' }],
    ['kafka.m7g.large', { service: 'kafka', family: 'm7g', size: 'large', suffix: '' }],
    ['r7g.large.search', { service: '', family: 'r7g', size: 'large', suffix: 'search' }],
    ['ultrawarm1.medium.search', { service: '', family: 'ultrawarm1', size: 'medium', suffix: 'search' }],
    ['ra3.xlplus', { service: '', family: 'ra3', size: 'xlplus', suffix: '' }],
    ['dc2.8xlarge', { service: '', family: 'dc2', size: '8xlarge', suffix: '' }],
    ['db.r5.large.tpc1.mem2x', { service: 'db', family: 'r5', size: 'large', suffix: 'tpc1.mem2x' }],
    ['m7i-flex.large', { service: '', family: 'm7i-flex', size: 'large', suffix: '' }],
    ['u-6tb1.112xlarge', { service: '', family: 'u-6tb1', size: '112xlarge', suffix: '' }],
    ['m7i.metal-24xl', { service: '', family: 'm7i', size: 'metal-24xl', suffix: '' }],
    ['t3.nano', { service: '', family: 't3', size: 'nano', suffix: '' }],
  ])('%s has its parts, and is made of them again', (name, parts) => {
    expect(partsOf(name)).toEqual(parts);
    expect(resized(parts, parts.size)).toBe(name);
  });

  test.each([
    '',
    'large',
    'r7g',
    'r7g.',
    'r7g.huge',
    'r7g.2XLARGE',
    'R7g.large',
    'r7g.0xlarge',
    'r7g.large ',
    ' r7g.large',
    'r7g.large\n',
    'r7g.large-x',
    'r7g.large.',
    'r7g.large.xlarge',
    'r7g.large.metal',
    'a.b.r7g.large',
    'r8.r7g.large',
    'ra3.2xlplus',
    'db.serverless',
    'graviton.large',
    '__proto__',
    '${Token[TOKEN.1]}',
  ])('%j is none', (name) => {
    expect(partsOf(name)).toBeUndefined();
  });

  it('grows from nano to metal', () => {
    const sizes = [
      'nano',
      'micro',
      'small',
      'medium',
      'large',
      'xlarge',
      '2xlarge',
      '4xlarge',
      '12xlarge',
      '24xlarge',
    ];
    const ranks = [...sizes, 'metal-32xl', 'metal-48xl', 'metal'].map(sizeRank);
    expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
  });

  it('grows with the number of vCPUs', () => {
    const sizes = ['small', 'medium', 'large', 'xlarge', '2xlarge', '12xlarge', 'metal-24xl'];
    expect(sizes.map(sizeRank)).toEqual([1 / 4, 1 / 2, 1, 2, 4, 24, 48]);
  });

  it('of Redshift lies between its neighbours', () => {
    const ranks = ['large', 'xlplus', '4xlarge', '16xlarge'].map(sizeRank);
    expect(ranks).toEqual([1, 2, 8, 32]);
  });

  it('of a part of a machine is as large as that many xlarges', () => {
    expect(sizeRank('metal-24xl')).toBe(sizeRank('24xlarge'));
  });

  test.each([
    ['t3', true],
    ['t4g', true],
    ['r7g', false],
    ['trn1', false],
  ])('of %s is burstable: %s', (family, burstable) => {
    expect(isBurstable(family)).toBe(burstable);
  });
});

describe('the sizes of a family', () => {
  test.each([
    ['r7g', [], ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge']],
    ['t4g', [], ['medium', 'large', 'xlarge', '2xlarge']],
    ['ra3', [], ['large', 'xlplus', '4xlarge', '16xlarge']],
    ['c5', [], ['large', 'xlarge', '2xlarge', '4xlarge', '9xlarge', '18xlarge']],
    ['dc2', ['8xlarge'], ['large', '8xlarge']],
    ['t4g', ['micro', 'large'], ['micro', 'medium', 'large', 'xlarge', '2xlarge']],
    ['z1d', ['metal'], ['large', 'xlarge', '2xlarge', '3xlarge', '6xlarge', '12xlarge', 'metal']],
    [
      'constructor',
      ['24xlarge'],
      ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge'],
    ],
  ])('%s, of which %j are known, rise', (family, known, sizes) => {
    expect(sizesOf(family, known)).toEqual(sizes);
  });
});

const range = (least: number, most: number, step: number): number[] =>
  Array.from({ length: (most - least) / step + 1 }, (_, i) => least + i * step);

test('Fargate offers the sizes of the Amazon ECS developer guide', () => {
  expect(Object.fromEntries(FARGATE_CPU.map((cpu) => [cpu, fargateMemory(cpu)]))).toEqual({
    256: [512, 1024, 2048],
    512: [1024, 2048, 3072, 4096],
    1024: [2048, 3072, 4096, 5120, 6144, 7168, 8192],
    2048: range(4096, 16384, 1024),
    4096: range(8192, 30720, 1024),
    8192: range(16384, 61440, 4096),
    16384: [32768, 40960, 49152, 57344, 65536, 73728, 81920, 90112, 98304, 106496, 114688, 122880],
  });
});

test.each([0, 255, 257, 1000, -256, 0.25, NaN, Infinity])(
  'Fargate offers no memory for %d CPU units',
  (cpu) => {
    expect(fargateMemory(cpu)).toEqual([]);
  },
);

describe('the connections of an Aurora PostgreSQL instance', () => {
  test.each([
    ['r7g.large', 1802],
    ['r7g.xlarge', 3604],
    ['r7g.2xlarge', 5000],
    ['r7g.4xlarge', 5000],
    ['db.r6g.large', 1802],
    ['db.r8g.16xlarge', 5000],
    ['t4g.medium', 450],
    ['t4g.large', 901],
  ])('of %s are %d', (name, connections) => {
    expect(auroraMaxConnections(name)).toBe(connections);
  });

  test.each([
    'm7g.large',
    'x2g.large',
    'cache.r7g.large',
    'kafka.r7g.large',
    'r7g.large.search',
    't4g.small',
    'rx7.large',
    'r7g.metal-24xl',
    'constructor',
    '',
  ])('of %j are not known', (name) => {
    expect(thrown(() => auroraMaxConnections(name))).toMatchObject({
      code: 'unknown-class',
      message: `nothing is known of the memory of "${name}"; known are: r6g, r7g and r8g from large up, t4g.medium and t4g.large`,
      fix: 'Give the proportion a function of your own that returns the number for this class.',
    });
  });
});

describe('the limits of a DocumentDB instance', () => {
  test.each([
    ['t4g.medium', 1000, 30],
    ['r6g.large', 3400, 450],
    ['db.r6g.large', 3400, 450],
    ['r6g.xlarge', 7000, 450],
    ['r6g.2xlarge', 14200, 450],
    ['r8g.4xlarge', 28400, 760],
    ['r8g.8xlarge', 60000, 1520],
  ])('of %s are %d connections and %d cursors', (name, connections, cursors) => {
    expect(documentDbLimits(name)).toEqual({ connections, cursors });
  });

  test.each([
    'r6g.12xlarge',
    'r6g.medium',
    't4g.large',
    'c7g.large',
    'cache.r6g.large',
    'constructor',
    'toString',
    '',
  ])('of %j are not known', (name) => {
    expect(thrown(() => documentDbLimits(name))).toMatchObject({
      code: 'unknown-class',
      message: `nothing is known of the DocumentDB limits of "${name}"; known are: t4g.medium, r5, r6g and r8g from large to 8xlarge`,
      fix: 'Give the proportion a function of your own that returns the number for this class.',
    });
  });
});

describe('the memory of a Valkey node', () => {
  test.each([
    ['cache.r6g.large', 14037181030],
    ['cache.r6g.xlarge', 28261849702],
    ['cache.r6g.2xlarge', 56711183565],
    ['cache.r6g.4xlarge', 113609865216],
    ['cache.r7g.large', 14037181030],
    ['cache.r7g.xlarge', 28261849702],
    ['cache.r7g.2xlarge', 56711183565],
    ['cache.r7g.4xlarge', 113609865216],
    ['cache.r8g.large', 15222495510],
    ['cache.r8g.xlarge', 31866224640],
    ['cache.t4g.small', 1471026299],
    ['cache.m7g.16xlarge', 225000375228],
  ])('%s is three quarters of its maxmemory, in whole bytes', (node, maxmemory) => {
    expect(valkeyMemory(node)).toBe(Math.floor((maxmemory / 4) * 3));
  });

  test.each(['r7g.large', 'cache.t4g.large', 'constructor', '__proto__', ''])('%j is not known', (node) => {
    expect(thrown(() => valkeyMemory(node))).toMatchObject({
      code: 'unknown-class',
      message: `nothing is known of the maxmemory of "${node}"; known are: cache nodes of t2, t3, t4g, m4, m5, m6g, m7g, m8g, r4, r5, r6g, r7g, r6gd, r8g, c7gn`,
      fix: 'Give the proportion a function of your own that returns the number for this class.',
    });
  });
});
