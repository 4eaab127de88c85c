import { basename } from 'node:path';
import { TwinError } from '../error';
import type { FactorList } from './factor-list';
import {
  isOfStaging,
  pairsOf,
  type Definition,
  type Manifest,
  type ManifestPair,
  type ManifestStacks,
} from './manifest';
import { readJson } from '../template/read';
import { checkFactorList, checkManifest } from './schema';

/** What may differ between two templates: a twin.json, or a list of factors written by hand. */
export type Whitelist = Manifest | FactorList;

/** Whether a whitelist is a twin.json. */
export const isManifest = (whitelist: Whitelist): whitelist is Manifest => 'definitions' in whitelist;

/**
 * Reads a whitelist and checks it against its schema.
 *
 * @throws TwinError `whitelist` when it is malformed
 */
export function readWhitelist(file: string): Whitelist {
  const json = readJson(file);
  const isTwinJson = typeof json === 'object' && json !== null && 'definitions' in json;
  return isTwinJson ? checkManifest(json, file) : checkFactorList(json, file);
}

/**
 * The two stacks of a manifest that two templates are.
 *
 * @throws TwinError `whitelist-stacks` when it is not clear which
 */
export function stacksFor(
  manifest: Manifest,
  prod: string,
  staging: string,
): { readonly definition: Definition; readonly pair: ManifestPair; readonly stacks: ManifestStacks } {
  const all = pairsOf(manifest).flatMap(({ definition, pair }) =>
    pair.stacks.map((stacks) => ({ definition, pair, stacks })),
  );
  const named = all.filter(
    ({ stacks }) =>
      basename(stacks.prod) === basename(prod) && basename(stacks.staging) === basename(staging),
  );
  const ofStagings = all.filter(({ pair }) => isOfStaging(pair));
  const [only, second] = [named, ofStagings, all].find(({ length }) => length > 0) ?? [];
  if (only && !second) return only;
  const known = all.map(({ stacks }) => `${stacks.prod} and ${stacks.staging}`).join('; ');
  throw new TwinError({
    code: 'whitelist-stacks',
    message: `twin.json does not tell which of its stacks "${prod}" and "${staging}" are; it has ${known || 'none'}`,
    fix: 'Give the templates their names in the assembly, or compare the whole folder with --assembly.',
  });
}
