import { Token } from 'aws-cdk-lib';
import { TwinError } from '../error';
import type { FactorKind, ValueOf } from './kinds';
import { asNumber, asString, type Expression, type Leaf } from './named-token';

/** Where a scale records what a topology does with its factors. */
export interface ScaleRecord {
  /** Every expression that was handed out, by name. */
  readonly expressions: Map<string, Expression>;
  /** The members made through each factor: for each base name, the construct ids in order. */
  readonly groups: Map<string, Map<string, string[]>>;
}

/** One member of a tier that a factor decides the number of. */
export interface Member {
  /** Counts from 1: for a lookup in a list. Put it into no property, for members must be alike. */
  readonly index: number;
  /**
   * A construct id for something that belongs to this member: `member.id('Reader')` is `Reader1` for the first.
   * What is made under this id is recorded as part of the member; so name every such construct this way, and give two
   * factors different names.
   */
  id(name: string): string;
}

/** What every factor offers to a topology. */
abstract class Scaled<V> {
  constructor(
    /** The factor's name. */
    readonly name: string,
    protected readonly raw: V,
    private readonly record: ScaleRecord,
  ) {}

  /**
   * A number derived from the factor, such as a number of connections from an instance class. It counts as the factor
   * itself wherever it stands.
   *
   * @param label - what it is, without braces; shown in reports, and the same label must always give the same value
   * @throws TwinError `derived-value`, `derived-label` or `ambiguous-label`
   */
  map(label: string, derive: (value: V) => number): number;
  /** A string derived from the factor. */
  map(label: string, derive: (value: V) => string): string;
  map(label: string, derive: (value: V) => Leaf): Leaf {
    if (label.trim() === '' || /[{}]/.test(label)) {
      throw new TwinError({
        code: 'derived-label',
        message: `"${label}", derived from ${this.name}, is no label; allowed is a text without braces`,
        fix: 'Say in a few words what the derived value is.',
      });
    }
    const value = derive(this.raw);
    const flaw = flawOf(value);
    if (flaw) {
      throw new TwinError({
        code: 'derived-value',
        message: `"${label}", derived from ${this.name}, is ${flaw}; a number or a string is allowed`,
        fix: 'Derive a plain number or string from the value that the function is given.',
      });
    }
    const expression = this.express(`${this.name}: ${label}`, value);
    return typeof value === 'number' ? asNumber(expression) : asString(expression);
  }

  /**
   * Keeps the value out of JSON that the CDK does not see.
   *
   * @throws TwinError `factor-as-json`, always
   */
  toJSON(): never {
    throw new TwinError({
      code: 'factor-as-json',
      message: `${this.name} cannot be written as JSON: it stands for a value, and is none`,
      fix: 'Use its value or one of its parts, and stack.toJsonString for a JSON text in the template.',
    });
  }

  /** Remembers a value that a place is handed out for. */
  protected express(name: string, value: Leaf): Expression {
    const known = this.record.expressions.get(name);
    if (known && known.value !== value) {
      throw new TwinError({
        code: 'ambiguous-label',
        message: `"${name}" is ${known.value} in one place and ${value} in another`,
        fix: 'Give the two derived values different labels.',
      });
    }
    const expression = known ?? { name, factor: this.name, value };
    this.record.expressions.set(name, expression);
    return expression;
  }

  /** The names of the factor's members so far, each with the construct ids made of it. */
  protected memberNames(): Map<string, string[]> {
    const names = this.record.groups.get(this.name) ?? new Map<string, string[]>();
    this.record.groups.set(this.name, names);
    return names;
  }
}

/** A token's number as the CDK writes it, alone or within a text. */
const NUMBER_TOKEN = /-1\.\d+e\+289/;

/** What keeps a derived value out of a template; undefined when it may go there. */
function flawOf(value: unknown): string | undefined {
  if (Token.isUnresolved(value) || NUMBER_TOKEN.test(String(value)))
    return 'a token, whose value is not known yet';
  if (typeof value === 'string') return undefined;
  if (typeof value !== 'number') return value === null ? 'null' : `of type ${typeof value}`;
  // A number that was reckoned from a token's is far beyond these.
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? undefined : String(value);
}

function member(names: Map<string, string[]>, index: number): Member {
  return {
    index,
    id: (name) => {
      const ids = names.get(name) ?? [];
      names.set(name, ids);
      return (ids[index - 1] = `${name}${index}`);
    },
  };
}

/** CloudFormation's quota of resources in a template. */
const MOST_MEMBERS = 500;

/** A factor that counts: how many tasks, readers or shards there are. */
export class ScaledCount extends Scaled<number> {
  /** The number, for a property. For a loop use {@link times}. */
  get value(): number {
    return asNumber(this.express(this.name, this.raw));
  }

  /** The number as part of a text. */
  override toString(): string {
    return asString(this.express(this.name, this.raw));
  }

  /**
   * Makes the members of a tier, one call each, and records them as one group: environments may have more or fewer of
   * them, but each must be like the others.
   *
   * @throws TwinError `too-many-members` for more than a CloudFormation template has resources
   */
  times<T>(make: (member: Member) => T): T[] {
    if (this.raw > MOST_MEMBERS) {
      throw new TwinError({
        code: 'too-many-members',
        message: `${this.name} asks for ${this.raw} members; at most ${MOST_MEMBERS} are allowed, as many as a CloudFormation template has resources`,
        fix: `Give ${this.name} fewer, and declare the service's limit as its max.`,
      });
    }
    const names = this.memberNames();
    return Array.from({ length: this.raw }, (_, i) => make(member(names, i + 1)));
  }
}

/** A factor that names an instance class or node type. */
export class ScaledClass extends Scaled<string> {
  /** The class, for a property. */
  get value(): string {
    return asString(this.express(this.name, this.raw));
  }

  /** The class as part of a text. */
  override toString(): string {
    return this.value;
  }
}

/** A factor of several numbers: each is a property of its own. */
class ScaledParts<V extends Readonly<Record<string, number>>> extends Scaled<V> {
  protected part(name: keyof V & string): number {
    return asNumber(this.express(`${this.name}.${name}`, this.raw[name]!));
  }

  /**
   * Keeps "[object Object]" out of a text.
   *
   * @throws TwinError `factor-as-text`, always
   */
  override toString(): never {
    throw new TwinError({
      code: 'factor-as-text',
      message: `${this.name} has several values; a text can hold one of them: ${Object.keys(this.raw).join(', ')}`,
      fix: 'Use one of the parts.',
    });
  }
}

/** A Fargate task's size. */
export class ScaledFargateSize extends ScaledParts<ValueOf['fargateSize']> {
  /** CPU units. */
  get cpu(): number {
    return this.part('cpu');
  }

  /** Memory in MiB. */
  get memoryMiB(): number {
    return this.part('memoryMiB');
  }
}

/** What autoscaling may run. */
export class ScaledRange extends ScaledParts<ValueOf['autoscalingRange']> {
  /** The fewest. */
  get min(): number {
    return this.part('min');
  }

  /** The most. */
  get max(): number {
    return this.part('max');
  }
}

/** What an Aurora Serverless v2 instance may use. */
export class ScaledCapacity extends ScaledParts<ValueOf['capacityRange']> {
  /** The least, in Aurora capacity units. */
  get minAcu(): number {
    return this.part('minAcu');
  }

  /** The most, in Aurora capacity units. */
  get maxAcu(): number {
    return this.part('maxAcu');
  }
}

/** What a topology is given for a factor of each kind. */
export interface ScaledOf {
  count: ScaledCount;
  replicas: ScaledCount;
  shards: ScaledCount;
  instanceClass: ScaledClass;
  cacheNode: ScaledClass;
  fargateSize: ScaledFargateSize;
  autoscalingRange: ScaledRange;
  capacityRange: ScaledCapacity;
}

/** Turns one environment's value into what the topology is given. */
export function scaled<K extends FactorKind>(
  kind: K,
  name: string,
  value: ValueOf[K],
  record: ScaleRecord,
): ScaledOf[K] {
  return MAKE[kind](name, value, record);
}

const MAKE: {
  readonly [K in FactorKind]: (name: string, value: ValueOf[K], record: ScaleRecord) => ScaledOf[K];
} = {
  count: (...args) => new ScaledCount(...args),
  replicas: (...args) => new ScaledCount(...args),
  shards: (...args) => new ScaledCount(...args),
  instanceClass: (...args) => new ScaledClass(...args),
  cacheNode: (...args) => new ScaledClass(...args),
  fargateSize: (...args) => new ScaledFargateSize(...args),
  autoscalingRange: (...args) => new ScaledRange(...args),
  capacityRange: (...args) => new ScaledCapacity(...args),
};
