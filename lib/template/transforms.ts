import { isObject, listOf, type Json, type JsonObject } from '../json';

/** The transform that brings `Fn::ForEach`. */
const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

/** Whether a template may use what the transform `AWS::LanguageExtensions` brings. */
export const hasLanguageExtensions = (template: JsonObject): boolean =>
  transformsOf(template).includes(LANGUAGE_EXTENSIONS);

/** Whether something that is not in a template may make resources of it, or add some. */
export const hasMacros = (template: JsonObject): boolean =>
  'Fn::Transform' in template || transformsOf(template).some((name) => name !== LANGUAGE_EXTENSIONS);

/**
 * What is at the top of a template, with a list of one transform as that transform. `AWS::LanguageExtensions` makes nothing of its own:
 * a template that is alike otherwise needs it as much, or does without.
 */
export function withComparableTransforms(top: JsonObject): JsonObject {
  const { Transform: _, ...others } = top;
  const all = transformsOf(top);
  const transforms = all.filter((name) => name !== LANGUAGE_EXTENSIONS);
  const [only] = transforms;
  const isOne =
    transforms.length === 1 &&
    (typeof only === 'string' || (isObject(only) && typeof only['Name'] === 'string'));
  if (isOne) return { ...others, Transform: only };
  if (transforms.length === all.length) return top;
  return transforms.length === 0 ? others : { ...others, Transform: transforms };
}

/**
 * What to say of two templates of which one is what the transforms of the other make: each has what the other has not, and their
 * places cannot be compared.
 *
 * @returns nothing when both have transforms, or none has
 */
export function stagesOf(prod: unknown, staging: unknown, prodName: string, stagingName: string): string[] {
  const [p, s] = [prod, staging].map((it) => (isObject(it) ? macrosOf(it) : ''));
  if ((p === '') === (s === '')) return [];
  const [source, other] = p === '' ? [stagingName, prodName] : [prodName, stagingName];
  return [
    `${source} is what ${p || s} is yet to process, ${other} is not: compare the same stage of both, such as what ` +
      'aws cloudformation get-template --template-stage Processed answers',
  ];
}

const macrosOf = (template: JsonObject): string =>
  transformsOf(template)
    .filter((it) => it !== LANGUAGE_EXTENSIONS)
    .map((it) => (isObject(it) ? String(it['Name']) : String(it)))
    .join(', ');

/** One name or a list of them; what is no name has parameters, such as an include. */
export const transformsOf = ({ Transform: transform }: Readonly<{ Transform?: Json }>): readonly Json[] =>
  typeof transform === 'string' || isObject(transform) ? [transform] : listOf(transform);
