/** The `maxmemory` of node types in bytes: by families, and by size. */
const MAXMEMORY: readonly (readonly [
  families: readonly string[],
  sizes: Readonly<Record<string, number>>,
])[] = [
  [['t2'], { micro: 581959680, small: 1665138688, medium: 3461349376 }],
  [['t3', 't4g'], { micro: 536870912, small: 1471026299, medium: 3317862236 }],
  [
    ['m4'],
    {
      large: 6892593152,
      xlarge: 15328501760,
      '2xlarge': 31889126359,
      '4xlarge': 65257290629,
      '10xlarge': 166047614239,
    },
  ],
  [
    ['m5', 'm6g', 'm7g'],
    { large: 6854542746, xlarge: 13891921715, '2xlarge': 27966669210, '4xlarge': 56116178125 },
  ],
  [['m5'], { '12xlarge': 168715971994, '24xlarge': 337500562842 }],
  [['m6g', 'm7g'], { '8xlarge': 111325552312, '12xlarge': 168715971994, '16xlarge': 225000375228 }],
  [
    ['m8g'],
    {
      large: 7294178820,
      xlarge: 15222495510,
      '2xlarge': 31866224640,
      '4xlarge': 65856864256,
      '8xlarge': 133838143488,
      '12xlarge': 201819422720,
      '16xlarge': 269800701952,
    },
  ],
  [
    ['r4'],
    {
      large: 13201781556,
      xlarge: 26898228839,
      '2xlarge': 54197537997,
      '4xlarge': 108858546586,
      '8xlarge': 218255432090,
      '16xlarge': 437021573120,
    },
  ],
  [['r5', 'r6g', 'r7g'], { large: 14037181030 }],
  [
    ['r5', 'r6g', 'r6gd', 'r7g'],
    { xlarge: 28261849702, '2xlarge': 56711183565, '4xlarge': 113609865216, '12xlarge': 341206346547 },
  ],
  [['r5'], { '24xlarge': 682485973811 }],
  [['r6g', 'r6gd', 'r7g'], { '8xlarge': 225000375228, '16xlarge': 450000750456 }],
  [
    ['r8g'],
    {
      large: 15222495510,
      xlarge: 31866224640,
      '2xlarge': 65856864256,
      '4xlarge': 133838143488,
      '8xlarge': 269800701952,
      '12xlarge': 405763260416,
      '16xlarge': 541725818880,
    },
  ],
  [
    ['c7gn'],
    {
      large: 3317862236,
      xlarge: 6854542746,
      '2xlarge': 13891921715,
      '4xlarge': 27966669210,
      '8xlarge': 56116178125,
      '12xlarge': 84357985997,
      '16xlarge': 113609865216,
    },
  ],
];

/**
 * The `maxmemory` of an ElastiCache node type in bytes, before what `reserved-memory-percent` sets aside; undefined when it is not
 * known here.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html#ParameterGroups.Valkey.NodeSpecific
 */
export const maxmemoryOf = (nodeType: string): number | undefined => BY_TYPE.get(nodeType);

const BY_TYPE: ReadonlyMap<string, number> = new Map(
  MAXMEMORY.flatMap(([families, sizes]) =>
    families.flatMap((family) =>
      Object.entries(sizes).map(([size, bytes]) => [`cache.${family}.${size}`, bytes] as const),
    ),
  ),
);

/** The families of which node types are known, such as `r7g`. */
export const CACHE_FAMILIES: readonly string[] = [...new Set(MAXMEMORY.flatMap(([families]) => families))];
