import { TwinError } from '../error';
import type { Watch } from '../targets/target';
import { baseline, checkpoint, drill, release, restore, seed, standUp, verify } from './acts';
import { collectLogs, judgeIt, keep, lookForResidue, tearDown, writeDown } from './ending';
import type { Failure, Ledger, LedgerStep, StepName } from './ledger';
import type { Act, Stage } from './stage';

/** The steps after the plan: what each does, and which is next. */
const STORY: Readonly<Record<Exclude<StepName, 'plan'>, Step>> = {
  seed: { act: seed, next: 'stand up' },
  'stand up': { act: standUp, next: 'baseline' },
  baseline: { act: baseline, next: 'checkpoint' },
  checkpoint: { act: checkpoint, next: 'release' },
  restore: { act: restore, next: 'release' },
  release: { act: release, next: 'verify' },
  verify: { act: verify, next: 'drill' },
  drill: { act: drill, next: 'judge' },
  judge: { act: judgeIt, next: 'logs', isEnding: true },
  logs: { act: collectLogs, next: (stage) => (isKept(stage) ? 'keep' : 'tear down'), isEnding: true },
  keep: { act: keep, next: 'evidence', isEnding: true },
  'tear down': { act: tearDown, next: 'residue', isEnding: true },
  residue: { act: lookForResidue, next: 'evidence', isEnding: true },
  evidence: { act: writeDown, next: undefined, isEnding: true },
};

/** A step after the plan. */
export type StoryStep = keyof typeof STORY;

interface Step {
  readonly act: Act;
  readonly next: StoryStep | undefined | ((stage: Stage) => StoryStep);
  /** Whether it takes place whatever happened before, and nothing stops it. @default false */
  readonly isEnding?: true;
}

/** How long a call that was stopped may take to end, before the tear-down begins without it. */
export const PATIENCE_MS = 15_000;

/**
 * Goes through the story from a step to its end. A step of the story proper that fails or is stopped leads to the judge;
 * the ending takes place whatever happens.
 *
 * @returns errors that have no place in the evidence: bugs, and evidence or a ledger that could not be written
 */
export async function goThrough(
  stage: Stage,
  from: StoryStep,
  patienceMs: number = PATIENCE_MS,
): Promise<readonly unknown[]> {
  const problems: unknown[] = [];
  for (let name: StoryStep | undefined = from; name !== undefined;) {
    const step: Step = STORY[name];
    const isDone = await take(stage, name, patienceMs, problems);
    const next: StoryStep | undefined = typeof step.next === 'function' ? step.next(stage) : step.next;
    name = isDone || step.isEnding ? next : 'judge';
  }
  const { fault } = stage.ledger;
  return fault === undefined ? problems : [...problems, fault];
}

/** Takes one step. @returns whether it was done */
async function take(
  stage: Stage,
  name: StoryStep,
  patienceMs: number,
  problems: unknown[],
): Promise<boolean> {
  const { ledger, journal } = stage;
  const { act, isEnding }: Step = STORY[name];
  const signal = isEnding ? UNSTOPPABLE : stage.signal;
  // the ending goes on though the disk is full; nothing else has an effect that is not written down
  const write = (patch: Partial<Ledger>): void => (isEnding ? ledger.note(patch) : ledger.change(patch));
  const watch = journal.watch(signal);
  try {
    signal.throwIfAborted();
    write({
      ...(isEnding ? {} : { standing: 'maybe' }),
      steps: [...ledger.value.steps, now(stage, name, 'begun')],
    });
    const learned = await watch.span(name, () =>
      within(
        telling(() => act(stage, watch), watch),
        signal,
        patienceMs,
      ),
    );
    write({ ...learned, steps: ended(stage, name, 'done'), spans: journal.spans });
    return true;
  } catch (error) {
    const failure = failureOf(name, error, signal);
    const isStory = !isEnding && ledger.value.failure === undefined;
    ledger.note({
      steps: ended(stage, name, failure.outcome),
      spans: journal.spans,
      ...(isStory ? { failure } : {}),
    });
    const isBug = !(error instanceof TwinError);
    if (failure.outcome === 'failed' && (isEnding || isBug)) problems.push(error);
    return false;
  }
}

const UNSTOPPABLE = new AbortController().signal;

/** A stop overrules what was asked for: whoever stops a rehearsal does not come back to it. */
const isKept = ({ ledger, signal }: Stage): boolean =>
  ledger.value.keep && !signal.aborted && ledger.value.failure?.outcome !== 'stopped';

function now({ parts }: Stage, name: StepName, state: LedgerStep['state']): LedgerStep {
  return { name, state, at: parts.now().toISOString() };
}

function ended(stage: Stage, name: StepName, state: LedgerStep['state']): readonly LedgerStep[] {
  const { steps } = stage.ledger.value;
  const isLast = steps.at(-1)?.name === name && steps.at(-1)?.state === 'begun';
  return [...(isLast ? steps.slice(0, -1) : steps), now(stage, name, state)];
}

function failureOf(step: StepName, error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) {
    return { step, outcome: 'stopped', message: `${reasonOf(signal)} before it was judged` };
  }
  const message = error instanceof TwinError ? wordsOf(error) : `a bug in cdk-twin: ${String(error)}`;
  return { step, outcome: 'failed', message: `${step} failed: ${message}` };
}

const wordsOf = ({ message, fix }: TwinError): string => `${message}. ${fix}`;

/** Why a rehearsal is to stop, such as `stopped by SIGINT`. */
export const reasonOf = (signal: AbortSignal): string =>
  signal.reason instanceof Error ? signal.reason.message : String(signal.reason);

/** Says what went wrong where it did, before the step ends. */
async function telling<T>(work: () => Promise<T>, watch: Watch): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!watch.signal.aborted) watch.tell(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Waits for a call, but not for ever once it was stopped: it must not keep the tear-down from beginning. */
async function within<T>(work: Promise<T>, signal: AbortSignal, patienceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp = (): void => {};
  const late = new Promise<never>((_, reject) => {
    giveUp = () => {
      timer = setTimeout(() => reject(signal.reason as Error), patienceMs);
    };
  });
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([work, late]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
}
