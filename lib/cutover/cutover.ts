import { version as tool } from '../../package.json';
import type { CutoverConfig, RehearsalConfig } from '../config/types';
import { digestOf } from '../digest';
import { machineFaultOf, messageOf, TwinError } from '../error';
import type { Cutover, CutoverData, CutoverSide, CutoverVerdict } from '../evidence/cutover';
import { seal } from '../evidence/seal';
import type { Forecast } from '../evidence/verification';
import { Journal, type Listener } from '../rehearsal/journal';
import type { Production } from '../targets/production';
import { UNSTOPPABLE, type Handle } from '../targets/target';
import type { HeldTraffic, HoldWatch, Traffic } from '../targets/traffic';
import { dataAfter } from './data';
import { Steps } from './steps';

/** One of the two productions. */
export interface Side extends CutoverSide {
  readonly production: Production;
}

/** What traffic is moved with. */
export interface CutoverProps {
  readonly traffic: Traffic;
  /** The production whose address clients use. */
  readonly first: Handle;
  /** The one beside it. */
  readonly second: Handle;
  readonly from: Side;
  readonly to: Side;
  /** Whether traffic comes back to the first. */
  readonly isBack: boolean;
  readonly config: Pick<RehearsalConfig, 'checks' | 'version' | 'verification'>;
  readonly cutover: Required<CutoverConfig>;
  /** What clients find of their data where they go. */
  readonly data: readonly CutoverData[];
  /** @default - nothing is on record */
  readonly forecast: Forecast | undefined;
  /** The name of its folder. */
  readonly name: string;
  readonly now: () => Date;
  /** Aborts when it is to stop: then traffic goes back. */
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** Writes down what the traffic goes back to, before anything is moved. */
  readonly learn: HoldWatch['learn'];
}

/** A cutover, and the error that kept it from being judged, if it was a bug. */
export interface CutOver {
  readonly cutover: Cutover;
  readonly bug?: unknown;
}

/**
 * Moves the traffic of clients from one production to the other: verifies the new one, then moves one share after the other, each watched
 * and judged. Whatever fails or is stopped, all of it goes back to the old one, which stays as it is.
 */
export async function cutOver(props: CutoverProps): Promise<CutOver> {
  const { traffic, first, second, from, to, cutover, signal, now } = props;
  const journal = new Journal({ spans: [], listener: props.listener, now });
  const startedAt = now().toISOString();
  const watch = { ...journal.watch(signal), learn: props.learn };
  const steps = new Steps(props, journal);
  let failure: unknown;
  let isKept = false;
  try {
    isKept = await traffic.hold(first, second, (held) => move(steps, held, cutover.steps), watch);
  } catch (error) {
    failure = error;
  }
  const end = await endOf(props, isKept);
  const verdict = verdictOf(end, isKept, steps, failure, signal);
  const record = seal<Cutover>({
    kind: 'cutover',
    version: 1,
    tool,
    cutover: props.name,
    target: to.production.target,
    from: sideOf(from),
    to: sideOf(to),
    startedAt,
    endedAt: now().toISOString(),
    verdict,
    reasons: [
      ...(end.problem === undefined ? [] : [end.problem]),
      ...reasonsOf(verdict, steps, failure, signal),
    ],
    ...dataAfter(props.data, verdict, steps, now()),
    steps: steps.done,
    ...(end.percent !== undefined && { percent: end.percent }),
    ...(traffic.putBack && { stays: true }),
    gatesDigest: digestOf({ clients: cutover.gates, verification: props.config.verification?.gates ?? {} }),
    spans: journal.spans,
  });
  return { cutover: record, ...(isBug(failure, signal) && { bug: failure }) };
}

/** @returns whether the traffic was moved for good */
async function move(steps: Steps, held: HeldTraffic, shares: readonly number[]): Promise<boolean> {
  if (!(await steps.record(held))) return false;
  if (!(await steps.verifyNew(held))) return false;
  for (const percent of shares) if (!(await steps.shift(held, percent))) return false;
  await held.keep();
  return true;
}

/** What share goes to the new production now, and what is wrong with that. */
interface End {
  readonly percent?: number;
  readonly problem?: string;
}

async function endOf({ traffic, first, isBack, to, from }: CutoverProps, isKept: boolean): Promise<End> {
  try {
    const { percent: toSecond } = await traffic.read(first, { signal: UNSTOPPABLE, log: () => {} });
    const percent = isBack ? 100 - toSecond : toSecond;
    if (percent === (isKept ? 100 : 0)) return { percent };
    const problem = `${percent} % of the requests of clients go to ${to.environment}, and ${100 - percent} % to ${from.environment}`;
    return { percent, problem };
  } catch (error) {
    return { problem: `it could not be read which production has the traffic: ${inWords(error)}` };
  }
}

function verdictOf(
  { problem }: End,
  isKept: boolean,
  { hasMoved, done }: Steps,
  failure: unknown,
  { aborted }: AbortSignal,
): CutoverVerdict {
  if (problem !== undefined) return 'NOT MOVED BACK';
  if (isKept) return 'MOVED';
  if (hasMoved) return 'MOVED BACK';
  const isJudged = failure === undefined && done.at(-1)?.verification?.verdict !== 'UNDECIDED';
  return isJudged || aborted ? 'NOT MOVED' : 'UNDECIDED';
}

function reasonsOf(
  verdict: CutoverVerdict,
  { done }: Steps,
  failure: unknown,
  signal: AbortSignal,
): string[] {
  if (verdict === 'MOVED') return [];
  const last = done.at(-1);
  const of = last?.reasons ?? [];
  if (signal.aborted) return [`${messageOf(signal.reason)} before all traffic was moved`];
  const known = failure === undefined ? [] : [inWords(failure)];
  return [
    ...known,
    ...of.filter((it) => !known.includes(it)).map((it) => (last ? `${last.name}: ${it}` : it)),
  ];
}

function inWords(error: unknown): string {
  const known = error instanceof TwinError ? error : machineFaultOf(error);
  if (known) return known.fix === '' ? known.message : `${known.message}. ${known.fix}`;
  return messageOf(error);
}

const sideOf = ({ environment, release, assemblyDigest }: Side): CutoverSide => ({
  environment,
  release,
  assemblyDigest,
});

const isBug = (error: unknown, { aborted }: AbortSignal): boolean =>
  error !== undefined && !aborted && !(error instanceof TwinError) && machineFaultOf(error) === undefined;
