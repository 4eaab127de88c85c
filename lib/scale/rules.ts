import { inspect } from 'node:util';
import type { AutoscalingRange, CapacityRange, Factor, FactorKind, FargateSize, ValueOf } from './kinds';
import { FARGATE_CPU, fargateMemory, isBurstable, partsOf, sizeRank } from './sizes';

/** A value that breaks a rule. */
export interface RuleViolation {
  /** The factor's name. */
  readonly factor: string;
  /** The rule's name, such as `plural` or `family`. */
  readonly rule: string;
  /** What is wrong, with the value got and the values allowed. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** One violation, before it knows its factor. */
type Broken = Omit<RuleViolation, 'factor'>;

/** What each kind demands of one value, and of a scaled value beside production's. */
interface KindRules<V> {
  /** Whether the value has the kind's form: only then are the other two asked. */
  readonly form: (value: unknown) => value is V;
  /** The form in words. */
  readonly formInWords: string;
  /** What a value must be by itself. */
  readonly value: (value: V, factor: Factor) => Broken[];
  /** What a scaled value must keep of production's. */
  readonly shape: (prod: V, scaled: V) => Broken[];
}

/** The rules that one value breaks, whatever the environment. Empty when it is legal. */
export function checkValue(name: string, factor: Factor, value: unknown): RuleViolation[] {
  const rules = RULES[factor.kind] as KindRules<unknown>;
  const broken = rules.form(value)
    ? rules.value(value, factor)
    : [
        {
          rule: 'form',
          message: `got ${show(value)}; allowed is ${rules.formInWords}`,
          fix: `Give ${name} ${rules.formInWords}.`,
        },
      ];
  return broken.map((violation) => named(name, violation));
}

/**
 * The shape rules that a scaled value breaks beside production's. Both values must be legal by themselves.
 */
export function checkShape(name: string, factor: Factor, prod: unknown, scaled: unknown): RuleViolation[] {
  const rules = RULES[factor.kind] as KindRules<unknown>;
  return rules.shape(prod, scaled).map((violation) => named(name, violation));
}

function named(factor: string, violation: Broken): RuleViolation {
  return { factor, ...violation, message: `${factor}: ${violation.message}` };
}

/** A value of any type in one line; `JSON.stringify` shows NaN as null, and throws for a bigint. */
function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : inspect(value, { depth: 1, breakLength: Infinity });
}

const COUNTED = 'a whole number from 0 up';

const RULES: { readonly [K in FactorKind]: KindRules<ValueOf[K]> } = {
  count: counted(0, COUNTED),
  replicas: counted(0, COUNTED),
  shards: counted(1, 'a whole number from 1 up'),
  instanceClass: {
    form: (value): value is string => typeof value === 'string' && partsOf(value)?.service === '',
    formInWords: 'a family and a size without the service\'s prefix, such as "r7g.2xlarge"',
    value: () => [],
    shape: classShape,
  },
  cacheNode: {
    form: (value): value is string => typeof value === 'string' && partsOf(value)?.service === 'cache',
    formInWords: 'a node type such as "cache.r7g.large"',
    value: () => [],
    shape: classShape,
  },
  fargateSize: {
    form: hasNumbers<FargateSize>('cpu', 'memoryMiB'),
    formInWords: 'a size such as { cpu: 1024, memoryMiB: 2048 }',
    value: legalFargate,
    shape: fargateShape,
  },
  autoscalingRange: {
    form: hasNumbers<AutoscalingRange>('min', 'max'),
    formInWords: 'a range such as { min: 2, max: 6 }',
    value: wholeRange,
    shape: (prod, scaled) => [
      ...moves(prod.min, prod.max, scaled.min, scaled.max),
      ...plurality('min', prod.min, scaled.min),
      ...plurality('max', prod.max, scaled.max),
      ...notLarger('min', prod.min, scaled.min),
      ...notLarger('max', prod.max, scaled.max),
    ],
  },
  capacityRange: {
    form: hasNumbers<CapacityRange>('minAcu', 'maxAcu'),
    formInWords: 'a range such as { minAcu: 0.5, maxAcu: 8 }',
    value: legalCapacity,
    shape: (prod, scaled) => [
      ...moves(prod.minAcu, prod.maxAcu, scaled.minAcu, scaled.maxAcu),
      ...pauses(prod.minAcu, scaled.minAcu),
      ...notLarger('minAcu', prod.minAcu, scaled.minAcu),
      ...notLarger('maxAcu', prod.maxAcu, scaled.maxAcu),
    ],
  },
};

function counted(least: number, formInWords: string): KindRules<number> {
  return {
    form: (value): value is number => Number.isSafeInteger(value) && (value as number) >= least,
    formInWords,
    value: (value, { max }) =>
      max === undefined || value <= max
        ? []
        : [
            {
              rule: 'limit',
              message: `got ${value}, but the service allows at most ${max}`,
              fix: `Ask for ${max} or fewer.`,
            },
          ],
    shape: (prod, scaled) => [...plurality('', prod, scaled), ...notLarger('', prod, scaled)],
  };
}

function hasNumbers<V extends object>(...keys: readonly (keyof V & string)[]) {
  return (value: unknown): value is V =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === keys.length &&
    keys.every((key) => Number.isFinite((value as Record<string, unknown>)[key]));
}

const plural = (n: number): 'none' | 'one' | 'many' => (n === 0 ? 'none' : n === 1 ? 'one' : 'many');

const ALLOWED = { none: 'exactly 0', one: 'exactly 1', many: '2 or more' } as const;

/** None stays none, one stays one, many stay many: what only shows with a second copy must still show. */
function plurality(part: string, prod: number, scaled: number): Broken[] {
  if (plural(prod) === plural(scaled)) return [];
  const of = part && `${part} `;
  return [
    {
      rule: prod === 0 || scaled === 0 ? 'presence' : 'plural',
      message: `got ${of}${scaled} where production has ${prod}; allowed is ${ALLOWED[plural(prod)]}`,
      fix: `Keep ${ALLOWED[plural(prod)]}: a scale factor changes how many there are, never whether there are any or several.`,
    },
  ];
}

function notLarger(part: string, prod: number, scaled: number): Broken[] {
  if (scaled <= prod) return [];
  const of = part && `${part} `;
  return [
    {
      rule: 'larger',
      message: `got ${of}${scaled}, more than production's ${prod}`,
      fix: `Use ${prod} or less: what only works at a larger size than production's must not pass.`,
    },
  ];
}

function classShape(prod: string, scaled: string): Broken[] {
  const [p, s] = [partsOf(prod)!, partsOf(scaled)!];
  if (p.family !== s.family) {
    const rule = isBurstable(s.family) && !isBurstable(p.family) ? 'burstable' : 'family';
    const why =
      rule === 'burstable' ? 'a burstable class is no stand-in' : 'family, generation and architecture stay';
    return [
      {
        rule,
        message: `got "${scaled}" where production has "${prod}"; ${why}`,
        fix: `Choose a size of ${p.family}.`,
      },
    ];
  }
  if (sizeRank(s.size) <= sizeRank(p.size)) return [];
  return [
    {
      rule: 'larger',
      message: `got "${scaled}", larger than production's "${prod}"`,
      fix: `Use "${prod}" or smaller.`,
    },
  ];
}

function legalFargate({ cpu, memoryMiB }: FargateSize): Broken[] {
  const memory = fargateMemory(cpu);
  if (memory.includes(memoryMiB)) return [];
  const allowed =
    memory.length > 0
      ? `memory for ${cpu} CPU units: ${memory.join(', ')} MiB`
      : `CPU units: ${FARGATE_CPU.join(', ')}`;
  return [
    {
      rule: 'legal',
      message: `got ${cpu} CPU units with ${memoryMiB} MiB, which Fargate does not offer; ${allowed}`,
      fix: 'Use a size that Fargate offers.',
    },
  ];
}

function fargateShape(prod: FargateSize, scaled: FargateSize): Broken[] {
  const broken = [
    ...notLarger('cpu', prod.cpu, scaled.cpu),
    ...notLarger('memoryMiB', prod.memoryMiB, scaled.memoryMiB),
  ];
  if (ratio(prod) === ratio(scaled)) return broken;
  return [
    ...broken,
    {
      rule: 'ratio',
      message: `got ${ratio(scaled)} MiB for each CPU unit where production has ${ratio(prod)}`,
      fix: `Use ${sizesLike(prod).join(', or ')}.`,
    },
  ];
}

const ratio = ({ cpu, memoryMiB }: FargateSize): number => memoryMiB / cpu;

/** What Fargate offers at a size's ratio of memory to CPU, up to that size. */
function sizesLike(size: FargateSize): string[] {
  return FARGATE_CPU.filter((cpu) => cpu <= size.cpu && fargateMemory(cpu).includes(cpu * ratio(size))).map(
    (cpu) => `${cpu} CPU units with ${cpu * ratio(size)} MiB`,
  );
}

function wholeRange({ min, max }: AutoscalingRange): Broken[] {
  if (Number.isSafeInteger(min) && Number.isSafeInteger(max) && min >= 0 && max >= 1 && min <= max) return [];
  return [
    {
      rule: 'legal',
      message: `got min ${min} and max ${max}; whole numbers with 0 <= min <= max and max >= 1 are allowed`,
      fix: 'Use whole numbers, with a min that is not above the max.',
    },
  ];
}

function legalCapacity({ minAcu, maxAcu }: CapacityRange): Broken[] {
  const halves = Number.isSafeInteger(minAcu * 2) && Number.isSafeInteger(maxAcu * 2);
  if (halves && minAcu >= 0 && maxAcu >= 1 && maxAcu <= 256 && minAcu <= maxAcu) return [];
  return [
    {
      rule: 'legal',
      message: `got ${minAcu} to ${maxAcu} ACU; allowed are steps of 0.5 with 0 <= minAcu <= maxAcu and 1 <= maxAcu <= 256`,
      fix: 'Use a range that Aurora Serverless v2 offers.',
    },
  ];
}

function moves(prodMin: number, prodMax: number, min: number, max: number): Broken[] {
  if (prodMin < prodMax === min < max) return [];
  const can = prodMin < prodMax;
  return [
    {
      rule: 'movable',
      message: `got ${min} to ${max}, which ${can ? 'cannot' : 'can'} move, where production's ${prodMin} to ${prodMax} ${can ? 'can' : 'cannot'}`,
      fix: can
        ? 'Use a max above the min, so that scaling out is rehearsed too.'
        : 'Use the same number for both ends.',
    },
  ];
}

function pauses(prodMin: number, min: number): Broken[] {
  if ((prodMin === 0) === (min === 0)) return [];
  return [
    {
      rule: 'presence',
      message: `got minAcu ${min} where production has ${prodMin}; only a minAcu of 0 lets an instance pause`,
      fix:
        prodMin === 0
          ? 'Use minAcu 0, as production does.'
          : 'Use a minAcu of 0.5 or more, as production does.',
    },
  ];
}
