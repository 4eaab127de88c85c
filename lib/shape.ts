import type { Json } from './json';

/** What may stand in a place of a template, and what CloudFormation makes of it. */
export type Shape = ScalarShape | AnyShape | ListShape | MapShape | ObjectShape | ChoiceShape;

/** What a value is taken for before its shape is looked at, such as a text that stands for an object. */
interface Understood {
  /** @default - what is written */
  readonly understood?: (value: Json) => Json;
}

/** A text, or a value of which CloudFormation makes a text or that it makes of one. */
export interface ScalarShape extends Understood {
  readonly kind: 'text' | 'number' | 'boolean';
  /** What a JSON document in the text is. @default - any JSON */
  readonly json?: Shape;
  /** Whether capital letters are small ones to whoever reads it. @default false */
  readonly ignoresCase?: boolean;
}

/** Any JSON. */
export interface AnyShape extends Understood {
  readonly kind: 'any';
  /** Whether numbers and booleans in it arrive as texts. @default false */
  readonly asTexts?: boolean;
}

/** A list. */
export interface ListShape extends Understood {
  readonly kind: 'list';
  readonly element: Shape;
  /** Whether the order counts, counts for nothing, or counts for nothing if each item has a value of its own in a member. */
  readonly order: 'kept' | 'none' | { readonly unique: string };
  /** Whether a single item stands for a list of it. @default false */
  readonly isOneOrMany?: boolean;
}

/** An object with any keys. */
export interface MapShape extends Understood {
  readonly kind: 'map';
  readonly element: Shape;
}

/** An object with named members. */
export interface ObjectShape extends Understood {
  readonly kind: 'object';
  /** What a member is; undefined for one that is not known. */
  readonly member: (name: string) => Shape | undefined;
}

/** Of several shapes the one that a value has. */
export interface ChoiceShape extends Understood {
  readonly kind: 'choice';
  readonly choose: (value: Json) => Shape;
  /** Whether a text that is JSON is the same as that JSON. @default false */
  readonly isOpen?: boolean;
}

/** Of what nothing is known: it is what is written. */
export const ANY: AnyShape = { kind: 'any' };

/** Any JSON of which only texts arrive. */
export const TEXTS: AnyShape = { kind: 'any', asTexts: true };

/** A text. */
export const TEXT: ScalarShape = { kind: 'text' };

/** An object with these members. */
export function objectShape(
  members: Readonly<Record<string, Shape>>,
  understood?: (value: Json) => Json,
): ObjectShape {
  return {
    kind: 'object',
    member: (name) => (Object.hasOwn(members, name) ? members[name] : undefined),
    ...(understood && { understood }),
  };
}

/** A list in no order, for which one item may stand. */
export const oneOrMany = (element: Shape, order: ListShape['order'] = 'none'): ListShape => ({
  kind: 'list',
  element,
  order,
  isOneOrMany: true,
});
