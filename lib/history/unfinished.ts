import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TwinError } from '../error';
import { EVENTS_FILE, EVIDENCE_FILES, NOT_STARTED_FILE } from '../evidence/files';
import { showMoment } from '../evidence/figures';
import { isObject, parseJson } from '../json';
import { holderOf, workerOn } from '../rehearsal/claim';
import { isHere } from '../rehearsal/rehearsing-process';
import { copiesNamed, DOWN_FILE, readDown, type ProductionDown } from '../rehearsal/old-production';
import { isOver, isProduction, LEDGER_FILE, readLedger, type Ledger } from '../rehearsal/ledger';

/** A rehearsal that has no evidence, or has none yet. */
export interface Unfinished {
  readonly rehearsal: string;
  readonly where: string;
  readonly state:
    | 'running'
    | 'interrupted'
    | 'not started'
    | 'not twins'
    | 'stopped'
    | 'no evidence'
    | 'stands'
    | 'torn down';
  /** What it is, where it is no rehearsal. @default - a rehearsal */
  readonly kind?: 'production';
  /** What is known of it, in a phrase. */
  readonly detail: string;
  /** @default - its ledger cannot be read */
  readonly from?: string;
  readonly to?: string;
  /** Where it is, or was. @default - nothing was planned */
  readonly staging?: string;
  /** What it is a part of. @default - it is all there is */
  readonly group?: string;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  /** What is left of its databases, by tier: a folder, or the names of snapshots. @default - nothing was kept */
  readonly snapshots?: Readonly<Record<string, string>>;
}

/** The state of a rehearsal without evidence; undefined where it has some. @param folder - the rehearsal's */
export function unfinishedIn(folder: string): Unfinished | undefined {
  if (EVIDENCE_FILES.some((name) => existsSync(join(folder, name)))) return undefined;
  if (existsSync(join(folder, DOWN_FILE))) return downIn(folder);
  const ledger = ledgerIn(folder);
  const named = { rehearsal: basename(folder), where: folder };
  if (ledger === undefined) return { ...named, state: 'no evidence', detail: 'it has no ledger either' };
  if (ledger instanceof TwinError) return { ...named, state: 'interrupted', detail: ledger.message };
  const { from, to, startedAt, environment: staging, group } = ledger;
  const where = { ...(staging !== undefined && { staging }), ...(group && { group: group.name }) };
  const state = { ...named, ...stateOf(folder, ledger), from, to, ...where, startedAt };
  if (!isProduction(ledger)) return state;
  const kept = (ledger.snapshots ?? []).map((it) => [it.tier, join(folder, it.folder)] as const);
  return {
    ...state,
    kind: 'production',
    ...(kept.length > 0 && { snapshots: Object.fromEntries(kept) }),
  };
}

/** The tear-down of a production that others deployed. */
function downIn(folder: string): Unfinished {
  const named = { rehearsal: basename(folder), where: folder, kind: 'production' } as const;
  let down: ProductionDown;
  try {
    down = readDown(folder);
  } catch (error) {
    if (!(error instanceof TwinError)) throw error;
    return { ...named, state: 'interrupted', detail: error.message };
  }
  const { environment, target, release, startedAt, databases } = down;
  const copies = databases
    .map((it) => [it.tier, copiesNamed(it).join(', ')] as const)
    .filter(([, names]) => names !== '');
  return {
    ...named,
    ...downState(folder, down),
    from: release,
    to: release,
    staging: environment,
    startedAt,
    detail: `${environment} on ${target}`,
    ...(copies.length > 0 && { snapshots: Object.fromEntries(copies) }),
  };
}

function downState(folder: string, { state }: ProductionDown): Pick<Unfinished, 'state'> {
  if (state === 'gone') return { state: 'torn down' };
  if (state === 'stopped') return { state: 'stopped' };
  return { state: workerOn(folder) ? 'running' : 'interrupted' };
}

function ledgerIn(folder: string): Ledger | TwinError | undefined {
  if (!existsSync(join(folder, LEDGER_FILE))) return undefined;
  try {
    return readLedger(folder).value;
  } catch (error) {
    if (error instanceof TwinError) return error;
    throw error;
  }
}

function stateOf(folder: string, ledger: Ledger): Pick<Unfinished, 'state' | 'detail'> {
  const step = ledger.steps.at(-1)?.name;
  const holder = holderOf(folder);
  const worker = workerOn(folder);
  const during = step === undefined ? 'at the plan' : `at "${step}"`;
  if (worker) return { state: 'running', detail: `process ${worker.pid}, ${during}` };
  if (holder && !isHere(holder))
    return {
      state: 'running',
      detail: `process ${holder.pid} on ${holder.host}, ${during}, unless it was killed`,
    };
  if (isProduction(ledger)) return trialState(ledger, during);
  if (!isOver(ledger))
    return ledger.standing === 'kept'
      ? { state: 'no evidence', detail: 'its environment is kept: twin down' }
      : { state: 'interrupted', detail: `${during}; its environment may exist: twin down` };
  if (ledger.standing === 'gone') return { state: 'no evidence', detail: 'its environment is gone' };
  if (existsSync(join(folder, NOT_STARTED_FILE)))
    return { state: 'not started', detail: 'nothing was stood up' };
  return isPlanned(folder) && ledger.environment === undefined
    ? { state: 'not twins', detail: 'nothing was stood up' }
    : { state: 'stopped', detail: 'nothing was stood up' };
}

/** The state of a production that was stood up for trial. */
function trialState(
  { standing, environment = 'it', handle, to }: Ledger,
  during: string,
): Pick<Unfinished, 'state' | 'detail'> {
  if (standing === 'none') return { state: 'stopped', detail: 'a production; nothing was stood up' };
  if (standing === 'gone')
    return { state: 'torn down', detail: `a production: ${environment}, last with ${to}` };
  if (standing === 'maybe')
    return { state: 'interrupted', detail: `a production, ${during}; it may exist: twin down` };
  const until = handle['expires'] === undefined ? '' : `, until ${showMoment(handle['expires'])}`;
  return { state: 'stands', detail: `a production: ${environment} with ${to}${until}: twin down` };
}

/** Whether the plan came to its end: where it did and named no environment, staging was none that could be rehearsed on. */
function isPlanned(folder: string): boolean {
  const file = join(folder, EVENTS_FILE);
  if (!existsSync(file)) return false;
  const events = readFileSync(file, 'utf8').split('\n').map(parseJson);
  return events.some(
    (it) => isObject(it) && it['event'] === 'span-end' && it['name'] === 'plan' && it['outcome'] === 'done',
  );
}
