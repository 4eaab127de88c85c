import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, Span } from '../lib/evidence/evidence';

/** Where the time of a rehearsal went. */
export interface RehearsalTimes {
  readonly release: string;
  readonly ms: number;
  /** Making the data and starting every member of every data tier. */
  readonly dataTiersMs: number;
  /** The steps, the longest first. */
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
}

/** Rehearses a release of the example on this machine, as `npm start` does. */
export function rehearse(release: string): RehearsalTimes {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/twin.js', 'rehearse', '--to', release, '--json'],
    { encoding: 'utf8', maxBuffer: 1e8 },
  );
  if (stdout === '') throw new Error(`the rehearsal of ${release} has no result: ${stderr}`);
  const { rehearsal, spans, startedAt, endedAt } = JSON.parse(stdout) as Evidence;
  rmSync(join('.twin', rehearsal), { recursive: true });
  const steps = spans.filter(({ parent }) => parent === null);
  return {
    release,
    ms: Date.parse(endedAt) - Date.parse(startedAt),
    dataTiersMs: msOf(spans, 'seed') + msOf(spans, 'data tiers'),
    steps: steps.map(({ name, ms }) => ({ name, ms })).toSorted((a, b) => b.ms - a.ms),
  };
}

/** The first span of a name. */
function msOf(spans: readonly Span[], name: string): number {
  const span = spans.find((it) => it.name === name);
  if (!span) throw new Error(`the rehearsal has no "${name}"`);
  return span.ms;
}
