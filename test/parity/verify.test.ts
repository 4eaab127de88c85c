import { showPath } from '../../lib/template/differences';
import type { Manifest } from '../../lib/parity/manifest';
import { modelOf } from '../../lib/template/model';
import { verifyStacks } from '../../lib/parity/verify';
import {
  copy,
  errorOf,
  get,
  manifestOf,
  PROD,
  push,
  remove,
  set,
  STAGING,
  template,
  type Edit,
  type Tree,
} from './small-shop';

const written = manifestOf();

interface Edits {
  readonly prod?: Edit;
  readonly staging?: Edit;
  readonly manifest?: Edit;
}

function verify(edits: Edits = {}) {
  const [prod, staging, json] = [copy(template(PROD)), copy(template(STAGING)), copy(written.manifest)];
  edits.prod?.(prod);
  edits.staging?.(staging);
  edits.manifest?.(json);
  const manifest = json as unknown as Manifest;
  const pair = manifest.pairs[0]!;
  return verifyStacks(manifest, pair, pair.stacks[0]!, modelOf(prod, 'Prod'), modelOf(staging, 'Staging'));
}

const faults = (edits: Edits): string[] =>
  verify(edits).forbidden.map(({ path, why }) => `${showPath(path)}: ${why}`);

const STACKS = 'pairs.0.stacks.0';

/** Changes the manifest's place at a path. */
const atPlace =
  (path: string, edit: Edit): Edit =>
  (manifest) => {
    const places = get(manifest, `${STACKS}.places`) as { path: (string | number)[] }[];
    edit(places.find((it) => showPath(it.path) === path) as unknown as Tree);
  };

const COUNT = 'Resources.Web.Properties.DesiredCount';

describe('the templates that the manifest was written with', () => {
  it('are twins', () => {
    expect(verify().forbidden).toEqual([]);
  });

  it('have every difference permitted, each by what explains it', () => {
    const permitted = verify().permitted.map((it) => `${showPath(it.path)} by ${it.by}: ${it.factor}`);
    expect(permitted.sort()).toEqual([
      'Description by identity: description',
      'Outputs.Url.Export.Name by identity: export',
      'Resources.Board.Properties.DashboardBody.(json).metrics[2] by scale: ordersReaders',
      'Resources.Board.Properties.DashboardBody.(json).title by scale: ordersInstance',
      'Resources.Cluster.DeletionPolicy by life: deletion policy',
      'Resources.Cluster.Properties.BackupRetentionPeriod by life: backup retention',
      'Resources.Hosts.Properties.Value.Fn::Join[1][4] by scale: ordersReaders',
      'Resources.Lag1.Properties.Threshold by scale: ordersInstance',
      'Resources.Lag2.Properties.Threshold by scale: ordersInstance',
      'Resources.Lag3 by scale: ordersReaders',
      'Resources.Reader1.Properties.DBInstanceClass by scale: ordersInstance',
      'Resources.Reader2.Properties.DBInstanceClass by scale: ordersInstance',
      'Resources.Reader3 by scale: ordersReaders',
      'Resources.Task.Properties.ContainerDefinitions[0].Environment[0].Value by scale: ordersReaders',
      'Resources.Task.Properties.Cpu by scale: webSize',
      'Resources.Task.Properties.Family by identity: name',
      'Resources.Task.Properties.Memory by scale: webSize',
      'Resources.Task.Properties.Tags[0].Value by identity: tag',
      'Resources.Web.Properties.DesiredCount by scale: webTasks',
    ]);
  });
});

/** Every path of a template down to its leaves. */
function paths(node: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof node !== 'object' || node === null) return [path];
  const children = Array.isArray(node)
    ? node.map((child: unknown, i) => [i, child] as const)
    : Object.entries(node);
  return [
    ...(path.length > 1 ? [path] : []),
    ...children.flatMap(([key, child]) => paths(child, [...path, key])),
  ];
}

const isOpen = (path: readonly (string | number)[]): boolean =>
  typeof get(copy(template(STAGING)), path) === 'object';

const changes: Readonly<Record<string, (path: readonly (string | number)[]) => Edit>> = {
  removed: remove,
  another: (path) => (root) => {
    const value = get(root, path);
    set(path, typeof value === 'number' ? value + 1 : `${JSON.stringify(value)}x`)(root);
  },
  added: (path) => (root) =>
    (Array.isArray(get(root, path)) ? push(path, 'more') : set([...path, 'More'], 'more'))(root),
};

describe.each(Object.keys(changes))('one change of staging: %s', (how) => {
  const all = paths(template(STAGING)).filter((path) => how !== 'added' || isOpen(path));
  it.each(all.map((path) => [showPath(path), path] as const))('is found at %s', (_, path) => {
    const isFound = (): boolean => {
      try {
        return verify({ staging: changes[how]!(path) }).forbidden.length > 0;
      } catch (error) {
        return (error as { code?: string }).code === 'template'; // a resource without its type is no resource
      }
    };
    expect(isFound()).toBe(true);
  });
});

describe('a change at a permitted place', () => {
  it('is told with what the place may hold', () => {
    const [fault, ...more] = verify({ staging: set(COUNT, 3) }).forbidden;
    expect(more).toEqual([]);
    expect(fault).toEqual({
      path: ['Resources', 'Web', 'Properties', 'DesiredCount'],
      prod: 6,
      staging: 3,
      why: 'webTasks may differ here, but only as 6 in production and 2 in staging',
      fix: 'Change the value where the scale is given, not in the template, and run cdk synth again.',
    });
  });

  it('is found in production too', () => {
    expect(faults({ prod: set(COUNT, 7) })).toEqual([
      `${COUNT}: webTasks may differ here, but only as 6 in production and 2 in staging`,
    ]);
  });

  it.each([
    ['a scale factor', COUNT, 6, 'webTasks must be 6 in production and 2 in staging here'],
    [
      'a name',
      'Resources.Task.Properties.Family',
      'prod-web',
      'name must be "prod-web" in production and "staging-web" in staging here',
    ],
    [
      'a policy',
      'Resources.Cluster.DeletionPolicy',
      'Snapshot',
      'deletion policy must be "Snapshot" in production and "Delete" in staging here',
    ],
  ])('is found when it makes both sides equal: %s', (_, path, value, why) => {
    const staging = set(path, value);
    expect(faults({ staging })).toEqual([`${path}: ${why}`]);
  });

  it('is found in the text around a factor', () => {
    const staging = set('Resources.Reader1.Properties.DBInstanceClass', 'cache.r7g.large');
    expect(faults({ staging })).toEqual([
      'Resources.Reader1.Properties.DBInstanceClass: ordersInstance may differ here, but only as "db.r7g.2xlarge" in production and "db.r7g.large" in staging',
    ]);
  });

  it('is found when a text becomes the number that it holds', () => {
    const staging = set('Resources.Task.Properties.Cpu', 512);
    expect(faults({ staging })).toHaveLength(1);
  });
});

describe('another place', () => {
  it('may not differ, and its fault says so', () => {
    const staging = set('Resources.Web.Properties.LaunchType', 'EC2');
    expect(verify({ staging }).forbidden).toEqual([
      {
        path: ['Resources', 'Web', 'Properties', 'LaunchType'],
        prod: 'FARGATE',
        staging: 'EC2',
        why: 'no scale factor explains it',
        fix: 'Make both environments alike here, or declare a scale factor with a reason and use its value.',
      },
    ]);
  });

  it('may not differ among the members of production', () => {
    const prod = set('Resources.Reader3.Properties.PromotionTier', 15);
    expect(verify({ prod }).forbidden).toEqual([
      {
        path: ['Resources', 'Reader3'],
        prod: expect.objectContaining({ Type: 'AWS::RDS::DBInstance' }) as unknown,
        staging: undefined,
        why: 'the members of ordersReaders must be alike in production, but it is not like Reader1',
        fix: 'Give every member the same properties; name what is its own with member.id(...).',
      },
    ]);
  });
});

describe('a manifest edited by hand permits nothing', () => {
  const NEVER = 'Run cdk synth again: twin.json is written, never edited.';
  const STAGING_SIDE = 'environments.Staging';
  const all =
    (...edits: Edit[]): Edit =>
    (root) =>
      edits.forEach((edit) => edit(root));

  it.each([
    [
      'a value that breaks a shape rule',
      set(`${STAGING_SIDE}.scale.webTasks`, 1),
      'webTasks: got 1 where production has 6; allowed is 2 or more',
    ],
    [
      'an illegal value',
      set(`${STAGING_SIDE}.scale.webSize.memoryMiB`, 1000),
      'webSize: got 512 CPU units with 1000 MiB, which Fargate does not offer; memory for 512 CPU units: 1024, 2048, 3072, 4096 MiB',
    ],
    [
      'a value that is not there',
      remove('environments.Prod.scale.webTasks'),
      'webTasks: got undefined; allowed is a whole number from 0 up',
    ],
    [
      'an expression that its factor does not give',
      set(`${STAGING_SIDE}.expressions.webTasks.value`, 3),
      'webTasks is 3 in the manifest where the factor gives 2',
    ],
    [
      'a part that its factor does not give',
      set(['environments', 'Staging', 'expressions', 'webSize.cpu', 'value'], 256),
      'webSize.cpu is 256 in the manifest where the factor gives 512',
    ],
    [
      'a part that its factor has not',
      set(['environments', 'Staging', 'expressions', 'webSize.disk'], { factor: 'webSize', value: 1 }),
      'webSize.disk is 1 in the manifest where the factor gives nothing',
    ],
    [
      'the whole of a factor that is made of parts',
      set([...`${STAGING_SIDE}.expressions`.split('.'), 'webSize'], { factor: 'webSize', value: 1 }),
      'webSize is 1 in the manifest where the factor gives {"cpu":512,"memoryMiB":1024}',
    ],
    [
      'an expression of no factor',
      set(`${STAGING_SIDE}.expressions.bogus`, { factor: 'bogus', value: 1 }),
      'bogus comes from "bogus", which is no declared factor',
    ],
    [
      'an expression of another factor',
      set(`${STAGING_SIDE}.expressions.webTasks.factor`, 'ordersReaders'),
      'webTasks comes from webTasks in production and from ordersReaders in staging',
    ],
    [
      'a derived value that differs although its factor does not',
      all(
        set('environments.Prod.scale.ordersInstance', 'r7g.large'),
        set('environments.Prod.expressions.ordersInstance.value', 'r7g.large'),
      ),
      'ordersInstance: connections is 4000 in production and 1440 in staging, but ordersInstance is the same in both',
    ],
    [
      'a proportion out of its tolerance',
      set(`${STAGING_SIDE}.proportions.0.value`, 1.6),
      "connections: asked / offered is 1.6 where production's is 1; 0.5 to 1.5 is allowed",
    ],
    [
      'a proportion taken out',
      set(`${STAGING_SIDE}.proportions`, []),
      'the proportion "connections" is missing for staging',
    ],
  ])('%s', (_, manifest, why) => {
    expect(verify({ manifest }).forbidden).toContainEqual(
      expect.objectContaining({
        path: [],
        why,
        fix: 'Give staging a value that keeps the shape, and run cdk synth again.',
      }),
    );
  });

  it('a factor of which the values are illegal explains no place', () => {
    const manifest = set(`${STAGING_SIDE}.scale.webTasks`, 1);
    expect(faults({ manifest })).toContain(
      `${COUNT}: the manifest permits it by "webTasks", but the factor does not give these values`,
    );
  });

  it('a factor that was never declared, made up with its expressions and its place', () => {
    const path = 'Resources.Web.Properties.LaunchType';
    const place = {
      path: path.split('.'),
      by: 'scale',
      factor: 'bogus',
      text: '${bogus}',
      prod: 'FARGATE',
      staging: 'EC2',
    };
    const manifest = all(
      set('environments.Prod.expressions.bogus', { factor: 'bogus', value: 'FARGATE' }),
      set('environments.Staging.expressions.bogus', { factor: 'bogus', value: 'EC2' }),
      push(`${STACKS}.places`, place),
    );
    expect(faults({ staging: set(path, 'EC2'), manifest })).toEqual([
      ': bogus comes from "bogus", which is no declared factor',
      `${path}: the manifest permits it by "bogus", but the factor does not give these values`,
    ]);
  });

  it.each([
    ['another text', set('text', '${webTasks}0')],
    ['the text of another factor', set('text', '${ordersReaders}')],
    ['a text without a factor', set('text', '6')],
    ['a text with an unknown factor', set('text', '${bogus}')],
    ['no text', remove('text')],
    ['another factor', set('factor', 'ordersReaders')],
    ['an explanation by life', set('by', 'life')],
    ['an explanation by identity', set('by', 'identity')],
  ])('%s at a place', (_, edit) => {
    const { forbidden } = verify({ manifest: atPlace(COUNT, edit) });
    expect(forbidden).toEqual([
      {
        path: COUNT.split('.'),
        prod: 6,
        staging: 2,
        why: expect.stringMatching(/^the manifest permits it (by|as) /) as string,
        fix: NEVER,
      },
    ]);
  });

  it('another value at a place, in the template too', () => {
    const manifest = atPlace(COUNT, set('staging', 3));
    expect(faults({ staging: set(COUNT, 3), manifest })).toEqual([
      `${COUNT}: the manifest permits it by "webTasks", but the factor does not give these values`,
    ]);
  });

  it.each([
    ['life', 'deletion policy', 'Resources.Web.Properties.LaunchType', 'FARGATE', 'Delete'],
    ['life', 'backup retention', 'Resources.Cluster.Properties.EngineVersion', '17.9', '1'],
    ['identity', 'name', 'Resources.Web.Properties.LaunchType', 'Prod', 'Staging'],
    ['identity', 'tag', 'Resources.Hosts.Properties.Tier', 'Prod', 'Staging'],
  ])('%s (%s) at a place that is not on its list', (by, factor, dotted, prod, staging) => {
    const path = dotted.split('.');
    const { forbidden } = verify({
      prod: set(path, prod),
      staging: set(path, staging),
      manifest: push(`${STACKS}.places`, { path, by, factor, prod, staging }),
    });
    expect(forbidden).toEqual([
      {
        path,
        prod,
        staging,
        why: `the manifest permits it as ${by} ("${factor}"), but that list has no such place and value`,
        fix: NEVER,
      },
    ]);
  });

  it('life with another value than its rule has', () => {
    const path = 'Resources.Cluster.Properties.BackupRetentionPeriod';
    const manifest = atPlace(path, set('staging', 2));
    expect(faults({ staging: set(path, 2), manifest })).toEqual([
      `${path}: the manifest permits it as life ("backup retention"), but that list has no such place and value`,
    ]);
  });

  it('a place where a factor stands on one side only', () => {
    const broken = { path: ['Resources', 'Web', 'X'], prod: '${webTasks}', staging: 2 };
    expect(verify({ manifest: push(`${STACKS}.broken`, broken) }).forbidden).toEqual([
      {
        ...broken,
        why: 'a scale factor stands on one side only: the two environments are defined differently here',
        fix: 'Use the factor in every environment; the topology never asks which environment it is in.',
      },
    ]);
  });

  it.each([
    ['are not alike', ['Lag3', 'Hosts'], 'it is not like Reader1'],
    ['have more', ['Lag3', 'Reader3', 'Hosts'], 'one member has it and another has not'],
  ])('resources that are called members, but %s', (_, members, why) => {
    const manifest = set(`${STACKS}.groups.0.members.2`, members);
    expect(faults({ manifest, staging: remove('Resources.Hosts') })).toContain(
      `Resources.Hosts: the members of ordersReaders must be alike in production, but ${why}`,
    );
  });

  it('members with less than the first', () => {
    const manifest = set(`${STACKS}.groups.0.members.2`, ['Lag3']);
    expect(verify({ manifest }).forbidden).toContainEqual(
      expect.objectContaining({ prod: expect.objectContaining({ Type: 'AWS::RDS::DBInstance' }) as unknown }),
    );
    expect(faults({ manifest })).toContain(
      'Resources.Reader1: the members of ordersReaders must be alike in production, but one member has it and another has not',
    );
  });
});

it('an expression that only one side has is no fault until it is used', () => {
  const more = { factor: 'ordersInstance', value: 5 };
  for (const side of ['Prod', 'Staging'])
    expect(
      faults({ manifest: set(['environments', side, 'expressions', 'ordersInstance: more'], more) }),
    ).toEqual([]);
});

it('a resource whose logical id holds the name of its environment is compared with its twin', () => {
  const rename =
    (id: string): Edit =>
    (root) => {
      set(`Resources.${id}`, get(root, 'Resources.Hosts'))(root);
      remove('Resources.Hosts')(root);
    };
  const edits = {
    prod: rename('HostsProd'),
    staging: rename('HostsStaging'),
    manifest: push(`${STACKS}.renamed`, { prod: 'HostsProd', staging: 'HostsStaging' }),
  };
  expect(faults(edits)).toEqual([]);
  const edited: Edit = (root) => {
    edits.staging(root);
    set('Resources.HostsStaging.Properties.Type', 'String')(root);
  };
  expect(faults({ ...edits, staging: edited })).toEqual([
    'Resources.HostsStaging.Properties.Type: no scale factor explains it',
  ]);
});

describe('a manifest of other templates', () => {
  const OTHER = 'Run cdk synth again: twin.json belongs to other templates.';
  const EDITED = 'Run cdk synth again: twin.json is written, never edited.';

  const without = (path: string): Edits => ({ prod: remove(path), staging: remove(path) });
  it.each<[string, Edits, string]>([
    [
      'a resource',
      without('Resources.Web'),
      `whitelist-place: twin.json permits webTasks at ${COUNT}, which is in neither template\n${OTHER}`,
    ],
    [
      'a property',
      without(COUNT),
      `whitelist-place: twin.json permits webTasks at ${COUNT}, which is in neither template\n${OTHER}`,
    ],
    [
      'a member',
      { prod: remove('Resources.Reader2') },
      `whitelist-place: twin.json names a member "Reader2" of ordersReaders, which Prod.template.json has not\n${OTHER}`,
    ],
    [
      'a number of members',
      { manifest: remove(`${STACKS}.groups.0.members.2`) },
      `whitelist-place: twin.json names 2 members of ordersReaders, which Prod.template.json has not\n${OTHER}`,
    ],
    [
      'a factor with members',
      { manifest: set(`${STACKS}.groups.0.factor`, 'bogus') },
      `whitelist-place: twin.json names members of "bogus", which is no declared factor\n${EDITED}`,
    ],
    [
      'an environment',
      { manifest: set('pairs.0.staging', 'constructor') },
      `whitelist-environment: twin.json has no environment "constructor"; it has Prod, Staging\n${EDITED}`,
    ],
    [
      'a name in the logical ids',
      { manifest: push(`${STACKS}.renamed`, { prod: 'Hosts', staging: 'Task' }) },
      `whitelist-place: twin.json takes "Hosts" of Prod.template.json for "Task", but they are not the same beside the environment's name\n${OTHER}`,
    ],
  ])('is refused when %s is not there', (_, edits, error) => {
    expect(errorOf(() => verify(edits))).toBe(error);
  });
});
