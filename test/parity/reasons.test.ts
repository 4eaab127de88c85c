import { checkReasons } from '../../lib/parity/reasons';
import { checkFactorList } from '../../lib/parity/schema';
import { errorOf } from './small-shop';

const list = (...reasons: readonly unknown[]) => ({
  version: 1,
  factors: reasons.map((reason) => ({ kind: 'count', type: 'T::T', path: 'Properties.N', reason })),
});

const FIX = 'Write why each may differ; take out what may not, and make the environments alike there.';

it.each([
  '',
  '   ',
  '?',
  '...',
  '-',
  '12',
  'TODO',
  'todo: ask the database team',
  '  // TODO',
  'tbd',
  '(FIXME) later',
  'xxx',
  'n/a',
  'why may this differ?',
  'why may it be 2 where production has 6?',
  'less traffic ? ',
])('a reason that is still to be written is refused: %j', (reason) => {
  expect(errorOf(() => checkFactorList(list('less traffic', reason), 'w.json'))).toBe(
    `allowlist-reason: the reason of factors.1 in w.json is still to be written\n${FIX}`,
  );
});

it.each([
  'less traffic',
  'Todos are few in staging',
  'only 2 of the 6 readers are asked',
  'why not: a reader costs $400 a month',
  'niemand liest dort',
  '読み取りが少ない',
])('anything else is one: %j', (reason) => {
  expect(() => checkFactorList(list(reason), 'w.json')).not.toThrow();
});

it('says all that are to be written at once', () => {
  expect(errorOf(() => checkReasons(list('', 'ok', 'why?'), 'w.json'))).toMatch(
    /^allowlist-reason: the reasons of factors\.0, factors\.2 in w\.json are still to be written\n/,
  );
  expect(errorOf(() => checkReasons(list(...Array<string>(8).fill('')), 'w.json'))).toContain(
    'factors.0, factors.1, factors.2, factors.3, factors.4 and 3 more in w.json',
  );
});

it.each([null, [], 'x', { factors: 3 }, { factors: [null, 1, 'x', {}] }, list(3, null)])(
  'leaves what is no allowlist to the schema: %j',
  (json) => {
    expect(() => checkReasons(json, 'w.json')).not.toThrow();
  },
);
