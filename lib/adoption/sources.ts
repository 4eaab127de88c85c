import { isDeepStrictEqual } from 'node:util';

/** Code that makes an object of the AWS CDK: `Runtime.NODEJS_22_X`, or `Duration.days(14)`. */
export interface Source {
  readonly className: string;
  /** What exports the class, such as `aws-cdk-lib/aws-lambda`. */
  readonly module: string;
  /** A static member of the class. */
  readonly member: string;
  /** What the member is called with. @default - the member is the object */
  readonly given?: readonly (string | number)[];
}

/** A class that a library made with jsii exports. */
export interface LibraryClass {
  readonly className: string;
  readonly module: string;
}

type Statics = Readonly<Record<string, unknown>>;

/** What a library made with jsii says of its classes, each of itself. */
const JSII = Symbol.for('jsii.rtti');

/** The class as its library exports it; undefined where it is no library's, or is exported by none. */
export function libraryClass(constructor: unknown): LibraryClass | undefined {
  if (typeof constructor !== 'function' || !Object.hasOwn(constructor, JSII)) return undefined;
  const { fqn } = (constructor as unknown as Record<symbol, { readonly fqn: string }>)[JSII]!;
  const [library, ...rest] = fqn.split('.');
  const className = rest.pop();
  if (library === undefined || className === undefined) return undefined;
  return { className, module: [library, ...rest.map((it) => it.replaceAll('_', '-'))].join('/') };
}

/** These would start programs, or read files and accounts. */
const WITH_EFFECTS = /build|bundl|command|docker|lookup/i;

/**
 * Finds code that makes the same object: a static member of its class or of one that it extends, or what such a member returns for
 * nothing or for one value that the object has. A constructor's arguments are seen nowhere; that two objects are the same is.
 */
export function sourceOf(object: object): Source | undefined {
  if (Object.hasOwn(object, 'node')) return undefined;
  for (let it: unknown = object.constructor; typeof it === 'function'; it = Object.getPrototypeOf(it)) {
    const of = libraryClass(it);
    const source = of && sourceIn(it as unknown as Statics, object);
    if (source) return { ...of, ...source };
  }
  return undefined;
}

function sourceIn(statics: Statics, object: object): Pick<Source, 'member' | 'given'> | undefined {
  const members = Object.getOwnPropertyNames(statics);
  const constant = members.find((member) => statics[member] === object);
  if (constant !== undefined) return { member: constant };
  const values = Object.values(object).filter((it) => typeof it === 'string' || Number.isFinite(it));
  for (const member of members.filter((it) => isFunction(statics[it]) && !WITH_EFFECTS.test(it)))
    for (const given of [[], ...values.map((it: string | number) => [it])])
      if (isSame(resultOf(statics, member, given), object)) return { member, given };
  return undefined;
}

/** A class without a name is a library's own, as that of `Schedule.cron`: what such an object holds is all that it says. */
function isSame(made: unknown, object: object): boolean {
  if (isDeepStrictEqual(made, object)) return true;
  const held = { ...object };
  return (
    object.constructor.name === '' &&
    Object.keys(held).length > 0 &&
    isDeepStrictEqual({ ...(made as object) }, held)
  );
}

const isFunction = (value: unknown): value is (...given: unknown[]) => unknown =>
  typeof value === 'function' && !Object.hasOwn(value, JSII);

/** What a static function returns; undefined where it does not take what it is given. */
function resultOf(statics: Statics, member: string, given: readonly unknown[]): unknown {
  try {
    return (statics[member] as (...all: unknown[]) => unknown)(...given);
  } catch {
    return undefined;
  }
}
