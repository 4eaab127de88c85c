import type { Limits } from './limits';

/** A value that breaks a rule. */
export interface RuleViolation {
  /** The factor's name. */
  readonly factor: string;
  /** The rule's name, such as `plural` or `family`. */
  readonly rule: string;
  /** What is wrong, with the value got and the values allowed. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** One violation, before it knows its factor. */
export type Broken = Omit<RuleViolation, 'factor'>;

const plural = (n: number): 'none' | 'one' | 'many' => (n === 0 ? 'none' : n === 1 ? 'one' : 'many');

const ALLOWED = { none: 'exactly 0', one: 'exactly 1', many: '2 or more' } as const;

/** What scaling keeps of a number besides its being no larger. */
export const kept = (keeps: Limits['keeps'], part: string, prod: number, scaled: number): Broken[] =>
  keeps === 'plurality' ? plurality(part, prod, scaled) : presence(part, prod, scaled);

/** None stays none, and some stays some. */
function presence(part: string, prod: number, scaled: number): Broken[] {
  if ((prod === 0) === (scaled === 0)) return [];
  const [of, allowed] = [part && `${part} `, prod === 0 ? 'exactly 0' : 'more than 0'];
  return [
    {
      rule: 'presence',
      message: `got ${of}${scaled} where production has ${prod}; allowed is ${allowed}`,
      fix: `Keep ${allowed}: a scale factor changes how much there is, never whether there is any.`,
    },
  ];
}

/** None stays none, one stays one, many stay many: what only shows with a second copy must still show. */
function plurality(part: string, prod: number, scaled: number): Broken[] {
  if (plural(prod) === plural(scaled)) return [];
  const of = part && `${part} `;
  return [
    {
      rule: prod === 0 || scaled === 0 ? 'presence' : 'plural',
      message: `got ${of}${scaled} where production has ${prod}; allowed is ${ALLOWED[plural(prod)]}`,
      fix: `Keep ${ALLOWED[plural(prod)]}: a scale factor changes how many there are, never whether there are any or several.`,
    },
  ];
}

/** A scaled number is at most production's. */
export function notLarger(part: string, prod: number, scaled: number): Broken[] {
  if (scaled <= prod) return [];
  const of = part && `${part} `;
  return [
    {
      rule: 'larger',
      message: `got ${of}${scaled}, more than production's ${prod}`,
      fix: `Use ${prod} or less: what only works at a larger size than production's must not pass.`,
    },
  ];
}

/** A range that can move stays one that can, and one that cannot stays one that cannot. */
export function moves(prodMin: number, prodMax: number, min: number, max: number): Broken[] {
  if (prodMin < prodMax === min < max) return [];
  const can = prodMin < prodMax;
  return [
    {
      rule: 'movable',
      message: `got ${min} to ${max}, which ${can ? 'cannot' : 'can'} move, where production's ${prodMin} to ${prodMax} ${can ? 'can' : 'cannot'}`,
      fix: can
        ? 'Use a max above the min, so that scaling out is rehearsed too.'
        : 'Use the same number for both ends.',
    },
  ];
}

/** Aurora Serverless v2 pauses where production does, and nowhere else. */
export function pauses(prodMin: number, min: number): Broken[] {
  if ((prodMin === 0) === (min === 0)) return [];
  return [
    {
      rule: 'presence',
      message: `got minAcu ${min} where production has ${prodMin}; only a minAcu of 0 lets an instance pause`,
      fix:
        prodMin === 0
          ? 'Use minAcu 0, as production does.'
          : 'Use a minAcu of 0.5 or more, as production does.',
    },
  ];
}
