import { likeStaging } from '../../lib/parity/like-staging';
import type { ManifestStacks, Members } from '../../lib/parity/manifest';
import { showPath } from '../../lib/template/differences';
import { copy, manifestOf, model, PROD, STAGING, template } from './small-shop';
import { modelOf } from '../../lib/template/model';

const { stacks: shop } = manifestOf();
const nothing: ManifestStacks = { ...shop, ids: [], keys: [], members: [] };

/** Resources as staging would have them. */
const like = (resources: object, stacks: Partial<ManifestStacks>, more: object = {}) =>
  likeStaging({ ...nothing, ...stacks }, model(resources, more), model({}));

const T = (properties: object = {}, more: object = {}) => ({ Type: 'T::T', ...more, Properties: properties });

const members = (path: Members['path'], prod: Members['prod'], kept: number): Members => ({
  path,
  factor: 'readers',
  count: '${readers}',
  prod,
  staging: prod.slice(0, kept),
  words: [],
});

it("the shop's production is like its staging but for what follows a factor, a name or its life", () => {
  const prod = modelOf(template(PROD), 'Prod');
  const before = copy(prod);
  const staging = modelOf(template(STAGING), 'Staging');
  const { model: found, unshared } = likeStaging(shop, prod, staging);
  const keys = (node: unknown): unknown =>
    typeof node === 'object' && node !== null
      ? Object.fromEntries(Object.entries(node).map(([key, child]) => [key, keys(child)]))
      : typeof node;
  expect(keys(found)).toEqual(keys(staging));
  expect(unshared.map(({ path, factor }) => `${showPath(path)} ${factor}`)).toEqual([
    'Resources.Reader3 ordersReaders',
    'Resources.Lag3 ordersReaders',
    'Resources.Board.Properties.DashboardBody.(json).metrics[2] ordersReaders',
    'Resources.Hosts.Properties.Value.Fn::Join[1][3] ordersReaders',
    'Resources.Hosts.Properties.Value.Fn::Join[1][4] ordersReaders',
  ]);
  expect(copy(prod)).toEqual(before);
});

it('without anything to take for something else it is the model itself', () => {
  const [prod, staging] = [model({ A: T() }), model({ B: T() })];
  expect(likeStaging(nothing, prod, staging)).toEqual({
    model: prod,
    staging,
    unshared: [],
    paths: new Map(),
  });
});

describe('logical ids', () => {
  const ids = [{ prod: 'ProdTopic1A2B3C4D', staging: 'StagingTopic5E6F7A8B' }];
  const short = [{ prod: 'Prod', staging: 'Staging' }];

  it('are renamed where they stand in references, and where an entry is known by them', () => {
    const references = (id: string) => ({
      Ref: { Ref: id },
      GetAtt: { 'Fn::GetAtt': [id, 'Arn'] },
      Text: { 'Fn::GetAtt': `${id}.Arn` },
      Sub: { 'Fn::Sub': `a \${${id}} \${${id}.Arn} \${!${id}}` },
      Map: { 'Fn::Sub': ['${x}', { x: { Ref: id } }] },
    });
    for (const { prod, staging } of [...ids, ...short]) {
      const before = { [prod]: T(), Other: T(references(prod), { DependsOn: prod }) };
      const after = { [staging]: T(), Other: T(references(staging), { DependsOn: staging }) };
      const outputs = (id: string) => ({ Outputs: { O: { Value: { Ref: id } } } });
      const { model: found } = like(before, { ids: [{ prod: prod, staging: staging }] }, outputs(prod));
      const expected = model(after, outputs(staging));
      // what is escaped is a text: an id without a hash is not renamed there
      const escaped = (text: string) => text.replaceAll(`\${!${prod}}`, `\${!${staging}}`);
      expect(JSON.parse(escaped(JSON.stringify(found)))).toEqual(
        JSON.parse(escaped(JSON.stringify(expected))),
      );
    }
  });

  it('with a hash are renamed in any text and key, others only in references', () => {
    const text = (id: string) => T({ [`x-${id}`]: `a/${id}:b ${id}c`, 'Fn::Join': ['', [`-${id}-`]] });
    expect(like({ A: text('ProdTopic1A2B3C4D') }, { ids }).model.Resources['A']).toEqual({
      Type: 'T::T',
      Properties: {
        'x-StagingTopic5E6F7A8B': 'a/StagingTopic5E6F7A8B:b ProdTopic1A2B3C4Dc',
        'Fn::Join': ['', ['-StagingTopic5E6F7A8B-']],
      },
    });
    expect(like({ A: text('Prod') }, { ids: short }).model.Resources['A']).toEqual(text('Prod'));
  });

  it('are renamed once, though one is what another was called', () => {
    const swapped = [
      { prod: 'ReaderA11111111', staging: 'ReaderB22222222' },
      { prod: 'ReaderB22222222', staging: 'ReaderA11111111' },
    ];
    const { model: found } = like(
      { A: T({ X: { Ref: 'ReaderA11111111' }, Y: 'ReaderB22222222' }) },
      { ids: swapped },
    );
    expect(found.Resources['A']).toEqual(T({ X: { Ref: 'ReaderB22222222' }, Y: 'ReaderA11111111' }));
  });

  it('are renamed in a script that names its own instance, of which the id ends with a hash of the script', () => {
    const instances = [{ prod: 'IBB9E02C4cd7eaa31eea78509', staging: 'IBB9E02C4ac357b17f02d593e' }];
    const script = (id: string) => T({ UserData: `cfn-init --resource ${id} -c default` });
    const { model: found } = like(
      { IBB9E02C4cd7eaa31eea78509: script('IBB9E02C4cd7eaa31eea78509') },
      { ids: instances },
    );
    expect(found.Resources).toEqual({ IBB9E02C4ac357b17f02d593e: script('IBB9E02C4ac357b17f02d593e') });
  });

  it('are no accounts: digits alone are never renamed in a text', () => {
    const accounts = [{ prod: '111111111111', staging: '222222222222' }];
    const arn = T({ Role: 'arn:aws:iam::111111111111:role/x' });
    expect(like({ A: arn }, { ids: accounts }).model.Resources['A']).toEqual(arn);
  });

  it('are renamed in what belongs to no section', () => {
    const hooks = (id: string) => ({ Hooks: { H: { Properties: { Target: id, Ref: { Ref: id } } } } });
    const { model: found } = like({ A: T() }, { ids }, hooks('ProdTopic1A2B3C4D'));
    expect(found.top).toEqual(hooks('StagingTopic5E6F7A8B'));
  });

  it('leave what a resource waits for in order', () => {
    const { model: found } = like(
      { A: T({}, { DependsOn: ['B', 'ProdTopic1A2B3C4D', 'Zoo'] }) },
      { ids: [{ prod: 'ProdTopic1A2B3C4D', staging: 'ATopic5E6F7A8B' }] },
    );
    expect(found.Resources['A']).toEqual(T({}, { DependsOn: ['ATopic5E6F7A8B', 'B', 'Zoo'] }));
  });
});

describe('keys', () => {
  const key = (path: readonly (string | number)[], prod: string, staging: string) => ({
    path,
    prod,
    staging,
    text: '',
  });
  const AT = ['Resources', 'A', 'Properties'];

  it('are renamed at their place alone, and below a key that was renamed', () => {
    const { model: found } = like(
      { A: T({ Prod: { Prod: 1, Other: 2 }, List: [{ Prod: 3 }, { Prod: 4 }] }), B: T({ Prod: 5 }) },
      {
        keys: [
          key(AT, 'Prod', 'Staging'),
          key([...AT, 'Staging'], 'Prod', 'Staging'),
          key([...AT, 'List', 1], 'Prod', 'Staging'),
        ],
      },
    );
    expect(found.Resources).toEqual({
      A: T({ Staging: { Staging: 1, Other: 2 }, List: [{ Prod: 3 }, { Staging: 4 }] }),
      B: T({ Prod: 5 }),
    });
  });

  it.each<[string, object, readonly [string, string][], object]>([
    ['is there already', { a: 1, b: 2 }, [['a', 'b']], { a: 1, b: 2 }],
    ['is there already, and comes first', { b: 2, a: 1 }, [['a', 'b']], { a: 1, b: 2 }],
    [
      'another one was given',
      { a: 1, b: 2 },
      [
        ['a', 'c'],
        ['b', 'c'],
      ],
      { c: 1, b: 2 },
    ],
  ])('never take the place of one that %s', (_, before, renames, after) => {
    const keys = renames.map(([prod, staging]) => key(AT, prod, staging));
    expect(like({ A: T(before) }, { keys }).model.Resources['A']).toEqual(T(after));
  });

  it('with the number of a list item are told from it by their own paths', () => {
    const { model: found } = like(
      { A: T({ List: { 0: 'x' } }) },
      { keys: [key([...AT, 'List'], '0', 'zero')] },
    );
    expect(found.Resources['A']).toEqual(T({ List: { zero: 'x' } }));
  });
});

describe('members that staging leaves out', () => {
  it('are taken out of a section, the last ones of their list, with what is told of them', () => {
    const { model: found, unshared } = like(
      { R3: T({ N: 3 }), R1: T({ N: 1 }), Other: T(), R2: T({ N: 2 }) },
      { members: [members(['Resources'], ['R1', 'R3', 'R2'], 1)] },
    );
    expect(found.Resources).toEqual({ R1: T({ N: 1 }), Other: T() });
    expect(unshared).toEqual([
      { factor: 'readers', path: ['Resources', 'R3'], prod: T({ N: 3 }), staging: undefined },
      { factor: 'readers', path: ['Resources', 'R2'], prod: T({ N: 2 }), staging: undefined },
    ]);
  });

  it("are taken out of other sections, objects and lists, by production's indices", () => {
    const { model: found } = like(
      { A: T({ List: ['a', 'b', 'c', 'd'], Map: { x: 1, y: 2 } }) },
      {
        members: [
          members(['Resources', 'A', 'Properties', 'List'], [3, 0, 1], 1),
          members(['Resources', 'A', 'Properties', 'Map'], ['x', 'y'], 1),
          members(['Outputs'], ['O1', 'O2'], 1),
        ],
      },
      { Outputs: { O1: { Value: 1 }, O2: { Value: 2 } } },
    );
    expect(found.Resources['A']).toEqual(T({ List: ['c', 'd'], Map: { x: 1 } }));
    expect(found.Outputs).toEqual({ O1: { Value: 1 } });
  });

  it('are taken out of lists in lists, where an item before them is left out too', () => {
    const AT = ['Resources', 'A', 'Properties', 'List'];
    const { model: found } = like(
      {
        A: T({
          List: [
            ['a', 'b'],
            ['c', 'd'],
            ['e', 'f'],
          ],
        }),
      },
      {
        members: [members(AT, [1, 2, 0], 2), members([...AT, 1], [0, 1], 1), members([...AT, 2], [1, 0], 1)],
      },
    );
    expect(found.Resources['A']).toEqual(T({ List: [['c'], ['f']] }));
  });

  it('are waited for by nobody', () => {
    const { model: found } = like(
      {
        R1: T(),
        R2: T({}, { DependsOn: 'X' }),
        X: T({}, { DependsOn: ['R1', 'R2'] }),
        Y: T({}, { DependsOn: 'R2' }),
      },
      { members: [members(['Resources'], ['R1', 'R2'], 1)] },
    );
    expect(found.Resources).toEqual({ R1: T(), X: T({}, { DependsOn: ['R1'] }), Y: T() });
  });

  it('are not what holds them: who waits for a resource with a shorter list still waits for it', () => {
    const { model: found } = like(
      { A: T({ List: [1, 2] }), B: T({}, { DependsOn: 'A' }) },
      { members: [members(['Resources', 'A', 'Properties', 'List'], [0, 1], 1)] },
    );
    expect(found.Resources['B']).toEqual(T({}, { DependsOn: ['A'] }));
  });

  it('of another section are waited for by nobody, but what is called like them is', () => {
    const { model: found } = like(
      { A: T(), B: T({}, { DependsOn: 'A' }) },
      { members: [members(['Outputs'], ['C', 'A'], 1)] },
      { Outputs: { A: { Value: 1 }, C: { Value: 2 } } },
    );
    expect(found.Resources['B']).toEqual(T({}, { DependsOn: ['A'] }));
  });

  it("are known by staging's logical ids", () => {
    const { model: found } = like(
      { ProdReader1: T(), ProdReader2: T() },
      {
        ids: [1, 2].map((i) => ({ prod: `ProdReader${i}`, staging: `StagingReader${i}` })),
        members: [members(['Resources'], ['StagingReader1', 'StagingReader2'], 1)],
      },
    );
    expect(found.Resources).toEqual({ StagingReader1: T() });
  });
});

describe('members that a second production has more', () => {
  const more = (path: Members['path'], prod: Members['prod'], staging: Members['staging']): Members => ({
    ...members(path, prod, prod.length),
    staging,
  });
  const both = (prod: object, staging: object, groups: readonly Members[]) =>
    likeStaging({ ...nothing, members: groups }, model(prod), model(staging));

  it('are put in, where the second has them', () => {
    const found = both({ R1: T({ N: 1 }), Other: T() }, { R1: T({ N: 1 }), R2: T({ N: 2 }), Other: T() }, [
      more(['Resources'], ['R1'], ['R1', 'R2']),
    ]);
    expect(found.model.Resources).toEqual({ R1: T({ N: 1 }), R2: T({ N: 2 }), Other: T() });
    expect(found.unshared).toEqual([
      { factor: 'readers', path: ['Resources', 'R2'], prod: undefined, staging: T({ N: 2 }) },
    ]);
  });

  const AT = ['Resources', 'A', 'Properties', 'List'];
  const list = (...List: unknown[]) => ({ A: T({ List }) });

  it('are put into a list at their places, while others are left out of it', () => {
    const found = both(list('q1', 'q2', 'q3', 'r1', 'end'), list('q1', 'r1', 'r2', 'r3', 'end'), [
      members(AT, [0, 1, 2], 1),
      more(AT, [3], [1, 2, 3]),
    ]);
    expect(found.model.Resources).toEqual(list('q1', 'r1', 'r2', 'r3', 'end'));
    const paths = found.unshared.map(
      ({ path, prod }) => `${path.at(-1)} ${prod === undefined ? 'more' : 'less'}`,
    );
    expect(paths.toSorted()).toEqual(['1 less', '2 less', '2 more', '3 more']);
  });

  it('are put into lists in lists that have other indices in both', () => {
    const groups = [more(AT, [0, 1], [1, 2, 0]), more([...AT, 1], [0], [0, 1])];
    const [prod, staging] = [list(['a'], ['b']), list(['new'], ['a'], ['b', 'c'])];
    const found = both(prod, staging, groups);
    expect(found.model.Resources).toEqual(staging);
    expect(found.paths.get(groups[1]!)).toEqual([...AT, 2]);
  });

  it('take the place of nothing that is there', () => {
    const found = both({ R1: T(), R2: T({ N: 1 }) }, { R1: T(), R2: T({ N: 2 }) }, [
      more(['Resources'], ['R1'], ['R1', 'R2']),
    ]);
    expect(found.model.Resources['R2']).toEqual(T({ N: 1 }));
  });

  it('are waited for by nobody', () => {
    const [prod, staging] = [
      { R1: T(), X: T({}, { DependsOn: ['R1'] }) },
      { R1: T(), R2: T({}, { DependsOn: ['X'] }), X: T({}, { DependsOn: ['R1', 'R2'] }) },
    ];
    const found = both(prod, staging, [more(['Resources'], ['R1'], ['R1', 'R2'])]);
    expect(found.model).toEqual(found.staging);
    expect(found.staging.Resources['X']).toEqual(T({}, { DependsOn: ['R1'] }));
    expect(found.model.Resources['R2']).toEqual(T({}, { DependsOn: ['X'] }));
  });
});
