import { showDuration } from '../../lib/duration';
import { showMeasures, showMoment, showShare, showUsd } from '../../lib/evidence/figures';

it.each([
  [0, '0 ms'],
  [340.4, '340 ms'],
  [3210, '3.2 s'],
  [9960, '10 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [4_320_000, '1 h 12 min'],
  [7_200_000, '2 h'],
])('%d ms are %s', (ms, text) => expect(showDuration(ms)).toBe(text));

it.each([
  [0, '$0.00'],
  [0.00421, '$0.0042'],
  [0.5, '$0.50'],
  [6.834, '$6.83'],
  [7504.2, '$7,504'],
])('%d USD are %s', (usd, text) => expect(showUsd(usd)).toBe(text));

it.each([
  [0, '0 %'],
  [0.0031, '0.3 %'],
  [0.1875, '19 %'],
])('%d is %s', (share, text) => expect(showShare(share)).toBe(text));

it('shows a moment without its fraction', () => {
  expect(showMoment('2026-11-21T04:12:03.123Z')).toBe('2026-11-21 04:12:03 UTC');
});

it('shows only the figures that were taken', () => {
  expect(showMeasures()).toEqual([]);
  expect(showMeasures({ reads: 50, staleReads: 37, lagMs: 412.4 })).toEqual(['37 of 50 stale', 'lag 412 ms']);
  expect(showMeasures({ requests: 6120, errors: 3, p50Ms: 7.24, p95Ms: 58 })).toEqual([
    'p50 7.2 ms',
    'p95 58 ms',
    '3 of 6,120 errors',
  ]);
});
