import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { run } from '../../lib/cli/run';
import type { Signals } from '../../lib/cli/signals';
import type { Screen } from '../../lib/cli/terminal';
import type { ProbeWatch } from '../../lib/probes/probes';
import { productionWith, type Production, type ProductionPlace } from '../../lib/targets/production';
import type { Watch } from '../../lib/targets/target';
import type { Workbench } from '../rehearsal/workbench';

/** What a command wrote, and how it ended. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Keeps what is written to it. */
export class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}

/** A process that gets signals and notes how it was to end. */
export class FakeProcess extends EventEmitter implements Signals {
  exited: number | undefined;
  exit(exitCode: number): void {
    this.exited = exitCode;
  }
}

/** A production of a workbench, seen as verification sees one. */
function productionOf({ parts: { target }, data }: Workbench, { handle }: ProductionPlace): Production {
  const watchOf = (it: ProbeWatch): Watch => ({ ...it, span: (_, work) => work(), learn: () => {} });
  return productionWith({
    ...data,
    target: target.name,
    describe: (watch) => target.describe(handle!, watchOf(watch)),
    probes: (watch) => target.probes(handle!, watchOf(watch)),
  });
}

/** Runs `twin` on a workbench: the real command line, with a target and probes in memory. */
export async function twinOn(
  bench: Workbench,
  argv: readonly string[],
  { signals = new FakeProcess(), screen }: { signals?: FakeProcess; screen?: Screen } = {},
): Promise<Ran> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const { config, gatesDigest, parts } = bench;
  const exitCode = await run(
    [...argv, ...(argv.includes('help') ? [] : ['--config', bench.folder])],
    { stdout, stderr, columns: 80, color: false, ...(screen && { screen }) },
    {
      signals,
      open: () =>
        Promise.resolve({ config, configFile: 'twin.config.ts', gatesDigest, newParts: () => bench.parts }),
      rules: () =>
        Promise.resolve({
          config,
          synthesize: (it) => parts.synthesize(it),
          now: () => parts.now(),
          productionBy: () => 'ledger' as const,
          openProduction: (_, place) => productionOf(bench, place),
          traffic: () => bench.traffic,
          oldProduction: () => bench.oldProduction,
        }),
      traffic: () => bench.traffic,
      openToRemove: () => parts,
    },
  );
  const clean = (text: string): string => text.replaceAll(bench.folder, 'APP');
  return { exitCode, stdout: clean(stdout.text), stderr: clean(stderr.text) };
}
