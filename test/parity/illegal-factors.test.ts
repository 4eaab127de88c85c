import { illegalFactors } from '../../lib/parity/illegal-factors';
import type { Definition } from '../../lib/parity/manifest';
import { copy, manifestOf, remove, set, type Edit } from './small-shop';

const { definition } = manifestOf();
const STAGING = 'environments.Staging';

/** What is wrong with the shop's factors after a change, with the rules that they break. */
function reasons(...edits: readonly Edit[]) {
  const json = copy(definition);
  edits.forEach((edit) => edit(json));
  const edited = json as unknown as Definition;
  const { Prod, Staging } = edited.environments;
  const called = { prod: 'production', staging: 'staging' };
  return [...illegalFactors(edited, Prod!, Staging!, 'smaller', called)];
}

/** What is wrong, by factor. */
const illegal = (...edits: readonly Edit[]) =>
  Object.fromEntries(reasons(...edits).map(([factor, { why }]) => [factor, why]));

const both = (path: string, prod: unknown, staging: unknown): Edit => {
  const at = (name: string) => ['environments', name, ...path.split('/')];
  return (json) => {
    set(at('Prod'), prod)(json);
    set(at('Staging'), staging)(json);
  };
};

it.each([
  ['shape-rule', 'a value that breaks a shape rule', set(`${STAGING}.scale.ordersReaders`, 1)],
  ['manifest', 'an expression that its factor does not give', set(`${STAGING}.expressions.webTasks`, 3)],
])('breaks the rule "%s": %s', (rule, _, edit) => {
  expect(reasons(edit).map(([, reason]) => reason.rule)).toContain(rule);
});

it('nothing is wrong with what Twins wrote', () => {
  expect(illegal()).toEqual({});
});

it.each<[string, Edit, Record<string, string>]>([
  [
    'a value that breaks a shape rule',
    both('scale/ordersReaders', 3, 1),
    { ordersReaders: 'ordersReaders: got 1 where production has 3; allowed is 2 or more' },
  ],
  [
    'an illegal value',
    set(`${STAGING}.scale.webSize.memoryMiB`, 1000),
    {
      webSize:
        'webSize: got 512 CPU units with 1000 MiB, which Fargate does not offer; memory for 512 CPU units: 1024, 2048, 3072, 4096 MiB',
    },
  ],
  [
    'a value that is not there',
    remove('environments.Prod.scale.webTasks'),
    { webTasks: 'webTasks: got undefined; allowed is a whole number from 0 up' },
  ],
  [
    'an expression that its factor does not give',
    set(`${STAGING}.expressions.webTasks`, 3),
    { webTasks: 'webTasks is 3 in the manifest where the factor gives 2' },
  ],
  [
    'an expression of another type',
    set(`${STAGING}.expressions.webTasks`, '2'),
    { webTasks: 'webTasks is 2 in the manifest where the factor gives 2' },
  ],
  [
    'a part that its factor does not give',
    set(['environments', 'Staging', 'expressions', 'webSize.cpu'], 256),
    { webSize: 'webSize.cpu is 256 in the manifest where the factor gives 512' },
  ],
  [
    'a part that its factor has not',
    set(['environments', 'Staging', 'expressions', 'webSize.disk'], 1),
    { webSize: 'webSize.disk is 1 in the manifest where the factor gives nothing' },
  ],
  [
    'a part that objects inherit',
    set(['environments', 'Staging', 'expressions', 'webSize.constructor'], 1),
    { webSize: 'webSize.constructor is 1 in the manifest where the factor gives nothing' },
  ],
  [
    'the whole of a factor that is made of parts',
    set(`${STAGING}.expressions.webSize`, 1),
    { webSize: 'webSize is 1 in the manifest where the factor gives {"cpu":512,"memoryMiB":1024}' },
  ],
  [
    'the size of another class',
    set(['environments', 'Staging', 'expressions', 'ordersInstance.size'], 'xlarge'),
    { ordersInstance: 'ordersInstance.size is xlarge in the manifest where the factor gives "large"' },
  ],
  [
    'the family of a class, which has to stay',
    set(['environments', 'Staging', 'expressions', 'ordersInstance.family'], 'r7g'),
    { ordersInstance: 'ordersInstance.family is r7g in the manifest where the factor gives nothing' },
  ],
  [
    'an expression of no factor',
    set(`${STAGING}.expressions.bogus`, 1),
    { bogus: 'bogus comes from "bogus", which is no declared factor' },
  ],
  [
    'an expression called like what objects inherit',
    set(`${STAGING}.expressions.toString`, 1),
    { toString: 'toString comes from "toString", which is no declared factor' },
  ],
  [
    'a proportion out of its tolerance',
    set(`${STAGING}.proportions.0.value`, 0.1),
    { pool: "pool: asked / offered is 0.1 where production's is 1; 0.5 to 1.5 is allowed" },
  ],
  [
    'a proportion taken out',
    set(`${STAGING}.proportions`, []),
    { pool: 'the proportion "pool" is missing for staging' },
  ],
  [
    'a tolerance that staging makes up',
    (json) => {
      set(`${STAGING}.proportions.0.tolerance`, 1)(json);
      set(`${STAGING}.proportions.0.value`, 1.9)(json);
    },
    { pool: "pool: asked / offered is 1.9 where production's is 1; 0.5 to 1.5 is allowed" },
  ],
])('%s is wrong', (_, edit, wrong) => {
  expect(illegal(edit)).toEqual(wrong);
});

describe('a derived value', () => {
  const CONNECTIONS = 'connections is';

  it.each<[string, Edit, string | undefined]>([
    [
      'none where production has some',
      both('expressions/connections', 4000, 0),
      `${CONNECTIONS} 4000 in production and 0 in staging: a switch, where only a size may differ`,
    ],
    [
      'some where production has none',
      both('expressions/connections', 0, 1),
      `${CONNECTIONS} 0 in production and 1 in staging: a switch, where only a size may differ`,
    ],
    [
      'a text for a number',
      both('expressions/connections', 4000, '1440'),
      `${CONNECTIONS} 4000 in production and 1440 in staging: a switch, where only a size may differ`,
    ],
    [
      'only on one side',
      remove(`${STAGING}.expressions.connections`),
      `${CONNECTIONS} 4000 in production and nothing in staging: a switch, where only a size may differ`,
    ],
    [
      'larger',
      both('expressions/connections', 4000, 4001),
      `${CONNECTIONS} 4000 in production and 4001 in staging, and may not be larger there`,
    ],
    [
      'another word',
      both('expressions/connections', 'on', 'off'),
      `${CONNECTIONS} on in production and off in staging, which differ in more than numbers and sizes`,
    ],
    [
      'another word beside a number',
      both('expressions/connections', 'gp3 9', 'io2 9'),
      `${CONNECTIONS} gp3 9 in production and io2 9 in staging, which differ in more than numbers and sizes`,
    ],
    ['another number in a text', both('expressions/connections', '-Xmx3072m', '-Xmx768m'), undefined],
    ['another size in a text', both('expressions/connections', 'db.r7g.2xlarge', 'db.r7g.large'), undefined],
    [
      'nothing on both sides',
      (json) => {
        remove(`${STAGING}.expressions.connections`)(json);
        remove('environments.Prod.expressions.connections')(json);
      },
      undefined,
    ],
  ])('may be or not: %s', (_, edit, why) => {
    expect(illegal(edit)).toEqual(why === undefined ? {} : { ordersInstance: why });
  });

  it('may be larger for a reason, and never a switch', () => {
    const because = set('derived.connections.largerBecause', 'caches are cold');
    expect(illegal(because, both('expressions/connections', 4000, 4001))).toEqual({});
    expect(illegal(because, both('expressions/connections', 0, 4001))).not.toEqual({});
  });

  it('is the same where what it is derived from is', () => {
    const same = [
      both('scale/ordersInstance', 'r7g.large', 'r7g.large'),
      both('expressions/ordersInstance', 'r7g.large', 'r7g.large'),
      both('expressions/ordersInstance.size', 'large', 'large'),
    ];
    expect(illegal(...same)).toEqual({
      ordersInstance: `${CONNECTIONS} 4000 in production and 1440 in staging, but what it is derived from is the same in both`,
    });
    expect(illegal(...same, both('expressions/connections', 4000, 4000))).toEqual({});
    const two = set('derived.connections.from', ['ordersInstance', 'ordersReaders']);
    expect(illegal(...same, two)).toEqual({}); // one of them differs
  });

  it('makes all that it comes from illegal', () => {
    const two = set('derived.connections.from', ['ordersInstance', 'ordersReaders']);
    expect(Object.keys(illegal(two, both('expressions/connections', 4000, 0)))).toEqual([
      'ordersInstance',
      'ordersReaders',
    ]);
  });

  it.each<[string, Edit, string]>([
    [
      'nothing',
      set('derived.connections.from', []),
      'connections is derived from nothing, and not from other factors alone',
    ],
    [
      'an undeclared factor',
      set('derived.connections.from', ['x', 'webTasks']),
      'connections is derived from x, webTasks, and not from other factors alone',
    ],
    [
      'what objects inherit',
      set('derived.connections.from', ['constructor']),
      'connections is derived from constructor, and not from other factors alone',
    ],
  ])('may not come from %s', (_, edit, why) => {
    expect(illegal(edit)).toMatchObject({ connections: why });
  });

  it('may not be called like a factor', () => {
    expect(illegal(set('derived.webTasks', { from: ['ordersReaders'] }))).toEqual({
      webTasks: 'webTasks is derived from ordersReaders, and not from other factors alone',
    });
  });
});

describe('a factor that differs', () => {
  const WRONG = { webTasks: 'webTasks differs, and was tried with no other value' };
  const tried = (...values: readonly unknown[]): Edit =>
    set(
      'tried',
      definition.tried.map((all, i) => ({ ...all, webTasks: values[i % values.length] })),
    );

  it('was tried with a value that neither has, or is listed as unproven', () => {
    expect(illegal(tried(6, 2))).toEqual(WRONG);
    expect(illegal(tried(6, 2, 6, 3))).toEqual({});
    expect(illegal(tried(6, 2), set('unproven', ['webTasks']))).toEqual({});
    expect(illegal(tried(6, 2), set('unproven', ['webSize']))).toEqual(WRONG);
  });

  it('of several numbers was tried with others together', () => {
    const sizes = (...all: readonly [cpu: number, memory: number][]): Edit =>
      set(
        'tried',
        definition.tried.map((it, i) => ({
          ...it,
          'webSize.cpu': all[i % all.length]![0],
          'webSize.memoryMiB': all[i % all.length]![1],
        })),
      );
    expect(Object.keys(illegal(sizes([2048, 4096], [512, 1024])))).toEqual(['webSize']);
    expect(illegal(sizes([512, 4096]))).toEqual({});
  });

  it('but not one that is the same', () => {
    const same = both('scale/webTasks', 6, 6);
    expect(illegal(same, both('expressions/webTasks', 6, 6), tried(6))).toEqual({});
  });
});
