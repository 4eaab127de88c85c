import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckResult } from '../probes/check';
import { messageOf, messageWithFix, TwinError } from '../error';
import type { Evidence, TearDown } from '../evidence/evidence';
import { LEAK_GATES } from './gates/registry';
import { EVENTS_FILE, LOGS_FOLDER } from '../evidence/files';
import { replayedSentences } from '../evidence/replayed';
import { seal } from '../evidence/seal';
import type { Inventory, Watch } from '../targets/target';
import { measuredIn } from './fail-fast';
import { memberIncidents } from './incidents';
import { judge } from './judge';
import type { Ledger } from './ledger';
import type { Proof } from './parts';
import { proofOf, type Step, type StepContext } from './step';

/** Judges the candidate by what was measured. */
export const judgeCandidate: Step = (context) => {
  const judged = judge(measuredIn(context));
  return Promise.resolve({ judged: { ...judged, at: context.parts.now().toISOString() } });
};

/** Copies the logs while they exist. A failure to copy them does not keep the tear-down from running. */
export const collectLogs: Step = async ({ parts, ledger }, watch) => {
  try {
    const names = await parts.target.logs(ledger.value.handle, join(ledger.folder, LOGS_FOLDER), watch);
    const files = new Set([...ledger.value.files, ...names.map((name) => `${LOGS_FOLDER}/${name}`)]);
    return { files: [...files] };
  } catch (error) {
    watch.log(`the logs could not be copied: ${messageOf(error)}`);
    return {};
  }
};

/** Leaves the environment standing. */
export const keep: Step = ({ commandOf, ledger }) => {
  const retry = ledger.value.checkpoint ? { retry: commandOf('retry') } : {};
  return Promise.resolve({
    standing: 'kept',
    tearDown: { outcome: 'kept', leftovers: [], finish: commandOf('down'), ...retry },
  });
};

/** Removes the environment, with a second attempt when the first fails. A failure is a result, never an exception. */
export const tearDown: Step = async (context, watch) => {
  let error = await downOnce(context, watch);
  if (error !== undefined) {
    watch.log(`the tear-down failed: ${error}; trying again`);
    error = await downOnce(context, watch);
  }
  // the next step looks for leftovers: until then there may be some
  return { tearDown: leftBehind(context, error && `${TEAR_DOWN} failed: ${error}`) };
};

const TEAR_DOWN = 'the tear-down';
const SEARCH = 'the search for leftovers';

async function downOnce({ parts, ledger }: StepContext, watch: Watch): Promise<string | undefined> {
  try {
    await parts.target.down(ledger.value.handle, watch);
    return undefined;
  } catch (error) {
    return messageWithFix(error);
  }
}

/** Looks for leftovers, whatever the tear-down reported. */
export const findLeftovers: Step = async (context, watch) => {
  const { ledger } = context;
  const error = ledger.value.tearDown?.error;
  try {
    const { looked, found: leftovers } = await inventory(context, watch);
    const isGone = leftovers.length === 0 && error === undefined;
    if (isGone) return { standing: 'gone', tearDown: { outcome: 'gone', leftovers, looked } };
    return { tearDown: { ...leftBehind(context, error), leftovers, looked } };
  } catch (cause) {
    return { tearDown: leftBehind(context, withSearch(error, cause)) };
  }
};

/** What stands in the way of both, or mends both, is said once. */
function withSearch(ofTearDown: string | undefined, cause: unknown): string {
  const ofSearch = messageWithFix(cause);
  if (ofTearDown === undefined) return `${SEARCH} failed: ${ofSearch}`;
  if (ofTearDown === `${TEAR_DOWN} failed: ${ofSearch}`)
    return `${TEAR_DOWN} and ${SEARCH} failed: ${ofSearch}`;
  const fix = cause instanceof TwinError ? cause.fix : '';
  const before = ofTearDown.endsWith(fix) ? ofTearDown.slice(0, -fix.length || undefined) : ofTearDown;
  return `${before.trimEnd().replace(/\.$/, '')}; ${SEARCH} failed: ${ofSearch}`;
}

/** Writes the evidence. */
export const saveEvidence: Step = (context) => {
  const { parts, ledger } = context;
  context.evidence = evidenceOf(ledger.value, proofOf(context), parts.now());
  parts.writeEvidence(ledger.folder, context.evidence);
  return Promise.resolve({});
};

/** What is ending may still be seen: what is left is what is still there a moment later. */
async function inventory({ parts, ledger }: StepContext, watch: Watch): Promise<Inventory> {
  const { target } = parts;
  const seen = await target.inventory(ledger.value.handle, watch);
  if (seen.found.length === 0) return seen;
  await sleep(A_MOMENT_MS);
  return target.inventory(ledger.value.handle, watch);
}

const A_MOMENT_MS = 500;

const leftBehind = ({ commandOf }: StepContext, error: string | undefined): TearDown => ({
  outcome: 'left',
  leftovers: [],
  ...(error !== undefined && { error }),
  finish: commandOf('down'),
});

function evidenceOf(ledger: Ledger, proof: Proof, now: Date): Evidence {
  const { judged, tearDown: outcome, gates } = ledger;
  const ofTiers = ledger.tiers.flatMap((it) => (it.skipped ? [] : (it.advice ?? [])));
  const ofMembers = memberIncidents(ledger.tiers).map(({ what }) => what);
  const leaks = LEAK_GATES.flatMap(({ leaksOfBoth }) => leaksOfBoth(ledger));
  const ofLogs = (ledger.replayed ?? []).flatMap(replayedSentences);
  const advice = [...(ledger.advice ?? []), ...leaks, ...ofTiers, ...ofMembers, ...ofLogs];
  const { prod, staging } = proof.deployed();
  return seal({
    version: 2,
    tool: ledger.tool,
    rehearsal: ledger.rehearsal,
    target: ledger.target,
    from: ledger.from,
    to: ledger.to,
    ...(ledger.group && { group: ledger.group }),
    ran: ledger.ran ?? {},
    startedAt: ledger.startedAt,
    endedAt: now.toISOString(),
    verdict: judged?.verdict ?? 'NO-GO',
    reasons: judged?.reasons ?? [NOT_JUDGED],
    tearDown: outcome ?? { outcome: 'left', leftovers: [] },
    attempts: ledger.attempts,
    spans: ledger.spans,
    subject: {
      prod,
      stagingDigest: staging.digest,
      ...(ledger.codeState && { code: ledger.codeState }),
      scriptDigest: ledger.scriptDigest,
    },
    gatesDigest: ledger.gatesDigest,
    gates: judged?.gates ?? [],
    ...(judged?.notRun && { notRun: judged.notRun }),
    parity: proof.parity,
    environments: proof.environments,
    tiers: ledger.tiers,
    baseline: ledger.baseline.map(withoutReads),
    checks: ledger.checks.map(withoutReads),
    drills: ledger.drills,
    watched: ledger.watched,
    ...(ledger.rounds && { rounds: ledger.rounds }),
    ...(ledger.capacity && { capacity: ledger.capacity }),
    ...(ledger.darkLaunch && { darkLaunch: ledger.darkLaunch }),
    ...(ledger.replayed && { replayed: ledger.replayed }),
    ...(ledger.rotation && { rotation: ledger.rotation }),
    ...(advice.length > 0 && { advice }),
    cost: proof.cost(gates.costHours),
    files: [EVENTS_FILE, ...ledger.files],
  });
}

/** What another release is asked again is the ledger's alone: its headers and cookies are credentials. */
const withoutReads = (result: CheckResult): CheckResult => {
  const { lastReads: _, ...others } = result;
  return others;
};

/** The reason of a rehearsal whose judgement failed. */
const NOT_JUDGED = 'the rehearsal could not be judged: see the bug that was reported';
