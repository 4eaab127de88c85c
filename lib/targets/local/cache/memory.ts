import { totalmem } from 'node:os';
import type { CacheProps, CacheTier } from '../../../blueprint/blueprint';
import { maxmemoryOf } from '../../../scale/cache-memory';

/** How much data a node keeps here. */
export interface NodeMemory {
  /** Its `maxmemory`. */
  readonly bytes: number;
  /** How that differs from what its node type keeps, in a sentence. @default - it does not */
  readonly differs?: string;
}

/** What ElastiCache sets aside of the memory of a node where the parameter group says nothing. */
const RESERVED_PERCENT = 25;

/** The parameter of that, which the server does not know. */
export const RESERVED = 'reserved-memory-percent';

/** Less is not enough for a server. */
const LEAST_BYTES = 32 * 1024 ** 2;

/**
 * How much data each node of a cache keeps: as its node type, where all nodes together take no more than an eighth of this machine's
 * memory, and else their share of that.
 *
 * @param machineBytes - the memory of this machine
 */
export function memoryOf(
  { class: nodeType, shards, replicas, parameters }: CacheTier,
  machineBytes = totalmem(),
): NodeMemory {
  const reserved = Number(parameters[RESERVED] ?? RESERVED_PERCENT);
  const usable = (bytes: number): number => Math.floor(bytes * (1 - reserved / 100));
  return nodeMemory({ nodeType, nodes: shards * (1 + replicas), usable }, machineBytes);
}

/** The nodes of a cache, of which each has a share of this machine's memory. */
export interface NodeMemoryProps {
  readonly nodeType: string;
  readonly nodes: number;
  /** How much of the memory of a node type is for data. */
  readonly usable: (bytes: number) => number;
}

/** The same for nodes of any engine. */
export function nodeMemory(
  { nodeType, nodes, usable }: NodeMemoryProps,
  machineBytes = totalmem(),
): NodeMemory {
  const most = maxmemoryOf(nodeType);
  const own = most === undefined ? undefined : usable(most);
  const share = Math.max(LEAST_BYTES, Math.floor(machineBytes / 8 / nodes));
  if (own !== undefined && own <= share) return { bytes: own };
  const where =
    own === undefined
      ? `what ${nodeType} keeps is not known here`
      : `${nodeType} keeps ${mebibytes(own)}: it evicts keys, or refuses writes, so much earlier`;
  return { bytes: share, differs: `a node keeps ${mebibytes(share)} of data, and ${where}` };
}

/**
 * How much data a serverless cache keeps: as its limit says, or this machine's share where that is less.
 *
 * @param machineBytes - the memory of this machine
 */
export function serverlessMemory(
  { maxBytes }: Pick<CacheProps, 'maxBytes'>,
  machineBytes = totalmem(),
): NodeMemory {
  const share = Math.max(LEAST_BYTES, Math.floor(machineBytes / 8 / 2));
  if (maxBytes !== undefined && maxBytes <= share) return { bytes: maxBytes };
  const onAws = maxBytes === undefined ? 'grows with its data' : `keeps ${mebibytes(maxBytes)}`;
  return {
    bytes: share,
    differs: `the cache keeps ${mebibytes(share)} of data, and on AWS it ${onAws}: it evicts keys so much earlier`,
  };
}

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MiB`;
