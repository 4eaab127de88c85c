import { TwinError } from '../error';
import { own } from '../json';
import { CACHE_FAMILIES, maxmemoryOf } from './cache-memory';

/** The parts of an instance class or node type. */
export interface InstanceClassParts {
  /** What the service writes before it: `db`, `cache`, `kafka` or nothing. */
  readonly service: string;
  /** Such as `r7g`: its letter, generation and architecture. */
  readonly family: string;
  /** Such as `2xlarge`. */
  readonly size: string;
  /** What the service writes behind it: `search` or nothing. */
  readonly suffix: string;
}

/** A size as a regular expression's source. */
export const SIZE = 'nano|micro|small|medium|large|(?:[1-9]\\d*)?xlarge|xlplus|metal(?:-\\d+xl)?';

const CLASS = new RegExp(
  `^(?:([a-z]+)\\.)?([a-z][a-z0-9-]*?\\d[a-z0-9-]*)\\.(${SIZE})((?:\\.(?!(?:${SIZE})(?:\\.|$))[a-z][a-z0-9]*)*)$`,
);

/**
 * Splits `r7g.large`, `db.r7g.2xlarge`, `cache.r7g.large`, `kafka.m7g.large`, `r7g.large.search` or `ra3.xlplus`; undefined
 * when it is nothing of the kind.
 */
export function partsOf(instanceClass: string): InstanceClassParts | undefined {
  const match = CLASS.exec(instanceClass);
  if (!match) return undefined;
  const [, service = '', family, size, suffix] = match;
  return { service, family: family!, size: size!, suffix: suffix!.slice(1) };
}

const WHOLE_SIZE = new RegExp(`^(?:${SIZE})$`);

/** Whether a text is a size without a family: `2xlarge`. */
export const isSize = (text: string): boolean => WHOLE_SIZE.test(text);

/** The same class in another size. */
export function resized({ service, family, suffix }: InstanceClassParts, size: string): string {
  return [service, family, size, suffix].filter((part) => part !== '').join('.');
}

const NAMED_SIZES: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  metal: Infinity,
};

/** How large a size is beside `large`: `xlarge` and Redshift's `xlplus` 2, `2xlarge` and `metal-2xl` 4, `metal` beyond all. */
export function sizeRank(size: string): number {
  const times = /^(?:metal-)?(\d*)xl/.exec(size);
  return times ? 2 * Number(times[1] || 1) : NAMED_SIZES[size]!;
}

/** What nearly every family comes in; the smaller sizes are on offer for few services. */
const USUAL_SIZES = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const BURSTABLE_SIZES = ['medium', 'large', 'xlarge', '2xlarge'];

/** Families that come in other sizes than most (Amazon EC2 instance types guide; Amazon Redshift management guide). */
const OWN_SIZES: Readonly<Record<string, readonly string[]>> = {
  c5: ['large', 'xlarge', '2xlarge', '4xlarge', '9xlarge', '18xlarge'],
  c5d: ['large', 'xlarge', '2xlarge', '4xlarge', '9xlarge', '18xlarge'],
  c5n: ['large', 'xlarge', '2xlarge', '4xlarge', '9xlarge', '18xlarge'],
  dc2: ['large', '8xlarge'],
  ra3: ['large', 'xlplus', '4xlarge', '16xlarge'],
  ultrawarm1: ['medium', 'large'],
  z1d: ['large', 'xlarge', '2xlarge', '3xlarge', '6xlarge', '12xlarge'],
};

/** The sizes that a family usually comes in, and those that are known of it, from the smallest up; of one size one name. */
export function sizesOf(family: string, known: readonly string[]): string[] {
  const offered = own(OWN_SIZES, family) ?? (isBurstable(family) ? BURSTABLE_SIZES : USUAL_SIZES);
  const others = offered.filter((size) => !known.some((it) => sizeRank(it) === sizeRank(size)));
  return [...new Set([...others, ...known])].sort((a, b) => sizeRank(a) - sizeRank(b));
}

/** Whether a family borrows CPU credits: what it can do depends on what it did before. */
export const isBurstable = (family: string): boolean => /^t\d/.test(family);

/** Memory in MiB that Fargate offers for each number of CPU units, as [least, most, step]; 256 has three. */
const FARGATE: Readonly<Record<number, readonly [least: number, most: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

/**
 * The memory sizes in MiB that Fargate offers for a number of CPU units; empty when it offers no such CPU.
 * Source: the Amazon ECS developer guide, "Task CPU and memory".
 */
export function fargateMemory(cpu: number): readonly number[] {
  if (cpu === 256) return [512, 1024, 2048];
  const row = FARGATE[cpu];
  if (!row) return [];
  const [least, most, step] = row;
  return Array.from({ length: (most - least) / step + 1 }, (_, i) => least + i * step);
}

/** The CPU units that Fargate offers. */
export const FARGATE_CPU: readonly number[] = [256, ...Object.keys(FARGATE).map(Number)];

const GIB = 1024 ** 3;

/** The family's letter and the size, such as `r.large`, of a database's class with `db.` or without. */
function letterAndSize(instanceClass: string): string {
  const parts = partsOf(instanceClass);
  const isDatabase = parts && ['', 'db'].includes(parts.service) && parts.suffix === '';
  const letter = isDatabase ? /^[rt](?=\d)/.exec(parts.family) : null;
  return letter ? `${letter[0]}.${parts!.size}` : '';
}

const MEMORY_GIB: Readonly<Record<string, number>> = { 't.medium': 4, 't.large': 8, 'r.large': 16 };

/** Memory in GiB of a memory-optimised (`r`) or burstable (`t4g`) database instance. */
function memoryGiB(instanceClass: string): number {
  const key = letterAndSize(instanceClass);
  const xlarges = /^r\.(\d*)xlarge$/.exec(key);
  const gib = xlarges ? 32 * Number(xlarges[1] || 1) : MEMORY_GIB[key];
  if (gib !== undefined) return gib;
  throw unknownClass('memory', instanceClass, 'r6g, r7g and r8g from large up, t4g.medium and t4g.large');
}

/**
 * The connections that Aurora PostgreSQL offers by default: LEAST(DBInstanceClassMemory / 9531392, 5000), calculated with
 * the class's nominal memory (the real figure is a few per cent less).
 *
 * @throws TwinError `unknown-class` for a class whose memory is not known here
 */
export function auroraMaxConnections(instanceClass: string): number {
  return Math.min(Math.floor((memoryGiB(instanceClass) * GIB) / 9531392), 5000);
}

/** What an instance of a DocumentDB 5.0 cluster offers at most. */
export interface DocumentDbLimits {
  /** Open connections. */
  readonly connections: number;
  /** Open cursors. */
  readonly cursors: number;
}

const DOCUMENTDB: Readonly<Record<string, DocumentDbLimits>> = {
  't.medium': { connections: 1000, cursors: 30 },
  'r.large': { connections: 3400, cursors: 450 },
  'r.xlarge': { connections: 7000, cursors: 450 },
  'r.2xlarge': { connections: 14200, cursors: 450 },
  'r.4xlarge': { connections: 28400, cursors: 760 },
  'r.8xlarge': { connections: 60000, cursors: 1520 },
};

/**
 * The connections and cursors of a DocumentDB 5.0 instance (Amazon DocumentDB developer guide, "Quotas and limits").
 *
 * @throws TwinError `unknown-class` for a class whose limits are not known here
 */
export function documentDbLimits(instanceClass: string): DocumentDbLimits {
  const limits = DOCUMENTDB[letterAndSize(instanceClass)];
  if (limits) return limits;
  throw unknownClass('DocumentDB limits', instanceClass, 't4g.medium, r5, r6g and r8g from large to 8xlarge');
}

/**
 * The memory in bytes that a Valkey node keeps data in: the `maxmemory` of its node type (Amazon ElastiCache user
 * guide), less the 25 % that `reserved-memory-percent` sets aside by default.
 *
 * @throws TwinError `unknown-class` for a node type whose memory is not known here
 */
export function valkeyMemory(nodeType: string): number {
  const bytes = maxmemoryOf(nodeType);
  if (bytes === undefined)
    throw unknownClass('maxmemory', nodeType, `cache nodes of ${CACHE_FAMILIES.join(', ')}`);
  return Math.floor(bytes * 0.75);
}

function unknownClass(what: string, got: string, known: string): TwinError {
  return new TwinError({
    code: 'unknown-class',
    message: `nothing is known of the ${what} of "${got}"; known are: ${known}`,
    fix: 'Give the proportion a function of your own that returns the number for this class.',
  });
}
