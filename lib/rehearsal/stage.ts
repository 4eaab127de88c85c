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

/** What every step works with. All that a later step needs goes into the ledger: another process may take that step. */
export interface Stage {
  readonly parts: RehearsalParts;
  readonly script: Script;
  readonly ledger: LedgerFile;
  readonly journal: Journal;
  /** Aborts when the rehearsal is to stop. */
  readonly signal: AbortSignal;
  /** The command that goes on with this rehearsal: `npx twin down <rehearsal>`. */
  readonly commandOf: (verb: 'down' | 'retry') => string;
  /** The candidate's, when this process has planned it. */
  proof?: Proof;
  /** The evidence, once there is any: it may be told though it could not be written. */
  evidence?: Evidence;
}

/** The work of a step. @returns what the ledger learns from it @throws what keeps the step from being done */
export type Act = (stage: Stage, watch: Watch) => Promise<Partial<Ledger>>;

/** The release that production runs, or the candidate, as it is deployed. */
export function deploymentOf({ ledger }: Stage, which: 'from' | 'to'): Deployment {
  const { [which]: release, assemblies, environment = '' } = ledger.value;
  return { release, assembly: resolve(ledger.folder, assemblies[which]), environment };
}

/** What checks of a release are run with. Asked for anew each time: endpoints hold passwords and may move. */
export async function contextOf(
  { parts, ledger }: Stage,
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
    tell: (message) => watch.tell(message),
  };
}

/** The proof of the candidate's assembly. */
export function proofOf(stage: Stage): Proof {
  const { assembly, environment } = deploymentOf(stage, 'to');
  return (stage.proof ??= stage.parts.prove(assembly, environment));
}
