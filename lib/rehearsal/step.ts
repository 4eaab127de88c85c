import { resolve } from 'node:path';
import type { Evidence } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import type { Deployment, Watch } from '../targets/target';
import type { ChecksConfig, RehearsalConfig } from './config';
import type { Journal } from './journal';
import type { CodeOfBoth, Ledger, LedgerFile } from './ledger';
import type { Proof, RehearsalParts } from './parts';

/** What is checked and broken. */
export type Script = Pick<RehearsalConfig, 'checks' | 'drills' | 'version'>;

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
  /** Where the code of both releases is, when this process has planned them. */
  code?: CodeOfBoth;
  /** The candidate's proof, when this process has planned it. */
  proof?: Proof;
  /** The evidence, once it is assembled: it is reported even where it could not be written. */
  evidence?: Evidence;
}

/** The work of a step. @returns what it adds to the ledger @throws when the step is not done */
export type Step = (context: StepContext, watch: Watch) => Promise<Partial<Ledger>>;

/** The deployment of the release that production runs, or of the candidate. */
export function deploymentOf({ ledger }: StepContext, which: 'from' | 'to'): Deployment {
  const { [which]: release, assemblies, environment = '', code } = ledger.value;
  const folder = code?.[which]?.folder;
  const assembly = resolve(ledger.folder, assemblies[which]);
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
  { parts, ledger }: StepContext,
  checks: ChecksConfig,
  release: string,
  watch: Watch,
): Promise<readonly CheckResult[]> {
  const probes = await parts.target.probes(ledger.value.handle, watch);
  return probes.run(checks, release, watch);
}

/** The proof of the candidate's assembly. */
export function proofOf(context: StepContext): Proof {
  const { assembly, environment } = deploymentOf(context, 'to');
  return (context.proof ??= context.parts.prove(assembly, environment));
}
