import type { CheckKind, CheckResult } from './check';
import { command } from './command';
import type { Probe, ProbeContext } from './context';
import { load } from './load';
import type { ChecksPlan } from './plan';
import { readYourWrites } from './read-your-writes';
import { replicaLag } from './replica-lag';
import { smoke } from './smoke';

/**
 * Runs checks one after another: the shortest first, load at the end and alone, so that nothing distorts its figures.
 *
 * @throws the signal's reason when it aborts; a finding never throws
 */
export async function runChecks(checks: ChecksPlan, context: ProbeContext): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const all = async <C extends { readonly name: string }>(
    kind: CheckKind,
    probe: Probe<C>,
    planned: readonly C[] = [],
  ): Promise<void> => {
    for (const check of planned) results.push(await run(kind, probe, check, context));
  };
  await all('smoke', smoke, checks.smoke);
  await all('read-your-writes', readYourWrites, checks.readYourWrites);
  await all('replica-lag', replicaLag, checks.replicaLag);
  await all('command', command, checks.commands);
  await all('load', load, checks.load);
  return results;
}

async function run<C extends { readonly name: string }>(
  kind: CheckKind,
  probe: Probe<C>,
  check: C,
  context: ProbeContext,
): Promise<CheckResult> {
  context.signal.throwIfAborted();
  context.log(`${kind}: ${check.name}`);
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const seen = await probe(check, context);
  // the result of a check that is being stopped is not a finding
  context.signal.throwIfAborted();
  return { name: check.name, kind, ...seen, startedAt, ms: Math.round(performance.now() - start) };
}
