import type { CheckResult } from '../probes/check';
import { boundsOf, type DataState, type KeyBounds } from '../probes/data';
import { compareData, type DataDifferences, type Loss } from '../probes/data-differences';
import type { Watch } from '../targets/target';
import { msBetween } from './journal';
import type { Ledger } from './ledger';
import type { StepContext } from './step';

/** What a release found out about data. */
export type DataFound = Pick<Ledger, 'checks' | 'advice' | 'restless'>;

/** Reads what staging holds with the release that production runs: what it takes away by itself is not the candidate's fault. */
export async function readBaselineData(context: StepContext, watch: Watch): Promise<void> {
  context.baselineData = await read(context, {}, watch);
}

/**
 * Reads what staging holds before a release and after it, and compares. The release is judged whether or not it has a migration: it
 * may take data away when it starts.
 */
export async function withDataRead(
  context: StepContext,
  watch: Watch,
  release: () => Promise<void>,
): Promise<DataFound> {
  const { baselineData = [], ledger } = context;
  const before = await read(context, boundsOf(baselineData), watch);
  const lost = pairsOf(baselineData, before).flatMap(([then, now]) =>
    now && isRead(then) && isRead(now) ? lossesIn(then, now).map(({ of }) => `${then.tier} ${of}`) : [],
  );
  const restless = [...new Set([...(ledger.value.restless ?? []), ...lost])];
  await release();
  const start = context.parts.now();
  const after = await read(context, boundsOf(before), watch);
  const found = pairsOf(before, after).map(([then, now]) => compared(context, restless, then, now));
  const ms = msBetween(start, context.parts.now());
  return {
    checks: found.flatMap(({ check }) => (check ? [{ ...check, startedAt: start.toISOString(), ms }] : [])),
    advice: found.flatMap(({ advice }) => advice),
    restless,
  };
}

async function read(context: StepContext, bounds: KeyBounds, watch: Watch): Promise<readonly DataState[]> {
  const { parts, ledger } = context;
  const probes = await parts.target.probes(ledger.value.handle, watch);
  return watch.span('count rows', () => probes.readData(bounds, watch));
}

const pairsOf = (
  before: readonly DataState[],
  after: readonly DataState[],
): (readonly [DataState, DataState | undefined])[] =>
  before.map((then) => [then, after.find(({ tier }) => tier === then.tier)]);

const isRead = ({ unread }: DataState): boolean => unread === undefined;

const lossesIn = (then: DataState, now: DataState): readonly Loss[] => compareData(then, now).losses;

interface Compared {
  /** Absent where nothing was read before. */
  readonly check?: Omit<CheckResult, 'startedAt' | 'ms'>;
  readonly advice: readonly string[];
}

function compared(
  { parts, ledger }: StepContext,
  restless: readonly string[],
  before: DataState,
  after: DataState | undefined,
): Compared {
  const { tier } = before;
  if (!isRead(before)) return { advice: [`${tier}: its rows were not counted: ${before.unread}`] };
  if (before.tables.length === 0) return { advice: [] };
  const check = { name: `rows of ${tier}`, kind: 'data', tier } as const;
  if (after === undefined || !isRead(after)) {
    const why = after?.unread ?? `${tier} is gone`;
    return {
      check: { ...check, outcome: 'failed', detail: `counted before the release, and not after it: ${why}` },
      advice: [],
    };
  }
  const differences = compareData(before, after);
  const removes = parts.target.removes ?? [];
  const isRestless = ({ of }: Loss): boolean => restless.includes(`${tier} ${of}`);
  const lost = differences.losses.filter((loss) => !removes.includes(loss.of) && !isRestless(loss));
  const intended = differences.losses.filter(({ of }) => removes.includes(of));
  const usual = differences.losses.filter((loss) => isRestless(loss) && !removes.includes(loss.of));
  return {
    check: {
      ...check,
      outcome: lost.length > 0 ? 'failed' : 'passed',
      detail: lost.length > 0 ? lossesOf(lost) : nothingLost(differences),
    },
    advice: [
      ...intended.map(({ detail }) => `${tier}: ${detail}, as migrate.removes has it`),
      ...usual.map(
        ({ detail }) => `${tier}: ${detail}; it is not judged, since ${ledger.value.from} loses some too`,
      ),
      ...differences.advice.map((sentence) => `${tier}: ${sentence}`),
    ],
  };
}

const lossesOf = (lost: readonly Loss[]): string =>
  `${lost.map(({ detail }) => detail).join('; ')} (what is meant to go is named in migrate.removes)`;

const nothingLost = ({ tables, rows }: DataDifferences): string =>
  `none lost of ${rows.toLocaleString('en-US')} in ${tables} ${tables === 1 ? 'table' : 'tables'}`;
