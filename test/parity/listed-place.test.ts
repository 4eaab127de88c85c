import { verifyByList, type ListedFactor } from '../../lib/parity/factor-list';
import { matchResources } from '../../lib/parity/match';
import type { FactorKind } from '../../lib/scale/kinds';
import { showPath } from '../../lib/template/differences';
import { model } from './small-shop';

type Entry = Omit<ListedFactor, 'reason'>;

function verify(prod: object, staging: object, ...entries: readonly Entry[]) {
  const { model: p, renamed } = matchResources(model(prod), model(staging));
  const factors = entries.map((entry): ListedFactor => ({ reason: 'less will do', ...entry }));
  const { permitted, forbidden, found, unused } = verifyByList(
    p,
    model(staging),
    { version: 1, factors },
    renamed,
  );
  return {
    permitted: permitted.map(({ path }) => showPath(path.slice(1))),
    forbidden: forbidden.map(({ path }) => showPath(path.slice(1))),
    values: found.map((it) => [it.prod, it.staging, it.places]),
    why: forbidden.map(({ why }) => why),
    unused,
  };
}

const overrides = (...types: readonly string[]) => ({
  Fleet: {
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    Properties: { Mixed: { Overrides: types.map((InstanceType) => ({ InstanceType })) } },
  },
});
const TYPE = 'AWS::AutoScaling::AutoScalingGroup';
const PLACE = 'Fleet.Properties.Mixed.Overrides[0].InstanceType';

describe('a place is found', () => {
  const prod = overrides('m7g.4xlarge', 'm6g.4xlarge');
  const staging = overrides('m7g.large', 'm6g.4xlarge');

  it.each<[string, Omit<Entry, 'kind'>]>([
    [
      'with the index as the report prints it',
      { type: TYPE, path: 'Properties.Mixed.Overrides[0].InstanceType' },
    ],
    ['with the index between dots', { type: TYPE, path: 'Properties.Mixed.Overrides.0.InstanceType' }],
    ['as a list', { type: TYPE, path: ['Properties', 'Mixed', 'Overrides', 0, 'InstanceType'] }],
    [
      'as a list with the index as a text',
      { type: TYPE, path: ['Properties', 'Mixed', 'Overrides', '0', 'InstanceType'] },
    ],
    ['as the whole place, by type', { type: TYPE, path: PLACE }],
    ['as the whole place, by id', { id: 'Fleet', path: PLACE }],
    ['as the whole place from the top', { id: 'Fleet', path: `Resources.${PLACE}` }],
    [
      'as the whole place in a list',
      { id: 'Fleet', path: ['Fleet', 'Properties', 'Mixed', 'Overrides', 0, 'InstanceType'] },
    ],
    ['with space around it', { id: 'Fleet', path: ' Properties.Mixed.Overrides[0].InstanceType\n' }],
    ['as every item', { type: TYPE, path: 'Properties.Mixed.Overrides[*].InstanceType' }],
    ['as every item between dots', { type: TYPE, path: 'Properties.Mixed.Overrides.*.InstanceType' }],
    [
      'as every item of a list',
      { type: TYPE, path: ['Properties', 'Mixed', 'Overrides', '*', 'InstanceType'] },
    ],
  ])('%s', (_, entry) => {
    expect(verify(prod, staging, { kind: 'instanceClass', ...entry })).toEqual({
      permitted: [PLACE],
      forbidden: [],
      values: [['m7g.4xlarge', 'm7g.large', 1]],
      why: [],
      unused: [],
    });
  });

  it('as every item: each is judged by itself', () => {
    const all = {
      kind: 'instanceClass',
      type: TYPE,
      path: 'Properties.Mixed.Overrides[*].InstanceType',
    } as const;
    expect(verify(prod, overrides('m7g.large', 'm6g.large'), all).forbidden).toEqual([]);
    expect(verify(prod, overrides('m7g.large', 't4g.large'), all)).toMatchObject({
      permitted: [PLACE],
      forbidden: ['Fleet.Properties.Mixed.Overrides[1].InstanceType'],
      unused: [],
    });
  });

  it('a star is one index, and no key or several steps', () => {
    const of = (n: number) => ({
      A: { Type: 'T::T', Properties: { In: { Size: n }, List: [{ Deep: { Size: n } }] } },
    });
    const star = (path: string): Entry => ({ kind: 'count', type: 'T::T', path });
    expect(verify(of(6), of(2), star('Properties.*.Size')).permitted).toEqual([]);
    expect(verify(of(6), of(2), star('Properties.List[*].Size')).permitted).toEqual([]);
    expect(verify(of(6), of(2), star('Properties.List[*].Deep.Size')).permitted).toEqual([
      'A.Properties.List[0].Deep.Size',
    ]);
  });

  it('a text is no pattern', () => {
    const of = (n: number) => ({ A: { Type: 'T::T', Properties: { 'N+': n, NN: n } } });
    expect(verify(of(6), of(2), { kind: 'count', id: 'A', path: 'Properties.N+' }).permitted).toEqual([
      'A.Properties.N+',
    ]);
    expect(verify(of(6), of(2), { kind: 'count', id: 'A', path: 'Properties.N.' }).permitted).toEqual([]);
  });

  it('by type with an id before it: in that resource alone', () => {
    const two = (n: number) => ({
      A: { Type: 'T::T', Properties: { N: n } },
      B: { Type: 'T::T', Properties: { N: n } },
    });
    expect(verify(two(6), two(2), { kind: 'count', type: 'T::T', path: 'A.Properties.N' })).toMatchObject({
      permitted: ['A.Properties.N'],
      forbidden: ['B.Properties.N'],
      unused: [],
    });
  });

  it.each(['Old', 'New'])('by the id that a renamed resource has in either template: %s', (id) => {
    const of = (name: string, n: number) => ({ [name]: { Type: 'T::T', Properties: { N: n, Same: 'x' } } });
    const entry = { kind: 'count', id, path: 'Properties.N' } as const;
    expect(verify(of('Old', 6), of('New', 2), entry)).toMatchObject({
      permitted: ['New.Properties.N'],
      unused: [],
    });
  });

  it('in what a JSON text holds, as the report prints it', () => {
    const of = (n: number) => ({
      A: { Type: 'T::T', Properties: { Body: JSON.stringify({ rows: [{ n }] }) } },
    });
    expect(
      verify(of(6), of(2), { kind: 'count', id: 'A', path: 'A.Properties.Body.(json).rows[0].n' }).permitted,
    ).toEqual(['A.Properties.Body.(json).rows[0].n']);
  });
});

describe('a range', () => {
  const verdict = (kind: FactorKind, path: string, prod: object, staging: object) =>
    verify(
      { A: { Type: 'T::T', Properties: prod } },
      { A: { Type: 'T::T', Properties: staging } },
      { kind, type: 'T::T', path },
    );
  const range = (min: unknown, max: unknown) => ({ min, max });

  it.each<[FactorKind, object, object, object]>([
    ['autoscalingRange', { MinSize: '2', MaxSize: '20' }, { MinSize: '2', MaxSize: '4' }, range(2, 4)],
    ['autoscalingRange', { MinSize: 2, MaxSize: '20' }, { MinSize: '2', MaxSize: 4 }, range(2, 4)],
    ['autoscalingRange', { MinCapacity: 4, MaxCapacity: 9 }, { MinCapacity: 2, MaxCapacity: 3 }, range(2, 3)],
    ['autoscalingRange', { MinWorkers: 4, MaxWorkers: 9 }, { MinWorkers: 2, MaxWorkers: 3 }, range(2, 3)],
    [
      'autoscalingRange',
      { MinTaskCount: 4, MaxTaskCount: 9 },
      { MinTaskCount: 2, MaxTaskCount: 3 },
      range(2, 3),
    ],
    ['autoscalingRange', { Minimum: 4, Maximum: 9 }, { Minimum: 2, Maximum: 3 }, range(2, 3)],
    [
      'throughputRange',
      { MinimumUnits: 40, MaximumUnits: 90 },
      { MinimumUnits: 5, MaximumUnits: 9 },
      range(5, 9),
    ],
    [
      'groupSize',
      { MinSize: '2', MaxSize: '20', DesiredCapacity: '6' },
      { MinSize: '2', MaxSize: '4', DesiredCapacity: '3' },
      { min: 2, desired: 3, max: 4 },
    ],
    [
      'groupSize',
      { MinvCpus: 2, MaxvCpus: 20, DesiredvCpus: 6 },
      { MinvCpus: 2, MaxvCpus: 4, DesiredvCpus: 3 },
      { min: 2, desired: 3, max: 4 },
    ],
    // without a desired capacity a group begins with its least
    [
      'groupSize',
      { MinSize: '3', MaxSize: '20' },
      { MinSize: '2', MaxSize: '4' },
      { min: 2, desired: 2, max: 4 },
    ],
  ])('%s: %j, %j', (kind, prod, staging, value) => {
    for (const path of ['Properties', 'A.Properties', `Properties.${Object.keys(prod)[1]}`])
      expect(verdict(kind, path, prod, staging)).toMatchObject({
        forbidden: [],
        unused: [],
        values: [[expect.anything(), value, expect.any(Number)]],
      });
  });

  it.each<[string, FactorKind, object, object]>([
    [
      'that can move no longer',
      'autoscalingRange',
      { MinSize: '2', MaxSize: '20' },
      { MinSize: '2', MaxSize: '2' },
    ],
    ['that is larger', 'autoscalingRange', { MinSize: '2', MaxSize: '20' }, { MinSize: '2', MaxSize: '30' }],
    [
      'whose desired number only one side has',
      'groupSize',
      { MinSize: '2', MaxSize: '20' },
      { MinSize: '2', MaxSize: '20', DesiredCapacity: '3' },
    ],
    [
      'of ports',
      'autoscalingRange',
      { MinPort: 30_000, MaxPort: 32_000 },
      { MinPort: 20_000, MaxPort: 22_000 },
    ],
    ['of lengths', 'autoscalingRange', { MinLength: 8, MaxLength: 20 }, { MinLength: 2, MaxLength: 20 }],
    [
      'of percents',
      'autoscalingRange',
      { MinHealthyPercentage: 90, MaxHealthyPercentage: 110 },
      { MinHealthyPercentage: 50, MaxHealthyPercentage: 100 },
    ],
    ['with one end', 'autoscalingRange', { MaxSize: 20 }, { MaxSize: 4 }],
    ['of units as one of tasks', 'capacityRange', { MinSize: 2, MaxSize: 20 }, { MinSize: 1, MaxSize: 4 }],
    [
      'of references',
      'autoscalingRange',
      { MinSize: 2, MaxSize: { Ref: 'Max' } },
      { MinSize: 2, MaxSize: 4 },
    ],
  ])('%s stays forbidden', (_, kind, prod, staging) => {
    const { permitted, forbidden } = verdict(kind, 'Properties', prod, staging);
    expect(permitted).toEqual([]);
    expect(forbidden).not.toEqual([]);
  });

  it('beside another one in the same holder is its own', () => {
    const of = (workers: number, servers: number) => ({
      MinWorkers: 2,
      MaxWorkers: workers,
      MinWebservers: 2,
      MaxWebservers: servers,
    });
    expect(verdict('autoscalingRange', 'Properties', of(20, 10), of(5, 2))).toMatchObject({
      permitted: ['A.Properties.MaxWorkers'],
      forbidden: ['A.Properties.MaxWebservers'],
    });
    expect(verdict('autoscalingRange', 'Properties.MaxWorkers', of(20, 10), of(5, 4))).toMatchObject({
      permitted: ['A.Properties.MaxWorkers'],
      forbidden: ['A.Properties.MaxWebservers'],
    });
  });
});

describe('what is no size stays forbidden, whatever its digits', () => {
  it.each([
    ['Port', 8080, 80],
    ['EngineVersion', '16', '15'],
    ['StatusCode', 302, 301],
    ['Priority', 20, 10],
    ['IpProtocol', '17', '6'],
    ['AmazonSideAsn', 65_000, 64_512],
  ])('%s: %j -> %j', (property, prod, staging) => {
    const of = (value: unknown) => ({ A: { Type: 'T::T', Properties: { [property]: value } } });
    const entry = { kind: 'count', type: 'T::T', path: `Properties.${property}` } as const;
    expect(verify(of(prod), of(staging), entry)).toMatchObject({
      permitted: [],
      why: [`T::T Properties.${property}: ${property} says which, not how much; it is no count`],
      unused: [],
    });
  });
});

describe('a number beside others is judged with them', () => {
  const env = (Name: string, Value: string) => ({
    A: { Type: 'T::T', Properties: { Env: [{ Name, Value }] } },
  });
  const value = { kind: 'count', type: 'T::T', path: 'Properties.Env[0].Value' } as const;

  it('a variable by what it is called', () => {
    expect(verify(env('WORKERS', '8'), env('WORKERS', '2'), value).permitted).toEqual([
      'A.Properties.Env[0].Value',
    ]);
    expect(verify(env('DB_PORT', '5432'), env('DB_PORT', '543'), value)).toMatchObject({
      permitted: [],
      why: ['T::T Properties.Env[0].Value: DB_PORT says which, not how much; it is no count'],
    });
  });

  it('the end of a range with the other', () => {
    const of = (MinSize: unknown, MaxSize: unknown) => ({
      A: { Type: 'T::T', Properties: { MinSize, MaxSize } },
    });
    const max = { kind: 'count', type: 'T::T', path: 'Properties.MaxSize' } as const;
    expect(verify(of(2, 20), of(2, 4), max).permitted).toEqual(['A.Properties.MaxSize']);
    expect(verify(of('2', '20'), of('2', '2'), max)).toMatchObject({
      permitted: [],
      why: [expect.stringContaining('got 2 to 2, which cannot move')],
    });
    expect(verify(of({ Ref: 'Min' }, 20), of({ Ref: 'Min' }, 4), max).permitted).toEqual([
      'A.Properties.MaxSize',
    ]);
  });

  it('an item of a list by its property', () => {
    const of = (port: number) => ({ A: { Type: 'T::T', Properties: { Ports: [port] } } });
    expect(
      verify(of(8080), of(80), { kind: 'count', type: 'T::T', path: 'Properties.Ports[0]' }).permitted,
    ).toEqual([]);
  });

  it('digits with a zero before them are no number', () => {
    const of = (N: string) => ({ A: { Type: 'T::T', Properties: { N } } });
    const n = { kind: 'count', type: 'T::T', path: 'Properties.N' } as const;
    expect(verify(of('123456789012'), of('012345678901'), n).permitted).toEqual([]);
  });
});

it('says at a part of a value why the whole is none of its kind', () => {
  const of = (...Subnets: readonly string[]) => ({ A: { Type: 'T::T', Properties: { Subnets } } });
  expect(verify(of('a', 'b'), of('a'), { kind: 'count', id: 'A', path: 'Properties.Subnets' })).toMatchObject(
    {
      forbidden: ['A.Properties.Subnets[1]'],
      why: [expect.stringContaining("got [ 'a', 'b' ]; allowed is a whole number")],
    },
  );
});

it('counts the places of each pair of values by itself', () => {
  const of = (...sizes: readonly number[]) =>
    Object.fromEntries(sizes.map((N, i) => [`R${i}`, { Type: 'T::T', Properties: { N } }]));
  expect(
    verify(of(6, 6, 9), of(2, 2, 3), { kind: 'count', type: 'T::T', path: 'Properties.N' }).values,
  ).toEqual([
    [6, 2, 2],
    [9, 3, 1],
  ]);
});

it('of two entries for one place takes the one whose rule the values keep', () => {
  const of = (N: number) => ({ A: { Type: 'T::T', Properties: { N } } });
  const entry = (kind: FactorKind): Entry => ({ kind, type: 'T::T', path: 'Properties.N' });
  expect(verify(of(6), of(1), entry('count'), entry('duration'))).toMatchObject({
    forbidden: [],
    unused: [],
  });
});
