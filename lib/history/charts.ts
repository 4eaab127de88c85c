import { markup, type Markup } from '../evidence/html/syntax';
import type { Point, Series } from './series';
import { showDay, showMs } from './shown';

/** Room above the highest point and below zero, in per cent. */
const MARGIN = 8;

/** A figure over time: a point for each rehearsal in their order, and the baseline's beside them. */
export function chart({ target, name, points }: Series): Markup {
  const all = points.flatMap(({ ms, baselineMs }) => [ms, baselineMs ?? 0]);
  const most = Math.max(...all, 1);
  const x = (i: number): string => (((i + 0.5) / points.length) * 100).toFixed(2);
  const y = (ms: number): string => (100 - MARGIN - (ms / most) * (100 - 2 * MARGIN)).toFixed(2);
  const line = (of: (point: Point) => number | undefined, kind: string): Markup[] =>
    points.flatMap((point, i) => {
      const [before, now] = [i === 0 ? undefined : of(points[i - 1]!), of(point)];
      return before === undefined || now === undefined
        ? []
        : [
            markup`<line class="${kind}" x1="${x(i - 1)}%" y1="${y(before)}%" x2="${x(i)}%" y2="${y(now)}%"/>`,
          ];
    });
  const dots = points.map(
    (point, i) =>
      markup`<circle class="${dotOf(point)}" cx="${x(i)}%" cy="${y(point.ms)}%" r="4"><title>${titleOf(point)}</title></circle>`,
  );
  const [first, last] = [points[0]!, points.at(-1)!];
  const days = [...new Set([showDay(first.at), showDay(last.at)])].join(' to ');
  return markup`<figure class="series"><figcaption><b>${name}</b> <span class="soft">${target}, ${days}; last ${showMs(last.ms)}</span></figcaption>
<svg role="img"><title>${name}: ${points.map(({ release, ms }) => `${release} ${showMs(ms)}`).join(', ')}</title><line class="tick" x1="0" x2="100%" y1="${y(0)}%" y2="${y(0)}%"/><line class="tick" x1="0" x2="100%" y1="${y(most)}%" y2="${y(most)}%"/>${line((it) => it.baselineMs, 'before')}${line((it) => it.ms, 'now')}${dots}</svg><span class="most">${showMs(most)}</span><span class="least">0</span></figure>
`;
}

const dotOf = ({ verdict }: Point): string => (verdict === 'GO' ? 'dot' : 'dot fell');

const titleOf = ({ release, at, ms, baselineMs, verdict }: Point): string =>
  `${release}, ${showDay(at)}, ${verdict}: ${showMs(ms)}${baselineMs === undefined ? '' : `, the baseline ${showMs(baselineMs)}`}`;

/** What the marks of a chart mean. */
export const legend = (hasBaseline: boolean): Markup =>
  markup`<p class="legend"><span>${sample('dot')} with GO</span><span>${sample('dot fell')} without GO</span>${
    hasBaseline
      ? markup`<span><svg width="24" height="12" aria-hidden="true"><line class="before" x1="1" x2="23" y1="6" y2="6"/></svg> the baseline</span>`
      : undefined
  }</p>
`;

const sample = (name: string): Markup =>
  markup`<svg width="12" height="12" aria-hidden="true"><circle class="${name}" cx="6" cy="6" r="4"/></svg>`;
