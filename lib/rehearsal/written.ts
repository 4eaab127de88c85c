import type { WrittenRead } from '../probes/plan';
import type { Watch } from '../targets/target';
import type { StepContext } from './step';

/**
 * Reads with another release what the candidate wrote when it was checked: a release that cannot is no way back.
 *
 * @returns what was seen, as a sentence without its full stop; undefined where the candidate wrote nothing
 */
export async function readWritten(
  { parts, ledger }: StepContext,
  release: string,
  watch: Watch,
): Promise<{ readonly passed: boolean; readonly detail: string } | undefined> {
  const { to, checks } = ledger.value;
  const reads = checks.flatMap(({ name, lastReads = [] }) =>
    lastReads.map((read): WrittenRead => ({ ...read, name: `what ${name} wrote` })),
  );
  if (reads.length === 0) return undefined;
  const probes = await parts.target.probes(ledger.value.handle, watch);
  const results = await probes.run({ writtenReads: reads }, release, watch);
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed;
  if (!first)
    return {
      passed: true,
      detail: `${release} reads what ${to} wrote (${results.length} of ${results.length})`,
    };
  const count = failed.length === 1 ? '' : `; ${failed.length} of ${results.length} such reads failed`;
  return { passed: false, detail: `${release} cannot read what ${to} wrote: ${first.detail}${count}` };
}
