import type { Json } from '../json';
import type { Factor, FactorValue } from '../scale/kinds';
import type { ProportionResult } from '../scale/proportions';
import type { Path } from '../template/differences';
import type { Names } from './identity';
import type { Match } from './match';
import type { Group } from './members';

/** The name of the manifest in a cloud assembly. */
export const MANIFEST_FILE = 'twin.json';

/** What `cdk.out/twin.json` holds: everything that may differ between the environments of one app, and why. */
export interface Manifest {
  readonly version: 1;
  /** The declared scale factors, by name. */
  readonly factors: Readonly<Record<string, Factor>>;
  /** The environments, by name. */
  readonly environments: Readonly<Record<string, ManifestEnvironment>>;
  /** Production beside each of its stagings. */
  readonly pairs: readonly ManifestPair[];
}

/** One environment's values. */
export interface ManifestEnvironment {
  readonly role: 'production' | 'staging';
  /** The value of each factor. */
  readonly scale: Readonly<Record<string, FactorValue>>;
  /** What the factors and the values derived from them give to the template, by expression. */
  readonly expressions: Readonly<Record<string, ManifestExpression>>;
  /** The proportions across tiers at these values. */
  readonly proportions: readonly ProportionResult[];
}

/** A factor, a part of one, or a value derived from one. */
export interface ManifestExpression {
  readonly factor: string;
  readonly value: number | string;
}

/** Two environments that are to be twins. */
export interface ManifestPair {
  readonly prod: string;
  readonly staging: string;
  readonly stacks: readonly ManifestStacks[];
}

/** One stack of production beside the same of staging. */
export interface ManifestStacks {
  /** The stack's path inside its environment; empty when it is the environment. */
  readonly path: string;
  /** The templates, relative to the manifest. */
  readonly prod: string;
  readonly staging: string;
  /** What each side calls itself. */
  readonly names: Names;
  /** Entries whose logical ids hold the environment's own name. */
  readonly renamed: readonly Match[];
  /** The members that a factor decides the number of, by staging's logical ids. */
  readonly groups: readonly Group[];
  /** Every place that may differ, with both values: the whitelist. */
  readonly places: readonly PermittedPlace[];
  /** Places where a factor stands on one side only: the definition is not the same. */
  readonly broken: readonly BrokenPlace[];
}

/** What may explain a difference. */
export type Explanation = 'scale' | 'life' | 'identity';

/** A place that may differ. A side that has nothing there has no value. */
export interface PermittedPlace {
  /** From the top of the template, in staging's numbering of list items. */
  readonly path: Path;
  readonly by: Explanation;
  /** The factor's name; for life and identity the rule's. */
  readonly factor: string;
  /** For scale: the text there with `${expression}` in the place of each value. */
  readonly text?: string;
  readonly prod?: Json;
  readonly staging?: Json;
}

/** A place where one side has a factor and the other has something else. */
export interface BrokenPlace {
  readonly path: Path;
  /** What stands in the definition, names and all. */
  readonly prod: Json;
  readonly staging: Json;
}
