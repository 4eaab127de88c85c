import type { CostReport, EnvironmentCost } from '../../lib/cost/cost';
import { renderCost } from '../../lib/cost/report-text';

const nothing: EnvironmentCost = { environment: 'Prod', items: [], hourUsd: 0, monthUsd: 0, unknown: [] };

const report = (prod: EnvironmentCost, more: Partial<CostReport> = {}): CostReport => ({
  region: 'us-east-1',
  pricesAsOf: '2026-10',
  prod,
  staging: { ...nothing, environment: 'Staging' },
  hours: 1,
  rehearsalUsd: 0,
  stagingMonthUsd: 0,
  fullSizeMonthUsd: prod.monthUsd,
  ...more,
});

it('says when nothing has a price', () => {
  expect(renderCost(report(nothing, { pricesAsOf: '' }), { color: false, width: 80 })).toMatchInlineSnapshot(`
   "Prod     $0.00 an hour  $0.00 a month
   Staging  $0.00 an hour  $0.00 a month

   Staging for a rehearsal of 1 hour  $0.00
   Staging kept around the clock      $0.00  a month
   A staging of full size, kept       $0.00  a month

   No price is known for any of this.
   "
  `);
});

it('shortens long names rather than break a line, and shows no control characters', () => {
  const item = { count: 2, hourUsd: 0.5, asOf: '2026-10' };
  const prod: EnvironmentCost = {
    ...nothing,
    items: [{ ...item, tier: 'Orders/And/Everything\u001b[31m', what: `db.${'x'.repeat(90)}.large` }],
    hourUsd: 1,
    monthUsd: 730,
    unknown: [{ tier: 'Orders', what: `AWS::${'Very'.repeat(20)}::Long`, count: 1, because: 'no price' }],
  };
  const text = renderCost(report(prod, { rehearsalUsd: 10 }), { color: false, width: 200 });
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toContain('…');
  expect(text).not.toContain('\u001b');
  expect(text).toContain('at least $1.00 an hour');
  expect(text).toContain('full size for a month costs as much as 73 rehearsals.');
});

it('is bold in a terminal that shows it', () => {
  const unknown = [{ tier: 'A', what: 'AWS::S3::Bucket', count: 1, because: 'usage-based' as const }];
  const text = renderCost(report({ ...nothing, unknown }), { color: true, width: 80 });
  expect(text).toContain('\u001b[1mUsage-based: not counted\u001b[22m\n');
});
