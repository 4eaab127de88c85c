import type { ChecksConfig } from '../config/types';
import type { Zod } from '../field';

/** The kinds of check that may run in production: the others write where no clean-up of theirs reaches. */
const SAFE_KINDS = ['smoke', 'readYourWrites', 'commands', 'load'] as const;

type SafeKind = (typeof SAFE_KINDS)[number];

declare const SAFE: unique symbol;

/** Checks that a config declares safe in production: {@link safeChecksOf} alone makes them. */
export type SafeChecks = Pick<ChecksConfig, SafeKind> & { readonly [SAFE]: true };

/** The checks of a config, parted. */
export interface PartedChecks {
  readonly safe: SafeChecks;
  /** The names of the others. */
  readonly others: readonly string[];
}

/** Parts the checks that may run in production from those that may not. */
export function safeChecksOf(checks: ChecksConfig): PartedChecks {
  const safe = Object.fromEntries(
    SAFE_KINDS.map((kind) => [kind, (checks[kind] ?? []).filter((it) => it.safeInProduction === true)]),
  ) as unknown as SafeChecks;
  const names = new Set(namesIn(safe));
  return { safe, others: namesIn(checks).filter((name) => !names.has(name)) };
}

/**
 * Checks that nothing else is about to run in production: types do not stop a cast.
 *
 * @throws Error a bug in cdk-twin
 */
export function checkSafe(checks: ChecksConfig): void {
  const { others } = safeChecksOf(checks);
  if (others.length > 0) throw new Error(`not declared safe in production: ${others.join(', ')}`);
}

const namesIn = (checks: ChecksConfig): string[] =>
  Object.values(checks as Readonly<Record<string, readonly { readonly name: string }[]>>).flatMap((planned) =>
    planned.map(({ name }) => name),
  );

/** The field by which a config says that a check may run in production. */
export const safeInProduction = (z: Zod) =>
  z.boolean().optional().meta({
    description: 'Whether `twin verify` runs it in production.',
    absent: 'false',
  });
