import { showFactorValue } from '../parity/reports/parts';
import type { Cell, Section } from '../report/section';
import { plural } from '../report/words';
import { DEFINITIONS } from './definitions';
import type { History } from './history';
import { showDay } from './shown';

/** How often each tier was covered. */
export function tiers({ tiers: all, tested }: History): Section {
  const name = namedIn(all.map(({ staging }) => staging));
  const never = all.filter(({ covered }) => covered === 0).length;
  return {
    id: 'tiers',
    title: 'Tiers',
    beside: never === 0 ? 'each was covered' : `${plural(never, 'tier')} never covered`,
    about: DEFINITIONS.tiers,
    columns: [
      { title: 'Tier' },
      { title: 'Covered' },
      { title: 'Last' },
      { title: 'By a stand-in', kind: 'figure' },
      { title: 'Skipped because', kind: 'prose' },
    ],
    rows: all.map(({ staging, tier, covered, byStandIn, of, lastAt, because }) => [
      name(staging, tier),
      shareCell(covered, of),
      lastCell(lastAt),
      byStandIn === 0 ? '' : String(byStandIn),
      because ?? '',
    ]),
    empty: `None of ${plural(tested, 'tested candidate')} had tiers.`,
  };
}

/** How often each factor was seen full size, and whose turn is next. */
export function factors({ factors: all, tested }: History): Section {
  const name = namedIn(all.map(({ staging }) => staging));
  const never = all.filter(({ fullSize }) => fullSize === 0).length;
  return {
    id: 'factors',
    title: 'Scale factors and blind spots',
    beside: never === 0 ? 'each was seen full size' : `${plural(never, 'factor')} never seen full size`,
    about: DEFINITIONS.factors,
    columns: [
      { title: 'Factor' },
      { title: 'Full size' },
      { title: 'Last' },
      { title: 'Due', kind: 'figure' },
      { title: 'Sizes and blind spot', kind: 'prose' },
    ],
    rows: all.map(({ staging, factor, prodValue, stagingValue, fullSize, of, lastAt, blindSpot, due }) => [
      name(staging, factor),
      shareCell(fullSize, of),
      lastCell(lastAt),
      due === undefined ? '' : String(due),
      `${showFactorValue(prodValue)} -> ${showFactorValue(stagingValue)}${blindSpot === undefined ? '' : `: ${blindSpot}`}`,
    ]),
    empty: `None of ${plural(tested, 'tested candidate')} had a scale factor.`,
  };
}

const shareCell = (part: number, of: number): Cell => ({
  text: `${part} of ${of}`,
  mark: part === 0 ? 'bad' : part < of ? 'doubtful' : 'good',
});

const lastCell = (lastAt: string | undefined): Cell =>
  lastAt === undefined ? { text: 'never', mark: 'bad' } : showDay(lastAt);

/** The environment is named where there are several. */
function namedIn(stagings: readonly string[]): (staging: string, name: string) => string {
  const isOne = new Set(stagings).size <= 1;
  return (staging, name) => (isOne ? name : `${name} of ${staging}`);
}
