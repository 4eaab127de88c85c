import { isObject, parseJson, type Json } from '../json';
import type { AnswerDifference, VaryingPlace } from '../evidence/evidence';
import type { Reply } from '../probes/http';

/** The answers to one request: of the baseline twice, and of the candidate. */
export interface Answers {
  /** What the request is called, such as `GET /orders/{id}`. */
  readonly route: string;
  readonly baseline: Reply;
  readonly again: Reply;
  readonly candidate: Reply;
}

/** How answers are compared. */
export interface CompareProps {
  /** Fields that may differ, such as `id`, `items[].id`, `*.placedAt`. */
  readonly ignore: readonly string[];
  /** Whether differences show values, or their types alone. */
  readonly showValues: boolean;
}

/** What differs. */
export interface Compared {
  /** How many answers were compared. */
  readonly compared: number;
  /** How many differ. */
  readonly differing: number;
  /** How many the baseline did not answer: they are not compared. */
  readonly unanswered: number;
  /** The most frequent first. */
  readonly differences: readonly AnswerDifference[];
  /** What differs between two answers of the baseline: it is no difference of the candidate. */
  readonly varying: readonly VaryingPlace[];
}

/**
 * Compares the answers of two releases: status, structure and values. What already differs between two answers of the baseline to the same
 * request is left out for all requests of that route.
 */
export function compareAnswers(all: readonly Answers[], props: CompareProps): Compared {
  const answered = all.filter(({ baseline, again }) => baseline.answered && again.answered);
  const varying = new Map<string, Set<string>>();
  for (const { route, baseline, again } of answered) {
    const places = varying.get(route) ?? new Set();
    for (const { where } of differencesOf(baseline, again, props)) places.add(where);
    varying.set(route, places);
  }
  const groups = new Map<string, AnswerDifference>();
  let differing = 0;
  for (const { route, baseline, candidate } of answered) {
    const found = differencesOf(baseline, candidate, props).filter(
      ({ where }) => ![...varying.get(route)!].some((place) => isWithin(where, place)),
    );
    if (found.length > 0) differing++;
    // one answer counts once for each place, whatever the length of its lists
    for (const it of new Map(found.map((each) => [each.where, each])).values()) {
      const key = JSON.stringify([route, it.where, it.what]);
      const group = groups.get(key) ?? { route, ...it, answers: 0 };
      groups.set(key, { ...group, answers: group.answers + 1 });
    }
  }
  return {
    compared: answered.length,
    differing,
    unanswered: all.length - answered.length,
    differences: [...groups.values()].toSorted((a, b) => b.answers - a.answers),
    varying: [...varying].flatMap(([route, places]) => [...places].map((where) => ({ route, where }))),
  };
}

/** One difference between two answers. */
type Difference = Pick<AnswerDifference, 'where' | 'what' | 'example'>;

/** Names that no field of JSON is likely to have. */
const STATUS = 'HTTP status';
const BODY = 'whole body';

/** Whether a place is another one, or inside it: where lists differ in length, their items do not stand beside each other. */
const isWithin = (where: string, place: string): boolean =>
  where === place ||
  where.startsWith(`${place}.`) ||
  where.startsWith(`${place}[`) ||
  (place === BODY && where !== STATUS);

function differencesOf(before: Reply, now: Reply, props: CompareProps): Difference[] {
  if (!before.answered || !now.answered) {
    const [was, is] = [before, now].map((it) =>
      it.answered ? String(it.status) : `no answer (${it.because})`,
    );
    return was === is ? [] : [{ where: STATUS, what: `${was} -> ${is}` }];
  }
  // the bodies of different statuses are not the same kind of answer
  if (before.status !== now.status) return [{ where: STATUS, what: `${before.status} -> ${now.status}` }];
  const [was, is] = [parseJson(before.body), parseJson(now.body)];
  if (was === undefined || is === undefined) {
    if (before.body === now.body) return [];
    const what =
      was === is
        ? 'another text'
        : `${was === undefined ? 'text' : 'JSON'} -> ${is === undefined ? 'text' : 'JSON'}`;
    return [{ where: BODY, what }];
  }
  return inJson(was, is, '', props);
}

function inJson(
  was: Json | undefined,
  is: Json | undefined,
  where: string,
  props: CompareProps,
): Difference[] {
  if (where !== '' && props.ignore.some((field) => isIgnored(where, field))) return [];
  const [before, now] = [typeOf(was), typeOf(is)];
  const at = where === '' ? BODY : where;
  if (before !== now) return [{ where: at, what: `${before} -> ${now}`, ...exampleOf(was, is, props) }];
  if (isObject(was) && isObject(is)) {
    const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...keys].flatMap((key) =>
      inJson(was[key], is[key], where === '' ? key : `${where}.${key}`, props),
    );
  }
  if (Array.isArray(was) && Array.isArray(is)) {
    if (was.length !== is.length)
      return [{ where: at, what: `list of another length`, ...exampleOf(was.length, is.length, props) }];
    return was.flatMap((item: Json, i) => inJson(item, (is as Json[])[i], `${where}[]`, props));
  }
  return was === is ? [] : [{ where: at, what: `another ${before}`, ...exampleOf(was, is, props) }];
}

/** Such as `number`; `nothing` for what is not there. */
function typeOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text' : typeof value;
}

const MOST_SHOWN = 60;

/** Values are shown where the config says so: they may be of persons. */
function exampleOf(
  was: Json | undefined,
  is: Json | undefined,
  { showValues }: CompareProps,
): Pick<Difference, 'example'> {
  if (!showValues) return {};
  const [before, now] = [was, is].map((value) => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value);
    return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
  });
  return { example: `${before} -> ${now}` };
}

/** Whether a place is a field, or inside it; `*.id` is `id` wherever it is. */
function isIgnored(where: string, field: string): boolean {
  if (!field.startsWith('*.')) return isWithin(where, field);
  const name = field.slice(2);
  return (
    isWithin(where, name) ||
    where.endsWith(`.${name}`) ||
    where.includes(`.${name}.`) ||
    where.includes(`.${name}[`)
  );
}
