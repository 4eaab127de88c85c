import { App, Stack, Token } from 'aws-cdk-lib';
import { defineScale } from '../../lib/scale/definition';
import {
  autoscalingRange,
  capacityRange,
  count,
  fargateSize,
  instanceClass,
  replicas,
  shards,
} from '../../lib/scale/kinds';
import { thrown } from './thrown';

const reason = 'Staging is smaller.';
const definition = defineScale({
  readers: replicas({ reason }),
  none: count({ reason }),
  parts: shards({ reason }),
  instance: instanceClass({ reason }),
  size: fargateSize({ reason }),
  tasks: autoscalingRange({ reason }),
  capacity: capacityRange({ reason }),
});

const bind = () =>
  definition.bindProduction('Prod', {
    readers: 3,
    none: 0,
    parts: 3,
    instance: 'r7g.large',
    size: { cpu: 512, memoryMiB: 1024 },
    tasks: { min: 2, max: 6 },
    capacity: { minAcu: 0.5, maxAcu: 8 },
  });

const resolve = (value: unknown): unknown => new Stack(new App(), 'Stack').resolve(value) as unknown;

describe('a factor', () => {
  it('gives its value to a property, and each part to a property of its own', () => {
    const { scale, record } = bind();
    const places = {
      readers: scale.readers.value,
      none: scale.none.value,
      instance: scale.instance.value,
      cpu: scale.size.cpu,
      memory: scale.size.memoryMiB,
      min: scale.tasks.min,
      max: scale.tasks.max,
      minAcu: scale.capacity.minAcu,
      maxAcu: scale.capacity.maxAcu,
    };
    expect(resolve(places)).toEqual({
      readers: 3,
      none: 0,
      instance: 'r7g.large',
      cpu: 512,
      memory: 1024,
      min: 2,
      max: 6,
      minAcu: 0.5,
      maxAcu: 8,
    });
    expect(Object.fromEntries(record.expressions)).toEqual({
      readers: { name: 'readers', factor: 'readers', value: 3 },
      none: { name: 'none', factor: 'none', value: 0 },
      instance: { name: 'instance', factor: 'instance', value: 'r7g.large' },
      'size.cpu': { name: 'size.cpu', factor: 'size', value: 512 },
      'size.memoryMiB': { name: 'size.memoryMiB', factor: 'size', value: 1024 },
      'tasks.min': { name: 'tasks.min', factor: 'tasks', value: 2 },
      'tasks.max': { name: 'tasks.max', factor: 'tasks', value: 6 },
      'capacity.minAcu': { name: 'capacity.minAcu', factor: 'capacity', value: 0.5 },
      'capacity.maxAcu': { name: 'capacity.maxAcu', factor: 'capacity', value: 8 },
    });
  });

  it('gives its value to a text around it', () => {
    const { scale, record } = bind();
    expect(resolve(`db.${String(scale.instance)} with ${String(scale.readers)} readers`)).toBe(
      'db.r7g.large with 3 readers',
    );
    expect([...record.expressions.keys()]).toEqual(['instance', 'readers']);
    expect(Token.isUnresolved(`${String(scale.readers)} readers`)).toBe(true);
  });

  it('knows its name', () => {
    expect(bind().scale.readers.name).toBe('readers');
  });

  it('of several values is no text', () => {
    const { scale } = bind();
    expect(thrown(() => scale.size.toString())).toMatchObject({
      code: 'factor-as-text',
      message: 'size has several values; a text can hold one of them: cpu, memoryMiB',
      fix: 'Use one of the parts.',
    });
    expect(thrown(() => String(scale.tasks)).code).toBe('factor-as-text');
    expect(thrown(() => String(scale.capacity)).code).toBe('factor-as-text');
  });

  test.each(['readers', 'instance', 'size'] as const)(
    'is never written to JSON that the CDK does not see: %s',
    (name) => {
      expect(thrown(() => JSON.stringify({ it: bind().scale[name] }))).toMatchObject({
        code: 'factor-as-json',
        message: `${name} cannot be written as JSON: it stands for a value, and is none`,
        fix: 'Use its value or one of its parts, and stack.toJsonString for a JSON text in the template.',
      });
    },
  );
});

describe('a derived value', () => {
  it('is reckoned from the plain value, and stands for the factor', () => {
    const { scale, record } = bind();
    const places = [
      scale.readers.map('all instances', (n) => n + 1),
      scale.readers.map('share', (n) => -1 / (n + 1)),
      scale.instance.map('class', (name) => `db.${name}`),
      scale.size.map('GiB', ({ memoryMiB }) => memoryMiB / 1024),
      scale.tasks.map('span', ({ min, max }) => max - min),
    ];
    expect(resolve(places)).toEqual([4, -0.25, 'db.r7g.large', 1, 4]);
    expect([...record.expressions.values()]).toEqual([
      { name: 'readers: all instances', factor: 'readers', value: 4 },
      { name: 'readers: share', factor: 'readers', value: -0.25 },
      { name: 'instance: class', factor: 'instance', value: 'db.r7g.large' },
      { name: 'size: GiB', factor: 'size', value: 1 },
      { name: 'tasks: span', factor: 'tasks', value: 4 },
    ]);
  });

  it('is a number where a number was derived, and a text where a text was', () => {
    const { scale } = bind();
    expect(typeof scale.instance.map('length', (name) => name.length)).toBe('number');
    expect(typeof scale.readers.map('text', (n) => `${n}`)).toBe('string');
  });

  it('may be as large as a whole number can be', () => {
    expect(resolve(bind().scale.readers.map('most', () => Number.MAX_SAFE_INTEGER))).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });

  it('may be asked for twice', () => {
    const { scale, record } = bind();
    const twice = [1, 2].map(() => scale.readers.map('double', (n) => 2 * n));
    expect(resolve(twice)).toEqual([6, 6]);
    expect(record.expressions.size).toBe(1);
  });

  it('has a label of its own among those of its factor', () => {
    const { scale } = bind();
    scale.readers.map('limit', (n) => 2 * n);
    expect(thrown(() => scale.readers.map('limit', (n) => 3 * n))).toMatchObject({
      code: 'ambiguous-label',
      message: '"readers: limit" is 6 in one place and 9 in another',
      fix: 'Give the two derived values different labels.',
    });
    expect(thrown(() => scale.readers.map('limit', (n) => String(2 * n))).code).toBe('ambiguous-label');
    expect(() => scale.parts.map('limit', (n) => 3 * n)).not.toThrow();
  });

  test.each<[string, unknown, string]>([
    ['a switch', true, 'of type boolean'],
    ['nothing', undefined, 'of type undefined'],
    ['null', null, 'null'],
    ['an object', { Ref: 'Other' }, 'of type object'],
    ['a big integer', 3n, 'of type bigint'],
    ['no number', NaN, 'NaN'],
    ['without an end', Infinity, 'Infinity'],
    ['far too large', 2 ** 53, '9007199254740992'],
  ])('may not be %s', (_, value, shown) => {
    expect(thrown(() => bind().scale.readers.map('limit', () => value as number))).toMatchObject({
      code: 'derived-value',
      message: `"limit", derived from readers, is ${shown}; a number or a string is allowed`,
      fix: 'Derive a plain number or string from the value that the function is given.',
    });
  });

  it('does not compile as a switch', () => {
    // @ts-expect-error A boolean would change the shape of the environment.
    expect(thrown(() => bind().scale.readers.map('many', (n) => n > 1)).code).toBe('derived-value');
  });

  it('may not be made from the token of another factor, whose value is not known yet', () => {
    const { scale } = bind();
    const { parts, instance } = scale;
    const token =
      '"limit", derived from readers, is a token, whose value is not known yet; a number or a string is allowed';
    expect(thrown(() => scale.readers.map('limit', () => parts.value)).message).toBe(token);
    expect(thrown(() => scale.readers.map('limit', (n) => `${n} of ${String(parts)}`)).message).toBe(token);
    expect(thrown(() => scale.readers.map('limit', (n) => `${n} of ${parts.value}`)).message).toBe(token);
    expect(thrown(() => scale.readers.map('limit', () => instance.value)).message).toBe(token);
    expect(thrown(() => scale.readers.map('limit', (n) => n * parts.value)).code).toBe('derived-value');
    expect(thrown(() => scale.readers.map('limit', (n) => n - 2 * parts.value)).code).toBe('derived-value');
  });

  test.each(['', ' ', 'max {n}', '}'])('may not have the label %j', (label) => {
    expect(thrown(() => bind().scale.readers.map(label, (n) => n))).toMatchObject({
      code: 'derived-label',
      message: `"${label}", derived from readers, is no label; allowed is a text without braces`,
      fix: 'Say in a few words what the derived value is.',
    });
  });

  it('does not hide an error of its function', () => {
    const bug = new RangeError('too far');
    expect(() =>
      bind().scale.readers.map('limit', (): number => {
        throw bug;
      }),
    ).toThrow(bug);
  });
});

const groupsOf = ({ record }: ReturnType<typeof bind>): unknown =>
  Object.fromEntries([...record.groups].map(([factor, names]) => [factor, Object.fromEntries(names)]));

describe('the members of a tier', () => {
  it('are made in order, each with an index and ids of its own', () => {
    const bound = bind();
    const made = bound.scale.readers.times((member) => [
      member.index,
      member.id('Reader'),
      member.id('Alarm'),
    ]);
    expect(made).toEqual([
      [1, 'Reader1', 'Alarm1'],
      [2, 'Reader2', 'Alarm2'],
      [3, 'Reader3', 'Alarm3'],
    ]);
    expect(groupsOf(bound)).toEqual({
      readers: { Reader: ['Reader1', 'Reader2', 'Reader3'], Alarm: ['Alarm1', 'Alarm2', 'Alarm3'] },
    });
  });

  it('are one group however often they are called, and one for each factor', () => {
    const bound = bind();
    bound.scale.readers.times((member) => member.id('Reader'));
    bound.scale.parts.times((member) => member.id('Shard'));
    bound.scale.readers.times((member) => member.id('Alarm'));
    bound.scale.readers.times((member) => member.id('Reader'));
    expect(groupsOf(bound)).toEqual({
      readers: { Reader: ['Reader1', 'Reader2', 'Reader3'], Alarm: ['Alarm1', 'Alarm2', 'Alarm3'] },
      parts: { Shard: ['Shard1', 'Shard2', 'Shard3'] },
    });
  });

  it('are a group even when there are none', () => {
    const bound = bind();
    expect(
      bound.scale.none.times(() => {
        throw new Error('nobody is there');
      }),
    ).toEqual([]);
    expect(groupsOf(bound)).toEqual({ none: {} });
  });

  it('are counted in plain numbers, which no template shows', () => {
    const bound = bind();
    const indices = bound.scale.readers.times(({ index }) => index);
    expect(indices.some((index) => Token.isUnresolved(index))).toBe(false);
    expect(bound.record.expressions.size).toBe(0);
  });

  it('are never more than a template has room for', () => {
    const many = defineScale({ alarms: count({ reason }) });
    const scaleOf = (alarms: number) => many.bindProduction('Prod', { alarms }).scale;
    expect(scaleOf(500).alarms.times(({ index }) => index)).toHaveLength(500);
    for (const alarms of [501, Number.MAX_SAFE_INTEGER]) {
      expect(thrown(() => scaleOf(alarms).alarms.times(({ index }) => index))).toMatchObject({
        code: 'too-many-members',
        message: `alarms asks for ${alarms} members; at most 500 are allowed, as many as a CloudFormation template has resources`,
        fix: "Give alarms fewer, and declare the service's limit as its max.",
      });
    }
    expect(resolve(scaleOf(Number.MAX_SAFE_INTEGER).alarms.value)).toBe(Number.MAX_SAFE_INTEGER);
  });
});
