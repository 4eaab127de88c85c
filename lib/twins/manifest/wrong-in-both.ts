import type { RefusedPlace } from '../../parity/manifest';
import type { ParityRule } from '../../parity/rules';
import { DEPLOYMENT } from '../../template/deployment';
import type { Path } from '../../template/differences';
import { askedNames } from './asked-names';
import type { Findings } from '../experiments/experiments';
import type { Fit, Steps } from '../experiments/fitted';
import { literalReferences } from './literal-references';
import { misplaced } from './placed-stacks';
import { pathIn, type Side } from './side';
import { FIXES } from '../experiments/misfits';
import { RANDOM } from '../experiments/text-fit';

/** What is wrong in a stack whether or not both of its sides have the same. @param stack - its index */
export function wrongInBoth(
  stack: number,
  prod: Side,
  staging: Side,
  fit: Fit,
  findings: Findings,
): RefusedPlace[] {
  const refused = (path: Path, rule: ParityRule, why: string, fix: string): RefusedPlace => ({
    path,
    rule,
    why,
    fix,
    evenIfEqual: true,
  });
  const pathOf = (steps: Steps): Path => pathIn(steps, staging) ?? pathIn(steps, prod) ?? [];
  const sides = [prod.observation, staging.observation];
  const place = misplaced(findings, stack);
  return [
    ...(place === undefined ? [] : [refused([DEPLOYMENT, 'environment'], 'switch', place, PLACE_FIX)]),
    ...randomIds(prod, staging, findings).map((id) =>
      refused(['Resources', id], 'random', `its logical id: ${RANDOM}`, FIXES.random),
    ),
    ...literalReferences(fit, findings, stack, sides).map(({ steps, text, owner }) =>
      refused(
        pathOf(steps),
        'literal-name',
        `it refers to "${text}", which is ${owner}'s, in every environment`,
        'Let each environment refer to its own: nothing that one environment made may be kept for the next.',
      ),
    ),
    ...askedNames(fit, findings, stack, sides).map(({ steps, text, owner }) =>
      refused(
        pathOf(steps),
        'own-name',
        `it compares with "${text}", which is ${owner}'s alone`,
        'Compare with what follows the stack, such as its name by reference, or leave the comparison out: what is deployed may not ask which environment it is.',
      ),
    ),
  ];
}

const PLACE_FIX = 'Make the stack of the env and the name that the environment is given, whatever its scale.';

/** Staging's logical ids of resources that have another one when the same is made twice. */
function randomIds(prod: Side, staging: Side, { neutral, pairing }: Findings): string[] {
  const [before, again] = neutral.slice(-2).map(({ stacks }) => {
    const own = stacks.find(({ stack }) => pairing.of(stack) === pairing.of(prod.stack.stack));
    return new Map([...(own?.elements ?? [])].map(([id, element]) => [pairing.of(element).index, id]));
  });
  return [...staging.ids].flatMap(([index, id]) =>
    before?.get(index) === again?.get(index) || prod.ids.get(index) === id ? [] : [id],
  );
}
