import { inspect } from 'node:util';
import { kept, moves, notLarger, pauses, type Broken, type RuleViolation } from './keeps';
import type { CapacityRange, Factor, FactorKind, FargateSize, ValueOf } from './kinds';
import { amountLimits, limitsOf, rangeLimits, type AmountKind, type RangeKind } from './limits';
import { FARGATE_CPU, fargateMemory, isBurstable, partsOf, resized, sizeRank } from './sizes';

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

/** How large an environment may be beside production: a staging no larger, a second production either way. */
export type Way = 'smaller' | 'either';

/**
 * The shape rules that a scaled value breaks beside production's. Both values must be legal by themselves.
 */
export function checkShape(
  name: string,
  factor: Factor,
  prod: unknown,
  scaled: unknown,
  way: Way = 'smaller',
): RuleViolation[] {
  const rules = RULES[factor.kind] as KindRules<unknown>;
  return rules
    .shape(prod, scaled)
    .filter(({ rule }) => way === 'smaller' || rule !== 'larger')
    .map((violation) => named(name, violation));
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

const RULES: { readonly [K in FactorKind]: KindRules<ValueOf[K]> } = {
  count: amount('count'),
  replicas: amount('replicas'),
  shards: amount('shards'),
  concurrency: amount('concurrency'),
  storage: amount('storage', ' of GiB'),
  throughput: amount('throughput'),
  memory: amount('memory', ' of MiB'),
  duration: amount('duration', ' of seconds'),
  instanceClass: {
    form: (value): value is string => typeof value === 'string' && partsOf(value) !== undefined,
    formInWords:
      'a family and a size as the service spells them, such as "r7g.2xlarge", "db.r7g.large" or "r7g.large.search"',
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
  autoscalingRange: range('autoscalingRange', 'a range such as { min: 2, max: 6 }'),
  groupSize: range('groupSize', 'a group such as { min: 2, desired: 2, max: 6 }'),
  throughputRange: range('throughputRange', 'a range such as { min: 5, max: 400 }'),
  capacityRange: {
    ...range('capacityRange', 'a range such as { minAcu: 0.5, maxAcu: 8 }'),
    value: legalCapacity,
    shape: (prod, scaled) => [
      ...moves(prod.minAcu, prod.maxAcu, scaled.minAcu, scaled.maxAcu),
      ...pauses(prod.minAcu, scaled.minAcu),
      ...notLarger('minAcu', prod.minAcu, scaled.minAcu),
      ...notLarger('maxAcu', prod.maxAcu, scaled.maxAcu),
    ],
  },
};

/** A number: within its limits, of production's plurality or presence, and never more than production's. */
function amount(kind: AmountKind, unit = ''): KindRules<number> {
  const { least, keeps } = amountLimits(kind);
  return {
    form: (value): value is number => Number.isSafeInteger(value) && (value as number) >= least,
    formInWords: `a whole number${unit} from ${least} up`,
    value: (value, factor) => withinLimits(value, factor, kind),
    shape: (prod, scaled) => [...kept(keeps, '', prod, scaled), ...notLarger('', prod, scaled)],
  };
}

function withinLimits(value: number, factor: Factor, kind: AmountKind): Broken[] {
  const { least, most, step } = limitsOf(factor, kind);
  const broken: Broken[] = [];
  if (value < least) {
    broken.push({
      rule: 'limit',
      message: `got ${value}, but the service asks for at least ${least}`,
      fix: `Ask for ${least} or more.`,
    });
  }
  if (value > most) {
    broken.push({
      rule: 'limit',
      message: `got ${value}, but the service allows at most ${most}`,
      fix: `Ask for ${most} or fewer.`,
    });
  }
  if (value % step !== 0) {
    broken.push({
      rule: 'step',
      message: `got ${value}, which is no multiple of ${step}`,
      fix: `Use a multiple of ${step}.`,
    });
  }
  return broken;
}

/** Numbers from the least to the most: each keeps what an amount keeps, and the range can move where production's can. */
function range<K extends RangeKind>(kind: K, formInWords: string): KindRules<ValueOf[K]> {
  const { parts, keeps } = rangeLimits(kind);
  const of = (value: ValueOf[K], part: string): number => (value as Readonly<Record<string, number>>)[part]!;
  const ends = (value: ValueOf[K]) => [of(value, parts[0]!), of(value, parts.at(-1)!)] as const;
  return {
    form: hasNumbers<ValueOf[K] & object>(...(parts as readonly (keyof ValueOf[K] & string)[])),
    formInWords,
    value: (value) =>
      legalRange(
        kind,
        parts.map((part) => [part, of(value, part)] as const),
      ),
    shape: (prod, scaled) => [
      ...moves(...ends(prod), ...ends(scaled)),
      ...parts.flatMap((part) => kept(keeps, part, of(prod, part), of(scaled, part))),
      ...parts.flatMap((part) => notLarger(part, of(prod, part), of(scaled, part))),
    ],
  };
}

function legalRange(kind: RangeKind, numbers: readonly (readonly [part: string, value: number])[]): Broken[] {
  const { parts, least, leastOfLast } = rangeLimits(kind);
  const values = numbers.map(([, value]) => value);
  const isRising = values.every(
    (value, i) => Number.isSafeInteger(value) && value >= (values[i - 1] ?? least),
  );
  if (isRising && values.at(-1)! >= leastOfLast) return [];
  const last = leastOfLast > least ? ` and ${parts.at(-1)!} >= ${leastOfLast}` : '';
  const got = listed(numbers.map(([part, value]) => `${part} ${value}`));
  const between = parts.length > 2 ? ' and a desired between them' : '';
  return [
    {
      rule: 'legal',
      message: `got ${got}; whole numbers with ${least} <= ${parts.join(' <= ')}${last} are allowed`,
      fix: `Use whole numbers, with a min that is not above the max${between}.`,
    },
  ];
}

const listed = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;

function hasNumbers<V extends object>(...keys: readonly (keyof V & string)[]) {
  return (value: unknown): value is V =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === keys.length &&
    keys.every((key) => Number.isFinite((value as Record<string, unknown>)[key]));
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
  if (p.service !== s.service || p.suffix !== s.suffix) {
    return [
      {
        rule: 'spelling',
        message: `got "${scaled}" where production has "${prod}"; the service's prefix and suffix stay`,
        fix: `Use "${resized(p, s.size)}".`,
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
