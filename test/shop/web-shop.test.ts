import { CfnResource, type Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { staging } from '../../bin/sizes';
import { resolveNames } from '../../lib/scale/named-token';
import { shopScale } from '../../lib/shop/scale';
import { build, empty, synth } from './shop';

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

test('the validator of the CDK fails the synth of a wrong value', () => {
  const { app, stack } = empty({ validate: true });
  const queue = new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue' });
  queue.addPropertyOverride('DelaySeconds', 'soon');
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  jest.spyOn(console, 'error').mockReturnValue();
  expect(() => app.synth()).toThrow(/validation/i);
});

test('no environment can come near the 500 resources of a stack', () => {
  expect(Object.keys(template.toJSON()['Resources'] as object).length).toBeLessThan(LIMIT);
});

test('synth needs neither an account nor a look-up', () => {
  for (const env of [undefined, { account: '111111111111', region: 'eu-central-1' }]) {
    expect(build({ env }).app.synth().manifest.missing).toBeUndefined();
  }
});

test('neither a Lambda nor a custom resource is part of the shop', () => {
  expect(kindsOf(template).filter((type) => /Lambda|CustomResource|^Custom::/.test(type))).toEqual([]);
});

test('every factor reaches the template', () => {
  const { stack } = build();
  const { resolved, read } = resolveNames(() => templateOf(stack));
  const text = read(JSON.stringify(resolved)) ?? '';
  const reached = Object.keys(shopScale.factors).filter((name) =>
    new RegExp(`\\$\\{${name}[.:}]`).test(text),
  );
  // A factor that only counts members shows in how many there are.
  const counted = ['ordersReaders', 'catalogReplicas'];
  expect([...reached, ...counted].toSorted()).toEqual(Object.keys(shopScale.factors).toSorted());
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

function templateOf(stack: Stack): unknown {
  // Internal to the CDK, and the only way to resolve a template without writing an assembly.
  const { _toCloudFormation } = stack as unknown as { _toCloudFormation: () => unknown };
  return stack.resolve(_toCloudFormation.call(stack)) as unknown;
}

function kindsOf(built: Template): string[] {
  const resources = Object.values(built.toJSON()['Resources'] as Record<string, { Type: string }>);
  return [...new Set(resources.map(({ Type }) => Type))];
}
