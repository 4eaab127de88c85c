import { inFigures } from './gate';
import { leakGate } from './leak';

/** Files and sockets that tasks leave open. */
export const OPEN_FILES_GROWTH = leakGate(
  {
    name: 'open files growth',
    key: 'maxOpenFilesGrowth',
    schema: (z) =>
      z
        .number()
        .min(0)
        .describe(
          'How many files and sockets a task may leave open with each request, over what it does with the baseline.',
        ),
    default: 0.02, // forty-eight tasks of a sound Node.js service left 0.005 open at the most
  },
  {
    of: ({ openFiles, openFilesLimit }) => ({ values: openFiles, limit: openFilesLimit }),
    unit: 1,
    leastRise: 16,
    goesOnAtLimit: true,
    verb: 'left open',
    show: (perRequest) => `${inFigures(perRequest)} files and sockets`,
    showLimit: (limit) => limit.toLocaleString('en-US'),
  },
);
