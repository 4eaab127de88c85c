import type { ListedFactor } from '../factor-list';
import { Lines } from '../../report/lines';
import { placeOf, ruleCounts, showValues } from '../reports/parts';
import { plural, printable } from '../../report/words';
import type { Forbidden, ParityReport, Permitted } from '../report';
import type { SuggestedGroup, Suggestion } from './suggest';
import type { TextOptions } from '../reports/text';

/** How many values, or places, of a group are written out. */
const MOST = 3;

/** Writes for people what a suggested allowlist permits, what it cannot, and what to do next. */
export function renderSuggestion(
  { groups, lifecycle, naming, left, list }: Suggestion,
  { prod, staging, file }: Pick<ParityReport, 'prod' | 'staging'> & { readonly file?: string },
  options: Pick<TextOptions, 'color' | 'width'>,
): string {
  const page = new Lines(options);
  const explained = groups.reduce((sum, { places }) => sum + places.length, lifecycle.length + naming.length);
  const all = explained + left.length;
  if (all === 0) {
    page.words(`Nothing to suggest: ${staging} is a twin of ${prod} already`, { style: 'bold' });
    return page.toString();
  }
  page.words(`${plural(all, 'difference')} between ${prod} and ${staging}`, { style: 'bold' });
  const reasons = groups.length === 0 ? '' : `, with ${plural(groups.length, 'reason')} to write`;
  page.words(`${explained} may be permitted${reasons}; ${left.length} may not`);
  if (groups.length > 0) page.heading('What a factor may explain', { beside: 'smallest group first' });
  for (const group of groups) writeGroup(page, group);
  if (lifecycle.length + naming.length > 0) page.heading('What needs no factor');
  if (lifecycle.length > 0) writeRules(page, 'ephemeral', lifecycle);
  if (list.names) {
    const { prod: from, staging: to } = list.names;
    page.words(`${from} -> ${to} in ${plural(naming.length, 'place')}`, { lead: `  ${'names'.padEnd(11)}` });
    writePlaces(page, naming);
  }
  if (left.length > 0) page.heading('What no factor explains', { beside: 'make both alike here' });
  for (const group of alike(left)) writeLeft(page, group);
  page
    .line()
    .words(
      explained > 0
        ? nextStep(groups.length, file)
        : 'No allowlist is written: nothing that differs can stand in one',
    );
  return page.toString();
}

function nextStep(reasons: number, file: string | undefined): string {
  const compare = `compare with --allow ${file ?? '<file>'}`;
  const where = file ?? 'the allowlist';
  return reasons === 0
    ? `Next: ${compare}`
    : `Next: answer each question in ${where} with a reason, or take the factor out; then ${compare}`;
}

function writeGroup(page: Lines, { entry, places, values }: SuggestedGroup): void {
  for (const line of placeLines(entry, page.width)) page.line(`  ${page.paint('bold', printable(line))}`);
  const shown = values.slice(0, MOST).join('; ');
  page.words(`${plural(places.length, 'place')}, ${entry.kind}: ${shown}${more(values.length)}`, {
    lead: '      ',
  });
  if (entry.id === undefined) writePlaces(page, places);
}

/** A place as it is copied, never cut in two; its type on a line of its own where both do not fit in one. */
function placeLines({ id, type = '', path = '' }: ListedFactor, width: number): string[] {
  if (id !== undefined) return [`${id}.${String(path)}`];
  const line = [type, String(path)].filter((part) => part !== '').join(' ');
  return line.length + 2 > width ? [type, `  ${String(path)}`] : [line];
}

function writeRules(page: Lines, lead: string, permitted: readonly Permitted[]): void {
  const rules = ruleCounts({ permitted } as ParityReport).map(({ rule, count }) => `${rule} ${count}`);
  page.words(rules.join(', '), { lead: `  ${lead.padEnd(11)}` });
}

function writePlaces(page: Lines, places: readonly (Permitted | Forbidden)[]): void {
  const ids = [...new Set(places.map(({ logicalId }) => logicalId))];
  page.words(`in ${ids.slice(0, MOST).map(printable).join(', ')}${more(ids.length)}`, {
    lead: '      ',
    style: 'dim',
  });
}

const more = (count: number): string => (count > MOST ? ` and ${count - MOST} more` : '');

/** Differences of one type, path and reason: told once. */
function alike(left: readonly Forbidden[]): Forbidden[][] {
  const groups = new Map<string, Forbidden[]>();
  for (const entry of left) {
    const path = entry.path.map((step) => (typeof step === 'number' ? '*' : step));
    const side = [entry.prod === undefined, entry.staging === undefined];
    const key = JSON.stringify([entry.type, path, entry.why, side]);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].toSorted((a, b) => a.length - b.length);
}

function writeLeft(page: Lines, group: readonly Forbidden[]): void {
  const [first] = group as readonly [Forbidden];
  page.line(`  ${page.paint('bold', placeOf(first))}`);
  const room = Math.max(20, Math.floor((page.width - 12) / 2));
  const { prod, staging } = showValues(first, room);
  page.words(`${first.type}: ${sides(first, prod, staging)}`, { lead: '      ' });
  if (first.why !== NO_FACTOR) page.words(first.why, { lead: '      ', style: 'dim' });
  if (group.length > 1)
    page.words(`and ${plural(group.length - 1, 'place')} like it`, { lead: '      ', style: 'dim' });
}

/** What is said of every difference that nothing explains. */
const NO_FACTOR = 'no scale factor explains it';

function sides({ path, prod, staging }: Forbidden, p: string, s: string): string {
  if (path.length > 0) return `${p} -> ${s}`;
  return prod === undefined
    ? 'only in staging'
    : staging === undefined
      ? 'only in production'
      : `${p} -> ${s}`;
}
