'use strict'; // what is frozen throws in strict mode alone
import { TwinError } from '../../lib/error';
import { defineScale, type Scale, type ScaleOf } from '../../lib/scale/definition';
import type { DerivedFrom, DerivedNames, DerivedValues } from '../../lib/scale/derived';
import {
  count,
  fargateSize,
  instanceClass,
  replicas,
  type Factors,
  type ScaleValues,
} from '../../lib/scale/kinds';
import { auroraMaxConnections } from '../../lib/scale/sizes';
import { thrown } from './thrown';

const reason = 'Staging is smaller.';

const factors = {
  shards: count({ reason }),
  readers: replicas({ reason }),
  size: fargateSize({ reason }),
  dbClass: instanceClass({ reason }),
};

const definition = defineScale(factors, {
  derived: {
    nodes: { from: ['shards', 'readers'], value: ({ shards, readers }) => shards * (1 + readers) },
    maxConnections: {
      from: ['dbClass'],
      value: ({ dbClass }) => Math.floor(auroraMaxConnections(dbClass) * 0.8),
    },
    heap: { from: ['size'], value: ({ size }) => `-Xmx${0.75 * size.memoryMiB}m` },
  },
});

const prod = { shards: 3, readers: 2, size: { cpu: 1024, memoryMiB: 4096 }, dbClass: 'r7g.xlarge' };

/** A derived value as plain JavaScript would declare it. */
const declare = (derived: unknown, name = 'nodes') =>
  defineScale(factors, { derived: { [name]: derived } as DerivedValues<typeof factors> });

describe('derived values', () => {
  it('stand beside the factors in the scale, in the expressions, and not in the values', () => {
    const { scale, expressions, values } = definition.bindProduction('Prod', prod);
    const seen: ScaleOf<typeof definition> = scale;
    const nodes: number = seen.nodes;
    const heap: string = seen.heap;
    expect([nodes, heap, scale.maxConnections]).toEqual([9, '-Xmx3072m', 2883]);
    expect(scale).toEqual({ ...prod, nodes: 9, heap: '-Xmx3072m', maxConnections: 2883 });
    expect([...expressions].slice(-3)).toEqual([
      ['nodes', 9],
      ['maxConnections', 2883],
      ['heap', '-Xmx3072m'],
    ]);
    expect(values).toEqual(prod);
  });

  it('have the values of each environment', () => {
    const staging = definition.bindScaled('Staging', prod, { shards: 2, dbClass: 'r7g.large' });
    expect(staging.scale).toMatchObject({ nodes: 6, maxConnections: 1441, heap: '-Xmx3072m' });
    expect(definition.bindTried({ ...prod, readers: 4 }).scale.nodes).toBe(15);
  });

  it('come from all the factors that they name', () => {
    expect(definition.factorsOf('nodes')).toEqual(['shards', 'readers']);
    expect(definition.factorsOf('size.cpu')).toEqual(['size']);
  });

  it('are known by name to a topology that misspells one', () => {
    const { scale } = definition.bindProduction('Prod', prod);
    // @ts-expect-error It is called nodes.
    expect(thrown(() => scale.node).message).toBe('"node" is not a declared factor; did you mean "nodes"?');
  });

  it('do not compile when they read or name what they may not', () => {
    const attempts = [
      // @ts-expect-error It comes from the shards alone.
      () => defineScale(factors, { derived: { x: { from: ['shards'], value: ({ readers }) => readers } } }),
      // @ts-expect-error No factor is called shard.
      () => defineScale(factors, { derived: { x: { from: ['shard'], value: () => 3 } } }),
      // @ts-expect-error A truth is a switch.
      () => defineScale(factors, { derived: { x: { from: ['shards'], value: ({ shards }) => shards > 2 } } }),
    ];
    const errors = attempts.map((attempt) => thrown(() => attempt().bindProduction('Prod', prod)));
    expect(errors.map(({ code }) => code)).toEqual(['derived-from', 'derived-from', 'derived-value']);
  });
});

describe('the declaration of a derived value', () => {
  test.each(['readers', 'dbClass'])('may not have the name of the factor %s', (name) => {
    expect(thrown(() => declare({ from: ['shards'], value: () => 1 }, name))).toMatchObject({
      code: 'derived-name',
      message: `"${name}" is the name of a factor and of a derived value; a scale has one value of each name`,
      fix: 'Give the derived value a name of its own, like a property, such as ordersMaxConnections.',
    });
  });

  test.each(['', '2nd', 'max connections', 'size.cpu', '__proto__'])('may not have the name %j', (name) => {
    const derived = JSON.parse(`{${JSON.stringify(name)}: {}}`) as DerivedValues<typeof factors>;
    expect(thrown(() => defineScale(factors, { derived }))).toMatchObject({
      code: 'derived-name',
      message: `"${name}" is no name for a derived value; allowed are letters, digits, "_" and "-" after a letter`,
    });
  });

  test.each([undefined, null, {}, { from: [] }, { from: 'shards' }])('names no factor: %j', (derived) => {
    expect(thrown(() => declare(derived))).toMatchObject({
      code: 'derived-from',
      message:
        'the derived value "nodes" names no factor that it comes from; allowed is a list of one or more',
      fix: "Name the factors in its from, such as from: ['ordersInstance'].",
    });
  });

  test.each([
    ['shard', 'did you mean "shards"?'],
    ['toString', 'use one of: shards, readers, size, dbClass'],
  ])('names %s, which is no factor', (factor, help) => {
    expect(thrown(() => declare({ from: ['shards', factor], value: () => 1 }))).toMatchObject({
      code: 'derived-from',
      message: `the derived value "nodes" comes from "${factor}", which is not a declared factor; ${help}`,
      fix: 'Name declared factors in its from.',
    });
  });

  it('has a function', () => {
    expect(thrown(() => declare({ from: ['shards'], value: 3 }))).toMatchObject({
      code: 'derived-value',
      message: 'the derived value "nodes" has no function; got number as its value',
      fix: 'Give it a function of the factors, such as value: ({ ordersReaders }) => 1 + ordersReaders.',
    });
  });

  test.each(['', ' ', true])('gives no reason with %j', (largerBecause) => {
    expect(thrown(() => declare({ from: ['shards'], value: () => 3, largerBecause }))).toMatchObject({
      code: 'derived-value',
      message: 'the derived value "nodes" gives no reason in largerBecause',
    });
  });

  it('has no property of another name', () => {
    const typo = { from: ['shards'], value: () => 3, largerBecuase: 'It may.' };
    expect(thrown(() => declare(typo))).toMatchObject({
      code: 'derived-value',
      message:
        'the derived value "nodes" has "largerBecuase", which is not known; did you mean "largerBecause"?',
      fix: 'Use from, value, largerBecause.',
    });
  });
});

/** A construct's props as the environments of a topology are declared: the scale's parts beside the construct. */
interface Declared<F extends Factors, S extends DerivedNames<F>, D, P> {
  readonly scale: F;
  readonly derived?: D & DerivedFrom<F, S>;
  readonly environment: (props: P) => void;
}

function declared<
  const F extends Factors,
  S extends DerivedNames<F>,
  D extends DerivedFrom<F, S>,
  P extends { readonly scale: Scale<F, D> },
>({ scale, derived = {} as D }: Declared<F, S, D, P>) {
  return defineScale<F, S, D>(scale, { derived });
}

test('factors and derived values are typed without annotations when they are given beside other props', () => {
  const beside = declared({
    scale: factors,
    derived: {
      nodes: { from: ['shards', 'readers'], value: ({ shards, readers }) => shards * (1 + readers) },
      label: { from: ['dbClass'], value: ({ dbClass }) => `on ${dbClass}` },
    },
    environment: (props: { scale: ScaleValues<typeof factors> & { nodes: number; label: string } }) => props,
  });
  const { scale } = beside.bindProduction('Prod', prod);
  const typed: { nodes: number; label: string; readers: number } = scale;
  expect(typed).toMatchObject({ nodes: 9, label: 'on r7g.xlarge', readers: 2 });
});

describe('the function of a derived value', () => {
  const bind = (value: (values: Record<string, unknown>) => unknown, from = ['shards']) =>
    declare({ from, value }).bindTried(prod).scale;

  it('is given frozen values', () => {
    expect(() => bind((values) => ((values['size'] as { cpu: number }).cpu = 1), ['size'])).toThrow(
      /Cannot assign to read only property/,
    );
    expect(() => bind((values) => (values['shards'] = 1))).toThrow(TwinError);
  });

  it('may take what it is given apart', () => {
    expect(bind((values) => Object.values({ ...values }).length, ['shards', 'readers'])['nodes']).toBe(2);
    expect(bind((values) => JSON.stringify(values))['nodes']).toBe('{"shards":3}');
  });

  it('reads no other factor', () => {
    expect(thrown(() => bind(({ readers }) => readers))).toMatchObject({
      code: 'derived-from',
      message: 'the derived value "nodes" reads "readers", which its from does not name: shards',
      fix: 'Add "readers" to its from.',
    });
    expect(thrown(() => bind(({ env }) => env)).fix).toBe('Read declared factors only.');
  });

  test.each([
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'of type boolean'],
    [[1], 'of type object'],
    [3n, 'of type bigint'],
  ])('may not answer %p', (result, shown) => {
    expect(thrown(() => bind(() => result))).toMatchObject({
      code: 'derived-value',
      message: `the derived value "nodes" is ${shown} for shards 3; allowed is a finite number or a string, the same each time`,
      fix: 'Derive it from the values that the function is given, and from nothing else.',
    });
  });

  it('answers the same each time', () => {
    let calls = 0;
    expect(thrown(() => bind(() => ++calls)).message).toBe(
      'the derived value "nodes" is 1 once and 2 the next time for shards 3; allowed is a finite number or a string, the same each time',
    );
  });

  it('says for which values it has no answer, and why', () => {
    const bug = new Error('no such table');
    const error = thrown(() =>
      bind(() => {
        throw bug;
      }, ['shards', 'size']),
    );
    expect(error).toMatchObject({
      code: 'derived-value',
      message:
        'the derived value "nodes" has no value for shards 3, size {"cpu":1024,"memoryMiB":4096}: no such table',
      fix: 'Let its function return a number or a string for every legal value.',
      cause: bug,
    });
    const unknown = { ...prod, dbClass: 'm7g.large' };
    expect(thrown(() => definition.bindTried(unknown))).toMatchObject({
      code: 'derived-value',
      message:
        'the derived value "maxConnections" has no value for dbClass "m7g.large": nothing is known of the memory of "m7g.large"; known are: r6g, r7g and r8g from large up, t4g.medium and t4g.large',
      fix: 'Give the proportion a function of your own that returns the number for this class.',
    });
  });
});
