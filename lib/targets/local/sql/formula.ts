/** What the formulas of a parameter group may name, by the names of Amazon RDS in lower case. */
export type Variables = Readonly<Record<string, number>>;

/**
 * The value of a parameter: a formula of Amazon RDS evaluated, anything else as it is.
 *
 * @returns undefined for a formula that names what is not known here
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
 */
export function valueOf(text: string, variables: Variables): string | undefined {
  if (!text.includes('{')) return text;
  const tokens = text.match(/\d+(?:\.\d+)?|[a-z]\w*|[{}()*/+,-]/gi) ?? [];
  try {
    const parser = new Parser(tokens, variables);
    const value = parser.sum();
    if (!parser.isAtEnd || !Number.isFinite(value)) return undefined;
    return String(Math.trunc(value));
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

/** A formula that is not one, or names something that is not known. */
class Unknown extends Error {}

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  greatest: Math.max,
  least: Math.min,
  sum: (...values) => values.reduce((a, b) => a + b, 0),
  // rounded: then the connections of Aurora MySQL are those that its guide lists by class
  log: (value) => Math.round(Math.log2(value)),
};

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly variables: Variables,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  sum(): number {
    let value = this.product();
    for (let sign = this.oneOf('+-'); sign; sign = this.oneOf('+-')) {
      value += (sign === '+' ? 1 : -1) * this.product();
    }
    return value;
  }

  private product(): number {
    let value = this.factor();
    for (let sign = this.oneOf('*/'); sign; sign = this.oneOf('*/')) {
      const next = this.factor();
      value = sign === '*' ? value * next : value / next;
    }
    return value;
  }

  private factor(): number {
    const token = (this.tokens[this.at++] ?? '').toLowerCase();
    if (token === '{' || token === '(') {
      const value = this.sum();
      if (this.oneOf(token === '{' ? '}' : ')') === undefined) throw new Unknown();
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    const evaluate = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (evaluate) return evaluate(...this.operands());
    if (Object.hasOwn(this.variables, token)) return this.variables[token]!;
    throw new Unknown();
  }

  private operands(): number[] {
    if (this.oneOf('(') === undefined) throw new Unknown();
    const values = [this.sum()];
    while (this.oneOf(',') !== undefined) values.push(this.sum());
    if (this.oneOf(')') === undefined) throw new Unknown();
    return values;
  }

  /** Takes the next token, where it is one of these characters. */
  private oneOf(characters: string): string | undefined {
    const token = this.tokens[this.at];
    if (token === undefined || !characters.includes(token)) return undefined;
    this.at++;
    return token;
  }
}
