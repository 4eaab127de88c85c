import { readFileSync } from 'node:fs';
import { blindSpotOf, blindSpotWeight } from '../../lib/scale/blind-spots';
import { FACTOR_KINDS } from '../../lib/scale/kinds';

it('is a sentence of its own for every kind of factor', () => {
  const said = FACTOR_KINDS.map((kind) => blindSpotOf(kind, 3, 2));
  expect(said).toEqual(FACTOR_KINDS.map(() => expect.stringMatching(/^[a-z][^.]{20,}$/)));
  expect(new Set(said).size).toBe(FACTOR_KINDS.length);
});

it('is none where the values are the same, in whatever order their parts stand', () => {
  expect(blindSpotOf('replicas', 2, 2)).toBeUndefined();
  expect(blindSpotOf('autoscalingRange', { min: 1, max: 2 }, { max: 2, min: 1 })).toBeUndefined();
  expect(blindSpotOf('autoscalingRange', { min: 1, max: 3 }, { min: 1, max: 2 })).toBe(
    'behaviour near the largest size, and how long it takes to get there',
  );
});

it('weighs as much as docs/rehearsing.md says', () => {
  const rows = readFileSync('docs/rehearsing.md', 'utf8').matchAll(/^\| ([123]) +\|[^|]*\|([^|]*)\|$/gm);
  const said = [...rows].flatMap(([, weight, kinds]) =>
    [...kinds!.matchAll(/`(\w+)`/g)].map(([, kind]) => [kind, Number(weight)] as const),
  );
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(FACTOR_KINDS.map((kind) => [kind, blindSpotWeight(kind)])),
  );
});
