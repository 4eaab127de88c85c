import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { production, staging } from '../../bin/sizes';
import { WebShop } from '../../lib/shop';
import { build, empty, synth, type ShopValues } from './shop';

const LIMIT = 300;

const template = synth();
const smaller = synth({ values: staging });

test('the AwsSolutions pack of cdk-nag finds nothing, with and without TLS', () => {
  for (const tls of [true, false]) {
    const { app } = build({ tls });
    expect(new AwsSolutionsChecks(app, { verbose: true }).validateScope(app).violations).toEqual([]);
  }
});

test('every acknowledged finding says why', () => {
  const { stack } = build();
  const acknowledged = stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules'))
    .flatMap(({ data }) => Object.entries(data as Record<string, string>));
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter(([, reason]) => reason.length < 40)).toEqual([]);
});

test('no environment can come near the 500 resources of a stack', () => {
  expect(Object.keys(resourcesOf(template)).length).toBeLessThan(LIMIT);
});

test('synth needs neither an account nor a look-up', () => {
  for (const env of [undefined, { account: '111111111111', region: 'eu-central-1' }]) {
    expect(build({ env }).app.synth().manifest.missing).toBeUndefined();
  }
});

test('neither a Lambda nor a custom resource is part of the shop', () => {
  expect(kindsOf(template).filter((type) => /Lambda|CustomResource|^Custom::/.test(type))).toEqual([]);
});

const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const TASK = 'AWS::ECS::TaskDefinition';
const CACHE = 'AWS::ElastiCache::ReplicationGroup';
const ALARM = 'AWS::CloudWatch::Alarm';
const DASHBOARD = 'AWS::CloudWatch::Dashboard';

/** What else a factor could be, one of its parts at a time, and the types of the resources that are others then. */
const REACHES: { readonly [N in keyof ShopValues]: readonly [ShopValues[N], ...string[]][] } = {
  webTasks: [
    [{ min: 5, max: 20 }, SCALABLE_TARGET, ALARM, DASHBOARD],
    [{ min: 4, max: 21 }, SCALABLE_TARGET, DASHBOARD],
  ],
  webSize: [
    [{ cpu: 1024, memoryMiB: 4096 }, TASK, 'AWS::ApplicationAutoScaling::ScalingPolicy'],
    [{ cpu: 2048, memoryMiB: 8192 }, TASK],
  ],
  workerTasks: [
    [{ min: 4, max: 10 }, SCALABLE_TARGET, ALARM],
    [{ min: 3, max: 11 }, SCALABLE_TARGET],
  ],
  workerSize: [
    [{ cpu: 512, memoryMiB: 4096 }, TASK],
    [{ cpu: 1024, memoryMiB: 8192 }, TASK],
  ],
  ordersInstance: [['r7g.xlarge', 'AWS::RDS::DBInstance', ALARM]],
  // A service waits for every instance.
  ordersReaders: [[4, 'AWS::RDS::DBInstance', 'AWS::ECS::Service', ALARM, DASHBOARD]],
  catalogInstance: [['r6g.xlarge', 'AWS::DocDB::DBInstance', ALARM]],
  catalogReplicas: [[4, 'AWS::DocDB::DBInstance', 'AWS::ECS::Service', ALARM, DASHBOARD]],
  sessionsNode: [['cache.r7g.xlarge', CACHE]],
  sessionsReplicas: [[3, CACHE]],
  pagesNode: [['cache.r7g.large', CACHE]],
  pagesShards: [[4, CACHE]],
  pagesReplicas: [[3, CACHE]],
};

const others = Object.entries(REACHES).flatMap(([name, list]) =>
  list.map(([value, ...types]) => [name, value, types] as const),
);

test.each(others)('the factor %s, as %j, reaches %j and nothing else', (name, value, types) => {
  const other = resourcesOf(synth({ values: { ...production, [name]: value } }));
  const all = { ...other, ...resourcesOf(template) };
  const changed = Object.keys(all).filter(
    (id) => JSON.stringify(other[id]) !== JSON.stringify(resourcesOf(template)[id]),
  );
  expect([...new Set(changed.map((id) => all[id]!.Type))].toSorted()).toEqual(types.toSorted());
});

test('its scale is plain values: any object that has them makes the same template', () => {
  const { stack } = empty();
  const scale = { ...production, ordersConnectionsAlarm: 4000, catalogConnectionsAlarm: 11_360 };
  new WebShop(stack, 'Shop', { scale, release: '1.4.2', tls: true });
  expect(Template.fromStack(stack).toJSON()).toEqual(template.toJSON());
});

test('each factor that counts members decides how many there are', () => {
  expect(Object.keys(smaller.findResources('AWS::RDS::DBInstance'))).toHaveLength(1 + staging.ordersReaders);
  expect(Object.keys(smaller.findResources('AWS::DocDB::DBInstance'))).toHaveLength(
    1 + staging.catalogReplicas,
  );
});

test('with the sizes of staging it has the same kinds of resources', () => {
  expect(kindsOf(smaller)).toEqual(kindsOf(template));
});

test('under another name the template differs in nothing but that name', () => {
  const [prod, other] = (
    [
      ['Prod', template],
      ['ReleaseCandidate', synth({ stackName: 'ReleaseCandidate' })],
    ] as const
  ).map(([name, built]) =>
    JSON.stringify(built.toJSON()).replaceAll(name, '<name>').replaceAll(name.toLowerCase(), '<name>'),
  );
  expect(other).toBe(prod);
});

test('a release that is no image tag is an error that says what is allowed', () => {
  expect(() => build({ release: 'release 7' })).toThrow(
    expect.objectContaining({
      code: 'release',
      message:
        'got the release "release 7"; an image tag of up to 128 letters, digits, "_", "." and "-" is allowed',
    }),
  );
});

test('the outputs name the shop and where its alarms go', () => {
  const outputs = template.findOutputs('*');
  expect(Object.keys(outputs)).toEqual(['Url', 'AlarmTopic']);
});

function resourcesOf(built: Template): Record<string, { Type: string }> {
  return built.toJSON()['Resources'] as Record<string, { Type: string }>;
}

function kindsOf(built: Template): string[] {
  return [...new Set(Object.values(resourcesOf(built)).map(({ Type }) => Type))];
}
