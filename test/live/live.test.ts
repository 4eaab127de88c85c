import { rmSync } from 'node:fs';
import type { Json, JsonObject } from '../../lib/json';
import { isSound } from '../../lib/live/report';
import { renderLiveMarkdown } from '../../lib/live/report-markdown';
import { renderLive } from '../../lib/live/report-text';
import { Running, synthesize, type Form } from './running';

const assemblies = new Map<string, string>();
const assemblyOf = (form: Form): string => {
  const known = assemblies.get(form) ?? synthesize(form);
  assemblies.set(form, known);
  return known;
};
afterAll(() => {
  for (const folder of assemblies.values()) rmSync(folder, { recursive: true });
});

let running: Running;
beforeEach(() => (running = new Running(assemblyOf('stack'))));

const text = async (): Promise<string> =>
  renderLive(await running.look(), { color: false, width: 80, verbose: false });

it('finds nothing where what was deployed runs, at both scales', async () => {
  const report = await running.look();
  expect(report).toMatchObject({ verdict: 'twins', drifts: [], differences: [], notes: [] });
  expect(isSound(report)).toBe(true);
  expect(running.stacksAsked).toEqual([['Prod'], ['Staging']]);
});

it('compares stages, nested stacks by their path', async () => {
  running = new Running(assemblyOf('stage'));
  expect(await running.look()).toMatchObject({ verdict: 'twins', drifts: [] });
  expect(running.stacksAsked.map((it) => it.toSorted())).toEqual([
    ['Data=Prod-Data', 'Jobs=Prod-Jobs'],
    ['Data=Staging-Data', 'Jobs=Staging-Jobs'],
  ]);
  running.set('staging', 'Member1', 'DBInstanceClass', 'db.t4g.medium');
  const { drifts, differences } = await running.look();
  expect(drifts).toMatchObject([{ stack: 'Data/Inner', logicalId: 'Member1', running: 'db.t4g.medium' }]);
  expect(differences).toMatchObject([{ stack: 'Data/Inner', logicalId: 'Member1' }]);
});

it('compares a stack that production has more with the last that both have', async () => {
  running = new Running(assemblyOf('cells'));
  expect(await running.look()).toMatchObject({ verdict: 'twins', drifts: [], notes: [] });
  expect(running.stacksAsked.map(({ length }) => length)).toEqual([3, 2]);
  running.set('prod', 'Member1', 'DBInstanceClass', 'db.t4g.medium', 'Cell2');
  const { drifts, differences } = await running.look();
  expect(drifts).toMatchObject([{ stack: 'Cell2', logicalId: 'Member1', running: 'db.t4g.medium' }]);
  expect(differences).toMatchObject([
    { logicalId: 'Member1', prod: 'db.t4g.medium', staging: 'db.r7g.large' },
  ]);
});

it('compares two productions, the members that the second has more too, and calls both by their names', async () => {
  running = new Running(assemblyOf('productions'));
  expect(isSound(await running.look())).toBe(true);
  running.set('staging', 'Member5', 'DBInstanceClass', 'db.t4g.medium');
  const { role, differences } = await running.look();
  expect(role).toBe('production');
  expect(differences).toMatchObject([
    { logicalId: 'Member5', prod: 'db.r7g.2xlarge', staging: 'db.t4g.medium' },
  ]);
  expect(await text()).toContain(
    '      Prod        "db.r7g.2xlarge"\n      ProdEuCentral1  "db.t4g.medium"\n',
  );
});

it('names a class that was changed by hand, with what the factor gives', async () => {
  running.set('staging', 'Member1', 'DBInstanceClass', 'db.r7g.xlarge');
  const report = await running.look();
  expect(isSound(report)).toBe(false);
  expect(await text()).toContain(`NOT A TWIN: Staging does not run as a twin of Prod
1 difference in 13 compared values
Drift: 0 in Prod, 1 in Staging

  production  Prod in eu-west-1 of 111122223333, deployed 2026-11-28 00:00 UTC
  staging     Staging in eu-central-1 of 444455556666, deployed 2026-11-28 00:00
              UTC

Drift: what runs is not what was deployed
  Member1 (AWS::RDS::DBInstance) in Staging
    DBInstanceClass
      deployed    "db.r7g.large"
      running     "db.r7g.xlarge"
      why         it was changed outside CloudFormation
      fix         Undo it, by hand or with cdk deploy --revert-drift, or make it
                  in the code and deploy.

Differences: what no scale factor explains
  Member1 (AWS::RDS::DBInstance)
    DBInstanceClass
      production  "db.r7g.2xlarge"
      staging     "db.r7g.xlarge"
      why         the scale factor "dbClass" gives "db.r7g.2xlarge" in Prod and
                  "db.r7g.large" in Staging
      fix         See the drift of Staging.
`);
});

it('compares a member that production alone has with the last of staging', async () => {
  running.set('prod', 'Member3', 'DBInstanceClass', 'db.t4g.medium');
  const { drifts, differences } = await running.look();
  expect(drifts).toMatchObject([{ environment: 'Prod', logicalId: 'Member3' }]);
  expect(differences).toMatchObject([
    { logicalId: 'Member3', prod: 'db.t4g.medium', staging: 'db.r7g.large' },
  ]);
});

it('takes no version for drift that the template leaves open, and for a difference one on one side', async () => {
  running.set('prod', 'Orders', 'EngineVersion', '17.9');
  const report = await running.look();
  expect(report.drifts).toEqual([]);
  expect(report.differences).toMatchObject([
    { logicalId: 'Orders', path: ['Properties', 'EngineVersion'], prod: '17.9', staging: '17.7' },
  ]);
  running.set('staging', 'Orders', 'EngineVersion', '17.9');
  expect(isSound(await running.look())).toBe(true);
  running.set('staging', 'Orders', 'EngineVersion', '18.1');
  const [drift] = (await running.look()).drifts;
  expect(drift).toMatchObject({ deployed: '17', running: '18.1' });
  expect(drift!.why).toMatch(/automatic minor version upgrade$/);
});

it('names a member that was deleted: of both on the one that it is gone from', async () => {
  running.resource('staging', 'Member2').exists = false;
  const one = await running.look();
  expect(one.drifts).toMatchObject([{ environment: 'Staging', logicalId: 'Member2', deployed: 'there' }]);
  expect(one.differences).toMatchObject([{ logicalId: 'Member2', prod: 'there' }]);
  running.resource('staging', 'Member2').exists = true;
  running.resource('prod', 'Member3').exists = false;
  const other = await running.look();
  expect(other.drifts).toMatchObject([{ environment: 'Prod', logicalId: 'Member3' }]);
  expect(isSound(other)).toBe(false);
});

it('names a member of twin.json that is not deployed, and says that the templates are others', async () => {
  const [stack] = running.prod.stacks;
  const { Member3: _, ...resources } = stack!.template['Resources'] as Record<string, never>;
  running.prod.stacks = [
    {
      ...stack!,
      template: { ...stack!.template, Resources: resources },
      deployedResources: new Map([...stack!.deployedResources].filter(([id]) => id !== 'Member3')),
      resources: stack!.resources.filter(({ logicalId }) => logicalId !== 'Member3'),
    },
  ];
  const { differences, notes, drifts } = await running.look();
  expect(drifts).toEqual([]);
  expect(differences).toMatchObject([
    { logicalId: 'Member3', why: 'it is a member of Prod by twin.json, and is not deployed' },
  ]);
  expect(notes).toEqual([
    "Prod was deployed from another template than this assembly's (1 resource, such as Member3).",
  ]);
});

it('names what else differs between the templates that both were deployed from', async () => {
  const [stack] = running.staging.stacks;
  const resources = stack!.template['Resources'] as JsonObject;
  const deployed = (more: JsonObject): void => {
    running.staging.stacks = [
      { ...stack!, template: { ...stack!.template, Resources: { ...resources, ...more } } },
    ];
  };
  const queue = { Type: 'AWS::SQS::Queue' };
  deployed({ Jobs: queue });
  const { differences, verdict } = await running.look();
  expect(verdict).toBe('not-twins');
  expect(differences).toMatchObject([{ logicalId: 'Jobs', why: 'no scale factor explains it' }]);
  const { Orders: _, ...others } = resources;
  running.staging.stacks = [{ ...stack!, template: { Resources: { ...others, Jobs: queue } } }];
  expect((await running.look()).differences.length).toBeGreaterThan(0);
});

it('does not compare templates whose stacks were named, and says so', async () => {
  const flags = { profile: '--staging-profile', region: '--region', stack: '--staging-stack' };
  running.staging.stacks = [{ ...running.staging.stacks[0]!, name: 'Staging-r1' }];
  const { verdict, notes } = await running.look({ second: { stacks: new Map([['', 'Staging-r1']]), flags } });
  expect(verdict).toBe('twins');
  expect(notes).toEqual([expect.stringMatching(/^The templates of stacks that are called otherwise/)]);
});

it('judges what no template says: the same, or none, one and several', async () => {
  const maintenance = { name: 'pending maintenance', judged: 'same' } as const;
  const zones = { name: 'zones', judged: 'plurality' } as const;
  const lag = { name: 'replica lag', judged: 'any' } as const;
  running.state('prod', 'Orders', { ...maintenance, value: 'system-update' });
  running.state('staging', 'Orders', { ...maintenance, value: 'none' });
  running.state('prod', 'Orders', { ...zones, value: 3 });
  running.state('staging', 'Orders', { ...zones, value: 2 });
  running.state('prod', 'Orders', { ...lag, value: '900 ms' });
  running.state('staging', 'Orders', { ...lag, value: '3 ms' });
  const { differences, states, drifts } = await running.look();
  expect(drifts).toEqual([]);
  expect(differences).toMatchObject([
    { logicalId: 'Orders', state: 'pending maintenance', prod: 'system-update', staging: 'none' },
  ]);
  expect(states).toHaveLength(3);
  running = new Running(assemblyOf('stack'));
  running.state('prod', 'Orders', { ...zones, value: 3 });
  running.state('staging', 'Orders', { ...zones, value: 1 });
  expect((await running.look()).differences).toMatchObject([{ state: 'zones', prod: 3, staging: 1 }]);
});

it('judges digests of images beside the image: where that may differ, so may they', async () => {
  const digest = (of: string) =>
    ({ name: 'image of web', value: `sha256:${of}`, judged: 'same', beside: ['Properties', of] }) as const;
  running.state('prod', 'Member0', { ...digest('1'), beside: ['Properties', 'DBInstanceClass'] });
  running.state('staging', 'Member0', { ...digest('2'), beside: ['Properties', 'DBInstanceClass'] });
  expect((await running.look()).differences).toEqual([]);
  running.state('prod', 'Member1', { ...digest('1'), beside: ['Properties', 'Engine'] });
  running.state('staging', 'Member1', { ...digest('2'), beside: ['Properties', 'Engine'] });
  expect((await running.look()).differences).toMatchObject([{ logicalId: 'Member1', state: 'image of web' }]);
});

it('lets each environment have its own account and Region in a text, and nothing else', async () => {
  const image = (account: string, region: string, name: string): string =>
    `${account}.dkr.ecr.${region}.amazonaws.com/${name}`;
  const set = (side: 'prod' | 'staging', value: string): void => {
    const resource = running.resource(side, 'Orders');
    resource.properties = [...resource.properties, { path: ['Properties', 'Image'], value }];
  };
  set('prod', image('111122223333', 'eu-west-1', 'shop'));
  set('staging', image('444455556666', 'eu-central-1', 'shop'));
  expect((await running.look()).differences).toEqual([]);
  set('staging', image('444455556666', 'eu-central-1', 'shop-dev'));
  expect((await running.look()).differences).toHaveLength(1);
});

it('takes what is set on one side alone for a difference, and no service that was not asked', async () => {
  const add = (name: string, more: object): void => {
    const orders = running.resource('staging', 'Orders');
    orders.properties = [...orders.properties, { path: ['Properties', name], value: 'x', ...more }];
  };
  add('CacheParameterGroupName', {});
  expect((await running.look()).differences).toEqual([]);
  add('work_mem', { default: null });
  expect((await running.look()).differences).toMatchObject([
    { logicalId: 'Orders', path: ['Properties', 'work_mem'], prod: null, staging: 'x' },
  ]);
});

it('compares the values that parameters were given, but for those that are secret', async () => {
  const given = (value: string | undefined) =>
    new Map([...running.staging.stacks[0]!.parameters, ['LogLevel', value]]);
  running.staging.stacks = [{ ...running.staging.stacks[0]!, parameters: given('debug') }];
  const { differences, verdict } = await running.look();
  expect(verdict).toBe('not-twins');
  expect(differences).toMatchObject([
    { type: 'Parameters', logicalId: 'LogLevel', prod: 'info', staging: 'debug' },
  ]);
  running.staging.stacks = [{ ...running.staging.stacks[0]!, parameters: given(undefined) }];
  running.prod.stacks = [{ ...running.prod.stacks[0]!, parameters: given(undefined) }];
  expect((await running.look()).differences).toEqual([]);
});

it('says what changes while it looks, and what CloudFormation found itself', async () => {
  const [stack] = running.staging.stacks;
  running.staging.stacks = [
    {
      ...stack!,
      status: 'UPDATE_IN_PROGRESS',
      drift: { status: 'DRIFTED', at: '2026-11-27T04:00:00.000Z', found: [] },
    },
  ];
  running.staging.unseen = ['pending maintenance of caches: elasticache:DescribeUpdateActions failed: no'];
  const report = await running.look();
  expect(report.notes).toEqual([
    'Staging is UPDATE_IN_PROGRESS: what was seen may change.',
    'CloudFormation found drift of Staging on 2026-11-27: cdk drift has the details.',
  ]);
  expect(await text()).toContain('\nNot looked at\n  Staging: pending maintenance of caches:');
});

it('joins what CloudFormation found where nothing was looked at, and leaves out what is seen as it runs', async () => {
  const [stack] = running.staging.stacks;
  const change = (path: string, deployed: Json, now: Json) => ({
    path: ['Properties', path],
    deployed,
    running: now,
  });
  const found = [
    { logicalId: 'Topic', type: 'AWS::SNS::Topic', changes: [change('DisplayName', 'orders', 'Orders')] },
    { logicalId: 'Role', type: 'AWS::IAM::Role', changes: [] },
    // it is looked at: what it runs with now is seen, and that it is there
    {
      logicalId: 'Member1',
      type: 'AWS::RDS::DBInstance',
      changes: [change('DBInstanceClass', 'db.r7g.large', 'db.r7g.xlarge'), change('Tags', 'a', 'b')],
    },
    { logicalId: 'Orders', type: 'AWS::RDS::DBCluster', changes: [] },
  ];
  running.staging.stacks = [
    { ...stack!, drift: { status: 'DRIFTED', at: '2026-11-27T04:00:00.000Z', found } },
  ];
  const report = await running.look();
  expect(isSound(report)).toBe(false);
  expect(report.notes).toEqual([]);
  const why = "CloudFormation's drift detection found it on 2026-11-27 04:00 UTC";
  expect(report.drifts).toEqual([
    expect.objectContaining({ logicalId: 'Topic', deployed: 'orders', running: 'Orders', why }),
    expect.objectContaining({ logicalId: 'Role', path: [], deployed: 'there', why: `${why}: it is gone` }),
    expect.objectContaining({ logicalId: 'Member1', path: ['Properties', 'Tags'], why }),
  ]);
  expect(await text()).toContain('  Topic (AWS::SNS::Topic) in Staging\n    DisplayName\n');
});

it('writes both forms without a line that is too long or a cell that breaks its table', async () => {
  running.set('staging', 'Member1', 'DBInstanceClass', `db.${'x'.repeat(200)}`);
  running.resource('prod', 'Orders').strays = ['the instance a|b\u001B[2J is a member'];
  const report = await running.look();
  const shown = renderLive(report, { color: false, width: 80, verbose: true });
  expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(shown).not.toContain('\u001B');
  const markdown = renderLiveMarkdown(report);
  expect(markdown).toMatch(/^### ❌ `Staging` does \*\*not\*\* run as a twin of `Prod`\n/);
  expect(markdown).toContain('#### Drift\n\n| In | Where | Deployed | Running | Why |\n');
  expect(markdown).not.toContain('\u001B');
  for (const line of markdown.split('\n').filter((it) => it.startsWith('| `Staging`')))
    expect(line.split(' | ')).toHaveLength(5);
});

describe('bad input', () => {
  const error = (more: Parameters<Running['look']>[0]) =>
    running.look(more).then(
      () => undefined,
      (it: unknown) => it,
    );
  const second = (...stacks: (readonly [string, string])[]) => ({
    second: {
      stacks: new Map(stacks),
      flags: { profile: '--staging-profile', region: '--region', stack: '--staging-stack' },
    },
  });

  it('is an environment that is not in the assembly, or several', async () => {
    expect(await error({ staging: 'Stagin' })).toMatchObject({
      code: 'usage',
      message: 'the assembly compares no environment "Stagin" with production; did you mean "Staging"?',
      fix: 'Name one with --staging, such as --staging Staging.',
    });
    const assembly = synthesize('stack', ['One', 'Two']);
    expect(await error({ assembly })).toMatchObject({
      code: 'usage',
      message: 'the assembly compares One and Two with production; one of them can be looked at',
    });
    rmSync(assembly, { recursive: true });
  });

  it('is a stack that the environment does not have, or the same for both', async () => {
    expect(await error(second(['Dta', 'Staging-r1']))).toMatchObject({ code: 'usage' });
    await running.look(second(['', 'Staging-r1']));
    expect(running.stacksAsked.at(-1)).toEqual(['Staging-r1']);
    running.staging.stacks = running.prod.stacks;
    expect(await error({})).toMatchObject({
      code: 'same-stack',
      message: 'the stack Prod would be compared with itself: it was found for Prod and for Staging',
    });
    running = new Running(assemblyOf('stage'));
    expect(await error(second(['', 'Staging-r1']))).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /^--staging-stack names one stack, and the environment has 2: (Jobs, Data|Data, Jobs)$/,
      ) as string,
    });
    await running.look(second(['Data', 'Staging-r1-Data']));
    expect(running.stacksAsked.at(-1)).toContain('Data=Staging-r1-Data');
  });

  it('is an app of which nothing is looked at', async () => {
    for (const side of ['prod', 'staging'] as const)
      running[side].stacks = [{ ...running[side].stacks[0]!, resources: [], parameters: new Map() }];
    expect(await error({})).toMatchObject({
      code: 'nothing-to-compare',
      message:
        'nothing of Prod and Staging can be compared: of the 5 resources that Prod has, none is a database, a cache or a service',
    });
  });
});
