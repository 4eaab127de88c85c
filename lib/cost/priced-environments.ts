import type { Blueprint } from '../blueprint/blueprint';
import { blueprintOf } from '../blueprint/read-blueprint';
import { Assembly, pairsIn } from '../parity/assembly';

/** An environment of an assembly. */
export interface PricedEnvironment {
  readonly environment: string;
  readonly isStaging: boolean;
  readonly blueprint: Blueprint;
}

/**
 * The environments of an assembly that are compared with each other.
 *
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used, or compares nothing
 */
export function pricedEnvironments(folder: string): PricedEnvironment[] {
  const assembly = Assembly.of(folder);
  const all = pairsIn(assembly).flatMap(({ pair: { prod, staging, checks } }) => [
    [prod, false] as const,
    [staging, checks !== undefined] as const,
  ]);
  return [...new Map(all)].map(([environment, isStaging]) => ({
    environment,
    isStaging,
    blueprint: blueprintOf(assembly, environment),
  }));
}
