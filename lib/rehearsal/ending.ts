import { join } from 'node:path';
import type { Evidence, TearDown } from '../evidence/evidence';
import { EVENTS_FILE, LOGS_FOLDER } from '../evidence/files';
import type { Watch } from '../targets/target';
import { judge } from './judge';
import type { Ledger } from './ledger';
import type { Proof } from './parts';
import { proofOf, type Act, type Stage } from './stage';

/** Judges what was measured. */
export const judgeIt: Act = (stage) => {
  const { ledger, journal, parts } = stage;
  const { gates, failure } = ledger.value;
  const isCostJudged = gates.cost !== undefined && failure === undefined;
  const judged = judge({
    ...ledger.value,
    failure,
    minutes: journal.spans.reduce((sum, { parent, ms }) => sum + (parent === null ? ms : 0), 0) / 60_000,
    cost: isCostJudged ? proofOf(stage).cost(gates.cost?.hours) : undefined,
  });
  return Promise.resolve({ judged: { ...judged, at: parts.now().toISOString() } });
};

/** Copies the logs while there are any. That they cannot be had keeps nothing from being torn down. */
export const collectLogs: Act = async ({ parts, ledger }, watch) => {
  try {
    const names = await parts.target.logs(ledger.value.handle, join(ledger.folder, LOGS_FOLDER));
    const files = new Set([...ledger.value.files, ...names.map((name) => `${LOGS_FOLDER}/${name}`)]);
    return { files: [...files] };
  } catch (error) {
    watch.tell(`the logs could not be copied: ${messageOf(error)}`);
    return {};
  }
};

/** Leaves everything as it stands. */
export const keep: Act = ({ commandOf, ledger }) => {
  const again = ledger.value.checkpoint ? { retry: commandOf('retry') } : {};
  return Promise.resolve({
    standing: 'kept',
    tearDown: { outcome: 'kept', residue: [], finish: commandOf('down'), ...again },
  });
};

/** Removes everything, and once more when that fails. What became of it is a result, never an exception. */
export const tearDown: Act = async (stage, watch) => {
  let error = await downOnce(stage, watch);
  if (error !== undefined) {
    watch.tell(`${error}; once more`);
    error = await downOnce(stage, watch);
  }
  // what is left is looked for next: until then something may be
  return { tearDown: leftBehind(stage, error) };
};

async function downOnce({ parts, ledger }: Stage, watch: Watch): Promise<string | undefined> {
  try {
    await parts.target.down(ledger.value.handle, watch);
    return undefined;
  } catch (error) {
    return `the tear-down failed: ${messageOf(error)}`;
  }
}

/** Looks whether anything is left, whatever the tear-down said. */
export const lookForResidue: Act = async (stage) => {
  const { parts, ledger } = stage;
  const error = ledger.value.tearDown?.error;
  try {
    const residue = await parts.target.residue(ledger.value.handle);
    const isGone = residue.length === 0 && error === undefined;
    if (isGone) return { standing: 'gone', tearDown: { outcome: 'gone', residue } };
    return { tearDown: { ...leftBehind(stage, error), residue } };
  } catch (cause) {
    const unseen = `nobody could look for what is left: ${messageOf(cause)}`;
    return { tearDown: leftBehind(stage, error === undefined ? unseen : `${error}; ${unseen}`) };
  }
};

/** Puts everything on record. */
export const writeDown: Act = (stage) => {
  const { parts, ledger } = stage;
  stage.evidence = evidenceOf(ledger.value, proofOf(stage), parts.now());
  parts.writeEvidence(ledger.folder, stage.evidence);
  return Promise.resolve({});
};

const leftBehind = ({ commandOf }: Stage, error: string | undefined): TearDown => ({
  outcome: 'left',
  residue: [],
  ...(error !== undefined && { error }),
  finish: commandOf('down'),
});

function evidenceOf(ledger: Ledger, proof: Proof, now: Date): Evidence {
  const { judged, tearDown: outcome, gates } = ledger;
  return {
    version: 1,
    tool: ledger.tool,
    rehearsal: ledger.rehearsal,
    target: ledger.target,
    from: ledger.from,
    to: ledger.to,
    startedAt: ledger.startedAt,
    endedAt: now.toISOString(),
    verdict: judged?.verdict ?? 'NO-GO',
    reasons: judged?.reasons ?? [NOT_JUDGED],
    tearDown: outcome ?? { outcome: 'left', residue: [] },
    attempts: ledger.attempts,
    spans: ledger.spans,
    gatesDigest: ledger.gatesDigest,
    gates: judged?.gates ?? [],
    parity: proof.parity,
    environments: proof.environments,
    tiers: ledger.tiers,
    baseline: ledger.baseline,
    checks: ledger.checks,
    drills: ledger.drills,
    cost: proof.cost(gates.cost?.hours),
    files: [EVENTS_FILE, ...ledger.files],
  };
}

/** What a rehearsal comes to when judging it failed. */
const NOT_JUDGED = 'it could not be judged: see the bug that was reported';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
