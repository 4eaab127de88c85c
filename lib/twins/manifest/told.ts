import type { Json } from '../../json';
import type { Observation } from '../experiments/fitted';
import type { Side } from './side';

/** How many instances a message names. */
const MOST_TOLD = 4;

/**
 * What stands at a place in the instances that show best that it follows nothing: both environments first.
 *
 * @param plain - the observation of staging without its lifecycle
 */
export function toldOf(
  seen: readonly (Json | undefined)[],
  observations: readonly Observation[],
  prod: Side,
  staging: Side,
  plain: number,
): string[] {
  const labelOf = (i: number): string =>
    i === plain ? observations[staging.observation]!.label : inWords(observations[i]!);
  return [...new Set([prod.observation, plain, ...observations.keys()])]
    .filter((i) => !observations[i]!.isPassive)
    .slice(0, MOST_TOLD)
    .map((i) => `${labelOf(i)}: ${show(seen[i])}`);
}

/** A neutral instance has no name that says anything: it is known by its scale. */
function inWords({ label, isNeutral, scale }: Observation): string {
  if (!isNeutral) return label;
  const values = [...scale]
    .filter(([name]) => !name.endsWith('.size'))
    .slice(0, 3)
    .map(([name, value]) => `${name} ${value}`);
  return values.length > 0 ? `with ${values.join(', ')}` : label;
}

function show(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value).replaceAll(/\uE001\d+\uE002/g, '…');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
