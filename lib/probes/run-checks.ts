import type { AnyCheckKind } from './check-kind';
import type { CheckKindName, CheckResult } from './check';
import type { ProbeContext, Seen } from './context';
import type { ProbePlan } from './plan';
import { writtenRead } from './written-read';

/**
 * Runs the checks of these kinds one after another, after what was written earlier is read.
 *
 * @param kinds - one of `CHECKS`, or all of them
 * @throws the signal's reason when it aborts; a finding never throws
 */
export async function runChecks(
  kinds: readonly (AnyCheckKind & { readonly kind: CheckKindName })[],
  plan: ProbePlan,
  context: ProbeContext,
): Promise<readonly CheckResult[]> {
  const { recordings } = plan;
  const planned: Named[] = [
    ...(plan.writtenReads ?? []).map((read) => ({
      kind: 'written-read' as const,
      name: read.name,
      run: () => writtenRead(read, context),
    })),
    ...kinds.flatMap(({ key, kind, run }) =>
      (plan[key] ?? []).map((check) => ({
        kind,
        name: check.name,
        run: () => run(check, { ...context, ...(recordings && { recordings }) }),
      })),
    ),
  ];
  const results: CheckResult[] = [];
  for (const check of planned) results.push(await runOne(check, context));
  return results;
}

interface Named {
  readonly kind: CheckKindName;
  readonly name: string;
  readonly run: () => Promise<Seen>;
}

async function runOne({ kind, name, run }: Named, context: ProbeContext): Promise<CheckResult> {
  const { signal } = context;
  signal.throwIfAborted();
  context.log(`${kind}: ${name}`);
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const seen = await run();
  // the result of a check that is being stopped is not a finding
  signal.throwIfAborted();
  return { name, kind, ...seen, startedAt, ms: Math.round(performance.now() - start) };
}
