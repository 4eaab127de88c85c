import { distance } from 'fastest-levenshtein';
import { isObject, type Json } from '../json';
import type { FactorKind } from '../scale/kinds';
import { SECTIONS } from '../template/model';
import type { Difference, Path } from '../template/differences';
import type { Fault, Finding } from './findings';
import { parityRuleId, type ParityRuleId } from './rules';
import { hasParts, partNames } from './factor-values';
import {
  ATTRIBUTES,
  dotted,
  prefixOf,
  showSteps,
  stepsOf,
  type KnownResources,
  type PlacedFactor,
} from './listed-place';

/** An entry of an allowlist that permits nothing: it is misspelt, or no longer needed. */
export interface UnusedEntry {
  /** The id of the rule that it breaks; it has a page in docs/rules. */
  readonly id: ParityRuleId;
  /** Which of the allowlist's factors it is, from 0. */
  readonly index: number;
  readonly name: string;
  readonly kind: FactorKind;
  /** Whether its type, id or path is nowhere, or beside the place that differs: the allowlist is to be corrected. */
  readonly isMisplaced: boolean;
  readonly why: string;
  /** The nearest that exists: a type, an id or a path. @default - nothing is near, or the place itself exists */
  readonly nearest?: string;
  readonly fix: string;
}

/** What is known of a comparison, to say why an entry permits nothing. */
interface Compared {
  readonly resources: KnownResources;
  readonly factors: readonly PlacedFactor[];
  readonly permitted: readonly Finding[];
  readonly forbidden: readonly Fault[];
}

/** Says of entries that permit nothing why that is, and which place they may mean. */
export const findUnused = (unused: readonly PlacedFactor[], compared: Compared): UnusedEntry[] =>
  unused.map((factor) => {
    const { wrong, nearest, why } =
      wrongResource(factor, compared) ?? wrongPath(factor, compared) ?? superfluous(factor, compared);
    const { index, name, kind } = factor;
    const isNear = nearest !== undefined;
    return {
      id: parityRuleId('unused-entry'),
      index,
      name,
      kind,
      isMisplaced: wrong !== undefined,
      why,
      ...(isNear && { nearest }),
      fix:
        wrong === undefined
          ? 'Take it out of the allowlist.'
          : `${isNear ? 'Write the nearest as' : 'Correct'} its ${wrong}, or take it out of the allowlist.`,
    };
  });

/** Why an entry permits nothing: what of it is wrong, where anything is, and the nearest that would be right. */
interface Reason {
  readonly wrong?: 'type' | 'id' | 'path';
  readonly why: string;
  readonly nearest?: string | undefined;
}

function wrongResource({ entry }: PlacedFactor, { resources }: Compared): Reason | undefined {
  const { id, type, path } = entry;
  if (resources.of(entry).length === 0)
    return id === undefined ? noType(type!, resources) : noId(id, resources);
  const prefix = path === undefined ? undefined : prefixOf(stepsOf(path), resources);
  if (prefix === undefined || resources.of(entry).includes(prefix.id)) return undefined;
  const begins = `its path begins with "${prefix.id}"`;
  return id === undefined
    ? { wrong: 'type', why: `${begins}, which is no ${type}`, nearest: resources.typeOf(prefix.id) }
    : { wrong: 'id', why: `${begins}, and its id is "${id}"`, nearest: prefix.id };
}

const noType = (type: string, { types }: KnownResources): Reason => ({
  wrong: 'type',
  why: `neither template has a resource of the type "${type}"`,
  nearest: nearestOf(type, types),
});

function noId(id: string, { prod, staging, ids }: KnownResources): Reason {
  const section = SECTIONS.find((it) => [prod, staging].some((model) => Object.hasOwn(model[it], id)));
  return section === undefined
    ? { wrong: 'id', why: `neither template has a resource "${id}"`, nearest: nearestOf(id, ids) }
    : { wrong: 'id', why: `"${id}" is one of the ${section}, and factors stand in resources` };
}

function wrongPath(factor: PlacedFactor, { resources, forbidden }: Compared): Reason | undefined {
  if (factor.isNumber) return undefined;
  const ids = resources.ids.filter((id) => factor.fits(id));
  const places = ids.flatMap((id) => resources.entries(id).flatMap((entry) => placesIn(factor, entry)));
  const differing = forbidden.filter(({ path }) => path[0] === 'Resources' && ids.includes(String(path[1])));
  if (places.some(({ isOwn }) => isOwn)) {
    const beside = differing.find(({ path }) => isBesideIt(factor, path));
    return beside && { wrong: 'path', why: 'the templates differ beside it', nearest: below(beside.path) };
  }
  const { id, type } = factor.entry;
  const missing = hasParts(factor.kind) ? `place with the parts of kind ${factor.kind}` : 'place';
  return {
    wrong: 'path',
    why: id === undefined ? `no ${type} has such a ${missing}` : `"${id}" has no such ${missing}`,
    nearest: nearestPlace(
      factor,
      [...new Set(places.map(({ text }) => text))],
      differing.map(({ path }) => below(hasParts(factor.kind) ? path.slice(0, -1) : path)),
    ),
  };
}

const below = (path: Path): string => showSteps(path.slice(2));

/** Whether a place is a factor's own, but for the index of an item. */
function isBesideIt({ entry: { path = '' } }: PlacedFactor, [, , ...place]: Path): boolean {
  const written = stepsOf(path).slice(-place.length);
  return (
    written.length === place.length &&
    place.every((step, i) => step === written[i] || (typeof step === 'number' && isIndex(written[i])))
  );
}

const isIndex = (step: string | number | undefined): boolean => typeof step === 'number' || step === '*';

function superfluous(factor: PlacedFactor, compared: Compared): Reason {
  const { factors, permitted, forbidden, resources } = compared;
  const isIn = ({ path }: Difference, it: PlacedFactor): boolean =>
    path[0] === 'Resources' &&
    it.fits(String(path[1])) &&
    (it.isNumber ? path.length === 2 : it.isAt(path.slice(2)) || it.isAt(path.slice(2, -1)));
  const other = factors.find(
    (it) => it !== factor && permitted.some((finding) => isIn(finding, it) && isIn(finding, factor)),
  );
  if (other) return { why: `factors.${other.index} "${other.name}" permits the same already` };
  const types = new Set(resources.of(factor.entry).map((id) => resources.typeOf(id)));
  if (factor.isNumber) return { why: `both templates have as many ${[...types].join()}` };
  const elsewhere = forbidden.find(
    ({ path: [section, id, ...place] }) =>
      section === 'Resources' && types.has(resources.typeOf(String(id))) && factor.isAt(place),
  );
  const where = elsewhere ? `, but at ${showSteps(elsewhere.path.slice(1))}` : '';
  return { why: `the templates do not differ there${where}` };
}

interface Place {
  readonly text: string;
  /** Whether the factor stands here. */
  readonly isOwn: boolean;
}

/** Every place below a resource at which a factor of this kind could stand. */
function placesIn(factor: PlacedFactor, entry: Json): Place[] {
  const found: Place[] = [];
  const walk = (node: Json, path: Path): void => {
    const holders = { prod: node, staging: node };
    const parts = hasParts(factor.kind) ? partNames(factor.kind, holders) : [];
    const isPossible = path.length > 0 && (!hasParts(factor.kind) || parts.length > 0);
    const isOwn = factor.isAt(path) || parts.some((part) => factor.isAt([...path, part]));
    if (isPossible) found.push({ text: showSteps(path), isOwn });
    if (Array.isArray(node)) (node as Json[]).forEach((item, i) => walk(item, [...path, i]));
    else if (isObject(node)) for (const [key, child] of Object.entries(node)) walk(child, [...path, key]);
  };
  walk(entry, []);
  return found;
}

/** The place that is written most like a factor's path, or the one place that differs. */
function nearestPlace(
  { entry: { path = '' } }: PlacedFactor,
  places: readonly string[],
  differing: readonly string[],
): string | undefined {
  const written = likePlace(typeof path === 'string' ? path : path.join('.'));
  const form = (place: string): string => dotted(place).toLowerCase();
  const same = places.find((place) => form(place) === written);
  const end = written.startsWith('properties.') ? written.slice('properties'.length) : `.${written}`;
  const endings = places.filter((place) => form(place).endsWith(end));
  const ending = endings.find((place) => differing.includes(place)) ?? endings[0];
  const [only, ...others] = new Set(differing.filter((place) => places.includes(place)));
  return same ?? ending ?? nearestOf(written, places, form) ?? (others.length === 0 ? only : undefined);
}

/** A path as a place is written: pointers with dots, and from `Properties` down. */
function likePlace(path: string): string {
  const plain =
    path.startsWith('/') || (path.includes('/') && !path.includes('.')) ? pointer(path) : dotted(path);
  const steps = plain.split('.');
  const from = steps.findIndex((step) => ATTRIBUTES.some((it) => it.toLowerCase() === step.toLowerCase()));
  return (from === -1 ? ['Properties', ...steps] : steps.slice(from)).join('.').toLowerCase();
}

/** A JSON pointer with dots (RFC 6901). */
const pointer = (path: string): string =>
  path
    .split('/')
    .filter((step) => step !== '')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

/** The nearest of the names that exist; undefined when none is near. */
function nearestOf(
  name: string,
  known: readonly string[],
  form = (it: string): string => it.toLowerCase(),
): string | undefined {
  let nearest: string | undefined;
  let least = Infinity;
  for (const it of known) {
    const steps = distance(form(it), name.toLowerCase());
    if (steps < least) [nearest, least] = [it, steps];
  }
  return nearest !== undefined && least <= Math.max(2, nearest.length / 3) ? nearest : undefined;
}
