import { machineFaultOf, messageOf, messageWithFix, TwinError } from '../error';
import { PATIENCE_MS } from '../targets/bounded';
import { fenced } from '../targets/fence';
import { UNSTOPPABLE, type Watch } from '../targets/target';
import { capacity } from './capacity';
import { endsEarly } from './fail-fast';
import { collectLogs, findLeftovers, judgeCandidate, keep, saveEvidence, tearDown } from './final-steps';
import { isProduction, type Failure, type Ledger, type LedgerStep, type StepName } from './ledger';
import { watchOf, type Step, type StepContext } from './step';
import { baseline, checkpoint, drill, release, restore, seed, standUp, verify } from './steps';

/** The steps after the plan: what each does, and which is next. */
const STEPS: Readonly<Record<Exclude<StepName, 'plan'>, StepEntry>> = {
  seed: { run: seed, next: 'stand up' },
  'stand up': { run: standUp, next: (context) => (isTrial(context) ? 'keep' : 'baseline') },
  baseline: { run: baseline, next: 'checkpoint' },
  checkpoint: { run: checkpoint, next: 'release' },
  restore: { run: restore, next: 'release' },
  release: { run: release, next: 'verify' },
  verify: { run: verify, next: (context) => (endsEarly(context) ? 'judge' : 'drill') },
  drill: { run: drill, next: (context) => (isCapacityNext(context) ? 'capacity' : 'judge') },
  capacity: { run: capacity, next: 'judge' },
  judge: { run: judgeCandidate, next: 'logs', isFinal: true },
  logs: { run: collectLogs, next: (context) => (isKept(context) ? 'keep' : 'tear down'), isFinal: true },
  keep: { run: keep, next: evidenceOfRehearsal, isFinal: true },
  'tear down': { run: tearDown, next: 'leftovers', isFinal: true },
  leftovers: { run: findLeftovers, next: evidenceOfRehearsal, isFinal: true },
  evidence: { run: saveEvidence, next: undefined, isFinal: true },
};

function isCapacityNext(context: StepContext): boolean {
  return context.script.capacity !== undefined && !endsEarly(context);
}

/** Whether it is a production for trial. */
function isTrial({ ledger }: StepContext): boolean {
  return isProduction(ledger.value);
}

function evidenceOfRehearsal(context: StepContext): PlannedStep | undefined {
  return isTrial(context) ? undefined : 'evidence';
}

/** A step after the plan. */
export type PlannedStep = keyof typeof STEPS;

interface StepEntry {
  readonly run: Step;
  readonly next: PlannedStep | undefined | ((context: StepContext) => PlannedStep | undefined);
  /** Whether it runs whatever happened before, and cannot be stopped. @default false */
  readonly isFinal?: true;
}

/**
 * Runs the steps from one of them to the last. A step that fails or is stopped is followed by `judge`, but for a production, of which
 * nothing is judged; the final steps run whatever happens.
 *
 * @returns errors that have no place in the evidence: bugs, and evidence or a ledger that could not be written
 */
export async function runSteps(
  context: StepContext,
  from: PlannedStep,
  patienceMs: number = PATIENCE_MS,
): Promise<readonly unknown[]> {
  const problems: unknown[] = [];
  for (let name: PlannedStep | undefined = from; name !== undefined;) {
    const step: StepEntry = STEPS[name];
    const isDone = await runStep(context, name, patienceMs, problems);
    const next: PlannedStep | undefined = typeof step.next === 'function' ? step.next(context) : step.next;
    name = isDone || step.isFinal ? next : isTrial(context) ? 'logs' : 'judge';
  }
  const { fault } = context.ledger;
  return fault === undefined ? problems : [...problems, fault];
}

/** Runs one step. @returns whether it was done */
async function runStep(
  context: StepContext,
  name: PlannedStep,
  patienceMs: number,
  problems: unknown[],
): Promise<boolean> {
  const { ledger, journal } = context;
  const { run, isFinal }: StepEntry = STEPS[name];
  const signal = isFinal ? UNSTOPPABLE : context.signal;
  // the final steps continue on a full disk; no other step has an effect that is not written down
  const write = (patch: Partial<Ledger>): void => (isFinal ? ledger.note(patch) : ledger.change(patch));
  const watch = watchOf(context, signal);
  try {
    signal.throwIfAborted();
    write({
      ...(isFinal ? {} : { standing: 'maybe' }),
      steps: [...ledger.value.steps, now(context, name, 'started')],
    });
    const learned = await watch.span(name, () =>
      fenced(
        logFailure(() => run(context, watch), watch),
        signal,
        patienceMs,
        () => stopCalls(context),
      ),
    );
    write({ ...learned, steps: ended(context, name, 'done'), spans: journal.spans });
    return true;
  } catch (error) {
    const failure = failureOf(name, error, signal);
    const isFirst = !isFinal && ledger.value.failure === undefined;
    ledger.note({
      steps: ended(context, name, failure.outcome),
      spans: journal.spans,
      ...(isFirst ? { failure } : {}),
    });
    const isBug = !(error instanceof TwinError) && machineFaultOf(error) === undefined;
    if (failure.outcome === 'failed' && (isFinal || isBug)) problems.push(error);
    return false;
  }
}

/** A stop overrides `keep`: a stopped rehearsal is not expected to be continued. */
const isKept = ({ ledger, signal }: StepContext): boolean =>
  ledger.value.keep && !signal.aborted && ledger.value.failure?.outcome !== 'stopped';

function now({ parts }: StepContext, name: StepName, state: LedgerStep['state']): LedgerStep {
  return { name, state, at: parts.now().toISOString() };
}

function ended(context: StepContext, name: StepName, state: LedgerStep['state']): readonly LedgerStep[] {
  const { steps } = context.ledger.value;
  const isLast = steps.at(-1)?.name === name && steps.at(-1)?.state === 'started';
  return [...(isLast ? steps.slice(0, -1) : steps), now(context, name, state)];
}

function failureOf(step: StepName, error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) {
    return { step, outcome: 'stopped', message: `${reasonOf(signal)} before it was judged` };
  }
  const known = error instanceof TwinError ? error : machineFaultOf(error);
  const message = known ? messageWithFix(known) : `a bug in cdk-twin: ${String(error)}`;
  const isFault = known?.isMachineFault ?? true;
  return { step, outcome: 'failed', message: `${step} failed: ${message}`, ...(isFault && { isFault }) };
}

/** Why a rehearsal is to stop, such as `stopped by SIGINT`. */
export const reasonOf = (signal: AbortSignal): string => messageOf(signal.reason);

/** Logs the error of a step before the step ends, so that it appears inside it. */
async function logFailure<T>(work: () => Promise<T>, watch: Watch): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!watch.signal.aborted) watch.log(messageOf(error));
    throw error;
  }
}

/** Nothing is torn down while a call may still create something: one that does not stop is stopped at its target. */
async function stopCalls(context: StepContext): Promise<void> {
  const watch = watchOf(context, UNSTOPPABLE);
  try {
    await context.parts.target.stop(context.ledger.value.handle, watch);
  } catch (error) {
    watch.log(`it could not be stopped: ${messageOf(error)}`);
  }
}
