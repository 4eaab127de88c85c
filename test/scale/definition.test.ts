'use strict'; // what is frozen throws in strict mode alone
import { format } from 'node:util';
import { format as prettyFormat } from 'pretty-format';
import { defineScale, ScaleDefinition } from '../../lib/scale/definition';
import {
  autoscalingRange,
  cacheNode,
  capacityRange,
  count,
  fargateSize,
  instanceClass,
  replicas,
  shards,
  storage,
  type Factor,
} from '../../lib/scale/kinds';
import { auroraMaxConnections } from '../../lib/scale/sizes';
import { problems, thrown } from './thrown';

const reason = 'Staging is smaller.';

const definition = defineScale({
  tasks: autoscalingRange({ reason }),
  size: fargateSize({ reason }),
  readers: replicas({ reason, max: 15 }),
  instance: instanceClass({ reason }),
  node: cacheNode({ reason }),
  parts: shards({ reason }),
  capacity: capacityRange({ reason }),
  alarms: count({ reason }),
});

const prod = {
  tasks: { min: 4, max: 20 },
  size: { cpu: 1024, memoryMiB: 2048 },
  readers: 3,
  instance: 'r7g.2xlarge',
  node: 'cache.r7g.xlarge',
  parts: 3,
  capacity: { minAcu: 1, maxAcu: 16 },
  alarms: 5,
};

const KEEP_MANY =
  'Keep 2 or more: a scale factor changes how many there are, never whether there are any or several.';

describe('a declaration', () => {
  it('keeps the factors as they were given', () => {
    const factors = { readers: replicas({ reason, max: 15 }) };
    const declared = defineScale(factors);
    expect(declared).toBeInstanceOf(ScaleDefinition);
    expect(declared.factors).toBe(factors);
    expect(declared.factors.readers).toEqual({ kind: 'replicas', reason, max: 15 });
    expect(declared.proportions).toEqual([]);
  });

  test.each(['', ' ', '\n\t'])('is refused with the reason %j', (blank) => {
    expect(thrown(() => defineScale({ readers: replicas({ reason: blank }) }))).toMatchObject({
      code: 'factor-reason',
      message: 'the factor "readers" has no reason',
      fix: 'Say in one sentence why environments may differ here: it is shown beside every difference it permits.',
    });
  });

  it('is refused without a reason', () => {
    // @ts-expect-error A factor has a reason.
    expect(thrown(() => defineScale({ readers: replicas({}) })).code).toBe('factor-reason');
    // @ts-expect-error A reason is a text.
    expect(thrown(() => defineScale({ readers: replicas({ reason: 7 }) })).code).toBe('factor-reason');
  });

  test.each(['', '2nd', 'orders readers', 'a.b', 'a: b', 'a}', '${a}', '__proto__', '_a', 'é', 'a\n'])(
    'is refused with the name %j, which could not be told from others in a report',
    (name) => {
      expect(thrown(() => defineScale({ [name]: count({ reason }) }))).toMatchObject({
        code: 'factor-name',
        message: `"${name}" is no name for a factor; allowed are letters, digits, "_" and "-" after a letter`,
        fix: 'Name the factor like a property, such as ordersReaders.',
      });
    },
  );

  test.each([
    undefined,
    null,
    {},
    { kind: 'size', reason },
    { kind: 'constructor', reason },
    { kind: '__proto__', reason },
  ])('is refused with a factor of no known kind: %j', (factor) => {
    expect(thrown(() => defineScale({ readers: factor as Factor }))).toMatchObject({
      code: 'factor-kind',
      message:
        'the factor "readers" is of no known kind; allowed are count, replicas, shards, concurrency, storage, throughput, memory, duration, instanceClass, cacheNode, fargateSize, autoscalingRange, groupSize, throughputRange, capacityRange',
      fix: 'Make it with the function of its kind, such as replicas({ reason }).',
    });
  });

  test.each([0, -1, 1.5, NaN, Infinity])('is refused with the max %d', (max) => {
    expect(thrown(() => defineScale({ readers: replicas({ reason, max }) }))).toMatchObject({
      code: 'factor-limit',
      message: `the factor "readers" has the max ${max}; allowed is a whole number from 1 up`,
      fix: "Give min, max and step the service's own limits, or leave them out.",
    });
  });

  test.each<[{ min?: number; max?: number; step?: number }, string]>([
    [{ min: -1 }, 'min -1; allowed is a whole number from 0 up'],
    [{ min: 1.5 }, 'min 1.5; allowed is a whole number from 0 up'],
    [{ min: 21, max: 20 }, 'min 21; allowed is a whole number from 0 up, no more than its max 20'],
    [{ min: NaN, max: 20 }, 'min NaN; allowed is a whole number from 0 up, no more than its max 20'],
    [{ step: 0 }, 'step 0; allowed is a whole number from 1 up'],
    [{ step: 0.5 }, 'step 0.5; allowed is a whole number from 1 up'],
    [{ step: NaN }, 'step NaN; allowed is a whole number from 1 up'],
  ])('is refused with the limits %j', (limits, said) => {
    expect(thrown(() => defineScale({ disk: storage({ reason, ...limits }) }))).toMatchObject({
      code: 'factor-limit',
      message: `the factor "disk" has the ${said}`,
    });
  });

  it('may leave the limit open, and may set it to one', () => {
    expect(() =>
      defineScale({
        a: count({ reason, min: undefined, max: undefined, step: undefined }),
        b: count({ reason, min: 0, max: 1, step: 1 }),
        c: storage({ reason, min: 20, max: 20 }),
      }),
    ).not.toThrow();
  });
});

describe('production', () => {
  it('has the values that it was given', () => {
    expect(definition.bindProduction('Prod', prod).values).toEqual(prod);
  });

  it('gives a value to every factor', () => {
    const { readers: _readers, size: _size, ...others } = prod;
    // @ts-expect-error Two values are missing.
    const error = thrown(() => definition.bindProduction('Prod', others));
    expect(error).toMatchObject({
      code: 'scale',
      message: `the scale of "Prod" breaks 2 rules:
  - size: no value; production gives one to every factor
  - readers: no value; production gives one to every factor`,
      fix: 'Change the values given to this environment; a rule cannot be switched off.',
    });
  });

  it('is told of every missing, illegal and undeclared value at once', () => {
    const { parts: _, ...others } = prod;
    const values = { ...others, readers: 16, alarms: -1, reader: 2 };
    // @ts-expect-error A value is missing, and one is not declared.
    expect(problems(() => definition.bindProduction('Prod', values))).toEqual([
      'the scale of "Prod" breaks 4 rules:',
      'parts: no value; production gives one to every factor',
      'readers: got 16, but the service allows at most 15. Ask for 15 or fewer.',
      'alarms: got -1; allowed is a whole number from 0 up. Give alarms a whole number from 0 up.',
      'reader: not a declared factor; did you mean "readers"?',
    ]);
  });

  it('may not leave a value undefined', () => {
    // @ts-expect-error A number is wanted.
    expect(problems(() => definition.bindProduction('Prod', { ...prod, readers: undefined }))).toEqual([
      'the scale of "Prod" breaks a rule:',
      'readers: got undefined; allowed is a whole number from 0 up. Give readers a whole number from 0 up.',
    ]);
  });

  test.each([undefined, null, [], 'prod', 3])('is no %j', (values) => {
    expect(problems(() => definition.bindProduction('Prod', values as unknown as typeof prod))).toEqual([
      'the scale of "Prod" breaks a rule:',
      'the scale is not an object with a value for each factor',
    ]);
  });

  it('takes no value that is inherited', () => {
    const values = Object.create(prod) as typeof prod;
    expect(problems(() => definition.bindProduction('Prod', values))).toHaveLength(
      1 + Object.keys(prod).length,
    );
  });
});

describe('a scaled environment', () => {
  it('has production’s value where it has none of its own', () => {
    const { values } = definition.bindScaled('Staging', prod, { readers: 2, instance: 'r7g.large' });
    expect(values).toEqual({ ...prod, readers: 2, instance: 'r7g.large' });
    expect(definition.bindScaled('Staging', prod, {}).values).toEqual(prod);
  });

  it('is told of everything that is wrong at once', () => {
    const values = {
      tasks: { min: 2, max: 2 },
      size: { cpu: 256, memoryMiB: 1024 },
      readers: 16,
      instance: 't4g.medium',
      node: 'cache.r7g.4xlarge',
      parts: 1,
      capacity: { minAcu: 0, maxAcu: 8 },
      alarms: '2',
      reader: 2,
    };
    // @ts-expect-error One value is a text, and one is not declared.
    const error = thrown(() => definition.bindScaled('Staging', prod, values));
    expect(error).toMatchObject({
      code: 'scale',
      message: `the scale of "Staging" breaks 9 rules:
  - readers: got 16, but the service allows at most 15. Ask for 15 or fewer.
  - alarms: got "2"; allowed is a whole number from 0 up. Give alarms a whole number from 0 up.
  - reader: not a declared factor; did you mean "readers"?
  - tasks: got 2 to 2, which cannot move, where production's 4 to 20 can. Use a max above the min, so that scaling out is rehearsed too.
  - size: got 4 MiB for each CPU unit where production has 2. Use 256 CPU units with 512 MiB, or 512 CPU units with 1024 MiB, or 1024 CPU units with 2048 MiB.
  - instance: got "t4g.medium" where production has "r7g.2xlarge"; a burstable class is no stand-in. Choose a size of r7g.
  - node: got "cache.r7g.4xlarge", larger than production's "cache.r7g.xlarge". Use "cache.r7g.xlarge" or smaller.
  - parts: got 1 where production has 3; allowed is 2 or more. ${KEEP_MANY}
  - capacity: got minAcu 0 where production has 1; only a minAcu of 0 lets an instance pause. Use a minAcu of 0.5 or more, as production does.`,
      fix: 'Change the values given to this environment; a rule cannot be switched off.',
    });
  });

  it('is told when it is production that is wrong', () => {
    const broken = { ...prod, instance: 'huge', readers: 'three' };
    // @ts-expect-error A number of readers is no text.
    expect(problems(() => definition.bindScaled('Staging', broken, { readers: 2 }))).toEqual([
      'the scale of "Staging" breaks 2 rules:',
      'in production: readers: got "three"; allowed is a whole number from 0 up. Give readers a whole number from 0 up.',
      'in production: instance: got "huge"; allowed is a family and a size as the service spells them, such as "r7g.2xlarge", "db.r7g.large" or "r7g.large.search". Give instance a family and a size as the service spells them, such as "r7g.2xlarge", "db.r7g.large" or "r7g.large.search".',
    ]);
  });

  test.each([null, [], 'small'])('is no %j', (values) => {
    expect(problems(() => definition.bindScaled('Staging', prod, values as unknown as typeof prod))).toEqual([
      'the scale of "Staging" breaks a rule:',
      'the scale is not an object with a value for each factor',
    ]);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])(
    'has no factor "%s" but those that are declared',
    (name) => {
      expect(problems(() => definition.bindScaled('Staging', prod, { [name]: 2 }))).toEqual([
        'the scale of "Staging" breaks a rule:',
        `${name}: not a declared factor; use one of: tasks, size, readers, instance, node, parts, capacity, alarms`,
      ]);
    },
  );

  it('does not compile with a value of another kind, or of no factor', () => {
    const attempts = [
      // @ts-expect-error A number of readers is no text.
      () => definition.bindScaled('Staging', prod, { readers: '2' }),
      // @ts-expect-error A class is no number.
      () => definition.bindScaled('Staging', prod, { instance: 2 }),
      // @ts-expect-error A size has memory too.
      () => definition.bindScaled('Staging', prod, { size: { cpu: 256 } }),
      // @ts-expect-error A capacity range is counted in ACU.
      () => definition.bindScaled('Staging', prod, { capacity: { min: 1, max: 2 } }),
      // @ts-expect-error The factor is called readers.
      () => definition.bindScaled('Staging', prod, { reader: 2 }),
    ];
    for (const attempt of attempts) expect(thrown(attempt).code).toBe('scale');
  });
});

describe('a second production', () => {
  const first = { id: 'ProdUs', values: prod };

  it('has its own values, larger and smaller', () => {
    const values = { ...prod, readers: prod.readers + 2, instance: 'r7g.large' };
    expect(definition.bindBeside('ProdEu', first, values).values).toEqual(values);
  });

  it('gives every factor a value, as the first does', () => {
    const { readers: _, ...values } = prod;
    expect(problems(() => definition.bindBeside('ProdEu', first, values as typeof prod))).toEqual([
      'the scale of "ProdEu" breaks a rule:',
      'readers: no value; production gives one to every factor',
    ]);
  });

  it('keeps the shape of the first, which the message names', () => {
    const values = { ...prod, readers: 0, instance: 't4g.medium' };
    const { message } = thrown(() => definition.bindBeside('ProdEu', first, values));
    expect(message).toMatch(/^the scale of "ProdEu" breaks 2 rules beside "ProdUs", the first production:\n/);
  });
});

describe('what was bound', () => {
  it('stays what was checked when the caller changes his values', () => {
    const values = structuredClone(prod);
    const production = definition.bindProduction('Prod', values);
    values.readers = 0;
    values.tasks.max = 1;
    expect(production.values).toEqual(prod);
    expect(production.scale).toEqual(prod);
  });

  it('changes nothing that it was given', () => {
    const small = { readers: 2 };
    definition.bindScaled('Staging', Object.freeze(prod), Object.freeze(small));
    expect(small).toEqual({ readers: 2 });
  });

  it('cannot be changed', () => {
    const { scale, values } = definition.bindProduction('Prod', prod);
    const attempts = [
      // @ts-expect-error It is read-only.
      () => (scale.readers = 0),
      // @ts-expect-error So are its parts.
      () => (scale.tasks.min = 0),
      // @ts-expect-error And the values.
      () => (values.readers = 0),
      // @ts-expect-error And their parts.
      () => (values.size.cpu = 0),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(TypeError);
    expect([scale, values]).toEqual([prod, prod]);
  });
});

describe('an experiment', () => {
  it('may have any legal values, and measures no proportion', () => {
    const values = { ...prod, readers: 9, tasks: { min: 1, max: 1 }, instance: 't4g.medium' };
    const bound = definition.bindTried(values);
    expect(bound.scale).toEqual(values);
    expect(bound.values).toEqual(values);
    expect(bound.proportions).toEqual([]);
  });

  it('may have values at which a proportion has no number', () => {
    const measured = defineScale(
      { instance: instanceClass({ reason }) },
      {
        proportions: [
          {
            name: 'x',
            asked: () => 1,
            offered: ({ instance }) => auroraMaxConnections(instance),
            tolerance: 1,
          },
        ],
      },
    );
    expect(measured.bindTried({ instance: 'm7g.large' }).scale).toEqual({ instance: 'm7g.large' });
  });

  it('may have no illegal value, and lacks none', () => {
    const { parts: _, ...others } = prod;
    // @ts-expect-error A value is missing.
    expect(problems(() => definition.bindTried({ ...others, readers: 16 }))).toEqual([
      'the scale of "an experiment" breaks 2 rules:',
      'parts: no value; production gives one to every factor',
      'readers: got 16, but the service allows at most 15. Ask for 15 or fewer.',
    ]);
    expect(problems(() => definition.bindTried(null as unknown as typeof prod))).toEqual([
      'the scale of "an experiment" breaks a rule:',
      'the scale is not an object with a value for each factor',
    ]);
  });
});

describe('the expressions', () => {
  it('are the numbers, the parts, the classes and their sizes', () => {
    expect([...definition.bindProduction('Prod', prod).expressions]).toEqual([
      ['tasks.min', 4],
      ['tasks.max', 20],
      ['size.cpu', 1024],
      ['size.memoryMiB', 2048],
      ['readers', 3],
      ['instance', 'r7g.2xlarge'],
      ['instance.size', '2xlarge'],
      ['node', 'cache.r7g.xlarge'],
      ['node.size', 'xlarge'],
      ['parts', 3],
      ['capacity.minAcu', 1],
      ['capacity.maxAcu', 16],
      ['alarms', 5],
    ]);
  });

  it('come from one factor each', () => {
    const { expressions } = definition.bindProduction('Prod', prod);
    expect([...expressions.keys()].map((name) => definition.factorsOf(name))).toEqual(
      [...expressions.keys()].map((name) => [name.split('.')[0]]),
    );
  });

  it('of nothing that is declared come from nowhere', () => {
    expect(thrown(() => definition.factorsOf('reader'))).toMatchObject({
      code: 'unknown-factor',
      message: '"reader" is not a declared factor; did you mean "readers"?',
    });
  });
});

describe('a topology', () => {
  const { scale } = definition.bindProduction('Prod', prod);

  it('is told of a factor that is not declared', () => {
    // @ts-expect-error The factor is called readers.
    expect(thrown(() => scale.raeders)).toMatchObject({
      code: 'unknown-factor',
      message: '"raeders" is not a declared factor; did you mean "readers"?',
      fix: 'Declare it in defineScale, with a kind and a reason.',
    });
    // @ts-expect-error No factor is called anything like it.
    expect(thrown(() => scale.nat).message).toBe(
      '"nat" is not a declared factor; use one of: tasks, size, readers, instance, node, parts, capacity, alarms',
    );
    const { scale: none } = defineScale({}).bindProduction('Prod', {});
    // @ts-expect-error There is no factor at all.
    expect(thrown(() => none.readers).message).toBe(
      '"readers" is not a declared factor; there is nothing to choose from',
    );
  });

  it('is given plain values', () => {
    expect(scale.readers + 1).toBe(4);
    expect(`db.${scale.instance}`).toBe('db.r7g.2xlarge');
    expect(scale.tasks.max - scale.tasks.min).toBe(16);
    const { readers, ...others } = scale;
    expect(readers).toBe(3);
    expect({ readers, ...others }).toEqual(prod);
    expect(JSON.parse(JSON.stringify(scale))).toEqual(prod);
    expect('readers' in scale && !('reader' in scale)).toBe(true);
  });

  it('does not compile with a part that its factor has not', () => {
    // @ts-expect-error A count has no parts.
    expect(scale.readers.min).toBeUndefined();
    // @ts-expect-error A range has no single value.
    expect(scale.tasks.value).toBeUndefined();
  });

  it('may be waited for, printed and compared like any other object', async () => {
    expect(await Promise.resolve(scale)).toBe(scale);
    expect(format(scale)).toContain('readers');
    expect(prettyFormat(scale, { callToJSON: false })).toContain('"readers"');
    expect(scale).toEqual(prod);
    expect(scale).not.toEqual({ readers: 3 });
    expect(scale).toMatchObject({ readers: 3 });
    expect(Object.keys(scale)).toEqual(Object.keys(prod));
  });
});

test('factors may be called like what every object has', () => {
  const names = [
    'constructor',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'then',
    'toJSON',
    'nodeType',
    'length',
  ];
  const odd = defineScale(Object.fromEntries(names.map((name) => [name, replicas({ reason })])));
  const values = Object.fromEntries(names.map((name) => [name, 3]));
  const { scale, expressions } = odd.bindScaled('Staging', values, { constructor: 2 });
  expect(names.map((name) => scale[name])).toEqual([2, 3, 3, 3, 3, 3, 3, 3]);
  expect([...expressions.keys()]).toEqual(names);
  expect(problems(() => odd.bindScaled('Staging', values, { toString: 1 }))).toEqual([
    'the scale of "Staging" breaks a rule:',
    `toString: got 1 where production has 3; allowed is 2 or more. ${KEEP_MANY}`,
  ]);
  expect(problems(() => odd.bindProduction('Prod', {}))).toHaveLength(1 + names.length);
});
