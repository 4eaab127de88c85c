import { availableParallelism } from 'node:os';

/** What this machine has. */
export interface Machine {
  readonly processors: number;
  /** What is free of its memory, in bytes. */
  readonly memory: number;
}

/** For one environment: its databases, its services and the load on them. */
const PROCESSORS_EACH = 4;
const GIB_EACH = 4;
const GIB = 2 ** 30;

/** How many environments this machine has room for, one at the least: where two share a processor, each is slower than it is alone. */
export function roomFor({ processors, memory }: Machine = thisMachine()): number {
  const room = Math.min(processors / PROCESSORS_EACH, memory / GIB / GIB_EACH);
  return Math.max(1, Math.floor(room));
}

const thisMachine = (): Machine => ({
  processors: availableParallelism(),
  memory: process.availableMemory(),
});
