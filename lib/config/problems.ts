import type { core } from 'zod';
import { didYouMean } from '../error';
import { show, wrong } from '../field';
import { isObject } from '../json';
import { expectedOf, type JsonSchema } from './json-schema';

/** A place in a config: what is written there, and what is expected. */
interface Place {
  /** Such as `checks.smoke[0].path`. */
  readonly at: string;
  readonly value: unknown;
  readonly schema: JsonSchema;
}

/** What is wrong with a config, a sentence for each problem, in the order of the schema. */
export function problemsOf(
  issues: readonly core.$ZodIssue[],
  value: unknown,
  schema: JsonSchema,
): readonly string[] {
  const place: Place = { at: '', value, schema };
  return [...new Set(inOrder(issues).flatMap((issue) => problemsIn(issue, place)))];
}

/** Unknown keys come before the other problems of their object: they may explain them. One problem of a value is enough. */
function inOrder(issues: readonly core.$ZodIssue[]): readonly core.$ZodIssue[] {
  const ordered: core.$ZodIssue[] = [];
  for (const issue of issues) {
    const isInside = ({ path }: core.$ZodIssue): boolean => issue.path.every((key, i) => path[i] === key);
    const first = ordered.findIndex(isInside);
    if (issue.code === 'unrecognized_keys' && first >= 0) ordered.splice(first, 0, issue);
    else if (issue.code === 'unrecognized_keys' || !ordered.some((it) => isSame(it, issue)))
      ordered.push(issue);
  }
  return ordered;
}

const isSame = (a: core.$ZodIssue, b: core.$ZodIssue): boolean =>
  a.code !== 'unrecognized_keys' &&
  a.path.length === b.path.length &&
  a.path.every((key, i) => key === b.path[i]);

function problemsIn(issue: core.$ZodIssue, from: Place): readonly string[] {
  const place = issue.path.reduce(placeIn, from);
  const { at, value, schema } = place;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknown(place, key, Object.keys(meant(value, schema).properties ?? {})));
  if (issue.code === 'custom') return [`${at} ${issue.message}`];
  if (value === undefined && at !== '') return [`${at} is missing; expected ${expectedOf(schema)}`];
  if (issue.code === 'invalid_union' && isObject(value)) return problemsInUnion(issue, place);
  if (schema.enum && typeof value === 'string')
    return [`${at} is ${show(value)}; ${didYouMean(value, schema.enum)}`];
  return [wrong(value, at, expectedOf(schema))];
}

/** The place of a key or of an index. */
function placeIn({ at, value, schema }: Place, key: PropertyKey): Place {
  const inside = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  if (typeof key === 'number') return { at: `${at}[${key}]`, value: inside, schema: schema.items ?? {} };
  const name = String(key);
  const form = meant(value, schema);
  const expected = form.properties?.[name] ?? (form.additionalProperties || {});
  return { at: member(at, name), value: inside, schema: expected };
}

/** The problems of the form that is meant: those of all others would be noise. */
function problemsInUnion(issue: core.$ZodIssueInvalidUnion, place: Place): readonly string[] {
  const { at, value, schema } = place;
  const forms = schema.anyOf ?? [];
  const form = formOf(value, forms);
  if (form) {
    const problems = issue.errors[forms.indexOf(form)] ?? [];
    return inOrder(problems).flatMap((it) => problemsIn(it, { ...place, schema: form }));
  }
  const written = Object.keys(Object(value) as object);
  const choices = forms.flatMap((it) => choicesOf(it, forms));
  const chosen = choices.filter((key) => written.includes(key));
  if (chosen.length > 1) return [`${at} has ${chosen.join(' and ')}; expected one of ${choices.join(', ')}`];
  const names = [...new Set(forms.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  const unknowns = written.filter((key) => !names.includes(key));
  if (unknowns.length > 0) return unknowns.map((key) => unknown(place, key, names));
  if (schema.choice === undefined) return [wrong(value, at, expectedOf(schema))];
  const missing = requiredIn(forms[0]).filter((key) => !choices.includes(key) && !written.includes(key));
  return [
    ...missing.map(
      (key) => `${member(at, key)} is missing; expected ${expectedOf(forms[0]?.properties?.[key] ?? {})}`,
    ),
    `${at} has no ${schema.choice}; expected one of ${choices.join(', ')}`,
  ];
}

/** The schema of the form that is meant, where there are several; there may be forms within a form. */
function meant(value: unknown, schema: JsonSchema): JsonSchema {
  const form = schema.anyOf && formOf(value, schema.anyOf);
  return form ? meant(value, form) : schema;
}

/** The form of an object that is meant, by the keys that no other form needs; undefined where that is not clear. */
function formOf(value: unknown, forms: readonly JsonSchema[]): JsonSchema | undefined {
  const byName = forms.find(({ additionalProperties }) => additionalProperties);
  const written = isObject(value) ? Object.values(value) : [];
  if (byName && written.length > 0 && written.every(isObject)) return byName;
  const others = forms.filter((form) => form !== byName);
  if (others.length === 1) return others[0];
  const fitting = others.filter((form) =>
    choicesOf(form, others).some((key) => isObject(value) && value[key] !== undefined),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** The keys that a form needs, and no other form. */
const choicesOf = (form: JsonSchema, forms: readonly JsonSchema[]): readonly string[] =>
  requiredIn(form).filter((key) => !forms.some((it) => it !== form && requiredIn(it).includes(key)));

const requiredIn = (form: JsonSchema | undefined): readonly string[] => form?.required ?? [];

const unknown = ({ at }: Place, key: string, names: readonly string[]): string =>
  `${member(at, key)} is not known; ${didYouMean(key, names)}`;

const member = (at: string, key: string): string => {
  if (!/^[\w$-]+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
};
