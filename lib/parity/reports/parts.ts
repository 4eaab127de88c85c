import type { Json } from '../../json';
import type { FactorValue } from '../../scale/kinds';
import { showPath } from '../../template/differences';
import type { Forbidden, ParityReport, Permitted } from '../report';
import { plural, printable } from '../../report/words';
import { SECTIONS } from '../../template/model';
import type { GivenParameter } from '../side-facts';

/** Forbidden differences of one tier. */
export interface Tier {
  readonly name: string;
  readonly forbidden: readonly Forbidden[];
}

/** The forbidden differences by tier, each in order of construct and path. */
export function tiersOf({ forbidden }: ParityReport): Tier[] {
  const tiers = new Map<string, Forbidden[]>();
  for (const entry of inOrder(forbidden)) {
    const name = tierOf(entry);
    tiers.set(name, [...(tiers.get(name) ?? []), entry]);
  }
  return [...tiers]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, entries]) => ({ name, forbidden: entries }));
}

/** Where a rule permits differences, and how many. */
export interface RuleCount {
  readonly by: Permitted['by'];
  readonly rule: string;
  readonly count: number;
}

/** How many differences each factor, life rule and identity rule permits. */
export function ruleCounts({ permitted }: ParityReport): RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const { by, factor: rule } of permitted) {
    const key = `${by} ${rule}`;
    counts.set(key, { by, rule, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const order = ['scale', 'lifecycle', 'naming', 'declared'];
  return [...counts.values()].sort(
    (a, b) => order.indexOf(a.by) - order.indexOf(b.by) || compare(a.rule, b.rule),
  );
}

/** Differences in order of stack, construct and path. */
export function inOrder<T extends Permitted | Forbidden>(entries: readonly T[]): T[] {
  const keyed = entries.map((entry) => ({ entry, key: sortKey(entry) }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ entry }) => entry);
}

/** What tells where something is. */
type Place = Pick<Permitted, 'stack' | 'logicalId' | 'type' | 'path' | 'construct'>;

/** Where a difference is in its template: `OrdersCluster.Properties.Port`, `Outputs.Url.Value`. */
export function placeOf({ logicalId, type, path }: Place): string {
  const isSection = (SECTIONS as readonly string[]).includes(type) && type !== 'Resources';
  const top = isSection && logicalId !== type ? [type, logicalId] : [logicalId || type];
  return printable(showPath([...top, ...path]));
}

/** What a difference belongs to, as a reader knows it: the construct, or the logical id when there is none. */
export function subjectOf({ stack, construct, logicalId, type }: Place): string {
  const own = construct || logicalId || type;
  const isPlaced = stack === '' || own === stack || own.startsWith(`${stack}/`);
  return printable(isPlaced ? own : `${stack}/${own}`);
}

/** A factor's value: `3`, `r7g.large`, `min 2, max 6`, or `none`. */
export function showFactorValue(value: FactorValue | null): string {
  if (value === null) return 'none';
  if (typeof value !== 'object') return printable(String(value));
  return Object.entries(value)
    .map(([name, part]) => `${name} ${part}`)
    .join(', ');
}

/** Both values of a difference as JSON. */
export interface ShownValues {
  readonly prod: string;
  readonly staging: string;
  readonly isShortened: boolean;
}

/**
 * Both values as JSON of at most `room` characters. Of longer ones the part is shown in which they begin to differ.
 */
export function showValues({ prod, staging }: { prod?: Json; staging?: Json }, room: number): ShownValues {
  const [p, s] = [showValue(prod), showValue(staging)];
  const [other, one] = prod === undefined || staging === undefined ? [] : [s, p];
  return {
    prod: partOf(p, other, room),
    staging: partOf(s, one, room),
    isShortened: p.length > room || s.length > room,
  };
}

/**
 * The part of a text that fits: of two of which one is too long the part in which they begin to differ.
 *
 * @param other - what it is compared with; undefined for nothing
 */
export function partOf(text: string, other: string | undefined, room: number): string {
  if (Math.max(text.length, other?.length ?? 0) <= room) return text;
  let same = 0;
  if (other !== undefined && other !== text) while (same < text.length && text[same] === other[same]) same++;
  const start = same > room / 2 ? same - Math.floor(room / 4) : 0;
  const from = start > 0 ? `…${text.slice(start)}` : text;
  return from.length > room ? `${from.slice(0, room - 1)}…` : from;
}

/** How many differences there are, among how many entries, and what was paired to find them. */
export function summaryOf({
  forbidden,
  permitted,
  compared,
  renamed = [],
  notShown,
}: ParityReport): string[] {
  const all = forbidden.length + (notShown?.forbidden ?? 0);
  const found = `${all} forbidden and ${plural(permitted.length, 'permitted difference')}`;
  const paired = `${plural(renamed.length, 'resource')} paired by structure: the logical ids differ`;
  return [`${found} in ${plural(compared, 'entry', 'entries')}`, ...(renamed.length === 0 ? [] : [paired])];
}

/** What a verdict is about, where that is not all: ` in 1 of 3 stacks (Data)`. */
export function partOfAll({ part }: ParityReport): string {
  if (!part || part.stacks.length === part.of) return '';
  return ` in ${part.stacks.length} of ${plural(part.of, 'stack')} (${part.stacks.join(', ')})`;
}

/** The verdict in a line. */
export function headlineOf(report: ParityReport): string {
  const { verdict, prod, staging } = report;
  const says = {
    twins: `TWIN: ${staging} is a twin of ${prod}`,
    'not-twins': `NOT A TWIN: ${staging} is not a twin of ${prod}`,
    undecided: `UNDECIDED: ${whatDecides(report)} whether ${staging} is a twin of ${prod}`,
  };
  return `${says[verdict]}${partOfAll(report)}`;
}

/** What is left out of a report; undefined when nothing is. */
export function notShownSentence({ notShown }: ParityReport): string | undefined {
  if (!notShown) return undefined;
  const { only, forbidden, open, unused, isolation, tearDown } = notShown;
  const count = forbidden + open.length + unused + isolation + tearDown;
  const is = count === 1 ? 'is' : 'are';
  return count === 0
    ? undefined
    : `${plural(count, 'further finding')} ${is} not shown (--only ${only.join(', ')})`;
}

/** Differences of one construct that have the same rule, reason and fix: they are told once. */
export function groupsOf(forbidden: readonly Forbidden[]): Forbidden[][] {
  const groups: Forbidden[][] = [];
  for (const entry of forbidden) {
    const group = groups.at(-1);
    const isSame = group?.[0] && tellingOf(group[0]) === tellingOf(entry);
    if (isSame) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

const tellingOf = (entry: Forbidden): string =>
  [subjectOf(entry), entry.type, entry.id, entry.why, entry.fix, entry.source].join('\0');

/** What the verdict hangs on while it is undecided: `the parameters Env and Readers decide`. */
export function whatDecides({ open = [], notShown }: ParityReport): string {
  const all = [...open, ...(notShown?.open ?? [])];
  const names = [...new Set(all.flatMap(({ hangsOn = [] }) => hangsOn))].sort();
  const shown = [...names.slice(0, 3), ...(names.length > 3 ? [`${names.length - 3} more`] : [])];
  const last = shown.pop() ?? 'the deployment';
  return `${[shown.join(', '), last].filter((it) => it !== '').join(' and ')} ${names.length > 1 ? 'decide' : 'decides'}`;
}

/** A parameter that is given at deployment, in words. */
export function givenSentence({ name, type, default: standard }: GivenParameter): string {
  const stored = type.startsWith('AWS::SSM::Parameter::Value<');
  const value =
    standard === undefined ? '' : `, ${stored ? 'from Parameter Store: ' : 'by default '}${standard}`;
  return printable(`${name} (${type}${value})`);
}

const showValue = (value: Json | undefined): string =>
  value === undefined ? 'not there' : printable(JSON.stringify(value));

/** The first part of the construct's path, or the service of the type: `Orders`, `RDS`, `Outputs`. */
function tierOf({ construct, type }: Forbidden): string {
  const [tier] = (construct ?? '').split('/');
  const [vendor, service] = type.split('::');
  return printable(tier || (vendor === 'AWS' && service) || vendor || type);
}

function sortKey(entry: Permitted | Forbidden): string {
  const path = entry.path.map((key) => (typeof key === 'number' ? String(key).padStart(6, '0') : key));
  return [entry.stack, entry.construct ?? '', entry.type, entry.logicalId, ...path].join('\0');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** @param name - of a production */
export const notComparedSentence = (name: string): string =>
  `${name} was not compared: it has no staging and no second production.`;
