import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, TwinError } from '../error';
import { FULL_SIZE } from '../full-size';
import { equalJson, type Json } from '../json';
import { isPassed } from '../parity/report';
import type { Watch } from '../targets/target';
import { showCode } from '../evidence/ran';
import type { ContextFlag } from '../config/types';
import type { PlannedAssembly } from './flags';
import { isOver, type CodeOfBoth, type Ledger } from './ledger';
import type { Proof } from './parts';
import { suffixOf } from './rehearsals';
import { type NotTwins, type StoppedEarly } from './run';
import { reasonOf } from './run-steps';
import { checkCapacity } from './capacity';
import { readLogs, scaleLogs } from './recordings';
import { checkTarget } from './preflight';
import { watchOf, type StepContext } from './step';

/**
 * Synthesises releases in parallel, proves that the staging of each is a twin, and asks the target whether it can be stood up.
 *
 * @returns the candidate's proof: the last without a flag
 */
export async function plan(
  context: StepContext,
  environment: string | undefined,
  releases: readonly PlannedAssembly[],
): Promise<Proof | NotTwins | StoppedEarly> {
  const { parts, ledger, signal } = context;
  const watch = watchOf(context, signal);
  try {
    return await watch.span('plan', async () => {
      await parts.target.reach(ledger.value.handle, watch);
      checkCapacity(context);
      const code = await findCode(context, releases.at(-1)!.release, watch);
      const codeState = await readCodeState(context, code, watch);
      const logs = await readLogs(context, watch);
      await synthesizeAll(context, releases, code);
      const proofs = releases.map((it) => {
        const proof = parts.prove(join(ledger.folder, it.assembly), environment);
        return { ...it, proof, folder: folderOf(it.release, context, code) };
      });
      const failed = proofs.find(({ proof }) => !isPassed(proof.parity));
      if (failed) return { kind: 'not-twins', release: failed.release, report: failed.proof.parity };
      for (const { proof } of proofs) parts.checkConfig(proof.staging);
      const plain = proofs.filter(({ flag }) => flag === undefined);
      checkThatReleasesDiffer(plain);
      for (const it of proofs) if (it.flag) checkThatFlagSwitches(it.flag, plain.at(-1)!.proof, it.proof);
      const { recordings, replayed } = scaleLogs(context, logs, plain.at(-1)!.proof, watch);
      await checkTarget(context, proofs, watch);
      context.recordings = recordings;
      if (replayed.length > 0) context.replayed = replayed;
      context.code = code;
      if (codeState) context.codeState = codeState;
      return plain.at(-1)!.proof;
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    const state = isOver(ledger.value) ? 'nothing was stood up' : 'the environment is unchanged';
    return { kind: 'stopped', message: `${reasonOf(signal)}: ${state}` };
  }
}

/**
 * Finds the code of both releases, one after the other: they share a place.
 *
 * @throws TwinError `same-release`, and those of the parts
 */
async function findCode({ parts, ledger }: StepContext, to: string, watch: Watch): Promise<CodeOfBoth> {
  const { from } = ledger.value;
  const code = { from: await parts.findCode(from, watch), to: await parts.findCode(to, watch) };
  if (code.from === undefined || code.from.folder !== code.to?.folder) return code;
  throw new TwinError({
    code: 'same-release',
    message: `${from} and ${to} are the same code: ${showCode(code.from)} and ${showCode(code.to)}`,
    fix: 'Name another candidate, or correct "releases" in the config.',
  });
}

/** What the candidate is synthesised from, for the record: what git cannot read keeps nothing from being rehearsed. */
async function readCodeState({ parts }: StepContext, { to }: CodeOfBoth, watch: Watch) {
  try {
    return await parts.codeState(to?.folder, watch.signal);
  } catch (error) {
    watch.signal.throwIfAborted();
    watch.log(`the evidence will not name the code: ${messageOf(error)}`);
    return undefined;
  }
}

/** The folder with the code of a release that has one of its own. */
const folderOf = (release: string, { ledger }: StepContext, { from, to }: CodeOfBoth): string | undefined =>
  (release === ledger.value.from ? from : to)?.folder;

/** Two releases that are deployed alike are one: the candidate would never run. */
function checkThatReleasesDiffer(
  planned: readonly { readonly release: string; readonly proof: Proof }[],
): void {
  const [from, to] = planned;
  if (!from || !to) return;
  if (!equalJson(deployedOf(from.proof), deployedOf(to.proof))) return;
  throw new TwinError({
    code: 'same-release',
    message: `${from.release} and ${to.release} are deployed alike: the templates of ${to.proof.environment} do not differ`,
    fix: `Let the app read the release from its context, for the tag of an image for example; twin.config.ts can name the key (synth.releaseContext).`,
  });
}

const deployedOf = ({ staging }: Proof): Json[] =>
  staging.stacks.map(({ name, template }) => [name, template]);

/** A flag that the app does not read would be rehearsed in one state alone. */
function checkThatFlagSwitches({ name, context }: ContextFlag, plain: Proof, switched: Proof): void {
  if (!equalJson(deployedOf(plain), deployedOf(switched))) return;
  const keys = Object.entries(context).map(([key, value]) => `${key}=${value}`);
  throw new TwinError({
    code: 'same-flag',
    message: `the flag ${name} changes nothing: the templates of ${plain.environment} are the same with -c ${keys.join(' -c ')}`,
    fix: 'Let the app read that key of its context, for a variable of its services for example, or correct drills.flags.',
  });
}

/** Waits for all of them, so that none still runs when one has failed. */
async function synthesizeAll(
  context: StepContext,
  releases: readonly PlannedAssembly[],
  code: CodeOfBoth,
): Promise<void> {
  const { parts, journal, ledger, signal } = context;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const watch = journal.watch(either);
  const { handle, fullSize } = ledger.value;
  const keys = { ...parts.target.context(handle), ...(fullSize && { [FULL_SIZE]: fullSize.join(',') }) };
  const suffix = suffixOf(ledger.value.rehearsal);
  const all = releases.map(async ({ assembly, release, flag }) => {
    const [output, log] = [resolve(ledger.folder, assembly), join(ledger.folder, logOf(assembly))];
    try {
      const called = flag === undefined ? release : `${release} with ${flag.name} switched`;
      await watch.span(`synthesise ${called}`, () =>
        parts.synthesize({
          release,
          folder: folderOf(release, context, code),
          suffix,
          context: { ...keys, ...flag?.context },
          output,
          log,
          signal: either,
        }),
      );
    } catch (error) {
      failed.abort(error); // after its span has ended: only the others are stopped
      throw error;
    }
  });
  await Promise.allSettled(all);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}

const logOf = (assembly: string): string => `${assembly.replace('assembly', 'synth')}.log`;

/** The logs of the syntheses, for the evidence: not every synthesis writes one. */
export const logsOf = (folder: string, all: readonly PlannedAssembly[]): string[] =>
  all.map(({ assembly }) => logOf(assembly)).filter((log) => existsSync(join(folder, log)));

/** The steps with `plan` added at the end. */
export const planDone = ({ parts }: StepContext, before: Ledger['steps']): Ledger['steps'] => [
  ...before,
  { name: 'plan', state: 'done', at: parts.now().toISOString() },
];
