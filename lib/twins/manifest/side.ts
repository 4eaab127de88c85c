import { Token } from 'aws-cdk-lib';
import type { StackEnv } from '../../checks/staging';
import type { Path } from '../../template/differences';
import type { Model } from '../../template/model';
import { replaceTokens } from '../experiments/canonical';
import type { Steps } from '../experiments/fitted';
import type { InstanceStack } from '../instances/instance';

/** One stack on one side. */
export interface Side {
  readonly observation: number;
  readonly stack: InstanceStack;
  readonly model: Model;
  /** Each construct's logical id. */
  readonly ids: ReadonlyMap<number, string>;
  /** Those of all of the environment's stacks. */
  readonly everywhere: ReadonlyMap<number, string>;
}

/**
 * Where steps lead on one side; undefined when that side has no such place.
 *
 * @param named - whose logical ids the path has. @default - the side's own
 */
export function pathIn(steps: Steps, side: Side, named: Side = side): Path | undefined {
  const path = steps.map((step) => step[side.observation]);
  if (path.some((step) => step === undefined)) return undefined;
  return path.map((step) => stepIn(step!, side, named));
}

/** The nearest that a side has around a place which it has not. */
export function around(steps: Steps, side: Side): Path {
  const length = steps.findLastIndex((_, i) => pathIn(steps.slice(0, i), side) !== undefined);
  return pathIn(steps.slice(0, Math.max(length, 0)), side) ?? [];
}

/** One step of a path: a key with logical ids, or an index. */
export const stepIn = (step: string | number, side: Side, named: Side = side): string | number =>
  typeof step === 'number' ? step : decode(step, side, named);

/** A text with logical ids in the place of tokens. */
export const decode = (text: string, side: Side, named: Side = side): string =>
  replaceTokens(
    text,
    (index) =>
      named.ids.get(index) ??
      side.ids.get(index) ??
      named.everywhere.get(index) ??
      side.everywhere.get(index) ??
      '',
  );

/** Staging's logical ids by production's, where they are others. Its own first: those of other stacks stand in outputs and parameters. */
export function renamedIds(prod: Side, staging: Side): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const whose of ['ids', 'everywhere'] as const) {
    for (const [index, one] of prod[whose]) {
      const other = staging[whose].get(index);
      if (other !== undefined && other !== one && !found.has(one)) found.set(one, other);
    }
  }
  return found;
}

/** Where a stack is, as far as that is known. */
export function envOf({ stack }: InstanceStack): StackEnv {
  const { account, region } = stack;
  return {
    ...(!Token.isUnresolved(account) && { account }),
    ...(!Token.isUnresolved(region) && { region }),
  };
}
