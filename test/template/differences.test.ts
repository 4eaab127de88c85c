import * as fc from 'fast-check';
import type { Json } from '../../lib/json';
import { at, differences, showPath, type Difference, type Path } from '../../lib/template/differences';
import { modelOf, type Model } from '../../lib/template/model';
import { copy, get, keysOf, model, remove, set, type Tree } from '../parity/small-shop';

const all = (prod: Model, staging: Model) => differences(prod, staging, () => false);

/** Where two values differ that a property has. */
const inValue = (prod: unknown, staging: unknown): string[] => {
  const of = (Value: unknown) => model({ A: { Type: 'T::T', Properties: { Value } } });
  return all(of(prod), of(staging)).map((it) => {
    const side = (value: Json | undefined): string => JSON.stringify(value) ?? 'nothing';
    return `${showPath(it.path.slice(4))} ${side(it.prod)} -> ${side(it.staging)}`;
  });
};

const word = fc.constantFrom('a', 'b', 'Ref', 'Fn::Join', 'Key', 'Value', 'constructor', 'toString');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(0, 1, '', 'x', '1', true, false, null, '{"a":1}', '["a","b"]'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const entries = (entry: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom('A', 'B', 'C', 'constructor'), entry, { noNullPrototype: true, minKeys: 1 });
const template = fc.record(
  {
    Resources: entries(
      fc.record(
        { Type: fc.constantFrom('T::A', 'T::B'), Properties: value, Condition: fc.constantFrom('C', 'D') },
        { requiredKeys: ['Type', 'Properties'] },
      ),
    ),
    Outputs: entries(value),
    Parameters: entries(value),
    Conditions: entries(value),
    Mappings: entries(value),
    Rules: entries(value),
    Transform: value,
    Description: value,
  },
  { requiredKeys: ['Resources'], noNullPrototype: true },
);

/** The same JSON with the keys of every object in another order. */
const reversed = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(reversed);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .map(([key, child]) => [key, reversed(child)] as const)
      .toReversed(),
  );
};

/** The paths that may be changed without making the template one that is refused. */
function changeable(node: unknown, path: (string | number)[] = []): (string | number)[][] {
  const isEntry = path.length === 2 && path[0] === 'Resources';
  const isType = path.length === 3 && path[0] === 'Resources' && path[2] === 'Type';
  const own = path.length > 0 && !isEntry && !isType && !(path.length === 1 && path[0] !== 'Description');
  const children =
    typeof node !== 'object' || node === null
      ? []
      : Object.entries(node).flatMap(([key, child]) =>
          changeable(child, [...path, Array.isArray(node) ? Number(key) : key]),
        );
  return [...(own ? [path] : []), ...children];
}

/** Each way to change one thing in a template; undefined when it does not apply there. */
const CHANGES: Readonly<Record<string, (root: Tree, path: Path) => Path | undefined>> = {
  replaced: (root, path) => {
    const before = get(root, path);
    set(path, before === 'other' ? 'another' : 'other')(root);
    return path;
  },
  removed: (root, path) => {
    if (path.length === 3 && path[2] === 'Properties') return undefined; // none and {} are the same
    remove(path)(root);
    return typeof path.at(-1) === 'number' ? path.slice(0, -1) : path;
  },
  added: (root, path) => {
    const node = get(root, path);
    if (typeof node !== 'object' || node === null) return undefined;
    if (Array.isArray(node)) node.push('more');
    else (node as Tree)['More'] = null;
    return path;
  },
  'put first': (root, path) => {
    const node = get(root, path);
    if (!Array.isArray(node)) return undefined;
    node.unshift(null);
    return path;
  },
};

/** An opened text has a key of its own in its path. */
const withoutText = (path: Path): Path => path.filter((key) => key !== '(json)');
const isWithin = (path: Path, outer: Path): boolean => outer.every((key, i) => path[i] === key);

describe('of any template', () => {
  it('compared with itself nothing is found', () => {
    fc.assert(
      fc.property(template, (it) => {
        expect(all(modelOf(it, 'a'), modelOf(copy(it), 'b'))).toEqual([]);
      }),
    );
  });

  it('the order of keys is irrelevant', () => {
    fc.assert(
      fc.property(template, (it) => {
        expect(all(modelOf(it, 'a'), modelOf(reversed(it), 'b'))).toEqual([]);
      }),
    );
  });

  it('the templates are not changed', () => {
    fc.assert(
      fc.property(template, template, (a, b) => {
        const before = copy([a, b]);
        all(modelOf(a, 'a'), modelOf(b, 'b'));
        expect(copy([a, b])).toEqual(before);
      }),
    );
  });

  it.each(Object.keys(CHANGES))('every single change is found, and where it is: %s', (how) => {
    fc.assert(
      fc.property(template, fc.nat(), (it, pick) => {
        const paths = changeable(it);
        fc.pre(paths.length > 0);
        const changed = copy(it);
        const where = CHANGES[how]!(changed, paths[pick % paths.length]!);
        fc.pre(where !== undefined);
        for (const [a, b] of [
          [it, changed],
          [changed, it],
        ]) {
          const found = all(modelOf(a, 'a'), modelOf(b, 'b')).map(({ path }) => withoutText(path));
          expect(found).not.toEqual([]);
          expect(found.filter((path) => !isWithin(path, where) && !isWithin(where, path))).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('what differs', () => {
  it.each([
    ['a leaf', 1, 2, [' 1 -> 2']],
    ['a number and a text', 1, '1', [' 1 -> "1"']],
    ['null and nothing', { a: null }, {}, ['a null -> nothing']],
    ['a key', { a: 1, b: 2 }, { a: 1, c: 2 }, ['b 2 -> nothing', 'c nothing -> 2']],
    ['a key that objects inherit', {}, { constructor: 1 }, ['constructor nothing -> 1']],
    ['two leaves', { a: [1, 2] }, { a: [3, 4] }, ['a[0] 1 -> 3', 'a[1] 2 -> 4']],
    ['an object and a list', {}, [], [' {} -> []']],
    ['a reference, as a whole', { Ref: 'A' }, { Ref: 'B' }, [' {"Ref":"A"} -> {"Ref":"B"}']],
    [
      'an attribute, as a whole',
      { 'Fn::GetAtt': ['A', 'Arn'] },
      { 'Fn::GetAtt': ['A', 'Id'] },
      [' {"Fn::GetAtt":["A","Arn"]} -> {"Fn::GetAtt":["A","Id"]}'],
    ],
    ['the inside of a JSON text', '{"a":[1]}', '{"a":[2]}', ['(json).a[0] 1 -> 2']],
    ['a missing item in the middle', [1, 2, 3], [1, 3], ['[1] 2 -> nothing']],
    ['an item more at the start', [1, 2], [0, 1, 2], ['[0] nothing -> 0']],
    ['an item more among equal ones', [1, 1], [1, 1, 1], ['[2] nothing -> 1']],
    ['the order of items', [1, 2], [2, 1], ['[0] 1 -> 2', '[1] 2 -> 1']],
  ])('is told down to where it is: %s', (_, prod, staging, found) => {
    expect(inValue(prod, staging)).toEqual(found);
  });
});

describe('lists of keys and values of different lengths', () => {
  const tag = (Key: string, Value: string) => ({ Key, Value });

  it('are compared key by key', () => {
    const prod = [tag('Env', 'Prod'), tag('Team', 'x')];
    const staging = [tag('aws', 'true'), tag('Env', 'Staging'), tag('Team', 'x')];
    expect(inValue(prod, staging)).toEqual([
      '[0] nothing -> {"Key":"aws","Value":"true"}',
      '[1].Value "Prod" -> "Staging"',
    ]);
    expect(inValue(staging, prod)).toEqual([
      '[0].Value "Staging" -> "Prod"',
      '[0] {"Key":"aws","Value":"true"} -> nothing',
    ]);
  });

  it('in another order are lists like any other', () => {
    const prod = [tag('a', '1'), tag('b', '2')];
    const staging = [tag('b', '2'), tag('c', '3'), tag('a', '1')];
    expect(inValue(prod, staging).length).toBeGreaterThan(1);
  });

  it('with a key twice are lists like any other', () => {
    expect(inValue([tag('a', '1')], [tag('a', '1'), tag('a', '2')])).toEqual([
      '[1] nothing -> {"Key":"a","Value":"2"}',
    ]);
  });
});

describe('items of lists of different lengths that each side writes in its own way', () => {
  const list = (...items: Json[]) => model({ A: { Type: 'T::T', Properties: { List: items } } });
  const told = (prod: Model, staging: Model) => {
    const ours = ({ prod: p, staging: s }: Difference) => p === 'of Prod' && s === 'of Staging';
    return differences(prod, staging, ours, ours).map((it) => {
      const side = (json: Json | undefined): string => JSON.stringify(json) ?? 'nothing';
      return `${showPath(it.path.slice(4))} ${side(it.prod)} -> ${side(it.staging)}`;
    });
  };

  it('are found by their keys', () => {
    const [prod, staging] = [
      { Key: 'of Prod', Value: '1' },
      { Key: 'of Staging', Value: '2' },
    ];
    const more = { Key: 'more', Value: '1' };
    expect(told(list(prod), list(more, { ...staging, Value: '1' }))).toEqual([
      '[0] nothing -> {"Key":"more","Value":"1"}',
    ]);
    // One that differs in another place too is known by nothing.
    expect(told(list(prod), list(more, staging))).toHaveLength(3);
    expect(told(list(prod), list(more, { Key: 'of Prod', Value: '2' }))).toEqual([
      '[0] nothing -> {"Key":"more","Value":"1"}',
      '[1].Value "1" -> "2"',
    ]);
  });

  it('are found where they have none, however deep the difference is', () => {
    const item = (name: string): Json => ({ Statement: [{ Resource: name, Effect: 'Allow' }] });
    const more = { Statement: [{ Resource: '*', Effect: 'Allow' }] };
    expect(told(list(item('of Prod')), list(more, item('of Staging')))).toEqual([
      `[0] nothing -> ${JSON.stringify(more)}`,
    ]);
    expect(told(list(item('of Prod')), list(more, item('of others')))).toHaveLength(2);
    expect(told(list(item('of Prod'), { n: 1 }), list(more, { n: 1 }, item('of Staging')))).not.toEqual([]);
    // What has more than its fellow is none.
    expect(told(list({ a: 'of Prod' }), list({ a: 'more' }, { a: 'of Staging', b: 1 }))).toEqual([
      '[0].a "of Prod" -> "more"',
      '[1] nothing -> {"a":"of Staging","b":1}',
    ]);
  });
});

describe('an explanation', () => {
  const prod = model({ A: { Type: 'T::T', Properties: { a: 1, b: { c: 2 } } } });
  const staging = model({ A: { Type: 'T::T', Properties: { a: 3, b: { c: 4 } } } });

  it('is asked for from the outside in, and ends the search where it is given', () => {
    const asked: string[] = [];
    const left = differences(prod, staging, ({ path }) => {
      asked.push(showPath(path));
      return path.at(-1) === 'b';
    });
    expect(asked).toEqual([
      'Resources.A',
      'Resources.A.Properties',
      'Resources.A.Properties.a',
      'Resources.A.Properties.b',
    ]);
    expect(left.map(({ path }) => showPath(path))).toEqual(['Resources.A.Properties.a']);
  });
});

it('what a reference is made of may be explained; what is not is told as a whole', () => {
  const of = (name: string) =>
    model({ A: { Type: 'T::T', Properties: { Vpc: { 'Fn::ImportValue': name } } } });
  const explained = (name: string) =>
    differences(
      of('Prod:vpc'),
      of(name),
      ({ path, staging }) => path.at(-1) === 'Fn::ImportValue' && staging === 'Staging:vpc',
    );
  expect(explained('Staging:vpc')).toEqual([]);
  expect(explained('Other:vpc').map(({ path }) => showPath(path))).toEqual(['Resources.A.Properties.Vpc']);
});

describe('what stands at a path', () => {
  const here = model({ A: { Type: 'T::T', Properties: { List: [{ a: 1 }] } } }, { Transform: ['t', 'u'] });

  it.each<[Path, unknown]>([
    [keysOf('Resources.A.Properties.List.0.a'), 1],
    [keysOf('Transform.0'), 't'],
    [['Resources', 'B'], undefined],
    [keysOf('Resources.A.Properties.List.1'), undefined],
    [keysOf('Resources.A.Type.length'), undefined],
    [['Resources', 'constructor'], undefined],
    [['constructor'], undefined],
    [[], undefined],
  ])('is found at %j', (path, expected) => {
    expect(at(here, path)).toEqual(expected);
  });
});

it('of a list that lacks some items are these, and not all that come after the first', () => {
  const names = (text: string) => text.split('').map((Name) => ({ Name, Size: 1 }));
  expect(inValue(names('abcdefgh'), names('abdefh'))).toEqual([
    '[2] {"Name":"c","Size":1} -> nothing',
    '[6] {"Name":"g","Size":1} -> nothing',
  ]);
  expect(inValue(names('abdefh'), names('abcdefgh'))).toEqual([
    '[2] nothing -> {"Name":"c","Size":1}',
    '[6] nothing -> {"Name":"g","Size":1}',
  ]);
  const other = names('abXdefh');
  expect(inValue(names('abcdefgh'), other)).toEqual([
    '[2].Name "c" -> "X"',
    '[6] {"Name":"g","Size":1} -> nothing',
  ]);
});
