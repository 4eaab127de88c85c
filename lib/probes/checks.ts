import type { ChecksConfig } from '../config/types';
import type { AnyCheckKind } from './check-kind';
import { CHECKS_INSIDE } from './checks-inside';
import { COMMANDS } from './command';
import { LOAD } from './load';
import { REPLAY } from './replay';

/** Every kind of check, in the order in which they run: load at the end and alone, so that nothing distorts its figures. */
export const CHECKS = [...CHECKS_INSIDE, COMMANDS, LOAD, REPLAY] as const satisfies readonly AnyCheckKind[];

/** The checks of a plan that are of these kinds. */
export const checksOf = (plan: ChecksConfig, kinds: readonly AnyCheckKind[]): ChecksConfig =>
  Object.fromEntries(kinds.flatMap(({ key }) => (plan[key] ? [[key, plan[key]]] : [])));
