import type { CheckKind, CheckResult } from './check';
import type { Probe, ProbeContext } from './context';

/**
 * Runs the checks of one kind, one after another.
 *
 * @throws the signal's reason when it aborts; a finding never throws
 */
export async function runEach<C extends { readonly name: string }>(
  kind: CheckKind,
  probe: Probe<C>,
  planned: readonly C[] | undefined,
  context: ProbeContext,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of planned ?? []) results.push(await run(kind, probe, check, context));
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
