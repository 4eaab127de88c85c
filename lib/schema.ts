import { didYouMean } from './error';
import { isObject } from './json';

/** Takes the description of one problem. */
export type Report = (problem: string) => void;

/** What a value of a config is expected to be. */
export interface Rule<T> {
  /** In words, such as `a text`. */
  readonly expected: string;
  /**
   * Reads a value, fills in its defaults and reports every problem. A value with problems is still returned, so that
   * others are found too: its objects and lists are present, its single values may be undefined.
   *
   * @param at - its place in the config, such as `checks.smoke[0].path`
   */
  read(value: unknown, at: string, report: Report): T;
}

/** A key that may be left out. */
export interface Optional<T> {
  readonly rule: Rule<T>;
}

/** A key that may be left out, and the value that is read in its place. */
export interface Defaulted<T> extends Optional<T> {
  readonly fallback: unknown;
}

/**
 * A rule for every key of a type: the compiler rejects a missing or a surplus one, a wrong type, and a default for a key
 * that has none. `In` is what is written, `Out` has the defaults.
 */
export type Fields<In, Out extends In> = {
  readonly [K in keyof In]-?: undefined extends In[K]
    ? undefined extends Out[K]
      ? Optional<Exclude<Out[K], undefined>>
      : Defaulted<Out[K]>
    : Rule<Out[K]>;
};

/** A key that may be left out, without a default. */
export const optional = <T>(rule: Rule<T>): Optional<T> => ({ rule });

/** A key that may be left out, with a default that is read in its place. */
export const defaulted = <T>(rule: Rule<T>, fallback: unknown): Defaulted<T> => ({ rule, fallback });

/** An object with these keys and no others. */
export function object<In extends object, Out extends In = In>(fields: Fields<In, Out>): Rule<Out> {
  const known = Object.entries<Rule<unknown> | Optional<unknown>>(fields);
  return {
    expected: 'an object',
    read(value, at, report) {
      if (!isObject(value)) {
        report(wrong(value, at, this.expected));
        return this.read({}, at, () => {});
      }
      const names = known.map(([name]) => name);
      for (const key of Object.keys(value)) {
        if (!names.includes(key)) report(`${member(at, key)} is not known; ${didYouMean(key, names)}`);
      }
      const read = known.map(([key, field]) => [key, readField(field, value[key], member(at, key), report)]);
      return Object.fromEntries(read.filter(([, it]) => it !== undefined)) as Out;
    },
  };
}

function readField(
  field: Rule<unknown> | Optional<unknown> | Defaulted<unknown>,
  value: unknown,
  at: string,
  report: Report,
): unknown {
  const rule = 'rule' in field ? field.rule : field;
  if (value !== undefined) return rule.read(value, at, report);
  if ('fallback' in field) return rule.read(field.fallback, at, report);
  if ('rule' in field) return undefined;
  report(`${at} is missing; expected ${rule.expected}`);
  return rule.read(undefined, at, () => {});
}

/** An object whose keys are names of the user's. */
export const record = <T>(rule: Rule<T>): Rule<Readonly<Record<string, T>>> => ({
  expected: 'an object',
  read(value, at, report) {
    if (!isObject(value)) {
      report(wrong(value, at, this.expected));
      return {};
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, rule.read(item, member(at, key), report)]),
    );
  },
});

/** A list. */
export const list = <T>(rule: Rule<T>): Rule<readonly T[]> => ({
  expected: 'a list',
  read(value, at, report) {
    if (Array.isArray(value)) return value.map((item, i) => rule.read(item, `${at}[${i}]`, report));
    report(wrong(value, at, this.expected));
    return [];
  },
});

/** A single value that fits. */
export const value = <T>(expected: string, fits: (it: unknown) => boolean): Rule<T> => ({
  expected,
  read(it, at, report) {
    if (fits(it)) return it as T;
    report(wrong(it, at, expected));
    return undefined as T;
  },
});

/** A text that is not blank. */
export const text: Rule<string> = value('a text', (it) => typeof it === 'string' && it.trim() !== '');

/** True or false. */
export const flag: Rule<boolean> = value('true or false', (it) => typeof it === 'boolean');

/** A number within bounds, both included. */
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

/** A whole number within bounds, both included. */
export const integer = (min: number, max = Infinity): Rule<number> =>
  value(
    max === Infinity ? `a whole number of ${min} or more` : `a whole number from ${min} to ${max}`,
    (it) => Number.isInteger(it) && isWithin(it, min, max),
  );

/** One of some texts. */
export const oneOf = (...choices: readonly string[]): Rule<string> => ({
  expected: choices.join(', '),
  read(it, at, report) {
    if (typeof it !== 'string') report(wrong(it, at, this.expected));
    else if (!choices.includes(it)) report(`${at} is ${show(it)}; ${didYouMean(it, choices)}`);
    return it as string;
  },
});

/** The message for a value that is not what is expected. */
export const wrong = (it: unknown, at: string, expected: string): string =>
  `${at === '' ? 'it' : at} is ${show(it)}; expected ${expected}`;

/** A value as a message shows it. */
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
