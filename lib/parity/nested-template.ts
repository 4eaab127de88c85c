import { equalJson, type Json } from '../json';
import type { Difference } from '../template/differences';

/** The rule for the address of a nested stack's template: permitted where that stack is compared itself. */
export const NESTED_TEMPLATE = 'nested template';

/** What an environment is called, and where it is: each text by what it is. */
type Called = Iterable<readonly [key: string, text: string]>;

/**
 * A nested stack's template is named for its content: what differs in it is found where it is compared itself. It is published in the
 * bucket of each environment's account and region, and is at the same address otherwise.
 */
export function isNestedTemplate(
  { path, prod, staging }: Difference,
  called: { readonly prod: Called; readonly staging: Called },
): boolean {
  if (path[0] !== 'Resources' || path[2] !== 'Properties' || path[3] !== 'TemplateURL') return false;
  const [p, s] = [addressOf(prod, called.prod), addressOf(staging, called.staging)];
  return p !== undefined && equalJson(p, s);
}

/** An address without the hash in it, and without where it is; undefined for one that has no hash. */
function addressOf(value: Json | undefined, called: Called): string | undefined {
  const text = JSON.stringify(value ?? null);
  const address = text.replace(/[0-9a-f]{64}(?=\.json)/, '<hash>');
  if (address === text) return undefined;
  const places = [...called].filter(([key]) => /^(?:account|region)(?:\.|$)/.test(key));
  return places.reduce((it, [key, place]) => it.replaceAll(place, `<${key}>`), address);
}
