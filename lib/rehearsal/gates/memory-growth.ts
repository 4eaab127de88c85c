import { inFigures } from './gate';
import { leakGate } from './leak';

const KIB = 1024;

/** Memory that tasks do not give back. */
export const MEMORY_GROWTH = leakGate(
  {
    name: 'memory growth',
    key: 'maxMemoryGrowthKiB',
    schema: (z) =>
      z
        .number()
        .min(0)
        .describe(
          "By how much a task's memory may grow with each request, in KiB, over what it does with the baseline: once it is warm, and as far as it goes on. A cache that fills for as long as it is watched looks the same.",
        ),
    // Forty-eight tasks of a sound Node.js service grew by 2 to 11 KiB a request; one with a bounded cache of 40 KiB an entry by 14 KiB,
    // and one that keeps 50 KiB of each request by 55 KiB.
    default: 16,
  },
  {
    of: ({ memory, memoryLimit }) => ({ values: memory, limit: memoryLimit }),
    unit: 1 / KIB,
    // By so much the heap of Node.js grew, with few requests as with many, until it was warm: 10 MiB of a service that loads three clients of
    // the AWS SDK with its first requests, most of it after a third of them. Twice that is left to others.
    leastRise: 20,
    verb: 'grew by',
    show: showMemory,
    showLimit: (limit) => `${limit.toLocaleString('en-US')} MiB`,
  },
);

/** In MiB, as KiB or MiB. */
function showMemory(mebibytes: number): string {
  const kibibytes = Math.round(mebibytes * KIB);
  return kibibytes < 1000 ? `${kibibytes} KiB` : `${inFigures(Math.round(mebibytes * 10) / 10)} MiB`;
}
