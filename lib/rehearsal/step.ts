import { resolve } from 'node:path';
import { machineFaultOf, messageOf, TwinError } from '../error';
import type { CodeState, Evidence, Replayed } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import type { Recordings } from '../probes/context';
import type { DataState } from '../probes/data';
import type { Deployment, TierState, Watch } from '../targets/target';
import type { ChecksConfig, RehearsalConfig } from '../config/types';
import type { Asked } from './dark-launch';
import { memberIncidents } from './incidents';
import type { Journal } from './journal';
import type { CodeOfBoth, Ledger, LedgerFile } from './ledger';
import type { Proof, RehearsalParts } from './parts';

/** What is checked and broken. */
export type Script = Pick<
  RehearsalConfig,
  'checks' | 'capacity' | 'darkLaunch' | 'drills' | 'synth' | 'traffic' | 'version'
>;

/** What every step works with. All that a later step needs goes into the ledger: another process may run that step. */
export interface StepContext {
  readonly parts: RehearsalParts;
  readonly script: Script;
  readonly ledger: LedgerFile;
  readonly journal: Journal;
  /** Aborts when the rehearsal is to stop. */
  readonly signal: AbortSignal;
  /** The command that continues this rehearsal: `npx twin down <rehearsal>`. */
  readonly commandOf: (verb: 'down' | 'retry') => string;
  /** Whether what costs more than its gate allows is refused before it stands, wherever that is. @default - only where it is paid for */
  refusesPrice?: boolean;
  /** Where the code of both releases is, when this process has planned them. */
  code?: CodeOfBoth;
  /** What the repository of the candidate's code held, when this process has planned it. */
  codeState?: CodeState;
  /** The candidate's proof, when this process has planned it. */
  proof?: Proof;
  /** What the SQL tiers held before the checks of the baseline, when this process has read it. */
  baselineData?: readonly DataState[];
  /** What replay checks send, when this process has planned it. */
  recordings?: Recordings;
  /** What was read of access logs, when this process has planned it. */
  replayed?: readonly Replayed[];
  /** The answers of the baseline, when this process has asked for them. */
  asked?: Asked;
  /** The evidence, once it is assembled: it is reported even where it could not be written. */
  evidence?: Evidence;
}

/** The work of a step. @returns what it adds to the ledger @throws when the step is not done */
export type Step = (context: StepContext, watch: Watch) => Promise<Partial<Ledger>>;

/**
 * The deployment of the release that production runs, or of the candidate.
 *
 * @param flag - the feature flag that is switched in it. @default - none
 */
export function deploymentOf({ ledger }: StepContext, which: 'from' | 'to', flag?: string): Deployment {
  const { [which]: release, assemblies, environment = '', code } = ledger.value;
  const folder = code?.[which]?.folder;
  const of = flag === undefined ? assemblies[which] : assemblies.flags?.[flag];
  if (of === undefined) throw new Error(`no assembly has the flag ${flag} switched`);
  const assembly = resolve(ledger.folder, of);
  return { release, assembly, environment, ...(folder !== undefined && { folder }) };
}

/** A watch whose work may add to the handle: what it learns is in the ledger before it goes on. */
export const watchOf = ({ journal, ledger }: StepContext, signal: AbortSignal): Watch => ({
  ...journal.watch(signal),
  learn: (details) => {
    const { handle } = ledger.value;
    ledger.change({ handle: { ...handle, ...details, target: handle.target, name: handle.name } });
  },
});

/** Runs checks on a release where they reach it. */
export async function runChecks(
  context: StepContext,
  checks: ChecksConfig,
  release: string,
  watch: Watch,
): Promise<readonly CheckResult[]> {
  const { parts, ledger } = context;
  const probes = await parts.target.probes(ledger.value.handle, watch);
  const { recordings } = context;
  const plan = { ...checks, ...(recordings && { recordings }) };
  const results = await probes.run(plan, release, watch);
  if (results.some(({ outcome }) => outcome === 'failed')) await checkStanding(context, watch);
  return results;
}

/** The tiers that stand, and those that the candidate adds. */
export async function tiersOf(context: StepContext, watch: Watch): Promise<readonly TierState[]> {
  const { parts, ledger } = context;
  const { to, handle } = ledger.value;
  const standing = await parts.target.describe(handle, watch);
  const added = proofOf(context).staging.tiers.filter(
    ({ name }) => !standing.some(({ tier }) => tier === name),
  );
  const because = `${to} adds it, and it was not stood up`;
  return [
    ...standing,
    ...added.map(({ name: tier, kind }) => ({ tier, kind, skipped: true, because }) as const),
  ];
}

/**
 * Checks, where something failed, that the environment still stands: what failed because the environment was lost says
 * nothing of a release.
 *
 * @throws TwinError that is the machine's fault
 */
export async function checkStanding({ parts, ledger }: StepContext, watch: Watch): Promise<void> {
  try {
    const tiers = await parts.target.describe(ledger.value.handle, watch);
    const stopped = tiers
      .flatMap((tier) => (tier.skipped || tier.kind === 'service' ? [] : tier.members))
      .filter(({ state }) => state === 'stopped');
    const lost = [
      ...stopped.map(({ name }) => `${name} has ended`),
      ...memberIncidents(tiers).map(({ what }) => what), // those run again
    ];
    if (lost.length > 0) throw memberLost(lost);
  } catch (error) {
    const fault = machineFaultOf(error);
    if (fault) throw fault;
    watch.log(`the environment could not be described: ${messageOf(error)}`);
  }
}

const memberLost = (losses: readonly string[]): TwinError =>
  new TwinError({
    code: 'member-lost',
    message: `${losses.join('; ')}, although nothing was to stop it`,
    fix: 'See its log, and rehearse again.',
    isMachineFault: true,
  });

/** The proof of the candidate's assembly. */
export function proofOf(context: StepContext): Proof {
  const { assembly, environment } = deploymentOf(context, 'to');
  return (context.proof ??= context.parts.prove(assembly, environment));
}
