import fc from 'fast-check';
import type { Reply } from '../../lib/probes/http';
import { compareAnswers, type CompareProps } from '../../lib/rehearsal/compare-answers';

const answer = (body: unknown, status = 200): Reply => ({
  answered: true,
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const NONE: Reply = { answered: false, because: 'connection refused' };
const PROPS: CompareProps = { ignore: [], showValues: false };

const compare = (baseline: Reply, candidate: Reply, more: Partial<CompareProps & { again: Reply }> = {}) => {
  const { again = baseline, ...props } = more;
  return compareAnswers([{ route: 'GET /a', baseline, again, candidate }], { ...PROPS, ...props });
};

const seen = (...args: Parameters<typeof compare>): string[] =>
  compare(...args).differences.map(({ where, what }) => `${where}: ${what}`);

it('finds nothing between equal answers, whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = JSON.parse(text) as unknown;
      expect(compare(answer(JSON.stringify(value)), answer(text))).toMatchObject({
        compared: 1,
        differing: 0,
        differences: [],
        varying: [],
      });
    }),
  );
  expect(seen(answer('{"a":1,"b":{"c":2,"d":3}}'), answer('{"b":{"d":3,"c":2},"a":1}'))).toEqual([]);
});

it('finds every change of one value, of what it is or whether it is there', () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(leaf, { minLength: 1, maxLength: 6 }), fc.nat(), leaf, (leaves, at, other) => {
      const body = (list: readonly unknown[]) => answer({ items: list.map((it, i) => ({ [`n${i}`]: it })) });
      const index = at % leaves.length;
      const changed = leaves.map((it, i) => (i === index ? other : it));
      expect(compare(body(leaves), body(changed)).differing).toBe(leaves[index] === other ? 0 : 1);
    }),
  );
});

it.each<[string, unknown, unknown, string[]]>([
  ['a field that is new', { a: 1 }, { a: 1, total: 2 }, ['total: nothing -> number']],
  ['a field that is gone', { a: { b: 'x' } }, { a: {} }, ['a.b: text -> nothing']],
  ['another type', { a: '1' }, { a: 1 }, ['a: text -> number']],
  ['null', [{ a: 1 }], [{ a: null }], ['[].a: number -> null']],
  [
    'another value',
    { items: [{ id: 1 }, { id: 2 }] },
    { items: [{ id: 1 }, { id: 3 }] },
    ['items[].id: another number'],
  ],
  ['another length', { items: [1, 2] }, { items: [1] }, ['items: list of another length']],
  ['a list at the top', [1], [1, 2], ['whole body: list of another length']],
  ['a text', 'plain', 'other', ['whole body: another text']],
  ['JSON that becomes a text', { a: 1 }, '<html>', ['whole body: JSON -> text']],
  ['a field called status', { status: 'open' }, { status: 'done' }, ['status: another text']],
])('shows %s', (_, was, is, differences) => {
  expect(seen(answer(was), answer(is))).toEqual(differences);
});

it('shows another status, and no difference of the bodies beside it', () => {
  expect(seen(answer({ a: 1 }), answer({ error: 'x' }, 500))).toEqual(['HTTP status: 200 -> 500']);
  expect(seen(answer('{}'), NONE)).toEqual(['HTTP status: 200 -> no answer (connection refused)']);
});

it('compares nothing that the baseline does not answer', () => {
  expect(compare(NONE, answer('{}'))).toMatchObject({ compared: 0, differing: 0, unanswered: 1 });
  expect(compare(answer('{}'), answer('{}', 500), { again: NONE })).toMatchObject({
    compared: 0,
    unanswered: 1,
  });
});

it('leaves out what the config names, with all that is inside', () => {
  const was = { id: 1, at: 'x', items: [{ id: 1, at: { day: 1 } }] };
  const is = { id: 2, at: 'y', items: [{ id: 3, at: { day: 4 } }] };
  expect(seen(answer(was), answer(is), { ignore: ['*.id', '*.at'] })).toEqual([]);
  expect(seen(answer(was), answer(is), { ignore: ['id', 'items'] })).toEqual(['at: another text']);
  expect(seen(answer(was), answer(is), { ignore: ['items[].at', 'at', 'items[].id'] })).toEqual([
    'id: another number',
  ]);
  expect(seen(answer([{ id: 1 }]), answer([{ id: 2 }]), { ignore: ['[].id'] })).toEqual([]);
  expect(seen(answer({ paid: 1 }), answer({ paid: 2 }), { ignore: ['*.id'] })).toEqual([
    'paid: another number',
  ]);
});

it('leaves out what differs between two answers of the baseline, for all requests of that kind', () => {
  const all = [1, 2].map((n) => ({
    route: 'GET /a',
    baseline: answer({ at: 1, n }),
    again: answer({ at: n, n }),
    candidate: answer({ at: 9, n: n === 2 ? 7 : n }),
  }));
  expect(compareAnswers(all, PROPS)).toMatchObject({
    compared: 2,
    differing: 1,
    differences: [{ where: 'n', what: 'another number', answers: 1 }],
    varying: [{ route: 'GET /a', where: 'at' }],
  });
  const other = [
    ...all,
    { route: 'GET /b', baseline: answer({ at: 1 }), again: answer({ at: 1 }), candidate: answer({ at: 2 }) },
  ];
  expect(compareAnswers(other, PROPS).differing).toBe(2);
  const lists = { again: answer({ list: [1, 2] }) };
  expect(seen(answer({ list: [1] }), answer({ list: [{ a: 1 }] }), lists)).toEqual([]);
});

it('shows values only where the config says so, and not whole texts', () => {
  expect(compare(answer({ name: 'ann' }), answer({ name: 'bob' })).differences).toEqual([
    { route: 'GET /a', where: 'name', what: 'another text', answers: 1 },
  ]);
  const shown = compare(answer({ name: 'ann' }), answer({ name: 'b'.repeat(100) }), { showValues: true });
  expect(shown.differences[0]!.example).toBe(`"ann" -> "${'b'.repeat(59)}...`);
});
