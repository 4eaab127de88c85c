import type { AnyCheckKind } from './check-kind';
import { CHECKS_INSIDE } from './checks-inside';
import { COMMANDS } from './command';
import { LOAD } from './load';

/** Every kind of check, in the order in which they run: load at the end and alone, so that nothing distorts its figures. */
export const CHECKS = [...CHECKS_INSIDE, COMMANDS, LOAD] as const satisfies readonly AnyCheckKind[];
