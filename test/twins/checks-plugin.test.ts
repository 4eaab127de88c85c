import {
  AspectPriority,
  Aspects,
  CfnResource,
  Fn,
  NestedStack,
  Stack,
  Stage,
  Validations,
  type App,
  type Environment,
} from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Twins, count } from '../../lib';
import { parityOfAssembly } from '../../lib/parity/assembly-parity';
import { synthesize } from '../../lib/twins/synthesize';
import { newApp } from '../app';
import { expires } from './pair';

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly severity: string;
  readonly violatingConstructs: readonly { constructPath?: string; cloudFormationResource?: unknown }[];
}

interface Made {
  readonly staging: Stack | Stage;
  readonly hasFailed: boolean;
  /** What the CDK says of the checks. */
  readonly violations: readonly Violation[];
  readonly suppressed: readonly { readonly ruleName: string; readonly reason?: string }[];
  /** What parity says of them, from the files. */
  readonly report: ReturnType<typeof parityOfAssembly>[number];
}

/** Synthesizes production and a staging of a stack, or of a stage with one: what the checks say, and whether the synth failed. */
function check(
  make: (stack: Stack) => void,
  { env, isStage = false }: { env?: Environment; isStage?: boolean } = {},
): Made {
  const app = newApp({
    context: {
      '@aws-cdk/core:validateAgainstDefaultRules': false,
      'aws:cdk:enable-path-metadata': true,
    },
  });
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'fewer will do' }) },
    environment: (scope, id, _, options) => {
      const top = isStage ? new Stage(scope, id, { ...options }) : new Stack(scope, id, { ...options });
      make(isStage ? new Stack(top, 'Data') : (top as Stack));
      return top;
    },
  });
  twins.prod('Prod', { scale: { tasks: 4 }, ...(env && { env }) });
  const staging = twins.staging('Staging', { scale: { tasks: 2 }, expires, ...(env && { env }) });
  let hasFailed = false;
  try {
    app.synth();
  } catch {
    hasFailed = true;
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: readonly {
      pluginName: string;
      violations: Violation[];
      suppressedViolations?: Made['suppressed'];
    }[];
  };
  const { violations = [], suppressedViolations = [] } =
    pluginReports.find(({ pluginName }) => pluginName === 'cdk-twin-staging') ?? {};
  return {
    staging,
    hasFailed,
    violations,
    suppressed: suppressedViolations,
    report: parityOfAssembly(app.outdir)[0]!,
  };
}

const key = (stack: Stack) => new kms.Key(stack, 'Key');
const namesOf = ({ violations }: Made): string[] => violations.map(({ ruleName }) => ruleName);

it('fails the synth with one violation for each rule, and says where, nested stacks too', () => {
  const made = check((stack) => {
    key(stack);
    key(new NestedStack(stack, 'Nested'));
  });
  expect(made.hasFailed).toBe(true);
  expect(made.violations.map(({ ruleName, severity }) => [ruleName, severity])).toEqual([
    ['TWIN-TD-001', 'error'],
  ]);
  const places = made.violations[0]!.violatingConstructs;
  expect(places.map(({ constructPath }) => constructPath!).sort()).toEqual([
    'Staging/Key/Resource',
    'Staging/Nested/Key/Resource',
  ]);
  expect(places[0]!.cloudFormationResource).toMatchObject({ propertyPaths: ['Type'] });
  expect(made.report.verdict).toBe('twins');
  expect(made.report.checks!.tearDown).toMatchObject({
    result: 'failed',
    findings: [
      { id: 'TWIN-TD-001', stack: '', construct: 'Key' },
      { id: 'TWIN-TD-001', stack: 'Nested', construct: 'Nested/Key' },
    ],
  });
  expect(made.report.checks!.isolation.result).toBe('passed');
});

it('reports what is no resource on its stack, and tells which it is', () => {
  const made = check((stack) =>
    stack.exportValue(Fn.importValue('Network:Vpc'), { name: `${stack.stackName}-Vpc` }),
  );
  expect(made.hasFailed).toBe(true);
  expect(made.violations).toEqual([
    expect.objectContaining({
      ruleName: 'TWIN-ISO-001',
      description: expect.stringMatching(/^Outputs\.\w+: got "Network:Vpc", an export of a stack outside/),
      violatingConstructs: [expect.objectContaining({ constructPath: 'Staging' })],
    }),
  ]);
});

it('knows the account of a stack with an env, and of what is nested in it', () => {
  const writes = (account: string) =>
    check(
      (stack) => {
        for (const it of [stack, new NestedStack(stack, 'Nested')])
          new sns.Topic(it, 'Topic', { displayName: `arn:aws:iam::${account}:root` });
      },
      { env: { account: '999988887777', region: 'eu-west-1' } },
    ).violations.map(({ ruleName, violatingConstructs }) => [ruleName, violatingConstructs.length]);
  expect(writes('999988887777')).toEqual([]);
  expect(writes('111122223333')).toEqual([['TWIN-ISO-007', 2]]);
});

describe('termination protection of a staging', () => {
  /** Production and a staging in an app with an aspect, of which the staging is a stage with two stacks, or one stack. */
  function protectedBy(visit: (node: IConstruct) => void, { isStage = false, priority = 500 } = {}) {
    const app = newApp();
    Aspects.of(app).add({ visit }, { priority });
    const twins = new Twins(app, {
      scale: { tasks: count({ reason: 'fewer will do' }) },
      environment: (scope, id, _, options) => {
        const top = isStage ? new Stage(scope, id, { ...options }) : new Stack(scope, id, { ...options });
        for (const stack of isStage ? [new Stack(top, 'Data'), new Stack(top, 'Web')] : [top as Stack])
          new sns.Topic(stack, 'Topic');
        return top;
      },
    });
    twins.prod('Prod', { scale: { tasks: 4 } });
    const staging = twins.staging('Staging', { scale: { tasks: 2 }, expires });
    return { app, staging };
  }
  const protectIt = (node: IConstruct): void => {
    if (Stack.isStack(node)) node.terminationProtection = true;
  };
  const protectAround = ({ node }: IConstruct): void => node.scopes.forEach(protectIt);
  const protectedIn = ({ app }: { app: App }): string[] =>
    app
      .synth()
      .stacksRecursively.filter(({ terminationProtection }) => terminationProtection === true)
      .map(({ stackName }) => stackName)
      .sort();

  it.each<[string, (node: IConstruct) => void]>([
    ['every stack', protectIt],
    ['the stack of every construct', protectAround],
  ])('is lifted where an aspect of the app protects %s', (_, visit) => {
    expect(protectedIn(protectedBy(visit))).toEqual(['Prod']);
    expect(protectedIn(protectedBy(visit, { isStage: true }))).toEqual(['Prod-Data', 'Prod-Web']);
  });

  it('is lifted where it is set after the staging is made', () => {
    const made = protectedBy(() => {});
    (made.staging as Stack).terminationProtection = true;
    expect(protectedIn(made)).toEqual(['Prod']);
  });

  it('fails the synth and parity where an aspect has the last word', () => {
    const { app } = protectedBy(protectAround, { priority: AspectPriority.READONLY });
    expect(() => app.synth()).toThrow(/TWIN-TD-020/);
    expect(parityOfAssembly(app.outdir)).toMatchObject([
      {
        verdict: 'twins',
        checks: {
          tearDown: {
            result: 'failed',
            findings: [{ id: 'TWIN-TD-020', stack: '', type: 'Stack', logicalId: 'Staging' }],
          },
        },
      },
    ]);
  });
});

it('lets a clean staging pass', () => {
  const made = check((stack) => new sns.Topic(stack, 'Topic'));
  expect({ hasFailed: made.hasFailed, violations: made.violations }).toEqual({
    hasFailed: false,
    violations: [],
  });
  expect(made.report.checks).toMatchObject({
    isolation: { result: 'passed' },
    tearDown: { result: 'passed' },
  });
});

it.each<[where: string, on: (key: kms.Key) => kms.Key | Stack]>([
  ['the resource', (it) => it],
  ['its stack', (it) => it.stack],
])('what is acknowledged on %s is listed with its reason, and fails nothing', (_, on) => {
  const made = check((stack) => {
    const reason = 'one key a month is a dollar';
    Validations.of(on(key(stack))).acknowledge({ id: 'cdk-twin-staging::TWIN-TD-001', reason });
  });
  expect(made.hasFailed).toBe(false);
  expect(made.violations).toEqual([]);
  expect(made.suppressed).toEqual([expect.objectContaining({ ruleName: 'TWIN-TD-001' })]);
  expect(made.report.checks!.tearDown).toMatchObject({
    result: 'passed',
    findings: [],
    acknowledged: [
      { id: 'TWIN-TD-001', logicalId: expect.stringMatching(/^Key/), reason: 'one key a month is a dollar' },
    ],
  });
});

it('what is acknowledged on the app counts for every stack', () => {
  const made = check((stack) => {
    key(stack);
    key(new NestedStack(stack, 'Nested'));
    const reason = 'keys are cheap';
    Validations.of(stack.node.root).acknowledge({ id: 'cdk-twin-staging::TWIN-TD-001', reason });
  });
  expect(made.hasFailed).toBe(false);
  expect(made.report.checks!.tearDown).toMatchObject({ result: 'passed', findings: [] });
  expect(made.report.checks!.tearDown.acknowledged.map(({ stack }) => stack)).toEqual(['', 'Nested']);
});

it('an acknowledgement counts for its own resource and rule alone', () => {
  const made = check((stack) => {
    const till = new CfnResource(stack, 'Till', { type: 'Custom::Till' });
    key(stack);
    Validations.of(till).acknowledge({ id: 'cdk-twin-staging::TWIN-TD-001', reason: 'another one' });
  });
  expect(made.report.checks!.tearDown.findings.map(({ id }) => id).sort()).toEqual([
    'TWIN-TD-001',
    'TWIN-TD-002',
  ]);
  expect(made.hasFailed).toBe(true);
});

it('tells of a stage without a place, which no choice of stacks can leave out', () => {
  const made = check(key, { isStage: true });
  expect(namesOf(made)).toEqual(['checks-failed', 'TWIN-TD-001']);
  expect(made.violations[0]).toMatchObject({
    description: 'Staging has 1 finding of isolation and tear-down: TWIN-TD-001',
    severity: 'fatal',
  });
  expect(made.violations[0]!.violatingConstructs[0]?.constructPath).toBeFalsy();
  expect(namesOf(check((stack) => new sns.Topic(stack, 'Topic'), { isStage: true }))).toEqual([]);
});

it('is asked of the files again: a template that was changed later is checked as it is', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'fewer will do' }) },
    environment: (scope, id, _, options) => {
      const stack = new Stack(scope, id, { ...options });
      new sns.Topic(stack, 'Topic', { displayName: stack.stackName });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { tasks: 4 } });
  const directory = synthesize(twins.staging('Staging', { scale: { tasks: 2 }, expires }));
  const findings = () => parityOfAssembly(directory)[0]!.checks!.isolation.findings.map(({ id }) => id);
  expect(findings()).toEqual([]);
  const file = join(directory, 'Staging.template.json');
  const changed = readFileSync(file, 'utf8').replace(
    '"DisplayName": "Staging"',
    '"DisplayName": "vpc-01234567"',
  );
  writeFileSync(file, changed);
  expect(findings()).toEqual(['TWIN-ISO-009']);
});
