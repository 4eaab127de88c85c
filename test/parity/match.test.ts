import * as fc from 'fast-check';
import { differences } from '../../lib/template/differences';
import { matchResources, renameIds } from '../../lib/parity/match';
import type { Model } from '../../lib/template/model';
import { copy, model, set } from './small-shop';

/** Which of production's resources became which of staging's. */
const pairsOf = (prod: Model, staging: Model) =>
  Object.fromEntries(matchResources(prod, staging).renamed.map((it) => [it.prod, it.staging]));

const left = (prod: Model, staging: Model) =>
  differences(matchResources(prod, staging).model, staging, () => false);

const T = (properties: object = {}, type = 'T::T') => ({ Type: type, Properties: properties });
const queue = (n: number) => T({ N: n }, 'AWS::SQS::Queue');

/** Resources of which some are alike, each referring to some before it in every way that there is. */
const resources = fc
  .array(
    fc.record({
      type: fc.constantFrom('T::A', 'T::B', 'T::C'),
      n: fc.nat(2),
      how: fc.constantFrom('Ref', 'GetAtt', 'GetAtt text', 'Sub', 'Sub map', 'DependsOn', 'text'),
      to: fc.array(fc.nat(20), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map(
    (all) => (idOf: (i: number) => string) =>
      all.map(({ type, n, how, to }, i): [string, object] => {
        const ids = i === 0 ? [] : [...new Set(to.map((it) => idOf(it % i)))];
        const references = ids.map((id) => REFERENCES[how]!(id));
        return [
          idOf(i),
          {
            Type: type,
            Properties: { N: n, References: references },
            ...(how === 'DependsOn' && ids.length > 0 && { DependsOn: ids }),
          },
        ];
      }),
  );

const REFERENCES: Readonly<Record<string, (id: string) => unknown>> = {
  Ref: (id) => ({ Ref: id }),
  GetAtt: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }),
  'GetAtt text': (id) => ({ 'Fn::GetAtt': `${id}.Arn` }),
  Sub: (id) => ({ 'Fn::Sub': `x \${${id}} \${${id}.Arn}` }),
  'Sub map': (id) => ({ 'Fn::Sub': ['${y}', { y: { Ref: id } }] }),
  DependsOn: () => 'depends',
  text: () => 'none',
};

describe('of any template', () => {
  it('with all its logical ids renamed it is still equal', () => {
    fc.assert(
      fc.property(
        resources,
        fc.shuffledSubarray('ABCDEFGHI'.split(''), { minLength: 9 }),
        (make, letters) => {
          const prod = model(Object.fromEntries(make((i) => `Id${i}`)));
          const staging = model(Object.fromEntries(make((i) => `${letters[i]}`)));
          expect(left(prod, staging)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('one that is renamed in part is still equal', () => {
    fc.assert(
      fc.property(resources, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), (make, isKept) => {
        const prod = model(Object.fromEntries(make((i) => `Id${i}`)));
        const staging = model(Object.fromEntries(make((i) => (isKept[i] ? `Id${i}` : `New${i}`))));
        expect(left(prod, staging)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('a renamed one with one resource more or less is never equal', () => {
    fc.assert(
      fc.property(resources, fc.nat(8), (make, index) => {
        const entries = make((i) => `Id${i}`);
        const prod = model(Object.fromEntries(entries));
        const fewer = model(
          Object.fromEntries(make((i) => `New${i}`).filter((_, i) => i !== index % entries.length)),
        );
        expect(left(prod, fewer)).not.toEqual([]);
        expect(left(fewer, prod)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('a renamed one with one value changed is never equal', () => {
    fc.assert(
      fc.property(resources, fc.nat(8), (make, index) => {
        const entries = copy(make((i) => `New${i}`)) as unknown as [string, object][];
        set(`${index % entries.length}.1.Properties.N`, 99)(entries as never);
        const prod = model(Object.fromEntries(make((i) => `Id${i}`)));
        expect(left(prod, model(Object.fromEntries(entries)))).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('resources', () => {
  it('of the same id and type are the same, whatever they have', () => {
    const prod = model({ A: queue(1), B: queue(2) });
    const staging = model({ A: queue(2), B: queue(1) });
    expect(matchResources(prod, staging)).toEqual({ model: prod, renamed: [] });
  });

  it('of the same id and another type are not the same', () => {
    expect(
      pairsOf(model({ A: T({}, 'T::A'), B: T({}, 'T::B') }), model({ A: T({}, 'T::B'), B: T({}, 'T::A') })),
    ).toEqual({ A: 'B', B: 'A' });
  });

  it('of another type are never the same', () => {
    expect(pairsOf(model({ A: T({}, 'T::A') }), model({ B: T({}, 'T::B') }))).toEqual({});
  });

  it('that are equal come before those that are only alike', () => {
    expect(pairsOf(model({ A: queue(1), B: queue(2) }), model({ X: queue(2), Y: queue(3) }))).toEqual({
      B: 'X',
      A: 'Y',
    });
  });

  it('that are alike come before those that only have the same type', () => {
    const prod = model({ A: queue(1), B: T({ M: 1 }, 'AWS::SQS::Queue') });
    const staging = model({ X: T({ M: 2 }, 'AWS::SQS::Queue'), Y: T({ O: 3 }, 'AWS::SQS::Queue') });
    expect(pairsOf(prod, staging)).toEqual({ B: 'X', A: 'Y' });
  });

  it('that cannot be told apart are paired in order, and those too many are left', () => {
    expect(
      pairsOf(model({ A: queue(1), B: queue(1), C: queue(1) }), model({ X: queue(1), Y: queue(1) })),
    ).toEqual({
      A: 'X',
      B: 'Y',
    });
  });

  it('are told apart by what they refer to, and by what refers to them, in any order', () => {
    const tables = (a: string, b: string, one: string, two: string, order: boolean) => {
      const entries = [
        [one, T({ Cidr: 1 }, 'T::Subnet')],
        [two, T({ Cidr: 2 }, 'T::Subnet')],
        [a, T({}, 'T::Table')],
        [b, T({}, 'T::Table')],
        [`${a}To`, T({ Table: { Ref: a }, Subnet: { Ref: one } }, 'T::Association')],
        [`${b}To`, T({ Table: { Ref: b }, Subnet: { Ref: two } }, 'T::Association')],
      ];
      return model(Object.fromEntries(order ? entries : entries.toReversed()));
    };
    const [prod, staging] = [tables('A', 'B', 'S1', 'S2', true), tables('X', 'Y', 'T1', 'T2', false)];
    expect(pairsOf(prod, staging)).toEqual({ S1: 'T1', S2: 'T2', A: 'X', B: 'Y', ATo: 'XTo', BTo: 'YTo' });
    expect(left(prod, staging)).toEqual([]);
  });

  it('that are twins with twins of their own stay together in any order', () => {
    const pairs = (names: readonly string[]) =>
      Object.fromEntries([
        ...names.map((id) => [`Q${id}`, queue(1)]),
        ...names.toReversed().map((id) => [`P${id}`, T({ Queue: { Ref: `Q${id}` } }, 'T::Policy')]),
      ]);
    expect(left(model(pairs(['A', 'B', 'C'])), model(pairs(['X', 'Z', 'Y'])))).toEqual([]);
  });

  it('that refer to each other in a circle are matched', () => {
    const circle = (a: string, b: string) =>
      model({ [a]: T({ R: { Ref: b } }), [b]: T({ R: { Ref: a }, N: 1 }) });
    expect(left(circle('A', 'B'), circle('X', 'Y'))).toEqual([]);
  });
});

describe('with the ids of staging', () => {
  it('references follow in every section, conditions and outputs keep their names', () => {
    const entries = (id: string) =>
      model(
        { [id]: { ...T(), Condition: 'A' }, Z: T({ R: { Ref: id } }) },
        {
          Conditions: { A: { 'Fn::Equals': [1, 1] } },
          Outputs: { A: { Value: { 'Fn::GetAtt': [id, 'Arn'] }, Condition: 'A' } },
        },
      );
    expect(left(entries('A'), entries('B'))).toEqual([]);
  });

  it('a resource of production is not lost when another one gets its id', () => {
    const prod = model({ X: T({}, 'T::Bucket'), Y: T({}, 'T::Queue'), Z: T({ R: { Ref: 'X' } }) });
    const staging = model({ X: T({}, 'T::Queue'), Z: T({ R: { Ref: 'X' } }) });
    expect(left(prod, staging).map(({ path }) => path.join('.'))).toEqual([
      'Resources.X (production)',
      'Resources.Z.Properties.R',
    ]);
  });

  it('nothing is lost when two are said to be the same one', () => {
    const prod = model({ A: T(), B: T() });
    const both = renameIds(prod, [
      { prod: 'A', staging: 'X' },
      { prod: 'B', staging: 'X' },
    ]);
    expect(Object.keys(both.Resources)).toEqual(['X', 'B']);
  });

  it('the models that are matched are not changed', () => {
    const [prod, staging] = [
      model({ A: T(), B: T({ R: { Ref: 'A' } }) }),
      model({ X: T(), Y: T({ R: { Ref: 'X' } }) }),
    ];
    const before = JSON.stringify([prod, staging]);
    matchResources(prod, staging);
    expect(JSON.stringify([prod, staging])).toBe(before);
  });

  it('ids that objects inherit are ids like any other', () => {
    expect(
      left(
        model({ constructor: T(), B: T({ R: { Ref: 'constructor' } }) }),
        model({ A: T(), B: T({ R: { Ref: 'A' } }) }),
      ),
    ).toEqual([]);
  });
});

it('two thousand resources of which none has its id are matched at once', () => {
  const many = (prefix: string) =>
    Object.fromEntries(
      Array.from({ length: 1000 }, (_, i): [string, object][] => [
        [`${prefix}Q${i}`, queue(Math.floor(i / 2))],
        [`${prefix}P${i}`, T({ Queue: { Ref: `${prefix}Q${i}` } }, 'T::Policy')],
      ]).flat(),
    );
  const start = performance.now();
  expect(left(model(many('A')), model(many('B')))).toEqual([]);
  expect(performance.now() - start).toBeLessThan(5000);
});
