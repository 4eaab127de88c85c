import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isOver, type Ledger } from './ledger';
import type { Proof } from './parts';
import { legal } from './rehearsals';
import { type NotATwin, type StoppedEarly } from './run';
import type { Stage } from './stage';
import { reasonOf } from './story';

/** Releases by the folder of their assembly, relative to the rehearsal's. */
export type Releases = ReadonlyMap<string, string>;

/** Synthesises releases at once, and proves that each is a twin. @returns the candidate's proof: the last */
export async function plan(
  stage: Stage,
  environment: string | undefined,
  releases: Releases,
): Promise<Proof | NotATwin | StoppedEarly> {
  const { parts, journal, ledger, signal } = stage;
  const watch = journal.watch(signal);
  try {
    return await watch.span('plan', async () => {
      await synthesizeAll(stage, releases);
      const proofs = [...releases].map(([assembly, release]) => {
        return { release, proof: parts.prove(join(ledger.folder, assembly), environment) };
      });
      const broken = proofs.find(({ proof }) => proof.parity.verdict !== 'twins');
      if (broken) return { kind: 'not a twin', release: broken.release, report: broken.proof.parity };
      for (const { proof } of proofs) parts.checkConfig(proof.staging);
      return proofs.at(-1)!.proof;
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    const left = isOver(ledger.value) ? 'nothing was stood up' : 'the environment stands as it did before';
    return { kind: 'stopped', message: `${reasonOf(signal)}: ${left}` };
  }
}

/** Waits for all of them, so that none is still at work when one has failed. */
async function synthesizeAll(stage: Stage, releases: Releases): Promise<void> {
  const { parts, journal, ledger, signal } = stage;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const watch = journal.watch(either);
  const suffix = legal(ledger.value.rehearsal).replaceAll(/[^A-Za-z0-9]+/g, '-');
  const all = [...releases].map(async ([assembly, release]) => {
    const [output, log] = [resolve(ledger.folder, assembly), join(ledger.folder, logOf(assembly))];
    try {
      await watch.span(`synthesise ${release}`, () =>
        parts.synthesize({ release, suffix, output, log, signal: either }),
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

/** The name of an assembly's folder, which nothing has yet. */
export function assemblyFor(folder: string, release: string, taken?: string): string {
  for (let i = 1; ; i++) {
    const name = `assembly-${legal(release)}${i === 1 ? '' : `-${i}`}`;
    if (name !== taken && !existsSync(join(folder, name))) return name;
  }
}

const logOf = (assembly: string): string => `${assembly.replace('assembly', 'synth')}.log`;

/** The logs of what was synthesised, for the evidence: not every part writes one. */
export const logsOf = (folder: string, releases: Releases): string[] =>
  [...releases.keys()].map(logOf).filter((log) => existsSync(join(folder, log)));

/** The steps, with the plan behind the others. */
export const planDone = ({ parts }: Stage, before: Ledger['steps']): Ledger['steps'] => [
  ...before,
  { name: 'plan', state: 'done', at: parts.now().toISOString() },
];
