import { unlikeMembers } from '../../lib/parity/alike';
import type { Members } from '../../lib/parity/manifest';
import type { Match } from '../../lib/parity/match';
import { model } from './small-shop';

/** A group of resources, or of what stands below one. */
const group = (prod: Members['prod'], more: Partial<Members> = {}): Members => ({
  path: ['Resources'],
  factor: 'readers',
  count: '${readers}',
  prod,
  staging: prod.slice(0, 2),
  words: [],
  ...more,
});

/** One of which staging has the first alone: all others have to be like it. */
const ofOne = (prod: Members['prod'], more: Partial<Members> = {}): Members =>
  group(prod, { staging: prod.slice(0, 1), ...more });

/** The odd one of each group, and where it differs. */
const odd = (resources: object, members: readonly Members[], ids: readonly Match[] = []) =>
  unlikeMembers(model(resources), { members, ids }).map(
    ({ members: of, index, path }) => `${of.prod[index]} ${path.join('.').replace('Properties.', '')}`,
  );

const T = (properties: object = {}, more: object = {}) => ({ Type: 'T::T', ...more, Properties: properties });

/** A widget of a dashboard. */
const widget = (x: number, y: number, [width, height] = [6, 5]) => ({ x, y, width, height });

/** What is odd of list items, which are the members. */
const oddIn = (List: readonly unknown[], of: typeof group) =>
  odd({ A: T({ List }) }, [
    of(
      List.map((_, i) => i),
      { path: ['Resources', 'A', 'Properties', 'List'] },
    ),
  ]);
const inList = (...List: unknown[]) => oddIn(List, group);

describe('members that are alike', () => {
  it.each<[string, unknown[]]>([
    ['the same', [{ a: [1, null, 'x'] }, { a: [1, null, 'x'] }, { a: [1, null, 'x'] }]],
    ['one alone', [{ a: 1 }]],
    ['two, with two numbers', [1, 7]],
    [
      'the order of keys',
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    ['numbers in a row', [{ n: 1 }, { n: 2 }, { n: 3 }]],
    ['numbers in a falling row, with steps', [90, 60, 30, 0]],
    ['fractions in a row', [0.1, 0.2, 0.3, 0.4]],
    ['numbers in texts', ['a1b10', 'a2b20', 'a3b30']],
    ['numbers in keys', [{ b1: { next: 'b1' } }, { b2: { next: 'b2' } }, { b3: { next: 'b3' } }]],
    ['numbers with leading zeros', ['n08', 'n09', 'n10']],
    ['networks', ['10.0.0.0/18', '10.0.64.0/18', '10.0.128.0/18']],
    ['the letters of zones', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['letters of their own', ['A', 'B', 'C']],
    ['letters at the end of a word', ['/dev/sdf', '/dev/sdg', '/dev/sdh']],
    ['zones by turns', ['eu-west-1a', 'eu-west-1b', 'eu-west-1a', 'eu-west-1b']],
    ['numbers by turns, in the middle of one', [0, 1, 0]],
    ['numbers by turns beside others', ['zone 0 of 1', 'zone 1 of 2', 'zone 0 of 3', 'zone 1 of 4']],
    ['switches by turns', [{ on: true }, { on: false }, { on: true }]],
    [
      'two hashes and an attribute',
      ['RefQ1F2A1B3C4D1E2F3A4Arn', 'RefQ2FFFF0000A1B2C3D4Arn', 'RefQ312345678ABCDEF01Arn'],
    ],
    ['hashes', ['Subnet1A2B3C4D', 'SubnetFFFFFFFF', 'Subnet12345678']],
    ['hashes behind a dash', ['web-1A2B3C4D', 'web-FFFF0000', 'web-ABCDEF01']],
    [
      'fingerprints',
      [
        '# fingerprint: 3460fc41e541c1d8',
        '# fingerprint: a556eb00329ddc27',
        '# fingerprint: 0123456789abcdef',
      ],
    ],
    ['content hashes', ['a'.repeat(64), 'b'.repeat(64), '0'.repeat(64)]],
    [
      'lists of one length',
      [
        [1, 'a1'],
        [2, 'a2'],
        [3, 'a3'],
      ],
    ],
    ['numbers in keys', [{ port1: 1 }, { port1: 2 }, { port1: 3 }]],
    ['widgets in lines', [widget(0, 3), widget(6, 3), widget(12, 3), widget(18, 3), widget(0, 8)]],
    ['every other widget', [widget(6, 0), widget(18, 0), widget(6, 5), widget(18, 5), widget(6, 10)]],
    [
      'widgets in lines that are not filled',
      [0, 1, 2, 3, 4].map((i) => widget(10 * (i % 2), 4 * Math.floor(i / 2), [10, 4])),
    ],
  ])('have %s', (_, items) => {
    expect(inList(...items)).toEqual([]);
  });

  it('refer to what is their own, in a group of the same number or another', () => {
    const names = ['Ann', 'Bob', 'Cleo'];
    const own = (i: number) => ({
      Ref: { Ref: `Reader${names[i]}` },
      Arn: { 'Fn::GetAtt': [`Reader${names[i]}`, 'Arn'] },
      Text: { 'Fn::Sub': `a \${Reader${names[i]}.Arn}` },
      Self: { Ref: `Alarm${names[i]}` },
      Shared: { Ref: 'ReaderAnn' },
    });
    const resources = {
      Writer: T(),
      ...Object.fromEntries(names.map((name) => [`Reader${name}`, T()])),
      ...Object.fromEntries(
        names.map((name, i) => [`Alarm${name}`, T(own(i), { DependsOn: [`Reader${name}`, 'Writer'] })]),
      ),
    };
    const readers = names.map((name) => `Reader${name}`);
    const alarms = group(names.map((name) => `Alarm${name}`));
    expect(odd(resources, [group(readers), alarms])).toEqual([]);
    expect(odd(resources, [group(['Writer', ...readers]), alarms])).toEqual([]);
  });

  it('wait for what is their own, in whatever order ids come', () => {
    const resources = {
      R1: T({}, { DependsOn: ['M', 'Z1'] }),
      R2: T({}, { DependsOn: ['A1', 'M'] }),
      Z1: T(),
      A1: T(),
      M: T(),
    };
    expect(odd(resources, [group(['R1', 'R2']), group(['Z1', 'A1'])])).toEqual([]);
  });

  it('are called by their own words, with any case around them', () => {
    const names = ['orders-ann', 'orders-bob', 'orders-cleo'];
    const ids = names.map((name) => `Shop${name.replace('-', '')}1A2B3C4D`);
    const resources = Object.fromEntries(
      names.map((name, i) => [ids[i]!, T({ Name: `Prod/${name}/x`, More: `the${name}`, Other: `${name}s` })]),
    );
    expect(odd(resources, [group(ids, { words: names })])).toEqual([]);
    expect(odd(resources, [group(ids)])).toEqual([`${ids[1]} More`]); // the lengths of words
  });

  it('are called by the part of their words that differs, in any case', () => {
    const words = ['Reader-ann-Db', 'Reader-bob-Db', 'Reader-cleo-Db'];
    const ids = words.map((word) => word.replaceAll('-', ''));
    const named = (make: (name: string) => string) =>
      Object.fromEntries(words.map((word, i) => [ids[i]!, T({ Name: make(word.split('-')[1]!) })]));
    for (const make of [
      (name: string) => `prod/${name}/x`,
      (name: string) => `PROD_${name.toUpperCase()}`,
      (name: string) => `the${name}`,
    ])
      expect(odd(named(make), [group(ids, { words })])).toEqual([]);
    expect(
      odd(
        named((name) => `prod${name}x`),
        [group(ids, { words })],
      ),
    ).toHaveLength(1);
    const spot = named((name) => (name === 'cleo' ? 'spot' : 'usual'));
    expect(odd(spot, [group(ids, { words: ['no-spot', 'no-spot', 'no-usual'] })])).toHaveLength(1);
  });

  it('may have words of production in ids that were renamed', () => {
    const words = ['Prod-ann', 'Prod-bob'];
    const ids = ['ann', 'bob'].map((it) => ({ prod: `Prod${it}1A2B3C4D`, staging: `Staging${it}5E6F7A8B` }));
    const resources = Object.fromEntries(
      ids.map(({ staging }, i) => [staging, T({ Name: `a/${words[i]}` })]),
    );
    const members = group(
      ids.map(({ staging }) => staging),
      { words },
    );
    expect(odd(resources, [members], ids)).toEqual([]);
  });

  it('may be called by numbers or single letters, which are part of other words', () => {
    for (const words of [
      ['1', '2', '3'],
      ['A', 'B', 'C'],
    ]) {
      const ids = words.map((word) => `Reader${word}`);
      const resources = Object.fromEntries(
        words.map((word, i) => [ids[i]!, T({ Name: `AWS/reader-${word}/10.0.0.0/16` })]),
      );
      expect(odd(resources, [group(ids, { words })])).toEqual([]);
    }
  });
});

describe('a member that is special is found', () => {
  const usual: Record<string, unknown> = {
    n: 5,
    text: 'gp3',
    list: ['a', 'b'],
    deep: { on: true },
    ref: { Ref: 'X' },
  };
  const special: readonly [string, object, string][] = [
    ['a number', { n: 60 }, 'n'],
    ['a key', { extra: 1 }, 'extra'],
    ['a text', { text: 'gp2' }, 'text'],
    ['a word', { text: 'spot' }, 'text'],
    ['a list that is longer', { list: ['a', 'b', 'c'] }, 'list'],
    ['a list with another item', { list: ['a', 'z'] }, 'list.1'],
    ['a boolean', { deep: { on: false } }, 'deep.on'],
    ['a null', { text: null }, 'text'],
    ['the text of a number', { n: '5' }, 'n'],
    ['an object for a text', { text: { Ref: 'X' } }, 'text'],
    ['a list for an object', { deep: [] }, 'deep'],
    ['a property more', { more: 1 }, 'more'],
    ['another reference', { ref: { Ref: 'Y' } }, 'ref.Ref'],
  ];

  const many = special.flatMap(([what, change, path]) =>
    [3, 4, 7].flatMap((length) =>
      [...new Set([0, 1, Math.floor(length / 2), length - 1])]
        .filter((index) => length > 3 || index !== 1) // two that take turns
        .map((index) => [what, index, length, change, path] as const),
    ),
  );
  it.each(many)('by %s: number %i of %i', (_, index, length, change, path) => {
    const items = Array.from({ length }, (_item, i) => (i === index ? { ...usual, ...change } : usual));
    expect(oddIn(items, ofOne)).toEqual([`${index} ${path}`]);
  });

  it('by a property less', () => {
    const { n: _, ...less } = usual;
    for (const items of [
      [less, usual, usual],
      [usual, less, usual],
      [usual, usual, less],
    ])
      expect(oddIn(items, ofOne)).toHaveLength(1);
  });

  it.each<[string, unknown[], string[]]>([
    ['the first of a row', [9, 2, 3, 4], ['0 ']],
    ['one in the middle of a row', [1, 2, 7, 4, 5], ['2 ']],
    ['the last of a row', [1, 2, 3, 9], ['3 ']],
    ['two words of one length', ['alpha', 'gamma'], ['1 ']],
    ['two words', ['on', 'off'], ['1 ']],
    ['a letter that is not that of its place', ['eu-west-1a', 'eu-west-1c', 'eu-west-1b'], ['2 ']],
    ['a letter that comes again', ['eu-west-1a', 'eu-west-1b', 'eu-west-1a', 'eu-west-1a'], ['1 ']],
    ['a letter that is left out', ['/dev/sdf', '/dev/sdg', '/dev/sdi'], ['1 ']],
    ['a turn that staging has not', [1, 2, 5, 1, 2, 5], ['2 ']],
    ['a word whose turn staging has not', ['on', 'on', 'off', 'on', 'on', 'off'], ['2 ']],
    ['one that is out of its turn', ['on', 'off', 'on', 'on'], ['1 ']],
    ['a letter for a number', ['az 1', 'az b', 'az 3'], ['1 ']],
    ['a letter within a word', ['cat', 'dat', 'eat'], ['1 ']],
    ['two versions that are one number', ['16.1', '16.10'], ['1 ']],
    ['eight digits', [10000000, 10000000, 99999999], ['2 ']],
    ['eight digits in a text', ['size 10000000', 'size 10000000', 'size 99999999'], ['2 ']],
    ['a number in a row of texts', ['a1', 'a2', 'a9'], ['2 ']],
    ['a widget in another place', [widget(0, 0), widget(6, 0), widget(18, 0), widget(0, 5)], ['2 x']],
    ['a smaller widget', [widget(0, 0), widget(6, 0), widget(12, 0), widget(18, 0, [6, 1])], ['3 height']],
    ['what is no widget', [0, 6, 12, 18, 0].map((x, i) => ({ x, y: i < 4 ? 0 : 6, width: 6 })), ['4 x']],
    ['more numbers in a text', ['a1', 'a1 2', 'a1', 'a1'], ['1 ']],
  ])('by %s', (_, items, found) => {
    expect(oddIn(items, ofOne)).toEqual(found);
  });

  it('that refers to another member', () => {
    const alarm = (reader: string) => T({ Of: { Ref: reader } });
    const readers = { ReaderX: T(), ReaderY: T(), ReaderZ: T() };
    const groups = [ofOne(Object.keys(readers)), ofOne(['L', 'M', 'N'])];
    const resources = (...of: string[]) => ({
      ...readers,
      ...Object.fromEntries(['L', 'M', 'N'].map((id, i) => [id, alarm(of[i]!)])),
    });
    expect(odd(resources('ReaderX', 'ReaderY', 'ReaderZ'), groups)).toEqual([]);
    expect(odd(resources('ReaderX', 'ReaderY', 'ReaderX'), groups)).toEqual(['N Of.Ref']);
    expect(odd(resources('ReaderX', 'ReaderX', 'ReaderX'), groups)).toEqual([]); // all to the same
    expect(odd(resources('ReaderY', 'ReaderY', 'ReaderZ'), groups)).toEqual(['L Of.Ref']);
  });

  it('that refers to the like of another group', () => {
    const groups = [
      ofOne(['RA', 'RB', 'RC', 'RD']),
      ofOne(['QA', 'QB', 'QC', 'QD']),
      ofOne(['L', 'M', 'N', 'O']),
    ];
    const ids = groups[0]!.prod.concat(groups[1]!.prod).map((id) => [id, T()]);
    const resources = {
      ...Object.fromEntries(ids),
      L: T({ Of: { Ref: 'RA' } }),
      M: T({ Of: { Ref: 'QB' } }),
      N: T({ Of: { Ref: 'RC' } }),
      O: T({ Of: { Ref: 'RD' } }),
    };
    expect(odd(resources, groups)).toEqual(['M Of.Ref']);
  });

  it('that waits for something else', () => {
    const resources = {
      R1: T({}, { DependsOn: 'X' }),
      R2: T({}, { DependsOn: 'Y' }),
      R3: T({}, { DependsOn: 'X' }),
      R4: T({}, { DependsOn: 'X' }),
    };
    const all = { ...resources, X: T(), Y: T() };
    expect(odd(all, [ofOne(['R1', 'R2', 'R3', 'R4'])])).toEqual(['R2 DependsOn.0']);
  });

  it('whose difference is called its word, though its id has no such word', () => {
    const resources = { R1: T({ Kind: 'on-demand' }), R2: T({ Kind: 'spot' }) };
    expect(odd(resources, [ofOne(['R1', 'R2'], { words: ['on-demand', 'spot'] })])).toEqual(['R2 Kind']);
    const list = ofOne([0, 1], { path: ['Resources', 'A', 'Properties', 'L'], words: ['on-demand', 'spot'] });
    expect(odd({ A: T({ L: ['on-demand', 'spot'] }) }, [list])).toEqual(['1 ']);
    // a key is no construct's id
    const keys = ofOne(['usual', 'spot'], {
      path: ['Resources', 'A', 'Properties', 'M'],
      words: ['usual', 'spot'],
    });
    expect(odd({ A: T({ M: { usual: 'usual', spot: 'spot' } }) }, [keys])).toEqual(['spot ']);
  });

  it('in every group', () => {
    const resources = { R1: T({ a: 'x' }), R2: T({ a: 'yy' }), Q1: T(), Q2: T({ b: 1 }) };
    expect(odd(resources, [ofOne(['R1', 'R2']), ofOne(['Q1', 'Q2'])])).toEqual(['R2 a', 'Q2 b']);
  });
});

describe('a member that both sides have may be special', () => {
  it.each<[string, unknown[]]>([
    ['the first, by a number', [60, 30, 30, 30]],
    ['the first, by a number beside one more that only one side has', [60, 30, 30]],
    ['the first, by a word', ['primary', 'secondary', 'secondary']],
    ['the first, before a row of numbers', [900, 2, 3, 4]],
    ['the first, before numbers of their own', ['root', 'n1', 'n2']],
    ['the second, by a key', [{}, { a: 1 }, {}, {}]],
    ['the first, by the lack of a key', [{}, { next: 'a' }, { next: 'a' }]],
  ])('%s', (_, items) => {
    expect(inList(...items)).toEqual([]);
  });

  it.each<[string, unknown[], string]>([
    ['the first and another one', [60, 30, 60, 30, 30], '0 '],
    ['one that is like none of them', [60, 30, 900], '2 '],
    [
      'one that is like the first in one thing and like the second in another',
      [
        { a: 'up', b: 1 },
        { a: 'down', b: 7 },
        { a: 'up', b: 7 },
      ],
      '0 ',
    ],
    ['one behind the first, off the row', [900, 2, 3, 9, 5], '0 '],
    ['one that goes further than the next number', ['root', 'n1', 'n9'], '0 '],
    ['all that only one side has', [1, 1, 2, 2].map((a) => ({ a, on: a === 1 })), '2 '],
  ])('but not %s', (_, items, found) => {
    expect(inList(...items)[0]?.slice(0, 2)).toBe(found);
  });
});

describe('members of two loops, one in the other', () => {
  const cells = (shards: number, zones: number) =>
    Array.from({ length: shards * zones }, (_, k) => [Math.floor(k / zones), k % zones] as const);
  const idOf = ([shard, zone]: readonly [number, number]) => `Q${shard}Zone${zone}1A2B3C4D`;
  const oddCells = (make: (shard: number, zone: number) => object) => {
    const [all, kept] = [cells(4, 3), cells(2, 2)];
    const shared = kept.map(idOf);
    const prod = [...shared, ...all.map(idOf).filter((id) => !shared.includes(id))];
    const resources = Object.fromEntries(all.map((cell) => [idOf(cell), T(make(...cell))]));
    return odd(resources, [group(prod, { staging: shared })]);
  };

  it.each<[string, (shard: number, zone: number) => object]>([
    ['the numbers of both', (shard, zone) => ({ Name: `q-${shard}-${zone}`, Tags: [shard, 10 * zone] })],
    ['a network of each', (shard, zone) => ({ Cidr: `10.${shard}.${16 * zone}.0/24` })],
    [
      'what the first of each has',
      (_, zone) => ({ Tier: zone === 0 ? 'primary' : 'replica', Delay: zone && 30 }),
    ],
  ])('have %s', (_, make) => {
    expect(oddCells(make)).toEqual([]);
  });

  it.each<[string, (shard: number, zone: number) => object]>([
    ['one cell is special', (shard, zone) => ({ Fifo: shard === 3 && zone === 2 })],
    ['one zone is, which staging lacks', (_, zone) => ({ Delay: zone === 2 ? 900 : 0 })],
    ['one shard is, which staging lacks', (shard) => ({ Kind: shard === 3 ? 'spot' : 'usual' })],
    ['numbers jump in one', (shard, zone) => ({ Name: `q-${shard}-${zone === 2 ? 9 : zone}` })],
  ])('are found where %s', (_, make) => {
    expect(oddCells(make)).toHaveLength(1);
  });
});

it('a group of which a member is not there is for others to find', () => {
  expect(odd({ R1: T() }, [group(['R1', 'R2'])])).toEqual([]);
});

describe('members of which the second of two productions has more', () => {
  const larger = group(['R1', 'R2'], { staging: ['R1', 'R2', 'R3'] });
  const oddThere = (resources: object, all: readonly Members[], path = larger.path) =>
    unlikeMembers(model(resources), { members: all, ids: [] }, 'staging', () => path).map(
      ({ members: of, index, path: below }) => `${of.staging[index]} ${below.join('.')}`,
    );

  it('are looked at there, and those of which the first has more are not', () => {
    const resources = { R1: T({ a: 1 }), R2: T({ a: 1 }), R3: T({ a: 7 }), Q1: T({ b: 1 }), Q2: T() };
    const all = [larger, group(['Q1', 'Q2', 'Q3'], { staging: ['Q1', 'Q2'] })];
    expect(oddThere(resources, all)).toEqual(['R3 Properties.a']);
    expect(odd({ R1: T({ a: 1 }), R2: T({ a: 5 }) }, [larger])).toEqual([]);
  });

  it('may take turns of those that both have', () => {
    const zones = (...all: string[]) => Object.fromEntries(all.map((a, i) => [`R${i + 1}`, T({ zone: a })]));
    const four = { ...larger, staging: ['R1', 'R2', 'R3', 'R4'] };
    expect(oddThere(zones('spot', 'usual', 'spot', 'usual'), [four])).toEqual([]);
    expect(oddThere(zones('spot', 'usual', 'other'), [larger])).not.toEqual([]);
  });

  it('refer to what is their own', () => {
    const all = [larger, { ...larger, staging: ['Q1', 'Q2', 'Q3'], prod: ['Q1', 'Q2'] }];
    const resources = (last: string) =>
      Object.fromEntries(
        [1, 2, 3].flatMap((i) => [
          [`R${i}`, T({ queue: { Ref: i === 3 ? last : `Q${i}` } })],
          [`Q${i}`, T()],
        ]),
      );
    expect(oddThere(resources('Q3'), all)).toEqual([]);
    expect(oddThere(resources('Q1'), all)).toEqual(['R3 Properties.queue.Ref']);
  });
});
