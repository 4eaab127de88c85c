import { criticalPath, type SpanNode } from './critical-path';
import type { Evidence } from '../evidence';
import { showDuration } from '../../duration';
import { showShare } from '../figures';
import { markup, type Content, type Markup, type Part } from './syntax';
import { trafficStrip } from './watched';

/** The timeline: a bar for each span on one axis of time, with the spans inside a step below it. */
export function timeline({ spans, watched }: Pick<Evidence, 'spans' | 'watched'>): Part | undefined {
  const steps = criticalPath(spans);
  const start = Math.min(...steps.map(({ startMs }) => startMs));
  const total = Math.max(...steps.flatMap(ends)) - start;
  if (steps.length === 0 || total <= 0) return undefined;
  const axis: Axis = { start, total, ticks: ticksOf(total) };
  const strip = trafficStrip(watched, (at) => ((at - start) / total) * 100);
  const inside = steps.filter(({ children }) => children.length > 0);
  return {
    lead: `${showDuration(total)} in total; ${longest(steps, total)}.`,
    content: markup`${gantt(axis, [strip, steps.map((step) => rows(onlyFaults(step), axis, 0))], 'gantt steps')}${
      inside.length === 0
        ? undefined
        : markup`<details><summary>Inside the steps</summary>
<p class="soft">The critical path of a step is the chain of parts that determined its end: shortening any other part saves no time.</p>
<p class="legend"><span>${sample('span critical')} on the critical path</span><span>${sample('span')} beside it</span><span>${sample('span critical fell')} failed or stopped</span></p>
${gantt(
  axis,
  inside.map((step) => rows(step, axis, 0)),
)}</details>
`
    }`,
  };
}

const gantt = (axis: Axis, lanes: Content, look = 'gantt'): Markup => markup`<ol class="${look}">
<li class="axis" aria-hidden="true"><span></span><span></span>${axisOf(axis)}</li>
${lanes}</ol>
`;

/** A step without the parts that did what they should. */
const onlyFaults = (node: SpanNode): SpanNode => ({
  ...node,
  children: node.children
    .map(onlyFaults)
    .filter((it) => it.span.outcome !== 'done' || it.children.length > 0),
});

interface Axis {
  readonly start: number;
  readonly total: number;
  readonly ticks: readonly number[];
}

const ends = (node: SpanNode): number[] => [node.endMs, ...node.children.flatMap(ends)];

function longest(steps: readonly SpanNode[], total: number): string {
  const [first] = [...steps].sort((a, b) => b.span.ms - a.span.ms);
  return `${first!.span.name} took longest: ${showDuration(first!.span.ms)}, ${showShare(first!.span.ms / total)}`;
}

/** The deepest indentation. */
const MAX_INDENT = 3;

function rows(node: SpanNode, axis: Axis, depth: number): Markup {
  const { span, isCritical, children } = node;
  const notes = [
    ...(isCritical && depth > 0 ? ['critical path'] : []),
    ...(span.outcome === 'done' ? [] : [span.outcome]),
  ];
  const fell = span.outcome === 'done' ? undefined : markup` <span class="failed">✕ ${span.outcome}</span>`;
  const took = showDuration(span.ms);
  return markup`<li class="${depth === 0 ? 'step' : 'part'}"><span class="depth-${Math.min(depth, MAX_INDENT)}">${span.name}${fell}</span><span class="took">${took}${
    isCritical && depth > 0 ? markup`<span class="unseen">, on the critical path</span>` : undefined
  }</span>${lane(node, axis, [span.name, took, ...notes].join(', '))}</li>
${children.map((child) => rows(child, axis, depth + 1))}`;
}

/** The least width of a bar, so that it can be seen. */
const MIN_PERCENT = 0.5;

/** One bar. Positions are in per cent, so that the same axis fits a phone and a wide screen. */
function lane({ span, startMs, isCritical }: SpanNode, { start, total, ticks }: Axis, title: string): Markup {
  const percent = (ms: number): number => (ms / total) * 100;
  const width = Math.max(percent(span.ms), MIN_PERCENT);
  const x = Math.min(percent(startMs - start), 100 - width);
  const name = ['span', ...(isCritical ? ['critical'] : []), ...(span.outcome === 'done' ? [] : ['fell'])];
  return markup`<svg role="img"><title>${title}</title>${ticks.map(
    (tick) =>
      markup`<line class="tick" x1="${fixed(percent(tick))}%" x2="${fixed(percent(tick))}%" y1="0" y2="100%"/>`,
  )}<rect class="${name.join(' ')}" x="${fixed(x)}%" y="25%" width="${fixed(width)}%" height="50%" rx="2"/></svg>`;
}

function axisOf({ total, ticks }: Axis): Markup {
  const labels = ticks.map((tick, i) => {
    const anchor = i === 0 ? 'start' : 'middle';
    return markup`<text x="${fixed((tick / total) * 100)}%" y="14" text-anchor="${anchor}">${showTick(tick)}</text>`;
  });
  return markup`<svg>${labels}</svg>`;
}

const showTick = (ms: number): string => (ms === 0 ? '0' : showDuration(ms).replace('.0 ', ' '));

/** The distances between ticks, in milliseconds. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5,
];
/** How many labels fit a phone. */
const MAX_TICKS = 6;

function ticksOf(total: number): number[] {
  const hours = 36e5 * Math.ceil(total / 36e5 / MAX_TICKS);
  const step = STEPS.find((it) => total / it <= MAX_TICKS) ?? hours;
  // a label at the very end would be cut off
  return Array.from({ length: Math.floor((total * 0.96) / step) + 1 }, (_, i) => i * step);
}

const sample = (name: string): Markup =>
  markup`<svg width="24" height="12" aria-hidden="true"><rect class="${name}" x="1" y="1" width="22" height="10" rx="2"/></svg>`;

const fixed = (value: number): string => value.toFixed(2);
