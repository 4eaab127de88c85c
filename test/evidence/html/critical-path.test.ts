import { criticalPath, type SpanNode } from '../../../lib/evidence/html/critical-path';
import type { Span } from '../../../lib/evidence/evidence';
import { baselineFailed } from '../samples';

let id = 0;
const span = (name: string, parent: number | null, start: number, ms: number): Span => ({
  id: ++id,
  parent,
  name,
  startedAt: new Date(start).toISOString(),
  ms,
  outcome: 'done',
});
const all = (nodes: readonly SpanNode[]): SpanNode[] =>
  nodes.flatMap((node) => [node, ...all(node.children)]);
const critical = (spans: readonly Span[]): string[] =>
  all(criticalPath(spans)).flatMap((node) => (node.isCritical ? [node.span.name] : []));

describe('the critical path', () => {
  it('is the chain that determined the end of each step', () => {
    expect(critical(baselineFailed.spans)).toEqual([
      'plan',
      'seed',
      'stand up',
      'Orders',
      'Orders-0 starts',
      'Orders-2 copies the primary',
      'reader endpoint answers',
      'Web',
      'Web-2 is healthy',
      'baseline',
      'health answers',
      'tear down',
    ]);
  });

  it('follows the last span to end, and nothing beside it', () => {
    const step = span('step', null, 0, 100);
    const spans = [
      step,
      span('short', step.id, 0, 60),
      span('long', step.id, 0, 90),
      span('late', step.id, 40, 30),
    ];
    expect(critical(spans)).toEqual(['step', 'long']);
  });

  it('is in order of time, whatever order the spans came in', () => {
    const step = span('step', null, 0, 100);
    const spans = [span('b', step.id, 50, 50), span('a', step.id, 0, 49), step];
    expect(criticalPath(spans)[0]!.children.map((node) => node.span.name)).toEqual(['a', 'b']);
    expect(critical(spans)).toEqual(['step', 'a', 'b']);
  });

  it('shows a span whose parent is not known as a step', () => {
    expect(critical([span('lost', 999, 0, 1)])).toEqual(['lost']);
  });
});
