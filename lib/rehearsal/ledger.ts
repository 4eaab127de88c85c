import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TwinError } from '../error';
import type {
  Attempt,
  Capacity,
  DarkLaunch,
  CodeState,
  DrillResult,
  GateResult,
  Group,
  Replayed,
  Rotation,
  Round,
  Span,
  TearDown,
  Verdict,
  Watched,
} from '../evidence/evidence';
import type { RanReleases, ReleaseCode } from '../evidence/ran';
import { isObject } from '../json';
import type { CheckResult } from '../probes/check';
import type { Handle, TierState } from '../targets/target';
import type { GatesConfig } from '../config/types';

/** The name of the ledger in a rehearsal's folder. */
export const LEDGER_FILE = 'ledger.json';

/**
 * All that is known of a rehearsal, written before each effect and after it, so that another process can continue it or
 * clean up from this file alone. Holds no secret.
 */
export interface Ledger {
  readonly version: 1;
  /** The version of cdk-twin that wrote it. */
  readonly tool: string;
  readonly rehearsal: string;
  /** What stands, or stood: a rehearsal's staging, or a production for trial, of which nothing is judged. @default rehearsal */
  readonly kind?: 'production';
  /** Of a second production: the one that stands first, whose data it uses. @default - it is none */
  readonly beside?: string;
  readonly target: string;
  readonly handle: Handle;
  readonly from: string;
  readonly to: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly configFile: string;
  readonly gates: GatesConfig;
  readonly gatesDigest: string;
  /** SHA-256 of the checks and drills, which may themselves hold secrets. */
  readonly scriptDigest: string;
  /** The staging's name in the assemblies; absent until they are synthesised. */
  readonly environment?: string;
  /** The folders of the assemblies, relative to the rehearsal's. */
  readonly assemblies: {
    readonly from: string;
    readonly to: string;
    /** Those of the candidate with a feature flag switched, by the flag. @default - none */
    readonly flags?: Readonly<Record<string, string>>;
  };
  /** Where the code of the releases is; absent for those whose code is in the folder of the config. */
  readonly code?: CodeOfBoth;
  /** What the repository of the candidate's code held; absent where it is in none. */
  readonly codeState?: CodeState;
  /** What ran, as far as anything did. */
  readonly ran?: RanReleases;
  /** The factors that staging has at production's size in this rehearsal. @default - as declared */
  readonly fullSize?: readonly string[];
  /** Whose turn that is. @default - it was not asked for in turns */
  readonly rotation?: Rotation;
  /** What it is a part of. @default - it is all there is */
  readonly group?: Group;
  /** Whether to leave the environment standing. */
  readonly keep: boolean;
  /** Whether it ends with the first gate that has failed. @default false */
  readonly failFast?: true | undefined;
  readonly steps: readonly LedgerStep[];
  /** Whether an environment exists: `maybe` from before the first effect until no leftovers are found. */
  readonly standing: 'none' | 'maybe' | 'kept' | 'gone';
  /** The checkpoint that a retry starts from; absent until there is one. */
  readonly checkpoint?: Checkpoint;
  /** What was measured. */
  readonly tiers: readonly TierState[];
  readonly baseline: readonly CheckResult[];
  readonly checks: readonly CheckResult[];
  readonly drills: readonly DrillResult[];
  readonly watched: readonly Watched[];
  /** Absent until a release was rolled back. */
  readonly rounds?: readonly Round[];
  /** The largest load of each release; absent until it is looked for. */
  readonly capacity?: Capacity;
  /** The answers of both releases; absent until they are compared. */
  readonly darkLaunch?: DarkLaunch;
  /** What was read of access logs. @default - there is none to replay */
  readonly replayed?: readonly Replayed[];
  /** What the data of the candidate's release advise, which decides nothing; absent until it is released. */
  readonly advice?: readonly string[];
  /** Tables and columns that lose data with the baseline too, each after its tier; absent until the release. */
  readonly restless?: readonly string[];
  readonly spans: readonly Span[];
  /** What ended the rehearsal early; absent when nothing did. */
  readonly failure?: Failure;
  /** Absent until it is judged. */
  readonly judged?: Judgement;
  /** Absent until the environment was torn down, or kept. */
  readonly tearDown?: TearDown;
  /** The data that were kept before it was torn down. @default - none */
  readonly snapshots?: readonly FinalSnapshot[];
  /** The attempts before this one, from the same checkpoint. */
  readonly attempts: readonly Attempt[];
  /** Files for the evidence, relative to the rehearsal's folder. */
  readonly files: readonly string[];
}

/** The code of both releases. */
export interface CodeOfBoth {
  readonly from?: ReleaseCode | undefined;
  readonly to?: ReleaseCode | undefined;
}

/** What is left of a database that was torn down. */
export interface FinalSnapshot {
  readonly tier: string;
  readonly engine: string;
  /** Relative to the folder of the ledger. */
  readonly folder: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
}

/** The steps of a rehearsal, in their order; a retry starts with `restore`. */
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
  | 'capacity'
  | 'judge'
  | 'logs'
  | 'keep'
  | 'tear down'
  | 'leftovers'
  | 'evidence';

/** Whether no environment exists: none was stood up, or it is gone. */
export const isOver = ({ standing }: Ledger): boolean => standing === 'none' || standing === 'gone';

/** Whether it is a production for trial. */
export const isProduction = ({ kind }: Ledger): boolean => kind === 'production';

/** How far a step got. `stopped`: by a signal, or by the end of the process. */
export interface LedgerStep {
  readonly name: StepName;
  readonly state: 'started' | 'done' | 'failed' | 'stopped';
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The data that a retry goes back to. */
export interface Checkpoint {
  readonly name: string;
  /** The last span before it: later spans belong to an attempt. */
  readonly lastSpan: number;
}

/** Why a step was not done. */
export interface Failure {
  readonly step: StepName;
  readonly outcome: 'failed' | 'stopped';
  readonly message: string;
  /** Whether the machine, AWS or cdk-twin failed, and not a release: then there is no verdict. @default false */
  readonly isFault?: boolean;
}

/** The verdict, and the reasons for it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly gates: readonly GateResult[];
  /** The checks and drills that were left out because a gate had failed. @default - none */
  readonly notRun?: readonly string[] | undefined;
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

  /** Why the last write failed; undefined when it succeeded. */
  get fault(): TwinError | undefined {
    return this.#fault;
  }

  /**
   * Changes the ledger and writes it to its file.
   *
   * @throws TwinError `ledger-unwritable`; the change is kept in memory
   */
  change(patch: Partial<Ledger>): void {
    this.note(patch);
    if (this.#fault) throw this.#fault;
  }

  /** The same without the error, for work that must continue on a full disk: {@link fault} keeps it. */
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
 * @throws TwinError `ledger` when the file is not a ledger, or one of another version
 */
export function readLedger(folder: string): LedgerFile {
  const file = join(folder, LEDGER_FILE);
  const value = parse(file);
  if (isObject(value) && value['version'] !== 1 && 'version' in value)
    throw anotherVersion(file, value['version']);
  const missing = REQUIRED.filter((key) => !isObject(value) || !(key in value));
  if (missing.length > 0) throw unreadable(file, `it has no ${missing.join(', ')}`);
  return new LedgerFile(folder, { watched: [], ...(value as Partial<Ledger>) } as Ledger);
}

/** The fields that every ledger has. */
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

/** Writes a file so that a reader, at any time and after any crash, sees the old text or the new one. */
export function replaceFile(file: string, text: string): void {
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

/** Makes the new name durable too, on systems that can sync a folder. */
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
    message: `${file} cannot be read (EACCES)`,
    fix: 'Run this as the user who started the rehearsal.',
    cause,
  });

const unreadable = (file: string, why: string, cause?: unknown): TwinError =>
  new TwinError({
    code: 'ledger',
    message: `${file} is not the ledger of a rehearsal: ${why}`,
    fix: 'Look for leftovers of the rehearsal by hand, then delete the folder of that file.',
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
    isMachineFault: true,
  });
