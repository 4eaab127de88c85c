import { didYouMean } from '../error';
import { isObject } from '../json';

/** Takes one problem, in words. */
export type Tell = (problem: string) => void;

/** What a value of a config must be. */
export interface Rule<T> {
  /** In words, such as `a text`. */
  readonly allowed: string;
  /**
   * Reads a value, fills in its defaults and tells every problem. After a problem the result is good enough to go on
   * looking for others: objects and lists are there, single values may be undefined.
   *
   * @param at - where it stands, such as `checks.smoke[0].path`
   */
  read(value: unknown, at: string, tell: Tell): T;
}

/** A key that may be left out. */
export interface Optional<T> {
  readonly rule: Rule<T>;
}

/** A key that may be left out, and what it is read from then. */
export interface Defaulted<T> extends Optional<T> {
  readonly fallback: unknown;
}

/**
 * A rule for every key of a type: the compiler refuses a missing or a surplus one, a wrong type, and a default for a key
 * that has none. `In` is what is written, `Out` has the defaults.
 */
export type Fields<In, Out extends In> = {
  readonly [K in keyof In]-?: undefined extends In[K]
    ? undefined extends Out[K]
      ? Optional<Exclude<Out[K], undefined>>
      : Defaulted<Out[K]>
    : Rule<Out[K]>;
};

/** A key that may be left out; nothing stands for it then. */
export const optional = <T>(rule: Rule<T>): Optional<T> => ({ rule });

/** A key that may be left out, with what it is read from then. */
export const defaulted = <T>(rule: Rule<T>, fallback: unknown): Defaulted<T> => ({ rule, fallback });

/** An object with these keys and no others. */
export function object<In extends object, Out extends In = In>(fields: Fields<In, Out>): Rule<Out> {
  const known = Object.entries<Rule<unknown> | Optional<unknown>>(fields);
  return {
    allowed: 'an object',
    read(value, at, tell) {
      if (!isObject(value)) {
        tell(wrong(value, at, this.allowed));
        return this.read({}, at, () => {});
      }
      const names = known.map(([name]) => name);
      for (const key of Object.keys(value)) {
        if (!names.includes(key)) tell(`${member(at, key)} is not known; ${didYouMean(key, names)}`);
      }
      const read = known.map(([key, field]) => [key, readField(field, value[key], member(at, key), tell)]);
      return Object.fromEntries(read.filter(([, it]) => it !== undefined)) as Out;
    },
  };
}

function readField(
  field: Rule<unknown> | Optional<unknown> | Defaulted<unknown>,
  value: unknown,
  at: string,
  tell: Tell,
): unknown {
  const rule = 'rule' in field ? field.rule : field;
  if (value !== undefined) return rule.read(value, at, tell);
  if ('fallback' in field) return rule.read(field.fallback, at, tell);
  if ('rule' in field) return undefined;
  tell(`${at} is missing; needed is ${rule.allowed}`);
  return rule.read(undefined, at, () => {});
}

/** An object whose keys are names of the user's. */
export const record = <T>(rule: Rule<T>): Rule<Readonly<Record<string, T>>> => ({
  allowed: 'an object',
  read(value, at, tell) {
    if (!isObject(value)) {
      tell(wrong(value, at, this.allowed));
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, rule.read(item, member(at, key), tell)]),
    );
  },
});

/** A list. */
export const list = <T>(rule: Rule<T>): Rule<readonly T[]> => ({
  allowed: 'a list',
  read(value, at, tell) {
    if (Array.isArray(value)) return value.map((item, i) => rule.read(item, `${at}[${i}]`, tell));
    tell(wrong(value, at, this.allowed));
    return [];
  },
});

/** A single value that fits. */
export const value = <T>(allowed: string, fits: (it: unknown) => boolean): Rule<T> => ({
  allowed,
  read(it, at, tell) {
    if (fits(it)) return it as T;
    tell(wrong(it, at, allowed));
    return undefined as T;
  },
});

/** A text that says something. */
export const text: Rule<string> = value('a text', (it) => typeof it === 'string' && it.trim() !== '');

/** True or false. */
export const flag: Rule<boolean> = value('true or false', (it) => typeof it === 'boolean');

/** A number within bounds, both allowed. */
export const number = (min: number, max = Infinity): Rule<number> =>
  value(max === Infinity ? `a number of ${min} or more` : `a number from ${min} to ${max}`, (it) =>
    isWithin(it, min, max),
  );

/** A number above zero. */
export const positive = (max = Infinity): Rule<number> =>
  value(
    max === Infinity ? 'a number above 0' : `a number above 0, up to ${max}`,
    (it) => isWithin(it, 0, max) && it !== 0,
  );

/** A whole number within bounds, both allowed. */
export const integer = (min: number, max = Infinity): Rule<number> =>
  value(
    max === Infinity ? `a whole number of ${min} or more` : `a whole number from ${min} to ${max}`,
    (it) => Number.isInteger(it) && isWithin(it, min, max),
  );

/** One of some texts. */
export const oneOf = (...allowed: readonly string[]): Rule<string> => ({
  allowed: allowed.join(', '),
  read(it, at, tell) {
    if (typeof it !== 'string') tell(wrong(it, at, this.allowed));
    else if (!allowed.includes(it)) tell(`${at} is ${show(it)}; ${didYouMean(it, allowed)}`);
    return it as string;
  },
});

/** The words for a value that is not what is allowed. */
export const wrong = (it: unknown, at: string, allowed: string): string =>
  `${at === '' ? 'it' : at} is ${show(it)}; allowed is ${allowed}`;

/** A value as it stands in a message. */
export function show(it: unknown): string {
  if (typeof it === 'string') return JSON.stringify(it.length > 60 ? `${it.slice(0, 60)}...` : it);
  if (Array.isArray(it)) return 'a list';
  if (it === null || typeof it !== 'object') return typeof it === 'function' ? 'a function' : String(it);
  return 'an object';
}

const member = (at: string, key: string): string => {
  if (!/^[\w$-]+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
};

const isWithin = (it: unknown, min: number, max: number): boolean =>
  typeof it === 'number' && Number.isFinite(it) && it >= min && it <= max;
