import type { Evidence } from '../../lib/evidence/evidence';
import { go, noGo } from './samples';

/** A word that can be broken nowhere. */
const WORD =
  'an_order_is_there_once_it_is_placed_by_a_customer_of_the_northern_warehouse_and_paid_for_with_a_voucher';

const forty = (results: Evidence['checks']): Evidence['checks'] =>
  Array.from({ length: 40 }, (_, i) => ({
    ...results[i % results.length]!,
    name: i % 3 === 0 ? `${WORD}${i}` : `check ${i}`,
  }));

/** Forty checks, and names as long as a generator makes them. */
export const long: Evidence = {
  ...noGo,
  to: '2026.11.30-build.48123+feature-checkout-with-vouchers.a1b2c3d4e5f6',
  checks: forty(noGo.checks),
  baseline: forty(go.baseline),
  gates: noGo.gates.map((gate, i) => ({
    ...gate,
    gate: i % 2 === 0 ? `requests during ${WORD}` : gate.gate,
  })),
  drills: noGo.drills.map((drill) => ({ ...drill, name: `failover of ${WORD}` })),
  spans: noGo.spans.map((span) => ({ ...span, name: `${span.name} ${WORD}` })),
};
