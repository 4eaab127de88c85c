import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TwinError } from '../error';
import type { Attempt, DrillResult, GateResult, Span, TearDown, Verdict } from '../evidence/evidence';
import { isObject } from '../json';
import type { CheckResult } from '../probes/check';
import type { Handle, TierState } from '../targets/target';
import type { GatesConfig } from './config';
import type { RehearsingProcess } from './rehearsing-process';

/** The name of the ledger in a rehearsal's folder. */
export const LEDGER_FILE = 'ledger.json';

/**
 * All that is known of a rehearsal, written before each effect and after it: another process, which has nothing else, can
 * go on with it or clean up. Holds no secret.
 */
export interface Ledger {
  readonly version: 1;
  /** The version of cdk-twin that wrote it. */
  readonly tool: string;
  readonly rehearsal: string;
  readonly target: string;
  readonly handle: Handle;
  readonly from: string;
  readonly to: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly configFile: string;
  readonly gates: GatesConfig;
  readonly gatesDigest: string;
  /** SHA-256 of what is checked and broken, which may hold secrets. */
  readonly scriptDigest: string;
  /** The staging's name in the assemblies; known once they are planned. */
  readonly environment?: string;
  /** The folders of the assemblies, relative to the rehearsal's. */
  readonly assemblies: { readonly from: string; readonly to: string };
  /** Whether to leave the environment standing. */
  readonly keep: boolean;
  readonly steps: readonly LedgerStep[];
  /** What may stand there: `maybe` from before the first effect until nothing is left. */
  readonly standing: 'none' | 'maybe' | 'kept' | 'gone';
  /** Who works on it; absent when nobody does. */
  readonly process?: RehearsingProcess;
  /** Where a retry starts from; absent until there is one. */
  readonly checkpoint?: Checkpoint;
  /** What was measured. */
  readonly tiers: readonly TierState[];
  readonly baseline: readonly CheckResult[];
  readonly checks: readonly CheckResult[];
  readonly drills: readonly DrillResult[];
  readonly spans: readonly Span[];
  /** What ended the story early; absent when nothing did. */
  readonly failure?: Failure;
  /** Absent until it is judged. */
  readonly judged?: Judgement;
  /** Absent until it was torn down, or kept. */
  readonly tearDown?: TearDown;
  /** What was judged before, from the same checkpoint. */
  readonly attempts: readonly Attempt[];
  /** Files for the evidence, relative to the rehearsal's folder. */
  readonly files: readonly string[];
}

/** The steps of a rehearsal, in the order of the story; a retry begins again with `restore`. */
export type StepName =
  | 'plan'
  | 'seed'
  | 'stand up'
  | 'baseline'
  | 'checkpoint'
  | 'restore'
  | 'release'
  | 'verify'
  | 'drill'
  | 'judge'
  | 'logs'
  | 'keep'
  | 'tear down'
  | 'residue'
  | 'evidence';

/** Whether nothing stands there, or may. */
export const isOver = ({ standing }: Ledger): boolean => standing === 'none' || standing === 'gone';

/** A step as far as it got. `stopped`: somebody, or the end of the process, came between. */
export interface LedgerStep {
  readonly name: StepName;
  readonly state: 'begun' | 'done' | 'failed' | 'stopped';
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The data that a retry goes back to. */
export interface Checkpoint {
  readonly name: string;
  /** The last span before it: what came later belongs to an attempt. */
  readonly lastSpan: number;
}

/** Why a step did not do what it is there for. */
export interface Failure {
  readonly step: StepName;
  readonly outcome: 'failed' | 'stopped';
  readonly message: string;
}

/** What a rehearsal comes to, and why. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly gates: readonly GateResult[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A ledger and its file. */
export class LedgerFile {
  #value: Ledger;
  #fault: TwinError | undefined;

  /** @param folder - the rehearsal's */
  constructor(
    readonly folder: string,
    value: Ledger,
  ) {
    this.#value = value;
  }

  get value(): Ledger {
    return this.#value;
  }

  /** Why it could not be written the last time; undefined when it was. */
  get fault(): TwinError | undefined {
    return this.#fault;
  }

  /**
   * Changes it and writes it down.
   *
   * @throws TwinError `ledger-unwritable`; the change is kept in memory all the same
   */
  change(patch: Partial<Ledger>): void {
    this.note(patch);
    if (this.#fault) throw this.#fault;
  }

  /** The same, for what must go on though the disk is full: the fault is only kept. */
  note(patch: Partial<Ledger>): void {
    this.#value = { ...this.#value, ...patch };
    try {
      replaceFile(join(this.folder, LEDGER_FILE), `${JSON.stringify(this.#value, null, 1)}\n`);
      this.#fault = undefined;
    } catch (cause) {
      this.#fault = unwritable(join(this.folder, LEDGER_FILE), cause as NodeJS.ErrnoException);
    }
  }
}

/**
 * Reads the ledger of a rehearsal.
 *
 * @param folder - the rehearsal's
 * @throws TwinError `ledger` when it is none, or another version's
 */
export function readLedger(folder: string): LedgerFile {
  const file = join(folder, LEDGER_FILE);
  const value = parse(file);
  if (isObject(value) && value['version'] !== 1 && 'version' in value)
    throw anotherVersion(file, value['version']);
  const missing = REQUIRED.filter((key) => !isObject(value) || !(key in value));
  if (missing.length > 0) throw unreadable(file, `it has no ${missing.join(', ')}`);
  return new LedgerFile(folder, value as Ledger);
}

/** What no ledger can do without. */
const REQUIRED = [
  'version',
  'rehearsal',
  'target',
  'handle',
  'from',
  'to',
  'gates',
  'assemblies',
  'steps',
  'standing',
  'spans',
  'attempts',
] as const satisfies readonly (keyof Ledger)[];

/** Writes a file so that whoever reads it, at any time and after any crash, sees the old text or the new one. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    const descriptor = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

/** Makes the new name durable too, where the system lets a folder be synced. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw code === 'EACCES' ? forbidden(file, cause) : unreadable(file, message, cause);
  }
}

const forbidden = (file: string, cause: unknown): TwinError =>
  new TwinError({
    code: 'ledger',
    message: `${file} may not be read (EACCES)`,
    fix: 'Run this as the user who began the rehearsal.',
    cause,
  });

const unreadable = (file: string, why: string, cause?: unknown): TwinError =>
  new TwinError({
    code: 'ledger',
    message: `${file} is no ledger of a rehearsal: ${why}`,
    fix: 'Look by hand for what the rehearsal left behind, then delete the folder of that file.',
    cause,
  });

const anotherVersion = (file: string, version: unknown): TwinError =>
  new TwinError({
    code: 'ledger',
    message: `${file} is of version ${JSON.stringify(version)}; this cdk-twin reads version 1`,
    fix: 'Use the cdk-twin that wrote it.',
  });

const unwritable = (file: string, cause: NodeJS.ErrnoException): TwinError =>
  new TwinError({
    code: 'ledger-unwritable',
    message: `${file} could not be written (${cause.code ?? cause.message})`,
    fix: 'Make room there, or make the folder writable.',
    cause,
  });
