import type { Json } from '../../json';
import type { ParityRule } from '../../parity/rules';
import type { Expression, Values } from '../../parity/text';
import type { Documents } from './canonical';
import type { Wanted } from './follow';
import type { Names } from '../instances/names';
import type { Part, Rivals } from './text-fit';

/** An instance as the fit sees it. */
export interface Observation {
  /** What it is called in messages. */
  readonly label: string;
  readonly documents: Documents;
  readonly names: Names;
  /** Takes its names out of a text, and those of the real environments: one may be an ordinary word, which all others hold. */
  readonly anonymous: (text: string) => string;
  readonly scale: Values;
  readonly isNeutral: boolean;
  /** Only looked at, to learn where things stand in it: what was given to it later decides nothing. */
  readonly isPassive: boolean;
  /** Whether it has a construct. */
  readonly has: (index: number) => boolean;
}

/** Where something stands, in each observation: its steps from the top of the template. */
export type Steps = readonly (readonly (string | number | undefined)[])[];

/** A place that is not the same everywhere, and what it follows. */
export interface FittedPlace {
  readonly steps: Steps;
  readonly parts: readonly Part[];
  /** Names of the scale that it follows just as well. */
  readonly rivals: readonly string[];
}

/** Entries, keys or items whose number follows a factor. */
export interface FittedMembers {
  /** Of what holds them. */
  readonly steps: Steps;
  readonly count: Expression;
  /** Names of the scale that their number follows just as well. */
  readonly rivals: readonly string[];
  /** The members that each observation has, by key or index, in the same order. */
  readonly members: readonly (readonly (string | number | undefined)[])[];
  /** Whether how many there are means something: not of what is written between the items of a text. */
  readonly isPlural: boolean;
}

/** A key that holds a name. */
export interface FittedKey {
  readonly steps: Steps;
  readonly keys: readonly (string | undefined)[];
  readonly parts: readonly Part[];
}

/** The rules that a place breaks which follows nothing. */
export type MisfitRule = Extract<ParityRule, 'switch' | 'own-name' | 'random' | 'undecided'>;

/** A place that differs and follows nothing. */
export interface Misfit {
  readonly steps: Steps;
  /** What decides what stands there, as far as the instances tell. */
  readonly rule: MisfitRule;
  readonly why: string;
  /** Whether it may follow a factor, and was seen in too few instances to tell. */
  readonly isScarce: boolean;
  /** Whether few neutral instances have anything there, and it is not by chance what it is. */
  readonly isRare: boolean;
  /** What was seen there, by observation; nothing where it is absent. */
  readonly seen: readonly (Json | undefined)[];
}

/** What several instances of one stack have in common. */
export interface Fit {
  readonly places: readonly FittedPlace[];
  readonly members: readonly FittedMembers[];
  readonly keys: readonly FittedKey[];
  readonly misfits: readonly Misfit[];
  /** Names of the scale that places follow alike: what was seen does not decide between them. */
  readonly rivals: readonly Rivals[];
  /** Values of the scale that may show what misfits follow. */
  readonly wanted: readonly Wanted[];
}
