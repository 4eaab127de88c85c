import type { Evidence } from '../evidence/evidence';
import type { ParityReport } from '../parity/report';
import { bounded } from '../targets/bounded';
import { claim } from './claim';
import type { RehearsalConfig } from '../config/types';
import { eventLog } from './event-log';
import { Journal, type Listener } from './journal';
import { isProduction, type Ledger, type LedgerFile } from './ledger';
import type { RehearsalParts } from './parts';
import type { Rehearsals } from './rehearsals';
import { runSteps, type PlannedStep } from './run-steps';
import type { StepContext } from './step';

/** What a rehearsal is run with. */
export interface RunProps {
  readonly parts: RehearsalParts;
  readonly rehearsals: Rehearsals;
  /** Aborts when the rehearsal is to stop, with an error that names the reason. */
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** The command that continues a rehearsal. */
  readonly commandOf: (verb: 'down' | 'retry', rehearsal: string) => string;
  /** How long a stopped call may take to end. @default PATIENCE_MS */
  readonly patienceMs?: number;
}

/** The result of a run. */
export type Rehearsed = Ended | NotTwins | StoppedEarly;

/** All steps ran, up to the evidence. */
export interface Ended {
  readonly kind: 'ended';
  readonly folder: string;
  readonly ledger: Ledger;
  /** Absent when it could not be assembled. */
  readonly evidence?: Evidence;
  /** Errors that have no place in the evidence: bugs, and files that could not be written. */
  readonly problems: readonly unknown[];
}

/** Nothing was stood up: staging and production are not twins, or staging failed a check. */
export interface NotTwins {
  readonly kind: 'not-twins';
  readonly release: string;
  readonly report: ParityReport;
}

/** The run was stopped before anything was stood up. */
export interface StoppedEarly {
  readonly kind: 'stopped';
  readonly message: string;
}

/** Starts a run: emits its first event and returns the context of its steps. */
export function startRun(
  props: RunProps & { readonly config?: RehearsalConfig },
  ledger: LedgerFile,
  spans = ledger.value.spans,
): StepContext {
  const { parts, signal, commandOf, config, patienceMs } = props;
  const { folder, value } = ledger;
  // events are those of a rehearsal: where they are, its report is expected
  const listener = isProduction(value) ? props.listener : eventLog(folder, props.listener);
  listener({ at: parts.now().toISOString(), event: 'run-start', rehearsal: value.rehearsal, folder });
  return {
    parts: { ...parts, target: bounded(parts.target, patienceMs) },
    script: config ?? { checks: {} },
    ledger,
    journal: new Journal({ spans, listener, now: () => parts.now() }),
    signal,
    commandOf: (verb) => commandOf(verb, value.rehearsal),
  };
}

/** What a process that ended during a step could not write into the ledger any more. */
export function afterInterruption({ judged, failure, steps }: Ledger): Partial<Ledger> {
  const last = steps.at(-1);
  const during = last?.name ?? 'plan';
  const message = `the process ended during "${during}", before the rehearsal was judged`;
  return {
    steps: last?.state === 'started' ? [...steps.slice(0, -1), { ...last, state: 'stopped' }] : steps,
    failure: failure ?? (judged ? undefined : { step: during, outcome: 'stopped', message }),
  };
}

/** Runs the steps from one of them to the last. */
export async function runFrom(
  context: StepContext,
  from: PlannedStep,
  { patienceMs }: RunProps,
): Promise<Ended> {
  const problems = await runSteps(context, from, patienceMs);
  const { ledger, evidence } = context;
  return {
    kind: 'ended',
    folder: ledger.folder,
    ledger: ledger.value,
    problems,
    ...(evidence && { evidence }),
  };
}

/** Works on a rehearsal that no other process works on, from its ledger as it is then. */
export async function claimed<T>(
  { rehearsals, rehearsal }: Pick<RunProps, 'rehearsals'> & { readonly rehearsal: string },
  work: (ledger: LedgerFile) => Promise<T>,
  take: typeof claim = claim,
): Promise<T> {
  rehearsals.open(rehearsal); // refuses a name that is none
  const giveUp = take(rehearsals.folderOf(rehearsal), rehearsal);
  try {
    return await work(rehearsals.open(rehearsal));
  } finally {
    giveUp();
  }
}
