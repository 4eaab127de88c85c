import type { Span } from '../evidence';

/** A span with the spans inside it, in the order of their start. */
export interface SpanNode {
  readonly span: Span;
  readonly startMs: number;
  readonly endMs: number;
  readonly children: readonly SpanNode[];
  /** Whether the rehearsal would have been shorter without it. */
  readonly isCritical: boolean;
}

/** Clocks tick in milliseconds: a span that starts within one tick of another's end follows it. */
const TICK_MS = 1;

/**
 * The spans as trees, with the critical path marked: the steps, which run one after another, and inside each the chain of
 * spans that determined its end, followed backwards from there.
 */
export function criticalPath(spans: readonly Span[]): readonly SpanNode[] {
  const byParent = new Map<number | null, Span[]>();
  const known = new Set(spans.map(({ id }) => id));
  for (const span of spans) {
    const parent = span.parent !== null && known.has(span.parent) ? span.parent : null;
    byParent.set(parent, [...(byParent.get(parent) ?? []), span]);
  }
  return nodesOf(byParent, null, () => true);
}

function nodesOf(
  byParent: ReadonlyMap<number | null, readonly Span[]>,
  parent: number | null,
  isCritical: (span: Span) => boolean,
): SpanNode[] {
  const spans = [...(byParent.get(parent) ?? [])].sort((a, b) => startOf(a) - startOf(b) || a.id - b.id);
  return spans.map((span) => {
    const critical = isCritical(span);
    const chain = critical ? chainOf(byParent.get(span.id) ?? [], endOf(span)) : new Set<number>();
    return {
      span,
      startMs: startOf(span),
      endMs: endOf(span),
      isCritical: critical,
      children: nodesOf(byParent, span.id, ({ id }) => chain.has(id)),
    };
  });
}

/** The spans that followed one another without overlap up to a moment, latest first. */
function chainOf(spans: readonly Span[], end: number): ReadonlySet<number> {
  const chain = new Set<number>();
  const latestFirst = [...spans].sort((a, b) => endOf(b) - endOf(a) || b.ms - a.ms);
  let cursor = end;
  for (const span of latestFirst) {
    if (endOf(span) > cursor + TICK_MS) continue;
    chain.add(span.id);
    cursor = startOf(span);
  }
  return chain;
}

const startOf = ({ startedAt }: Span): number => Date.parse(startedAt);
const endOf = (span: Span): number => startOf(span) + span.ms;
