import { showPath } from '../../lib/template/differences';
import { reduce, type Group } from '../../lib/parity/members';
import { get, model } from './small-shop';

/** So many members, `Reader1` to `Reader3`. */
const readers = (count: number): Group => ({
  factor: 'readers',
  members: Array.from({ length: count }, (_, i) => `Reader${i + 1}`),
});

const reader = { Type: 'AWS::RDS::DBInstance', Properties: { Class: 'db.r7g.large' } };
const resources = (count: number, value: unknown): object => ({
  ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`Reader${i + 1}`, reader])),
  User: { Type: 'T::User', Properties: { Value: value } },
});

/** What is left of a property that refers to three members when staging has two. */
function left(value: unknown, count = 3, keep = 2): unknown {
  const { model: it } = reduce(model(resources(count, value)), [readers(count)], [keep]);
  return get(it, 'Resources.User.Properties.Value');
}

const ref = (i: number) => ({ Ref: `Reader${i}` });
const arn = (i: number) => ({ 'Fn::GetAtt': [`Reader${i}`, 'Arn'] });
const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
const three = (make: (i: number) => unknown): unknown[] => [1, 2, 3].map(make);

describe('list items that stand for members', () => {
  it.each<[string, (i: number) => unknown]>([
    ['Ref', ref],
    ['Fn::GetAtt with a list', arn],
    ['Fn::GetAtt with a text', (i) => ({ 'Fn::GetAtt': `Reader${i}.Arn` })],
    ['Fn::Sub', (i) => ({ 'Fn::Sub': `arn:\${Reader${i}}/x` })],
    ['Fn::Sub with an attribute', (i) => ({ 'Fn::Sub': `\${Reader${i}.Endpoint.Address}:5432` })],
    ['Fn::Sub with names of its own', (i) => ({ 'Fn::Sub': ['${x}', { x: ref(i) }] })],
    ['an object around it', (i) => ({ Name: 'id', Value: ref(i) })],
    ['lists around it', (i) => [['id', [ref(i)]]]],
    ['a name that is made of its number', (i) => ({ Label: `Reader${i} of all`, Value: ref(i) })],
    [
      'an object with its keys in another order',
      (i) => (i === 3 ? { b: 1, a: ref(i) } : { a: ref(i), b: 1 }),
    ],
  ])('go with their members: %s', (_, make) => {
    expect(left([...three(make), 'last'])).toEqual([make(1), make(2), 'last']);
  });

  it('go with their members in DependsOn', () => {
    const it = model({
      ...resources(3, 1),
      Last: { Type: 'T::T', DependsOn: ['Reader1', 'Reader2', 'Reader3'] },
    });
    const { model: rest } = reduce(it, [readers(3)], [2]);
    expect(rest.Resources['Last']).toMatchObject({ DependsOn: ['Reader1', 'Reader2'] });
  });

  it.each<[string, unknown]>([
    ['it is unlike those of the members that stay', [ref(1), ref(2), arn(3)]],
    ['it mentions two members', [join(ref(1), arn(2)), join(ref(2), arn(3))]],
    ['it is the only one', [ref(3)]],
    [
      'it belongs to another number',
      [
        { a: 1, r: ref(1) },
        { a: 1, r: ref(2) },
        { a: 2, r: ref(3) },
      ],
    ],
    ['it is no list item', { a: ref(1), b: ref(2), c: ref(3) }],
    ['it is a text with several', { 'Fn::Sub': '${Reader1},${Reader2},${Reader3}' }],
    ['another resource only begins like a member', [ref(1), ref(2), { Ref: 'Reader33' }]],
  ])('stay when %s: the difference is found then', (_, value) => {
    expect(left(value)).toEqual(value);
  });

  it('stay themselves when the list in them has items that go', () => {
    expect(left([{ all: three(ref) }, { all: three(arn) }])).toEqual([
      { all: [ref(1), ref(2)] },
      { all: [arn(1), arn(2)] },
    ]);
  });
});

describe('a joined text', () => {
  it.each<[string, (of: number[]) => unknown[]]>([
    ['between the members', (of) => of.flatMap((i) => (i === 1 ? [ref(i)] : [',', ref(i)]))],
    ['in front and behind', (of) => ['a=', ...of.flatMap((i) => (i === 1 ? [ref(i)] : [',', ref(i)])), ';']],
    ['behind each member', (of) => of.flatMap((i) => [ref(i), ','])],
    [
      'between the parts of a member',
      (of) => of.flatMap((i) => [...(i === 1 ? [] : [',']), arn(i), ':', ref(i)]),
    ],
    ['that names the member', (of) => of.flatMap((i) => [`${i === 1 ? '' : ','}Reader${i}=`, ref(i)])],
    ['that there is none of', (of) => of.map(ref)],
  ])('loses the text that parts members with them: %s', (_, parts) => {
    expect(left(join(...parts([1, 2, 3])))).toEqual(join(...parts([1, 2])));
  });

  it('keeps a text that is not what parts the others', () => {
    expect(left(join(ref(1), ',', ref(2), ' and ', ref(3)))).toEqual(join(ref(1), ',', ref(2), ' and '));
  });

  it('keeps the items of a list that is none', () => {
    const list = [ref(1), ',', ref(2), ',', ref(3)];
    expect(left(list)).toEqual([ref(1), ',', ref(2), ',']);
    expect(left(['', list])).toEqual(['', [ref(1), ',', ref(2), ',']]);
    expect(left({ 'Fn::Join': list })).toEqual({ 'Fn::Join': [ref(1), ',', ref(2), ','] });
  });
});

it('takes the rows of a dashboard with their members', () => {
  const body = (count: number): unknown =>
    join(
      '{"widgets":[{"metrics":[',
      ...Array.from({ length: count }, (_, i) => [
        `${i > 0 ? '"}],' : ''}["AWS/RDS","Lag","Id","`,
        ref(i + 1),
        '",{"label":"Reader' + (i + 1) + '"',
      ]).flatMap(([a, b, c]) => [a, b, (c as string).replace(/"$/, '')]),
      '"}]]}]}',
    );
  const opened = (count: number): unknown =>
    get(
      model({ User: { Type: 'T::User', Properties: { Value: body(count) } } }),
      'Resources.User.Properties.Value',
    );
  expect(opened(3)).toHaveProperty(['(json)', 'widgets', 0, 'metrics', 2, 3], ref(3));
  expect(left(body(3))).toEqual(opened(2));
});

describe('what is left out', () => {
  const outputs = { Outputs: { Address3: { Value: ref(3) }, Address1: { Value: ref(1) } } };
  const addresses: Group = { factor: 'readers', members: ['Address1', 'Address2', 'Address3'] };

  it('is told by its factor and place: resources, outputs and list items', () => {
    const { omitted } = reduce(model(resources(3, three(ref)), outputs), [readers(3), addresses], [2, 2]);
    expect(omitted.map(({ factor, path }) => `${factor}: ${showPath(path)}`)).toEqual([
      'readers: Resources.Reader3',
      'readers: Resources.User.Properties.Value[2]',
      'readers: Outputs.Address3',
    ]);
    expect(omitted[2]!.prod).toEqual({ Value: ref(3) });
  });

  it.each([
    [1, 1],
    [2, 2],
    [2, 1],
    [15, 2],
    [15, 14],
  ])('is all beyond what staging keeps: of %i, %i', (count, keep) => {
    const all = Array.from({ length: count }, (_, i) => ref(i + 1));
    const { model: it, omitted } = reduce(model(resources(count, all)), [readers(count)], [keep]);
    expect(Object.keys(it.Resources)).toHaveLength(keep + 1);
    expect(left(all, count, keep)).toEqual(all.slice(0, keep));
    expect(omitted).toHaveLength(2 * (count - keep));
  });

  it('is nothing without groups, and the model stays the one that it is', () => {
    const it = model(resources(3, 1));
    expect(reduce(it, [], [])).toEqual({ model: it, omitted: [] });
  });

  it('does not change the model that it is taken from', () => {
    const it = model(resources(3, three(ref)));
    const before = JSON.stringify(it);
    reduce(it, [readers(3)], [2]);
    expect(JSON.stringify(it)).toBe(before);
  });

  it('of two groups each follows its own number', () => {
    const two = { ...readers(3), factor: 'replicas', members: ['A1', 'A2', 'A3'] };
    const both = { ...resources(3, 1), A1: reader, A2: reader, A3: reader };
    const { model: rest } = reduce(model(both), [readers(3), two], [2, 1]);
    expect(Object.keys(rest.Resources)).toEqual(['Reader1', 'Reader2', 'User', 'A1']);
  });
});
