import type { FactorKind } from '../../lib/scale/kinds';
import { showPath } from '../../lib/template/differences';
import { NO_FACTORS, verifyByList, type FactorList, type ListedFactor } from '../../lib/parity/factor-list';
import { model } from './small-shop';

const listed = (
  factors: readonly Omit<ListedFactor, 'reason'>[],
  more: Partial<FactorList> = {},
): FactorList => ({
  version: 1,
  factors: factors.map((factor) => ({ reason: 'less will do', ...factor })),
  ...more,
});

/** The verdict on two sets of resources: what is permitted and what is not. */
function verify(prod: object, staging: object, list: FactorList = NO_FACTORS) {
  const { permitted, forbidden, found, unused } = verifyByList(model(prod), model(staging), list);
  return {
    ...(unused.length > 0 && { unused: unused.map(({ why }) => why) }),
    permitted: permitted.map(({ path, by, factor }) => `${showPath(path)} by ${by}: ${factor}`),
    forbidden: forbidden.map(({ path, why }) => `${showPath(path)}: ${why}`),
    found: found.map(({ factor, prod: p, staging: s }) => ({ name: factor.name, prod: p, staging: s })),
  };
}

const resource = (Type: string, Properties: object) => ({ A: { Type, Properties } });

/** The verdict on one property of a resource that is listed by its type. */
function property(kind: FactorKind, prod: unknown, staging: unknown) {
  const of = (Value: unknown) => resource('T::T', { Value });
  return verify(of(prod), of(staging), listed([{ kind, type: 'T::T', path: 'Properties.Value' }]));
}

const NAME = 'T::T Properties.Value';
const PLACE = 'Resources.A.Properties.Value';

describe('a factor of one value', () => {
  it.each<[FactorKind, unknown, unknown, unknown, unknown]>([
    ['count', 6, 2, 6, 2],
    ['count', '6', '2', 6, 2],
    ['count', '6', 2, 6, 2],
    ['replicas', 3, 2, 3, 2],
    ['shards', 3, 2, 3, 2],
    ['instanceClass', 'db.r7g.2xlarge', 'db.r7g.large', 'r7g.2xlarge', 'r7g.large'],
    ['instanceClass', 'r7g.2xlarge', 'r7g.large', 'r7g.2xlarge', 'r7g.large'],
    ['cacheNode', 'cache.r7g.xlarge', 'cache.r7g.large', 'cache.r7g.xlarge', 'cache.r7g.large'],
  ])('%s: %j -> %j is permitted, and found as a value of its kind', (kind, prod, staging, p, s) => {
    expect(property(kind, prod, staging)).toEqual({
      permitted: [`${PLACE} by scale: ${NAME}`],
      forbidden: [],
      found: [{ name: NAME, prod: p, staging: s }],
    });
  });

  it.each<[FactorKind, unknown, unknown, string]>([
    ['count', 6, 1, `${NAME}: got 1 where production has 6; allowed is 2 or more`],
    ['count', 1, 0, `${NAME}: got 0 where production has 1; allowed is exactly 1`],
    [
      'replicas',
      0,
      1,
      `${NAME}: got 1 where production has 0; allowed is exactly 0; ${NAME}: got 1, more than production's 0`,
    ],
    ['shards', 2, 3, `${NAME}: got 3, more than production's 2`],
    [
      'instanceClass',
      'db.r7g.large',
      'db.t4g.medium',
      `${NAME}: got "t4g.medium" where production has "r7g.large"; a burstable class is no stand-in`,
    ],
    [
      'cacheNode',
      'cache.r7g.large',
      'cache.r6g.large',
      `${NAME}: got "cache.r6g.large" where production has "cache.r7g.large"; family, generation and architecture stay`,
    ],
  ])('%s: %j -> %j is forbidden by its rule', (kind, prod, staging, why) => {
    expect(property(kind, prod, staging)).toEqual({
      permitted: [],
      forbidden: [`${PLACE}: ${why}`],
      found: [],
    });
  });

  it.each<[FactorKind, unknown, unknown]>([
    ['count', 6, undefined],
    ['count', undefined, 2],
    ['count', 6, 2.5],
    ['count', 6, 'two'],
    ['count', 6, { Ref: 'Two' }],
    ['count', 6, [2]],
    ['count', 6, null],
    ['instanceClass', 'db.r7g.2xlarge', 'r7g.large'],
    ['instanceClass', 'r7g.2xlarge', 'db.r7g.large'],
    ['instanceClass', 'db.r7g.2xlarge', 'cache.r7g.large'],
    ['instanceClass', 'db.r7g.2xlarge', 2],
    ['cacheNode', 'r7g.2xlarge', 'r7g.large'],
  ])('%s: %j -> %j is forbidden, being no values of its kind', (kind, prod, staging) => {
    const { permitted, forbidden } = property(kind, prod, staging);
    expect(permitted).toEqual([]);
    expect(forbidden).toEqual([expect.stringContaining(`${PLACE}: ${NAME}: got `)]);
  });
});

describe('a factor of two values', () => {
  const verdict = (kind: FactorKind, path: string, prod: object, staging: object) =>
    verify(
      resource('T::T', prod),
      resource('T::T', staging),
      listed([{ kind, type: 'T::T', path, name: 'size' }]),
    );

  it('fargateSize: written as texts, as CloudFormation does', () => {
    expect(
      verdict('fargateSize', 'Properties', { Cpu: '2048', Memory: '4096' }, { Cpu: '512', Memory: '1024' }),
    ).toEqual({
      permitted: [
        'Resources.A.Properties.Cpu by scale: size',
        'Resources.A.Properties.Memory by scale: size',
      ],
      forbidden: [],
      found: [{ name: 'size', prod: { cpu: 2048, memoryMiB: 4096 }, staging: { cpu: 512, memoryMiB: 1024 } }],
    });
  });

  it.each<[FactorKind, object, object, object]>([
    [
      'throughputRange',
      { MinCapacity: 10, MaxCapacity: 400 },
      { MinCapacity: 5, MaxCapacity: 40 },
      { min: 5, max: 40 },
    ],
    [
      'groupSize',
      { MinSize: '3', DesiredCapacity: '4', MaxSize: '9' },
      { MinSize: '2', DesiredCapacity: '3', MaxSize: '4' },
      { min: 2, desired: 3, max: 4 },
    ],
    [
      'groupSize',
      { MinSize: 3, DesiredSize: 4, MaxSize: 9 },
      { MinSize: 2, DesiredSize: 3, MaxSize: 4 },
      { min: 2, desired: 3, max: 4 },
    ],
  ])('%s: each of its numbers may differ: %j, %j', (kind, prod, staging, value) => {
    const { forbidden, found } = verdict(kind, 'Properties', prod, staging);
    expect(forbidden).toEqual([]);
    expect(found).toMatchObject([{ staging: value }]);
    const [first] = Object.keys(staging);
    expect(verdict(kind, 'Properties', prod, { ...staging, [first!]: 1_000_000 }).forbidden).not.toEqual([]);
  });

  it('autoscalingRange: only its max may differ too', () => {
    expect(
      verdict(
        'autoscalingRange',
        'Properties',
        { MinCapacity: 2, MaxCapacity: 9 },
        { MinCapacity: 2, MaxCapacity: 3 },
      ),
    ).toMatchObject({ permitted: ['Resources.A.Properties.MaxCapacity by scale: size'], forbidden: [] });
  });

  it('capacityRange: within another property', () => {
    const range = (MinCapacity: number, MaxCapacity: number) => ({ Scaling: { MinCapacity, MaxCapacity } });
    expect(verdict('capacityRange', 'Properties.Scaling', range(2, 16), range(0.5, 4))).toMatchObject({
      permitted: [
        'Resources.A.Properties.Scaling.MinCapacity by scale: size',
        'Resources.A.Properties.Scaling.MaxCapacity by scale: size',
      ],
      found: [{ prod: { minAcu: 2, maxAcu: 16 }, staging: { minAcu: 0.5, maxAcu: 4 } }],
    });
  });

  it('is judged by both values, at each of them', () => {
    const why = 'size: got 2 MiB for each CPU unit where production has 4';
    expect(
      verdict('fargateSize', 'Properties', { Cpu: 1024, Memory: 4096 }, { Cpu: 512, Memory: 1024 }).forbidden,
    ).toEqual([`Resources.A.Properties.Cpu: ${why}`, `Resources.A.Properties.Memory: ${why}`]);
    expect(
      verdict(
        'autoscalingRange',
        'Properties',
        { MinCapacity: 2, MaxCapacity: 9 },
        { MinCapacity: 2, MaxCapacity: 2 },
      ).forbidden,
    ).toEqual([
      "Resources.A.Properties.MaxCapacity: size: got 2 to 2, which cannot move, where production's 2 to 9 can",
    ]);
  });

  it('is forbidden when one of its values is missing', () => {
    const { permitted, forbidden } = verdict(
      'fargateSize',
      'Properties',
      { Cpu: 512, Memory: 1024 },
      { Cpu: 256 },
    );
    expect(permitted).toEqual([]);
    expect(forbidden).toHaveLength(2);
  });

  it('stands for nothing beside its values', () => {
    const of = (n: number, Image: string) => ({ Cpu: 1024 * n, Memory: 2048 * n, Image });
    expect(verdict('fargateSize', 'Properties', of(2, 'a'), of(1, 'b')).forbidden).toEqual([
      'Resources.A.Properties.Image: no scale factor explains it',
    ]);
  });
});

describe('where a factor stands', () => {
  const both = (n: number, m: number) => ({
    A: { Type: 'T::T', Properties: { N: n, List: [{ N: n }] } },
    B: { Type: 'T::T', Properties: { N: m } },
    C: { Type: 'T::Other', Properties: { N: 5 } },
  });

  it('by type it is every resource of it, by id the one', () => {
    expect(
      verify(both(6, 4), both(3, 2), listed([{ kind: 'count', type: 'T::T', path: 'Properties.N' }])),
    ).toMatchObject({
      permitted: [
        'Resources.A.Properties.N by scale: T::T Properties.N',
        'Resources.B.Properties.N by scale: T::T Properties.N',
      ],
      forbidden: ['Resources.A.Properties.List[0].N: no scale factor explains it'],
    });
    expect(
      verify(both(6, 4), both(3, 2), listed([{ kind: 'count', id: 'B', path: 'Properties.N' }])),
    ).toMatchObject({
      permitted: ['Resources.B.Properties.N by scale: B Properties.N'],
    });
  });

  it.each([
    ['a text', 'Properties.List.0.N'],
    ['a list', ['Properties', 'List', 0, 'N']],
  ])('its path may be %s', (_, path) => {
    expect(verify(both(6, 5), both(3, 5), listed([{ kind: 'count', type: 'T::T', path }])).permitted).toEqual(
      ['Resources.A.Properties.List[0].N by scale: T::T Properties.List[0].N'],
    );
  });

  it('a key with a dot in it is found as the report prints it, and as a step of a list', () => {
    const of = (n: number) => resource('T::T', { 'A.B': n });
    for (const path of ['Properties.A.B', ['Properties', 'A.B']])
      expect(verify(of(6), of(2), listed([{ kind: 'count', type: 'T::T', path }])).forbidden).toEqual([]);
    const nested = { kind: 'count', type: 'T::T', path: ['Properties', 'A', 'B'] } as const;
    expect(verify(of(6), of(2), listed([nested]))).toMatchObject({
      forbidden: ['Resources.A.Properties.A.B: no scale factor explains it'],
      unused: ['no T::T has such a place'],
    });
  });

  it('is not in outputs', () => {
    const out = (n: number) => model({}, { Outputs: { A: { Value: n } } });
    expect(verifyByList(out(1), out(2), NO_FACTORS).forbidden).toHaveLength(1);
    const { forbidden, unused } = verifyByList(
      out(4),
      out(2),
      listed([{ kind: 'count', id: 'A', path: 'Value' }]),
    );
    expect(forbidden).toHaveLength(1);
    expect(unused).toMatchObject([
      { isMisplaced: true, why: '"A" is one of the Outputs, and factors stand in resources' },
    ]);
  });
});

describe('a number of resources', () => {
  const READER = 'AWS::RDS::DBInstance';
  const list = listed([
    { kind: 'replicas', type: READER, name: 'readers' },
    { kind: 'count', type: 'AWS::CloudWatch::Alarm', name: 'alarms' },
  ]);
  const readersOnly = listed([{ kind: 'replicas', type: READER, name: 'readers' }]);

  const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  const readers = (count: number, more: object = {}): Record<string, object> =>
    Object.fromEntries(ids(count).map((i) => [`Reader${i}`, { Type: READER, Properties: more }]));
  const alarms = (count: number) =>
    Object.fromEntries(
      ids(count).map((i) => [
        `Alarm${i}`,
        { Type: 'AWS::CloudWatch::Alarm', Properties: { Dimensions: [{ Value: { Ref: `Reader${i}` } }] } },
      ]),
    );
  const dashboard = (count: number) => ({
    Board: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { Rows: ids(count).map((i) => ({ 'Fn::GetAtt': [`Reader${i}`, 'Id'] })) },
    },
  });

  it('may be smaller: 3 -> 2', () => {
    expect(verify(readers(3), readers(2), readersOnly)).toEqual({
      permitted: ['Resources.Reader3 by scale: readers'],
      forbidden: [],
      found: [{ name: 'readers', prod: 3, staging: 2 }],
    });
  });

  it.each([
    [2, 1, 'readers: got 1 where production has 2; allowed is 2 or more'],
    [1, 0, 'readers: got 0 where production has 1; allowed is exactly 1'],
    [3, 0, 'readers: got 0 where production has 3; allowed is 2 or more'],
  ])('may not be too small: %i -> %i', (prod, staging, why) => {
    const { permitted, forbidden } = verify(readers(prod), readers(staging), readersOnly);
    expect(permitted).toEqual([]);
    expect(forbidden).toEqual(
      ids(prod)
        .slice(staging)
        .map((i) => `Resources.Reader${i}: ${why}`),
    );
  });

  it('may not be larger', () => {
    expect(verify({ ...readers(3), ...dashboard(3) }, { ...readers(4), ...dashboard(4) }).forbidden).toEqual([
      'Resources.Board.Properties.Rows[3]: no scale factor explains it',
      'Resources.Reader4: no scale factor explains it',
    ]);
    expect(verify(readers(3), readers(4), readersOnly)).toEqual({
      permitted: [],
      forbidden: [
        `Resources.Reader4: readers: production has no such ${READER}; staging never has more of them`,
      ],
      found: [],
    });
  });

  it('takes along what refers to them: list items, and resources that are listed themselves', () => {
    const of = (count: number) => ({ ...alarms(count), ...dashboard(count), ...readers(count) });
    expect(verify(of(4), of(2), list)).toEqual({
      permitted: [
        'Resources.Alarm3 by scale: alarms',
        'Resources.Alarm4 by scale: alarms',
        'Resources.Board.Properties.Rows[2] by scale: readers',
        'Resources.Board.Properties.Rows[3] by scale: readers',
        'Resources.Reader3 by scale: readers',
        'Resources.Reader4 by scale: readers',
      ],
      forbidden: [],
      found: [
        { name: 'readers', prod: 4, staging: 2 },
        { name: 'alarms', prod: 4, staging: 2 },
      ],
    });
  });

  it('is no number of those that are not listed', () => {
    const of = (count: number) => ({ ...alarms(count), ...readers(count) });
    expect(verify(of(3), of(2), readersOnly).forbidden).toEqual([
      'Resources.Alarm3: no scale factor explains it',
    ]);
  });

  it('is the number of those that are equal, not of the type', () => {
    const writer = { Writer: { Type: READER, Properties: { Tier: 0 } } };
    const { forbidden } = verify({ ...writer, ...readers(2) }, { ...writer, ...readers(1) }, readersOnly);
    expect(forbidden).toEqual([
      'Resources.Reader2: readers: got 1 where production has 2; allowed is 2 or more',
    ]);
  });

  it('does not permit one that is left to differ', () => {
    expect(verify(readers(3), readers(2, { Public: true }), readersOnly).forbidden).toEqual([
      'Resources.Reader1.Properties.Public: no scale factor explains it',
      'Resources.Reader2.Properties.Public: no scale factor explains it',
    ]);
  });

  it('does not permit a reference to one that is gone', () => {
    const last = { Last: { Type: 'T::T', Properties: { To: { Ref: 'Reader3' } } } };
    const staging = { Last: { Type: 'T::T', Properties: { To: { Ref: 'Reader2' } } } };
    expect(verify({ ...readers(3), ...last }, { ...readers(2), ...staging }, readersOnly).forbidden).toEqual([
      'Resources.Last.Properties.To: no scale factor explains it',
    ]);
  });
});

describe('an ephemeral staging', () => {
  const prod = { A: { Type: 'T::T', DeletionPolicy: 'Retain' } };
  const staging = { A: { Type: 'T::T', DeletionPolicy: 'Delete' } };

  it('may differ in life only when the list says that it is one', () => {
    expect(verify(prod, staging, listed([], { ephemeral: true }))).toMatchObject({
      permitted: ['Resources.A.DeletionPolicy by lifecycle: deletion policy'],
      forbidden: [],
    });
    const why = 'Resources.A.DeletionPolicy: no scale factor explains it';
    expect(verify(prod, staging, listed([], { ephemeral: false })).forbidden).toEqual([why]);
    expect(verify(prod, staging).forbidden).toEqual([why]);
    expect(verify(staging, prod, listed([], { ephemeral: true })).forbidden).toEqual([why]);
  });

  it('may leave a policy out where that deletes, and only when the list says that it is one', () => {
    const absent = { A: { Type: 'T::T' } };
    expect(verify(prod, absent, listed([], { ephemeral: true }))).toMatchObject({
      permitted: ['Resources.A.DeletionPolicy by lifecycle: deletion policy'],
      forbidden: [],
    });
    expect(verify(prod, absent).forbidden).toHaveLength(1);
    expect(verify(absent, prod, listed([], { ephemeral: true })).forbidden).toHaveLength(1);
    const cluster = (more: object) => ({ A: { Type: 'AWS::RDS::DBCluster', ...more } });
    const kept = cluster({ DeletionPolicy: 'Retain' });
    expect(verify(kept, cluster({}), listed([], { ephemeral: true })).forbidden).toHaveLength(1);
  });
});

describe('names', () => {
  const of = (name: string) => resource('T::T', { Name: `${name}-web`, Image: 'web' });
  const names = { prod: 'prod', staging: 'stage' };

  it('may differ only when the list gives them', () => {
    expect(verify(of('prod'), of('stage'), listed([], { names }))).toMatchObject({
      permitted: ['Resources.A.Properties.Name by naming: name'],
      forbidden: [],
    });
    expect(verify(of('prod'), of('stage')).forbidden).toHaveLength(1);
    expect(verify(of('prod'), of('other'), listed([], { names })).forbidden).toHaveLength(1);
  });

  it.each<[string, unknown, unknown]>([
    ['in any spelling', 'My-Prod my-prod MyProd', 'Stage-1 stage-1 Stage1'],
    ['in an id with a hash', 'MyProdTopic1A2B3C4D', 'Stage1Topic5E6F7A8B'],
    ['in an import', { 'Fn::ImportValue': 'My-Prod:vpc' }, { 'Fn::ImportValue': 'Stage-1:vpc' }],
    ['in a list', ['x', 'My-Prod'], ['x', 'Stage-1']],
  ])('may stand %s', (_, p, s) => {
    const list = listed([], { names: { prod: 'My-Prod', staging: 'Stage-1' } });
    const at = (Value: unknown) => resource('T::T', { Value });
    expect(verify(at(p), at(s), list).forbidden).toEqual([]);
    expect(verify(at(p), at([s]), list).forbidden).not.toEqual([]);
  });

  it.each<[string, unknown, unknown]>([
    ['no name', 'gp3', 'gp2'],
    ['another word beside the name', 'prod-gp3', 'stage-gp2'],
    ["the other's name", 'stage-x', 'prod-x'],
    ['a hash that is no id of the name', 'web1A2B3C4D-prod', 'web5E6F7A8B-stage'],
    ['a key that is called like it', { prod: 1 }, { stage: 1 }],
    ['a number beside it', ['prod', 1], ['stage', 2]],
    ['nothing on one side', 'prod', undefined],
  ])('are not what differs with %s', (_, p, s) => {
    const at = (Value: unknown) => resource('T::T', Value === undefined ? {} : { Value });
    expect(verify(at(p), at(s), listed([], { names })).forbidden).not.toEqual([]);
  });
});

it('tells what to do about a fault', () => {
  const fixes = (list: FactorList, staging: number) =>
    verifyByList(model(resource('T::T', { N: 6 })), model(resource('T::T', { N: staging })), list).forbidden;
  expect(fixes(NO_FACTORS, 2)).toEqual([
    {
      path: ['Resources', 'A', 'Properties', 'N'],
      prod: 6,
      staging: 2,
      rule: 'difference',
      why: 'no scale factor explains it',
      fix: 'Make both templates alike here, or list a factor with a reason for this place.',
    },
  ]);
  expect(fixes(listed([{ kind: 'count', id: 'A', path: 'Properties.N' }]), 1)[0]!.fix).toBe(
    'Give staging a value that keeps the shape.',
  );
});
