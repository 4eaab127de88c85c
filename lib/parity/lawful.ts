import { TwinError } from '../error';
import type { Json } from '../json';
import type { Fault } from './findings';
import { explainIdentity } from './identity';
import { illegalFactors } from './illegal-factors';
import { explainLife } from './life';
import type { Manifest, ManifestEnvironment, ManifestPair, ManifestStacks, PermittedPlace } from './manifest';
import { fill, namesIn } from '../template/mark';
import type { Model } from '../template/model';

/** What a place of the manifest may be: its factor's values, or what life and identity permit. */
export class Lawful {
  readonly #illegal: ReadonlyMap<string, string>;
  readonly #prod: ManifestEnvironment;
  readonly #staging: ManifestEnvironment;
  /** What is wrong with the manifest itself. */
  readonly faults: readonly Fault[];

  constructor(
    manifest: Manifest,
    pair: ManifestPair,
    private readonly stacks: ManifestStacks,
    private readonly prodModel: Model,
    private readonly stagingModel: Model,
  ) {
    this.#prod = environment(manifest, pair.prod);
    this.#staging = environment(manifest, pair.staging);
    this.#illegal = illegalFactors(manifest, this.#prod, this.#staging);
    this.faults = [...this.#illegal].map(([factor, why]) => ({
      path: [],
      prod: this.#prod.scale[factor] as Json | undefined,
      staging: this.#staging.scale[factor] as Json | undefined,
      why,
      fix: 'Give staging a value that keeps the shape, and run cdk synth again.',
    }));
  }

  allows(place: PermittedPlace): boolean {
    const difference = { path: place.path, prod: place.prod, staging: place.staging };
    if (place.by === 'life')
      return explainLife(difference, this.prodModel, this.stagingModel) === place.factor;
    if (place.by === 'identity') return explainIdentity(difference, this.stacks.names) === place.factor;
    return this.isScaled(place);
  }

  /** Whether both values are what the named factor gives. */
  private isScaled({ text, factor, prod, staging }: PermittedPlace): boolean {
    if (text === undefined || this.#illegal.has(factor)) return false;
    const expressions = namesIn(text);
    return (
      expressions.some((name) => this.#prod.expressions[name]?.factor === factor) &&
      expressions.every((name) => !this.#illegal.has(this.#prod.expressions[name]?.factor ?? name)) &&
      [[this.#prod, prod] as const, [this.#staging, staging] as const].every(([side, value]) => {
        const filled = fill(text, valuesOf(side));
        return filled !== undefined && isLeaf(value) && String(filled) === String(value);
      })
    );
  }
}

const isLeaf = (value: Json | undefined): value is number | string =>
  typeof value === 'number' || typeof value === 'string';

const valuesCache = new WeakMap<ManifestEnvironment, Record<string, number | string>>();

function valuesOf(side: ManifestEnvironment): Record<string, number | string> {
  const known = valuesCache.get(side);
  if (known) return known;
  const values = Object.fromEntries(
    Object.entries(side.expressions).map(([name, { value }]) => [name, value]),
  );
  valuesCache.set(side, values);
  return values;
}

/**
 * The environment of a name.
 *
 * @throws TwinError `whitelist-environment` when the manifest has none
 */
export function environment(manifest: Manifest, name: string): ManifestEnvironment {
  const found = Object.hasOwn(manifest.environments, name) ? manifest.environments[name] : undefined;
  if (found) return found;
  throw new TwinError({
    code: 'whitelist-environment',
    message: `twin.json has no environment "${name}"; it has ${Object.keys(manifest.environments).join(', ')}`,
    fix: 'Run cdk synth again: twin.json is written, never edited.',
  });
}
