import { Token, type IResolvable, type IResolveContext } from 'aws-cdk-lib';

/** What a factor may put into a template. A boolean would be a switch: it would change the shape. */
export type Leaf = number | string;

/**
 * A place where a factor's value goes: the factor itself (`ordersReaders`), one of its parts (`webSize.cpu`), or a
 * value derived from it (`ordersInstance: max connections`).
 */
export interface Expression {
  /** Unique within a scale, the same in every environment. */
  readonly name: string;
  /** The factor that it comes from. */
  readonly factor: string;
  /** Its value in this environment. */
  readonly value: Leaf;
}

/** Characters of Unicode's private use area: no template has a reason to hold them. */
const OPEN = '\uE010';
const CLOSE = '\uE011';
/** Fifteen digits, still a safe integer, for places where CloudFormation wants a number. */
const NUMBER_PREFIX = '8140726351';
const NUMBER_DIGITS = 5;

/**
 * Collects the expressions met while a template is resolved with names in the place of values.
 */
class NameBook {
  readonly #names: string[] = [];

  /** A stand-in of the same type as the value, from which the name can be read again. */
  sentinel({ name, value }: Expression): Leaf {
    let index = this.#names.indexOf(name);
    if (index < 0) index = this.#names.push(name) - 1;
    return typeof value === 'number'
      ? Number(NUMBER_PREFIX + String(index).padStart(NUMBER_DIGITS, '0'))
      : `${OPEN}${index}${CLOSE}`;
  }

  /** The text with each stand-in replaced by its expression, as `${name}`; undefined when it has none. */
  read(leaf: Leaf): string | undefined {
    const text = String(leaf);
    const read = text.replaceAll(SENTINEL, (standIn, inText?: string, inNumber?: string) => {
      const name = this.#names[Number(inText ?? inNumber)];
      return name === undefined ? standIn : `\${${name}}`;
    });
    return read === text ? undefined : read;
  }
}

const SENTINEL = new RegExp(`${OPEN}(\\d+)${CLOSE}|${NUMBER_PREFIX}(\\d{${NUMBER_DIGITS}})`, 'g');

let naming: NameBook | undefined;

/**
 * Runs `resolve` with every named token answering with its name instead of its value.
 *
 * @returns what `resolve` returned, and a reader that turns a leaf of it into text with `${name}` in it
 */
export function resolveNames<T>(resolve: () => T): { resolved: T; read: (leaf: Leaf) => string | undefined } {
  const book = new NameBook();
  const outer = naming;
  naming = book;
  try {
    return { resolved: resolve(), read: (leaf) => book.read(leaf) };
  } finally {
    naming = outer;
  }
}

/** A token that resolves to its factor's value, and knows its factor's name. */
export class NamedToken implements IResolvable {
  /** Not captured: the CDK shows where the construct was made, which says more. */
  readonly creationStack: string[] = [];

  constructor(readonly expression: Expression) {}

  /** The value; or, while a shape is being read, a stand-in for the name. */
  resolve(_context: IResolveContext): Leaf {
    return naming ? naming.sentinel(this.expression) : this.expression.value;
  }

  /** The token as part of a string. */
  toString(): string {
    return Token.asString(this);
  }

  /** What `JSON.stringify` shows: the place of a value, never the value. */
  toJSON(): string {
    return `<${this.expression.name}>`;
  }
}

/** The expression as a number that CDK constructs accept. */
export const asNumber = (expression: Expression): number => Token.asNumber(new NamedToken(expression));

/** The expression as a string that CDK constructs accept. */
export const asString = (expression: Expression): string =>
  Token.asString(new NamedToken({ ...expression, value: String(expression.value) }));
