import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import {
  CHECKOUTS,
  EVENTS_FILE,
  EVIDENCE_FILE,
  EVIDENCE_FILES,
  NOT_STARTED_FILE,
  RECORD_FILES,
} from '../evidence/files';
import { readEvidence } from '../evidence/read';
import { claim, holderOf } from '../rehearsal/claim';
import { isOver, LEDGER_FILE, readLedger } from '../rehearsal/ledger';
import { copiesNamed, DOWN_FILE, readDown } from '../rehearsal/old-production';
import { isHere } from '../rehearsal/rehearsing-process';
import { groupBy } from './statistics';

/** Which rehearsals, verifications and cutovers may go: those that every part of the rule allows. */
export interface PruneRule {
  /** How many of the newest of each stay; a rehearsal in several stagings is one. @default - none has to */
  readonly keep?: number | undefined;
  /** How long ago a rehearsal has to have ended, in milliseconds. @default - at any time */
  readonly olderThanMs?: number | undefined;
}

/** What is done with a folder that the rule allows to go. */
export interface Pruned {
  readonly rehearsal: string;
  readonly outcome: 'removed' | 'left';
  /** Why it was left. @default - it was removed, or would be */
  readonly why?: string;
  /** What it takes on the disk. */
  readonly bytes: number;
}

/** What was found, and what was done. */
export interface Pruning {
  readonly rehearsals: number;
  /** The oldest first. */
  readonly pruned: readonly Pruned[];
}

/**
 * Removes the folders of rehearsals that ended, by a rule. Never one whose environment may exist: its ledger says so.
 *
 * @param root - the folder of rehearsals
 * @param isTrial - whether to say what would be removed, and remove nothing
 */
export function prune(root: string, rule: PruneRule, now: Date, isTrial: boolean): Pruning {
  const names = rehearsalsIn(root);
  const newest = new Set(
    KINDS.flatMap((kind) =>
      newestOf(
        root,
        names.filter((name) => kindOf(root, name) === kind),
        rule,
      ),
    ),
  );
  const pruned = names
    .filter((name) => !newest.has(name))
    .filter((name) => isOldEnough(join(root, name), rule.olderThanMs, now))
    .map((rehearsal) => remove(root, rehearsal, isTrial));
  return { rehearsals: names.length, pruned };
}

/**
 * Those that stay. Each kind is counted by itself: of each release there are two verifications, and one rehearsal, in however many
 * stagings.
 */
function newestOf(root: string, names: readonly string[], { keep = 0 }: PruneRule): readonly string[] {
  const wholes = groupBy(names, (name) => groupOf(join(root, name)) ?? name);
  return wholes.slice(Math.max(0, wholes.length - keep)).flatMap(([, parts]) => parts);
}

/** What a rehearsal is a part of; undefined where it is alone, or neither its ledger nor its evidence says so. */
function groupOf(folder: string): string | undefined {
  const said = [
    [LEDGER_FILE, () => readLedger(folder).value],
    [EVIDENCE_FILE, () => readEvidence(folder)],
  ] as const;
  for (const [file, read] of said) {
    if (!existsSync(join(folder, file))) continue;
    try {
      return read().group?.name;
    } catch (error) {
      if (!(error instanceof TwinError)) throw error; // it is alone then, and stays or goes by itself
    }
  }
  return undefined;
}

/** The file that says what a folder is of; a record of production stands nothing up, and has no ledger. */
const kindOf = (root: string, name: string): string =>
  RECORD_FILES.find(
    (file) => existsSync(join(root, name, file)) && !existsSync(join(root, name, LEDGER_FILE)),
  ) ?? EVIDENCE_FILE;

const KINDS = [EVIDENCE_FILE, ...RECORD_FILES];

/** By their names, which begin with the time: the oldest first. */
function rehearsalsIn(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== CHECKOUTS)
    .map(({ name }) => name)
    .filter((name) => FILES.some((file) => existsSync(join(root, name, file))))
    .toSorted();
}

const FILES = [LEDGER_FILE, DOWN_FILE, ...EVIDENCE_FILES, EVENTS_FILE, NOT_STARTED_FILE];

const isOldEnough = (folder: string, olderThanMs: number | undefined, now: Date): boolean =>
  olderThanMs === undefined || now.getTime() - endOf(folder) > olderThanMs;

/** When a rehearsal ended, by its evidence; without evidence when a file of its folder was last written. */
function endOf(folder: string): number {
  try {
    if (existsSync(join(folder, EVIDENCE_FILE))) return Date.parse(readEvidence(folder).endedAt);
  } catch (error) {
    // evidence of another version: its files have a time as well
    if (!(error instanceof TwinError)) throw error;
  }
  const times = FILES.map((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times);
}

function remove(root: string, rehearsal: string, isTrial: boolean): Pruned {
  const folder = join(root, rehearsal);
  const found = { rehearsal, bytes: sizeOf(folder) };
  const why = kindOf(root, rehearsal) === EVIDENCE_FILE ? whyToLeave(folder) : undefined;
  if (why !== undefined) return { ...found, outcome: 'left', why };
  if (isTrial) return { ...found, outcome: 'removed' };
  try {
    // a rehearsal that starts to be worked on meanwhile is not removed below its process
    const giveUp = claim(folder, rehearsal);
    rmSync(folder, { recursive: true });
    giveUp();
    return { ...found, outcome: 'removed' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof TwinError) return { ...found, outcome: 'left', why: message };
    if (typeof code === 'string')
      return { ...found, outcome: 'left', why: `it could not be removed (${code})` };
    throw error;
  }
}

/** Why a folder has to stay; undefined where it may go. */
function whyToLeave(folder: string): string | undefined {
  if (existsSync(join(folder, DOWN_FILE))) return whyToLeaveDown(folder);
  if (!existsSync(join(folder, LEDGER_FILE)))
    return 'it has no ledger: whether its environment exists is not known';
  try {
    const ledger = readLedger(folder).value;
    if (!isOver(ledger)) return 'its environment may exist: tear it down with twin down';
    if (ledger.snapshots !== undefined && ledger.snapshots.length > 0)
      return `it holds the final snapshots of ${ledger.environment}: remove the folder by hand`;
  } catch (error) {
    if (error instanceof TwinError) return error.message;
    throw error;
  }
  const holder = holderOf(folder);
  // a claim of this host is looked at when it is taken
  return holder && !isHere(holder)
    ? `process ${holder.pid} on ${holder.host} may be at work on it`
    : undefined;
}

/** The same of the tear-down of a production that others deployed. */
function whyToLeaveDown(folder: string): string | undefined {
  try {
    const { state, environment, databases } = readDown(folder);
    if (state === 'keeping' || state === 'removing')
      return `${environment} may not be gone: finish with twin production down`;
    return databases.some((it) => copiesNamed(it).length > 0)
      ? `it names the final snapshots of ${environment}: remove the folder by hand`
      : undefined;
  } catch (error) {
    if (error instanceof TwinError) return error.message;
    throw error;
  }
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) =>
        sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
