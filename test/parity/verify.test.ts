import { comparePair } from '../../lib/parity/compare';
import type { Definition } from '../../lib/parity/manifest';
import { verifyStacks } from '../../lib/parity/verify';
import { showPath } from '../../lib/template/differences';
import { modelOf } from '../../lib/template/model';
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

/** The shop's definition and templates, each with a change. */
function edited(edits: Edits) {
  const [prod, staging, json] = [copy(template(PROD)), copy(template(STAGING)), copy(written.definition)];
  edits.prod?.(prod);
  edits.staging?.(staging);
  edits.manifest?.(json);
  return { prod, staging, definition: json as unknown as Definition };
}

function verify(edits: Edits = {}) {
  const { prod, staging, definition } = edited(edits);
  const pair = definition.pairs[0]!;
  return verifyStacks(definition, pair, pair.stacks[0]!, modelOf(prod, 'Prod'), modelOf(staging, 'Staging'));
}

const faults = (edits: Edits): string[] =>
  verify(edits).forbidden.map(({ path, why }) => `${showPath(path)}: ${why}`);

const all =
  (...edits: Edit[]): Edit =>
  (root) =>
    edits.forEach((edit) => edit(root));

const STACKS = 'pairs.0.stacks.0';

/** Changes the manifest's place at a path. */
const atPlace =
  (path: string, edit: Edit): Edit =>
  (manifest) => {
    const places = get(manifest, `${STACKS}.places`) as { path: (string | number)[] }[];
    edit(places.find((it) => showPath(it.path) === path) as unknown as Tree);
  };

/** Adds a place to the manifest. */
const place = (path: string, by: string, factor: string, text: string): Edit =>
  push(`${STACKS}.places`, { path: path.split('.'), by, factor, text });

const COUNT = 'Resources.Web.Properties.DesiredCount';
const TYPE = 'Resources.Web.Properties.LaunchType';
const NEVER = 'Run cdk synth again: twin.json is written, never edited.';

describe('the templates that the manifest was written with', () => {
  it('are twins', () => {
    expect(verify().forbidden).toEqual([]);
  });

  it('have every difference permitted, each by what explains it', () => {
    const permitted = verify().permitted.map((it) => `${showPath(it.path)} by ${it.by}: ${it.factor}`);
    expect(permitted.sort()).toEqual([
      'Description by naming: name',
      'Outputs.Url.Export.Name by naming: name',
      'Resources.Board.Properties.DashboardBody.(json).metrics[2] by scale: ordersReaders',
      'Resources.Board.Properties.DashboardBody.(json).title by scale: ordersInstance',
      'Resources.Cluster.DeletionPolicy by lifecycle: deletion policy',
      'Resources.Cluster.Properties.BackupRetentionPeriod by lifecycle: backup retention',
      'Resources.Hosts.Properties.Value.Fn::Join[1][3] by scale: ordersReaders',
      'Resources.Hosts.Properties.Value.Fn::Join[1][4] by scale: ordersReaders',
      'Resources.Lag1.Properties.Threshold by scale: ordersInstance',
      'Resources.Lag2.Properties.Threshold by scale: ordersInstance',
      'Resources.Lag3 by scale: ordersReaders',
      'Resources.Reader1.Properties.DBInstanceClass by scale: ordersInstance',
      'Resources.Reader2.Properties.DBInstanceClass by scale: ordersInstance',
      'Resources.Reader3 by scale: ordersReaders',
      'Resources.StagingTopic5E6F7A8B.Properties.TopicName by naming: generated name',
      'Resources.Task.Properties.ContainerDefinitions[0].Command[1] by scale: webSize',
      'Resources.Task.Properties.ContainerDefinitions[0].Environment[0].Value by scale: ordersReaders',
      'Resources.Task.Properties.Cpu by scale: webSize',
      'Resources.Task.Properties.Family by naming: name',
      'Resources.Task.Properties.Memory by scale: webSize',
      'Resources.Task.Properties.Tags[0].Value by naming: name',
      'Resources.Task.Properties.Tags[1].Value by declared: tag.cost center',
      'Resources.Web.Properties.DesiredCount by scale: webTasks',
    ]);
  });

  it('are not changed, and neither is the manifest', () => {
    const before = copy(written.definition);
    const models = [modelOf(template(PROD), 'p'), modelOf(template(STAGING), 's')] as const;
    const kept = copy(models);
    verifyStacks(written.definition, written.pair, written.stacks, ...models);
    expect(copy(models)).toEqual(kept);
    expect(copy(written.definition)).toEqual(before);
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
  const places = paths(template(STAGING)).filter((path) => how !== 'added' || isOpen(path));
  it.each(places.map((path) => [showPath(path), path] as const))('is found at %s', (_, path) => {
    const isFound = (): boolean => {
      try {
        return verify({ staging: changes[how]!(path) }).forbidden.length > 0;
      } catch (error) {
        // A resource without its type is no resource, and one that the manifest names has to be there.
        return ['template', 'allowlist-place'].includes(String((error as { code?: string }).code));
      }
    };
    expect(isFound()).toBe(true);
  });
});

it('a change of both sides that keeps them equal is found where a text says what they hold', () => {
  const places: [path: string, value: unknown][] = [
    [COUNT, 6],
    ['Resources.Task.Properties.Family', 'prod-web'],
    ['Resources.Lag1.Properties.Threshold', 4000],
  ];
  for (const [path, value] of places) {
    expect(faults({ staging: set(path, value) })).toEqual([
      expect.stringMatching(/: \S+ may differ here, but only as ".*" gives it$/),
    ]);
  }
  const [prod, staging] = ['ProdTopic1A2B3C4D', 'StagingTopic5E6F7A8B'].map((id) =>
    set(['Resources', id, 'Properties', 'TopicName'], 'orders-x'),
  );
  expect(faults({ prod: prod!, staging: staging! })).toEqual([
    'Resources.StagingTopic5E6F7A8B.Properties.TopicName: generated name may differ here, but only as "orders-${generated.0}" gives it',
  ]);
});

describe('a change at a permitted place', () => {
  it('is told with what the place may hold', () => {
    expect(verify({ staging: set(COUNT, 3) }).forbidden).toEqual([
      {
        path: ['Resources', 'Web', 'Properties', 'DesiredCount'],
        prod: 6,
        staging: 3,
        rule: 'other-value',
        why: 'webTasks may differ here, but only as "${webTasks}" gives it',
        fix: 'Change the value where the scale is given, not in the template, and run cdk synth again.',
      },
    ]);
  });

  it('is found in production too', () => {
    expect(faults({ prod: set(COUNT, 7) })).toEqual([
      `${COUNT}: webTasks may differ here, but only as "\${webTasks}" gives it`,
    ]);
  });

  it('is found in the text around a factor', () => {
    const staging = set('Resources.Reader1.Properties.DBInstanceClass', 'cache.r7g.large');
    expect(faults({ staging })).toEqual([
      'Resources.Reader1.Properties.DBInstanceClass: ordersInstance may differ here, but only as "db.r7g.${ordersInstance.size}" gives it',
    ]);
  });

  it('is found when a text becomes the number that it holds', () => {
    expect(faults({ staging: set('Resources.Task.Properties.Cpu', 512) })).toHaveLength(1);
  });

  it('is found when its lifecycle has another value than the list', () => {
    expect(faults({ staging: set('Resources.Cluster.DeletionPolicy', 'Retain') })).toEqual([
      'Resources.Cluster.DeletionPolicy: the manifest permits it by lifecycle ("deletion policy"), which gives other values',
    ]);
  });

  it('is found when an ephemeral staging keeps what production has', () => {
    expect(faults({ staging: set('Resources.Cluster.DeletionPolicy', 'Snapshot') })).toEqual([
      'Resources.Cluster.DeletionPolicy: staging\'s lifecycle must set "Delete" here',
    ]);
  });
});

describe('another place', () => {
  const UNEXPLAINED = {
    path: TYPE.split('.'),
    prod: 'FARGATE',
    staging: 'EC2',
    rule: 'difference',
    why: 'no scale factor explains it',
    fix: 'Make both environments alike here, or declare a scale factor with a reason and use its value.',
  };

  it('may not differ, and its fault says so', () => {
    expect(verify({ staging: set(TYPE, 'EC2') }).forbidden).toEqual([UNEXPLAINED]);
  });

  it.each<[string, string]>([
    ['at it', TYPE],
    ['above it', 'Resources.Web'],
    ['below it', `${TYPE}.more`],
  ])('is told with what the experiments saw %s', (_, path) => {
    const told = { rule: 'switch', why: 'it follows nothing', fix: 'Let it follow.' };
    const refused = { path: path.split('.'), ...told };
    const manifest = push(`${STACKS}.refused`, refused);
    expect(verify({ staging: set(TYPE, 'EC2'), manifest }).forbidden).toEqual([{ ...UNEXPLAINED, ...told }]);
    expect(faults({ manifest })).toEqual([]);
  });

  it('may not refer to another environment, though both sides do', () => {
    const refused = {
      path: TYPE.split('.'),
      rule: 'literal-name',
      why: "it is Prod's",
      fix: 'Refer to its own.',
      evenIfEqual: true,
    };
    const manifest = push(`${STACKS}.refused`, refused);
    expect(verify({ manifest }).forbidden).toEqual([
      {
        path: TYPE.split('.'),
        prod: 'FARGATE',
        staging: 'FARGATE',
        rule: 'literal-name',
        why: "it is Prod's",
        fix: 'Refer to its own.',
      },
    ]);
    expect(faults({ manifest, staging: set(TYPE, 'EC2') })).toEqual([`${TYPE}: it is Prod's`]);
  });

  it.each<[string, string, unknown, string]>([
    ['first', 'Resources.Reader1', 15, 'PromotionTier'],
    ['middle', 'Resources.Reader2', 15, 'PromotionTier'],
    ['last', 'Resources.Reader3', 15, 'PromotionTier'],
    ['last', 'Resources.Reader3', true, 'PubliclyAccessible'],
  ])('may not differ among the members of production: the %s', (_, path, value, property) => {
    const change = set(`${path}.Properties.${property}`, value);
    const { forbidden } = verify({ prod: change, ...(path !== 'Resources.Reader3' && { staging: change }) });
    expect(forbidden).toHaveLength(1);
    expect(forbidden[0]).toMatchObject({
      path: ['Resources', expect.stringMatching(/^Reader/), 'Properties', property],
      why: expect.stringMatching(
        /^the members of ordersReaders must be alike in production, but Reader\d is not like Reader\d$/,
      ) as string,
      fix: 'Give every member the same properties: staging has fewer of them, and may have none like this one.',
    });
  });
});

describe('a manifest edited by hand permits nothing:', () => {
  const STAGING_SIDE = 'environments.Staging';
  const SHAPE = {
    rule: 'shape-rule',
    fix: 'Give staging a value that keeps the shape, and run cdk synth again.',
  };
  const EDITED = {
    rule: 'manifest',
    fix: 'Run cdk synth again: twin.json is written, never edited.',
  };

  it.each([
    [
      'a value that breaks a shape rule',
      set(`${STAGING_SIDE}.scale.webTasks`, 1),
      'webTasks: got 1 where production has 6; allowed is 2 or more',
      SHAPE,
    ],
    [
      'a value that is not there',
      remove('environments.Prod.scale.webTasks'),
      'webTasks: got undefined; allowed is a whole number from 0 up',
      SHAPE,
    ],
    [
      'a proportion out of its tolerance',
      set(`${STAGING_SIDE}.proportions.0.value`, 1.6),
      "pool: asked / offered is 1.6 where production's is 1; 0.5 to 1.5 is allowed",
      SHAPE,
    ],
    [
      'a factor that was not tried',
      set('tried', []),
      'webTasks differs, and was tried with no other value',
      EDITED,
    ],
  ])('%s', (_, manifest, why, told) => {
    expect(verify({ manifest }).forbidden).toContainEqual(
      expect.objectContaining({ path: [], why, ...told }),
    );
  });

  it('a factor of which the values are illegal explains no place and no members', () => {
    const REST = 'the factor does not keep its rules';
    expect(faults({ manifest: set(`${STAGING_SIDE}.scale.webTasks`, 1) })).toContain(
      `${COUNT}: the manifest permits it by scale ("webTasks"), but ${REST}`,
    );
    expect(faults({ manifest: set(`${STAGING_SIDE}.scale.ordersReaders`, 1) })).toContain(
      `Resources: the members follow ordersReaders by "\${ordersReaders}", but ${REST}`,
    );
  });

  it.each<[string, Edit, string]>([
    ['another text', set('text', '${webTasks}0'), 'may differ here, but only as "${webTasks}0" gives it'],
    ['the text of another factor', set('text', '${ordersReaders}'), 'its text follows another one'],
    ['another factor', set('factor', 'ordersReaders'), 'its text follows another one'],
    ['a text without a factor', set('text', '6'), 'its text follows nothing'],
    ['an empty text', set('text', ''), 'its text follows nothing'],
    ['no text', remove('text'), 'its text follows nothing'],
    ['an escaped placeholder', set('text', '${!webTasks}'), 'its text follows nothing'],
    ['an unknown factor', set('text', '${bogus}'), '"bogus" stands for nothing in both environments'],
    [
      'a generated word that is not there',
      set('text', '${generated.9}'),
      '"generated.9" stands for nothing in both environments',
    ],
    [
      'a name that objects inherit',
      set('text', '${constructor}'),
      '"constructor" stands for nothing in both environments',
    ],
    ['what is no expression', set('text', '${webTasks * 2}'), '"webTasks * 2" is no expression'],
    ['a falling function', set('text', '${10 + -1 * webTasks}'), '"webTasks" must rise'],
    ['a level one', set('text', '${6 + 0 * webTasks}'), '"webTasks" must rise'],
    [
      'one that makes many one',
      set('text', '${-1 + webTasks}'),
      'none must stay none, one one, and many many, and it makes 5 and 1',
    ],
    [
      'one that makes some none',
      set('text', '${-2 + webTasks}'),
      'none must stay none, one one, and many many, and it makes 4 and 0',
    ],
    ['a name beside a factor', set('text', '${name}'), 'its text follows what is naming'],
    ['lifecycle', set('by', 'lifecycle'), 'which gives other values'],
    ['naming', set('by', 'naming'), 'its text follows what is scale'],
    ['declared', set('by', 'declared'), 'its text follows what is scale'],
  ])('%s at a place', (_, edit, why) => {
    const { forbidden } = verify({ manifest: atPlace(COUNT, edit) });
    expect(forbidden).toHaveLength(1);
    expect(forbidden[0]).toMatchObject({ path: COUNT.split('.'), prod: 6, staging: 2 });
    expect(forbidden[0]!.why).toContain(why);
  });

  it('a factor that was never declared, made up with its expressions and its place', () => {
    const manifest = all(
      set('environments.Prod.expressions.bogus', 'FARGATE'),
      set('environments.Staging.expressions.bogus', 'EC2'),
      place(TYPE, 'scale', 'bogus', '${bogus}'),
    );
    expect(faults({ staging: set(TYPE, 'EC2'), manifest })).toEqual([
      ': bogus comes from "bogus", which is no declared factor',
      `${TYPE}: the manifest permits it by scale ("bogus"), but the factor does not keep its rules`,
    ]);
  });

  describe('a difference that is a switch, permitted by', () => {
    const both = (key: string, prod: unknown, staging: unknown): Edit =>
      all(
        set(['environments', 'Prod', ...key.split('/')], prod),
        set(['environments', 'Staging', ...key.split('/')], staging),
      );

    it.each<[string, Edit]>([
      [
        'a name of its own',
        all(both('names/type', 'FARGATE', 'EC2'), place(TYPE, 'naming', 'name', '${type}')),
      ],
      [
        'a name that is called a factor',
        all(both('names/webTasks.x', 'FARGATE', 'EC2'), place(TYPE, 'scale', 'webTasks', '${webTasks.x}')),
      ],
      [
        'a spelling',
        all(both('names/name.upper', 'FARGATE', 'EC2'), place(TYPE, 'naming', 'name', '${name.upper}')),
      ],
      ['another name', all(both('names/name', 'FARGATE', 'EC2'), place(TYPE, 'naming', 'name', '${name}'))],
      [
        'an account',
        all(both('names/account', 'FARGATE', 'EC2'), place(TYPE, 'naming', 'account', '${account}')),
      ],
      ['a region', all(both('names/region', 'FARGATE', 'EC2'), place(TYPE, 'naming', 'region', '${region}'))],
      [
        'a generated word',
        all(
          push(`${STACKS}.generated`, { prod: 'FARGATE', staging: 'EC2' }),
          place(TYPE, 'naming', 'generated name', '${generated.1}'),
        ),
      ],
      [
        'a tag',
        all(both('declared/tag.type', 'FARGATE', 'EC2'), place(TYPE, 'declared', 'tag.type', '${tag.type}')),
      ],
      [
        'a tag of staging alone',
        all(
          set(['environments', 'Staging', 'declared', 'tag.type'], 'EC2'),
          place(TYPE, 'declared', 'tag.type', '${tag.type}'),
        ),
      ],
      [
        'a description',
        all(
          both('declared/description', 'FARGATE', 'EC2'),
          place(TYPE, 'declared', 'description', '${description}'),
        ),
      ],
      [
        'what is called declared',
        all(both('declared/type', 'FARGATE', 'EC2'), place(TYPE, 'declared', 'type', '${type}')),
      ],
      [
        'a derived text',
        all(
          set('derived.type', { from: ['ordersInstance'] }),
          both('expressions/type', 'FARGATE', 'EC2'),
          place(TYPE, 'scale', 'ordersInstance', '${type}'),
        ),
      ],
      [
        'what is derived from nothing',
        all(
          set('derived.type', { from: [] }),
          both('expressions/type', 'FARGATE', 'EC2'),
          place(TYPE, 'naming', 'name', '${type}'),
        ),
      ],
      [
        'what is derived from an undeclared factor',
        all(
          set('derived.type', { from: ['x'] }),
          both('scale/x', 1, 2),
          both('expressions/type', 'FARGATE', 'EC2'),
          place(TYPE, 'scale', 'x', '${type}'),
        ),
      ],
      [
        'what is derived, and called a factor',
        all(
          set('derived.webTasks', { from: ['ordersInstance'] }),
          both('expressions/webTasks', 'FARGATE', 'EC2'),
          place(TYPE, 'scale', 'ordersInstance', '${webTasks}'),
        ),
      ],
      ['a text with both', place(TYPE, 'scale', 'webTasks', 'FARGATE or EC2')],
      [
        'a lifecycle',
        push(`${STACKS}.places`, { path: TYPE.split('.'), by: 'lifecycle', factor: 'deletion policy' }),
      ],
      [
        'a nested stack',
        push(`${STACKS}.places`, { path: TYPE.split('.'), by: 'naming', factor: 'nested template' }),
      ],
      [
        'a nested stack, scaled',
        push(`${STACKS}.places`, { path: TYPE.split('.'), by: 'scale', factor: 'nested template' }),
      ],
    ])('%s', (_, manifest) => {
      const found = faults({ staging: set(TYPE, 'EC2'), manifest });
      expect(found).toContainEqual(
        expect.stringMatching(/^Resources\.Web\.Properties\.LaunchType: the manifest permits it by/),
      );
    });

    it('the address of a nested stack in what is none', () => {
      const [prod, staging] = ['a', 'b'].map((digit) => `https://x/${digit.repeat(64)}.json`);
      const path = 'Resources.Web.Properties.TemplateURL';
      const edits = {
        prod: set(path, prod),
        staging: set(path, staging),
        manifest: push(`${STACKS}.places`, {
          path: path.split('.'),
          by: 'naming',
          factor: 'nested template',
          prod,
          staging,
        }),
      };
      expect(faults(edits)).toHaveLength(1);
      const nested = set('Resources.Web.Type', 'AWS::CloudFormation::Stack');
      expect(
        faults({ ...edits, prod: all(edits.prod, nested), staging: all(edits.staging, nested) }),
      ).toEqual([]);
      const faultsOf = (value: string, manifest = edits.manifest) => {
        const other = set(path, value);
        return faults({ prod: all(edits.prod, nested), staging: all(other, nested), manifest });
      };
      expect(faultsOf('https://x/other.json')).toHaveLength(1);
      expect(faultsOf(`https://x/${'c'.repeat(64)}.json`)).toHaveLength(1); // not as it was written
      const elsewhere = `https://y/${'b'.repeat(64)}.json`;
      const permitting = push(`${STACKS}.places`, {
        path: path.split('.'),
        by: 'naming',
        factor: 'nested template',
        prod,
        staging: elsewhere,
      });
      expect(faultsOf(elsewhere, permitting)).toHaveLength(1);
    });
  });

  it.each<[string, string, string, string]>([
    ['a length of its own', 'a1b2c3d4', 'a1b2c3d4e', 'fault'],
    ['other characters', 'a1-b2', 'c3-d4', 'fault'],
    ['nothing in it', '', '', 'fault'],
    ['digits alone', '600', '200', 'fault'],
    ['digits alone, as many as an account has', '111111111111', '222222222222', 'fault'],
    ['eight digits, as a hash may have', '12345678', '87654321', 'none'],
    ['the length of its name', 'prodorders', 'stagingorders', 'none'],
    ['one length', 'ShopProdWe', 'ShopStagin', 'none'],
  ])('a generated word with %s', (_, prod, staging, fault) => {
    const manifest = push(`${STACKS}.generated`, { prod, staging });
    const found = faults({ manifest });
    expect(found).toEqual(
      fault === 'none'
        ? []
        : [`: "${prod}" and "${staging}" are not of the length and kind of generated words`],
    );
  });

  it('a factor that has no other value explains its own value alone', () => {
    const unproven = set('unproven', ['webTasks']);
    expect(faults({ manifest: unproven })).toEqual([]);
    expect(faults({ manifest: all(unproven, set('tried', [])) })).not.toContainEqual(
      expect.stringContaining('webTasks'),
    );
    const manifest = all(unproven, atPlace(COUNT, set('text', '${min(5, webTasks)}')));
    expect(faults({ manifest, prod: set(COUNT, 5) })).toEqual([
      `${COUNT}: the manifest permits it by scale ("webTasks"), but webTasks was tried with no other value, so that only its own may stand here`,
    ]);
    expect(faults({ manifest: set('unproven', ['ordersInstance']) })).toContainEqual(
      expect.stringMatching(/^Resources\.Lag1\.Properties\.Threshold: /), // a derived value
    );
  });

  describe('keys', () => {
    const LABELS = ['Resources', 'Task', 'Properties', 'ContainerDefinitions', 0, 'DockerLabels'];
    const renames = (prod: string, staging: string, text: string, path = LABELS): Edit =>
      push(`${STACKS}.keys`, { path, prod, staging, text });

    it.each<[string, string, string]>([
      ['a text that follows nothing', 'FARGATE', 'its text follows nothing'],
      ['a text that gives others', '${name}-labels', '"${name}-labels" gives other keys'],
      ['a factor', '${webTasks}', 'its text follows what is scale'],
      ['what is unknown', '${more}', '"more" stands for nothing in both environments'],
    ])('that are renamed by %s', (_, text, why) => {
      const path = ['Resources', 'Web', 'Properties'];
      const manifest = renames('LaunchType', 'Launcher', text, path);
      const staging = all(remove(TYPE), set('Resources.Web.Properties.Launcher', 'FARGATE'));
      expect(faults({ manifest, staging })).toEqual([
        `Resources.Web.Properties.Launcher: the manifest takes the key "LaunchType" for "Launcher", but ${why}`,
      ]);
    });

    it('that take the place of others', () => {
      const [prod, staging] = ['Prod-more', 'Staging-more'];
      const manifest = renames(prod, staging, '${name}-more');
      const edits = {
        manifest,
        prod: all(set([...LABELS, prod], 'lost'), set([...LABELS, staging], 'kept')),
        staging: set([...LABELS, staging], 'kept'),
      };
      expect(faults(edits)).toEqual([`${showPath([...LABELS, prod])}: no scale factor explains it`]);
    });

    it('that are not there', () => {
      expect(errorOf(() => verify({ manifest: renames('Prod-x', 'Staging-x', '${name}-x') }))).toMatch(
        /^allowlist-place: twin\.json permits \$\{name\}-x at .*\.DockerLabels\.Staging-x, which is not there\n/,
      );
    });
  });

  describe('members', () => {
    const GROUPS = `${STACKS}.members`;
    /** Without the places of what is left out. */
    const unplaced: Edit = (manifest) => {
      const stacks = get(manifest, STACKS) as Tree;
      const places = stacks['places'] as { path: unknown[] }[];
      stacks['places'] = places.filter(({ path }) => path[1] !== 'Reader2');
    };
    const drop =
      (...ids: string[]): Edit =>
      (root) =>
        ids.forEach((id) => remove(`Resources.${id}`)(root));

    it.each<[string, Edit, Edit, string]>([
      [
        'more than the factor says',
        set(`${GROUPS}.0.staging`, ['Reader1']),
        drop('Reader2'),
        'Resources: there are 3 and 1 members of ordersReaders, where it gives 3 and 2',
      ],
      [
        'as many as another text says, which makes many one',
        all(set(`${GROUPS}.0.staging`, ['Reader1']), set(`${GROUPS}.0.count`, '${-3 + 2 * ordersReaders}')),
        drop('Reader2'),
        'Resources: the members follow ordersReaders by "${-3 + 2 * ordersReaders}", but none must stay none, one one, and many many, and it makes 3 and 1',
      ],
      [
        'as many as a text without a factor says',
        set(`${GROUPS}.0.count`, '3'),
        () => {},
        'Resources: there are 3 and 2 members of ordersReaders, where it gives 3 and 3',
      ],
      [
        'of another factor',
        set(`${GROUPS}.0.factor`, 'webTasks'),
        () => {},
        'Resources: the members follow webTasks by "${ordersReaders}", but its text follows another one',
      ],
      [
        'one of them twice',
        set(`${GROUPS}.0.prod`, ['Reader1', 'Reader3', 'Reader3']),
        drop('Reader2'),
        'Resources.Reader3: the manifest names it twice as a member of ordersReaders',
      ],
      [
        'in two groups',
        push(GROUPS, {
          path: ['Resources'],
          factor: 'ordersReaders',
          count: '${ordersReaders}',
          prod: ['Reader3', 'Reader1', 'Reader2'],
          staging: ['Reader3', 'Reader1'],
          words: [],
        }),
        drop('Reader2'),
        'Resources.Reader2: the manifest keeps it and leaves it out, as a member of ordersReaders',
      ],
      [
        'called separators',
        all(
          set(`${GROUPS}.0.isSeparator`, true),
          set(`${GROUPS}.0.staging`, ['Reader1']),
          set(`${GROUPS}.0.count`, '${-3 + 2 * ordersReaders}'),
        ),
        drop('Reader2'),
        'Resources: the members follow ordersReaders by "${-3 + 2 * ordersReaders}", but none must stay none, one one, and many many, and it makes 3 and 1',
      ],
      [
        'that are not alike',
        set(`${GROUPS}.0.prod`, ['Reader1', 'Reader2', 'Hosts']),
        drop('Hosts'),
        'Resources.Hosts.DependsOn: the members of ordersReaders must be alike in production, but Hosts is not like Reader1',
      ],
      [
        'whose differences are called their names',
        set(`${GROUPS}.0.words`, ['no', 'no', 'yes']),
        () => {},
        'Resources.Reader3.Properties.Public: the members of ordersReaders must be alike in production, but Reader3 is not like Reader1',
      ],
    ])('%s', (what, manifest, staging, fault) => {
      const isPublic = all(
        ...[1, 2, 3].map((i) => set(`Resources.Reader${i}.Properties.Public`, i === 3 ? 'yes' : 'no')),
      );
      const isWorded = what.startsWith('whose');
      const found = faults({
        manifest: fault.includes('Hosts') || isWorded ? manifest : all(manifest, unplaced),
        ...(isWorded
          ? {
              prod: isPublic,
              staging: all(...[1, 2].map((i) => set(`Resources.Reader${i}.Properties.Public`, 'no'))),
            }
          : { staging }),
      });
      expect(found).toContain(fault);
    });

    it('in two groups that leave out the same ones', () => {
      const group = (get(copy(written.definition), GROUPS) as object[])[0]!;
      const limited = { ...group, count: '${min(3, ordersReaders)}' };
      expect(faults({ manifest: push(GROUPS, limited) })).toEqual([]);
    });

    it('of texts that stand between nothing', () => {
      const command = ['Resources', 'Web', 'Properties', 'Text', 'Fn::Join'];
      const group = (isSeparator: boolean, staging: number[], count: string) => ({
        path: [...command, 1],
        factor: 'ordersReaders',
        count,
        prod: [1, 3],
        staging,
        words: [],
        ...(isSeparator && { isSeparator }),
      });
      const text = (...parts: unknown[]) => set(command.slice(0, -1), { 'Fn::Join': ['', parts] });
      const [a, b] = [{ Ref: 'Web' }, { Ref: 'Task' }];
      const edits = {
        prod: text(a, '-safe', b, '-safe'),
        staging: text(a, '-safe', b),
        manifest: push(GROUPS, group(true, [1], '${-1 + ordersReaders}')),
      };
      expect(faults(edits)).toEqual([
        expect.stringMatching(
          /^Resources\.Web\.Properties\.Text\.Fn::Join\[1\]: .*, but none must stay none/,
        ),
      ]);
    });

    it('within one that staging leaves out are no more than what it holds', () => {
      const tags = (path: string) =>
        set(`${path}.Properties.Tags`, [{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }]);
      const group = {
        path: ['Resources', 'Reader3', 'Properties', 'Tags'],
        factor: 'ordersReaders',
        count: '${ordersReaders}',
        prod: [0, 1, 2],
        staging: [],
        words: [],
      };
      expect(
        faults({
          prod: all(...[1, 2, 3].map((i) => tags(`Resources.Reader${i}`))),
          staging: all(...[1, 2].map((i) => tags(`Resources.Reader${i}`))),
          manifest: push(GROUPS, group),
        }),
      ).toEqual([]);
    });
  });
});

it('an expression that only one side has is no fault until it is used', () => {
  for (const side of ['Prod', 'Staging'])
    expect(
      faults({ manifest: set(['environments', side, 'expressions', 'ordersInstance.more'], 5) }),
    ).not.toContain(expect.stringContaining(COUNT));
});

it('the name of an export may be permitted within its import, and is told as a whole', () => {
  const path = 'Resources.Web.Properties.Vpc';
  const imported = (name: string) => set(path, { 'Fn::ImportValue': `${name}:vpc` });
  const manifest = place(`${path}.Fn::ImportValue`, 'naming', 'stack name', '${stackName}:vpc');
  expect(faults({ prod: imported('Prod'), staging: imported('Staging'), manifest })).toEqual([]);
  expect(faults({ prod: imported('Prod'), staging: imported('Other'), manifest })).toEqual([
    `${path}: stack name may differ here, but only as "\${stackName}:vpc" gives it`,
  ]);
  expect(faults({ prod: imported('Prod'), staging: set(path, { Ref: 'Web' }), manifest })).toEqual([
    `${path}: no scale factor explains it`,
  ]);
});

describe('logical ids', () => {
  const rename =
    (id: string): Edit =>
    (root) => {
      set(`Resources.${id}`, get(root, 'Resources.Hosts'))(root);
      remove('Resources.Hosts')(root);
    };
  const edits = {
    prod: rename('HostsProd'),
    staging: rename('HostsStaging'),
    manifest: push(`${STACKS}.ids`, { prod: 'HostsProd', staging: 'HostsStaging' }),
  };

  it('that hold the name of their environment do not keep resources from being compared', () => {
    // The places and members of Hosts are known by staging's id.
    const moved: Edit = (manifest) => {
      for (const group of get(manifest, `${STACKS}.members`) as { path: unknown[] }[])
        if (group.path[1] === 'Hosts') group.path[1] = 'HostsStaging';
    };
    const both = { ...edits, manifest: all(edits.manifest, moved) };
    expect(faults(both)).toEqual([]);
    const staging = all(edits.staging, set('Resources.HostsStaging.Properties.Type', 'String'));
    expect(faults({ ...both, staging })).toEqual([
      'Resources.HostsStaging.Properties.Type: no scale factor explains it',
    ]);
  });

  it('of two resources do not become one', () => {
    const manifest = push(`${STACKS}.ids`, { prod: 'Hosts', staging: 'StagingTopic5E6F7A8B' });
    expect(errorOf(() => verify({ manifest, staging: remove('Resources.Hosts') }))).toBe(
      'allowlist-place: twin.json takes "ProdTopic1A2B3C4D" of Prod.template.json for "StagingTopic5E6F7A8B", and another one too\n' +
        'Run cdk synth again: twin.json belongs to other templates.',
    );
  });

  it('that no stack has rename nothing: a text of production stays what it is', () => {
    const arn = (key: string) => set('Resources.Web.Properties.Key', `arn:aws:kms:::${key}`);
    const [prod, staging] = ['keyOfProduction11112222', 'keyOfStagingXXX33334444'];
    const { definition, ...templates } = edited({
      prod: arn(prod),
      staging: arn(staging),
      manifest: push(`${STACKS}.ids`, { prod, staging }),
    });
    const report = comparePair(definition, definition.pairs[0]!, (file) => ({
      origin: file,
      template: file.startsWith('Prod') ? templates.prod : templates.staging,
    }));
    expect(report.forbidden).toMatchObject([{ logicalId: 'Web', path: ['Properties', 'Key'] }]);
  });
});

describe('a manifest of other templates', () => {
  const OTHER = 'Run cdk synth again: twin.json belongs to other templates.';

  const without = (path: string): Edits => ({ prod: remove(path), staging: remove(path) });
  it.each<[string, Edits, string]>([
    [
      'a resource',
      without('Resources.Web'),
      `allowlist-place: twin.json permits webTasks at ${COUNT}, which is not there\n${OTHER}`,
    ],
    [
      'a property',
      without(COUNT),
      `allowlist-place: twin.json permits webTasks at ${COUNT}, which is not there\n${OTHER}`,
    ],
    [
      'a member',
      { prod: remove('Resources.Reader2') },
      `allowlist-place: twin.json permits ordersReaders at Resources.Reader2, which is not there\n${OTHER}`,
    ],
    [
      'an environment',
      { manifest: set('pairs.0.staging', 'constructor') },
      `allowlist-environment: twin.json has no environment "constructor"; it has Prod, Staging\n${NEVER}`,
    ],
    [
      'a logical id',
      { manifest: push(`${STACKS}.ids`, { prod: 'Hosts', staging: 'Hostess' }) },
      `allowlist-place: twin.json takes "Hosts" of Prod.template.json for "Hostess", and they are not both there\n${OTHER}`,
    ],
    [
      'a free logical id',
      { manifest: push(`${STACKS}.ids`, { prod: 'Hosts', staging: 'Task' }) },
      `allowlist-place: twin.json takes "Hosts" of Prod.template.json for "Task", and they are not both there\n${OTHER}`,
    ],
  ])('is refused when %s is not there', (_, edits, error) => {
    expect(errorOf(() => verify(edits))).toBe(error);
  });
});
