import type { StackEnv, StagingFacts } from '../checks/staging';
import type { Json } from '../json';
import type { Factor, FactorValue } from '../scale/kinds';
import type { ProportionResult } from '../scale/proportions';
import { isBesideTemplate } from '../template/deployment';
import type { Path } from '../template/differences';
import type { Match } from './match';
import type { ParityRule } from './rules';

/** The name of the manifest in a cloud assembly. */
export const MANIFEST_FILE = 'twin.json';

/** What to do about one that does not fit its assembly, or contradicts itself. */
export const REWRITE = 'Run cdk synth again: twin.json is written, never edited.';

/** What `cdk.out/twin.json` holds: everything that may differ between the environments of one app, and why. */
export interface Manifest {
  readonly version: 2;
  /** One entry for each `Twins` of the app. */
  readonly definitions: readonly Definition[];
  /** The SHA-256 of every template that is compared, in hexadecimal digits, by its file. */
  readonly templates: Readonly<Record<string, string>>;
  /** What the rest of the assembly was when it was written. */
  readonly assembly: WrittenAssembly;
  /** The same of everything else in the manifest. */
  readonly digest: string;
}

/** Digests of what an assembly holds beside templates, each a SHA-256 in hexadecimal digits. */
export interface WrittenAssembly {
  /** Of what is said of each stack, of each list of assets and of each assembly within it: by its path, such as `manifest.json#Prod`. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Of what each asset holds that is published for a stack that is compared, by its path. */
  readonly assets: Readonly<Record<string, string>>;
}

/** Every pair of environments in a manifest, with the definition that both are made from. */
export const pairsOf = ({ definitions }: Pick<Manifest, 'definitions'>) =>
  definitions.flatMap((definition) => definition.pairs.map((pair) => ({ definition, pair })));

/** What one `Twins` holds. */
export interface Definition {
  /** The declared scale factors, by name. */
  readonly factors: Readonly<Record<string, Factor>>;
  /** The values that are derived from factors, by name, each with the factors that it comes from. */
  readonly derived: Readonly<Record<string, DerivedFrom>>;
  /** The environments, by name. */
  readonly environments: Readonly<Record<string, ManifestEnvironment>>;
  /** What the topology was tried with beside its environments: the values of all expressions, one entry an instance. */
  readonly tried: readonly Readonly<Record<string, number | string>>[];
  /** Factors that have no other legal value, so that nothing is known of what follows them. */
  readonly unproven: readonly string[];
  /** What the definition does that is worth knowing, such as reading the clock. */
  readonly notes: readonly string[];
  /** What is no difference, and may be one where the environments are deployed. @default - nothing */
  readonly warnings?: readonly Warning[];
  /** Production beside each of its stagings, and the first production beside every further one. */
  readonly pairs: readonly ManifestPair[];
}

/** Something that no comparison can decide, told at every synth. */
export interface Warning {
  readonly rule: 'not-compared' | 'machine-variable' | 'selecting-tag' | 'mode-variable' | 'unrehearsed';
  readonly text: string;
  /** What to do about it: one imperative sentence. */
  readonly fix: string;
}

/** Where a derived value comes from. */
export interface DerivedFrom {
  readonly from: readonly string[];
  /** Why it may be larger than production's. @default - it may not */
  readonly largerBecause?: string;
}

/** One environment's values. */
export interface ManifestEnvironment {
  readonly role: 'production' | 'staging';
  /** The value of each factor. */
  readonly scale: Readonly<Record<string, FactorValue>>;
  /** What placeholders stand for because of the scale: factors, parts of them and derived values. */
  readonly expressions: Readonly<Record<string, number | string>>;
  /** What placeholders stand for because of what the environment is called and where it is. */
  readonly names: Readonly<Record<string, string>>;
  /** What it was given on purpose: its tags and description. */
  readonly declared: Readonly<Record<string, string>>;
  /** What the parameters of its stacks are given when it is deployed. @default - not known */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The proportions across tiers at these values. */
  readonly proportions: readonly ProportionResult[];
  /** The factors that have to be at production's size where another one is, by that one's name. @default - none, or a production */
  readonly growing?: Readonly<Record<string, readonly string[]>>;
}

/** Two environments that are to be twins. */
export interface ManifestPair {
  readonly prod: string;
  /** A staging, or a further production: all that is said of staging below is said of that too. */
  readonly staging: string;
  readonly stacks: readonly ManifestStacks[];
  /** Which of their stacks are members, and how many there are of them. @default - none are */
  readonly stackMembers?: readonly StackMembers[];
  /** The members that one of the two has more. @default - both have the same stacks */
  readonly unsharedStacks?: readonly UnsharedStack[];
  /** What the checks of staging take as known. @default - it is a production, and not checked */
  readonly checks?: StagingFacts;
}

/** A pair whose second environment is a staging. */
export type StagingPair = ManifestPair & Required<Pick<ManifestPair, 'checks'>>;

/** Whether it is a staging that is compared with production, and not another production. */
export const isOfStaging = (pair: ManifestPair): pair is StagingPair => pair.checks !== undefined;

/**
 * Stacks that are alike, and of which a factor decides how many there are, by their paths inside their environment: those that both
 * have come first.
 */
export type StackMembers = Pick<Members, 'factor' | 'count' | 'words'> &
  Readonly<Record<'prod' | 'staging', readonly string[]>>;

/** A member that only one of two environments has: a stack like others of its own environment. */
export interface UnsharedStack {
  /** The stack's path inside its environment. */
  readonly path: string;
  /** Which of the two has it. */
  readonly side: 'prod' | 'staging';
  /** The template, relative to the manifest. */
  readonly file: string;
  /** Where it is, as far as that is known before it is deployed. */
  readonly env: StackEnv;
  /** The stack around it, by its path, and its logical id there. @default - it is not nested */
  readonly nestedIn?: { readonly path: string; readonly logicalId: string };
}

/** One stack of production beside the same of staging. */
export interface ManifestStacks {
  /** The stack's path inside its environment; empty when it is the environment. */
  readonly path: string;
  /** The templates, relative to the manifest. */
  readonly prod: string;
  readonly staging: string;
  /** Where each is, as far as that is known before it is deployed. */
  readonly env: { readonly prod: StackEnv; readonly staging: StackEnv };
  /** The stack around it, by its path, and the logical id on each side of the resource that it is there. @default - it is not nested */
  readonly nestedIn?: { readonly path: string } & Match;
  /** Entries whose logical ids differ. */
  readonly ids: readonly Match[];
  /** Keys that hold a name: production's are taken for staging's. */
  readonly keys: readonly RenamedKey[];
  /** Words that the CDK generates, such as hashes of names: both sides' in order, `generated.0` first. */
  readonly generated: readonly Match[];
  /** The members that factors decide the number of. */
  readonly members: readonly Members[];
  /** Every place that may differ, with both values. */
  readonly places: readonly PermittedPlace[];
  /** Places of which the experiments say why they may not differ. */
  readonly refused: readonly RefusedPlace[];
}

/** What is said of the templates alone: what stands beside them in the assembly is in none of them. */
export function ofTemplates({ places, keys, members, refused, ...rest }: ManifestStacks): ManifestStacks {
  const within = <T extends { readonly path: Path }>(all: readonly T[]): T[] =>
    all.filter(({ path }) => !isBesideTemplate(path));
  return {
    ...rest,
    places: within(places),
    keys: within(keys),
    members: within(members),
    refused: within(refused),
  };
}

/** A key of an object that holds a name. */
export interface RenamedKey {
  /** Of the object, with staging's logical ids and keys, and production's indices. */
  readonly path: Path;
  readonly prod: string;
  readonly staging: string;
  /** The key with placeholders. */
  readonly text: string;
}

/**
 * Entries, keys or list items that are alike, and of which a factor decides how many there are. Those that both have come
 * first; then those that one of them has more.
 */
export interface Members {
  /** Of the section, object or list, with staging's logical ids and keys, and production's indices. */
  readonly path: Path;
  /** The factor, for the report. */
  readonly factor: string;
  /** How many there are: `${1 + readers}`. */
  readonly count: string;
  /** Each member's key or index, in the order of the members; production's logical ids are taken for staging's. */
  readonly prod: readonly (string | number)[];
  readonly staging: readonly (string | number)[];
  /** What tells members apart in names, on the side that has most: the differing part of their construct ids. */
  readonly words: readonly string[];
  /** Set for what is written between the items of a text: how many there are of it means nothing. */
  readonly isSeparator?: true;
}

/** What may explain a difference. */
export type Cause = 'scale' | 'lifecycle' | 'naming' | 'declared';

/** A place that may differ. A side that has nothing there has no value. */
export interface PermittedPlace {
  /** From the top of the template, with staging's logical ids, keys and indices. */
  readonly path: Path;
  readonly by: Cause;
  /** The factor's name; for other causes the rule's. */
  readonly factor: string;
  /** What stands there with placeholders; absent for lifecycle, which has a closed list. */
  readonly text?: string;
  readonly prod?: Json;
  readonly staging?: Json;
}

/** A place that may not differ, with what the experiments saw there. */
export interface RefusedPlace {
  readonly path: Path;
  /** The rule that a difference there breaks. */
  readonly rule: ParityRule;
  readonly why: string;
  readonly fix: string;
  /** Set where both sides may have the same, and it is wrong all the same. */
  readonly evenIfEqual?: true;
}
