import { TwinError } from '../error';
import { FACTOR_KINDS, type Factor, type Factors } from './kinds';

/** Reports and the manifest write "factor.part", "factor: label" and "${factor}": none may be read as another. */
const NAME = /^[a-z][\w-]*$/i;

/**
 * Checks how a factor is declared.
 *
 * @throws TwinError `factor-name`, `factor-kind`, `factor-reason` or `factor-limit`
 */
export function checkDeclaration(name: string, factor: Factor | undefined): void {
  if (!NAME.test(name)) {
    throw new TwinError({
      code: 'factor-name',
      message: `"${name}" is no name for a factor; allowed are letters, digits, "_" and "-" after a letter`,
      fix: 'Name the factor like a property, such as ordersReaders.',
    });
  }
  if (!factor || !FACTOR_KINDS.includes(factor.kind)) {
    throw new TwinError({
      code: 'factor-kind',
      message: `the factor "${name}" is of no known kind; allowed are ${FACTOR_KINDS.join(', ')}`,
      fix: 'Make it with the function of its kind, such as replicas({ reason }).',
    });
  }
  if (typeof factor.reason !== 'string' || factor.reason.trim() === '') {
    throw new TwinError({
      code: 'factor-reason',
      message: `the factor "${name}" has no reason`,
      fix: 'Say in one sentence why environments may differ here: it is shown beside every difference it permits.',
    });
  }
  checkLimits(name, factor);
}

/** A limit that no value meets, or that every value meets, is a mistake. */
function checkLimits(name: string, { min, max, step }: Factor): void {
  const refuse = (limit: string, allowed: string): never => {
    throw new TwinError({
      code: 'factor-limit',
      message: `the factor "${name}" has the ${limit}; allowed is ${allowed}`,
      fix: "Give min, max and step the service's own limits, or leave them out.",
    });
  };
  const isWhole = (n: number, least: number): boolean => Number.isSafeInteger(n) && n >= least;
  if (max !== undefined && !isWhole(max, 1)) refuse(`max ${max}`, 'a whole number from 1 up');
  if (min !== undefined && !(isWhole(min, 0) && min <= (max ?? min))) {
    refuse(
      `min ${min}`,
      `a whole number from 0 up${max === undefined ? '' : `, no more than its max ${max}`}`,
    );
  }
  if (step !== undefined && !isWhole(step, 1)) refuse(`step ${step}`, 'a whole number from 1 up');
}

/**
 * Checks the name of a derived value.
 *
 * @throws TwinError `derived-name` for one that is no name, or a factor's
 */
export function checkDerivedName(name: string, factors: Factors): void {
  const isFactor = Object.hasOwn(factors, name);
  if (NAME.test(name) && !isFactor) return;
  throw new TwinError({
    code: 'derived-name',
    message: isFactor
      ? `"${name}" is the name of a factor and of a derived value; a scale has one value of each name`
      : `"${name}" is no name for a derived value; allowed are letters, digits, "_" and "-" after a letter`,
    fix: 'Give the derived value a name of its own, like a property, such as ordersMaxConnections.',
  });
}

/** Names that runtimes and test runners look up on any object. */
const ASKED_OF_ANY_OBJECT = new Set([
  'then',
  'toJSON',
  'nodeType',
  'tagName',
  'hasAttribute',
  'asymmetricMatch',
]);

/** Whether a key can only be meant as the name of a factor or of a derived value. */
export const isName = (key: string | symbol): key is string =>
  typeof key === 'string' && NAME.test(key) && !ASKED_OF_ANY_OBJECT.has(key);
