import type { Evidence } from '../evidence/evidence';
import type { ParityReport } from '../parity/report';
import { TwinError } from '../error';
import type { RehearsalConfig } from './config';
import { eventLog } from './event-log';
import { Journal, type Listener } from './journal';
import type { Ledger, LedgerFile } from './ledger';
import type { RehearsalParts } from './parts';
import type { Rehearsals } from './rehearsals';
import { isAtWork, processOf } from './rehearsing-process';
import type { Stage } from './stage';
import { goThrough, type StoryStep } from './story';

/** What a rehearsal is run with. */
export interface RunProps {
  readonly parts: RehearsalParts;
  readonly rehearsals: Rehearsals;
  /** Aborts when it is to stop, with an error that says why. */
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** The command that goes on with a rehearsal. */
  readonly commandOf: (verb: 'down' | 'retry', rehearsal: string) => string;
  /** How long a call that was stopped may take to end. @default PATIENCE_MS */
  readonly patienceMs?: number;
}

/** What it came to. */
export type Rehearsed = Ended | NotATwin | StoppedEarly;

/** The story was gone through to its end. */
export interface Ended {
  readonly kind: 'ended';
  readonly folder: string;
  readonly ledger: Ledger;
  /** Absent when it could not be made. */
  readonly evidence?: Evidence;
  /** What has no place in the evidence: bugs, and what could not be written. */
  readonly problems: readonly unknown[];
}

/** Nothing was stood up: staging is no twin of production. */
export interface NotATwin {
  readonly kind: 'not a twin';
  readonly release: string;
  readonly report: ParityReport;
}

/** It was stopped before anything was stood up. */
export interface StoppedEarly {
  readonly kind: 'stopped';
  readonly message: string;
}

/** Opens a rehearsal: gives what its steps work with, and says that it has begun. */
export function openStage(
  props: RunProps & { readonly config?: RehearsalConfig },
  ledger: LedgerFile,
  spans = ledger.value.spans,
): Stage {
  const { parts, signal, commandOf, config } = props;
  const { folder, value } = ledger;
  const listener = eventLog(folder, props.listener);
  listener({ at: parts.now().toISOString(), event: 'opened', rehearsal: value.rehearsal, folder });
  return {
    parts,
    script: config ?? { checks: {} },
    ledger,
    journal: new Journal({ spans, listener, now: () => parts.now() }),
    signal,
    commandOf: (verb) => commandOf(verb, value.rehearsal),
  };
}

/** What a process that has ended would have written of its end. */
export function asLeft({ judged, failure, steps }: Ledger): Partial<Ledger> {
  const last = steps.at(-1);
  const during = last?.name ?? 'plan';
  const message = `stopped by the end of its process during "${during}", before it was judged`;
  return {
    steps: last?.state === 'begun' ? [...steps.slice(0, -1), { ...last, state: 'stopped' }] : steps,
    failure: failure ?? (judged ? undefined : { step: during, outcome: 'stopped', message }),
  };
}

/** Goes through the story from a step to its end. */
export async function end(stage: Stage, from: StoryStep, { patienceMs }: RunProps): Promise<Ended> {
  const problems = await goThrough(stage, from, patienceMs);
  const { ledger, evidence } = stage;
  ledger.note({ process: undefined });
  return {
    kind: 'ended',
    folder: ledger.folder,
    ledger: ledger.value,
    problems,
    ...(evidence && { evidence }),
  };
}

/** Writes down who works on a rehearsal, for as long as somebody does. */
export async function atWork<T>(ledger: LedgerFile, work: () => Promise<T>): Promise<T> {
  ledger.note({ process: processOf() });
  try {
    return await work();
  } finally {
    if (ledger.value.process) ledger.note({ process: undefined });
  }
}

/**
 * Makes sure that nobody works on a rehearsal.
 *
 * @throws TwinError `at-work`
 */
export function checkFree({ rehearsal, process: worker }: Ledger): void {
  if (!worker || !isAtWork(worker)) return;
  throw new TwinError({
    code: 'at-work',
    message: `${rehearsal} is at work: process ${worker.pid}`,
    fix: `Wait for it, or stop it with "kill ${worker.pid}", which tears down.`,
  });
}
