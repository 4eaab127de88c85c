import { resolve } from 'node:path';
import type { Evidence } from '../evidence/evidence';
import type { ProbeContext } from '../probes/context';
import type { Deployment, Watch } from '../targets/target';
import type { RehearsalConfig } from './config';
import type { Journal } from './journal';
import type { Ledger, LedgerFile } from './ledger';
import type { Proof, RehearsalParts } from './parts';

/** What is checked and broken. */
export type Script = Pick<RehearsalConfig, 'checks' | 'drills'>;

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
  /** The candidate's proof, when this process has planned it. */
  proof?: Proof;
  /** The evidence, once it is assembled: it is reported even where it could not be written. */
  evidence?: Evidence;
}

/** The work of a step. @returns what it adds to the ledger @throws when the step is not done */
export type Step = (context: StepContext, watch: Watch) => Promise<Partial<Ledger>>;

/** The deployment of the release that production runs, or of the candidate. */
export function deploymentOf({ ledger }: StepContext, which: 'from' | 'to'): Deployment {
  const { [which]: release, assemblies, environment = '' } = ledger.value;
  return { release, assembly: resolve(ledger.folder, assemblies[which]), environment };
}

/** What checks of a release run with. Read anew each time: endpoints hold passwords and may move. */
export async function probeContextOf(
  { parts, ledger }: StepContext,
  release: string,
  watch: Watch,
): Promise<ProbeContext> {
  const { handle } = ledger.value;
  const { url, urls, databases } = await parts.target.endpoints(handle);
  return {
    url,
    urls,
    databases,
    release,
    folder: parts.folder,
    environment: parts.markOf(handle),
    signal: watch.signal,
    log: (message) => watch.log(message),
  };
}

/** The proof of the candidate's assembly. */
export function proofOf(context: StepContext): Proof {
  const { assembly, environment } = deploymentOf(context, 'to');
  return (context.proof ??= context.parts.prove(assembly, environment));
}
