import * as cdk from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { transformSync } from 'esbuild';
import { randomUUID } from 'node:crypto';
import { compileFunction } from 'node:vm';
import { count, replicas, shards, Twins } from '../../lib';
import { parityOfTemplates } from '../../lib/parity/parity';
import { parityRuleId, type ParityRule } from '../../lib/parity/rules';
import { parseYaml } from '../../lib/template/yaml-template';
import { PARITY } from '../../scripts/rule-pages/parity';
import type { ParityExample } from '../../scripts/rule-pages/parity-page';
import { newApp } from '../app';
import { expires, parityOf } from '../twins/pair';

/** What the code of examples uses. */
const MODULES = {
  cdk,
  ecs,
  secretsmanager,
  sqs,
  ssm,
  randomUUID,
  CfnCondition: cdk.CfnCondition,
  CfnParameter: cdk.CfnParameter,
  Fn: cdk.Fn,
};

/** Runs the code of an example: `this` is `self`. */
function run(code: string, self: unknown, values: Readonly<Record<string, unknown>>): void {
  const all = { ...MODULES, ...values };
  const { code: plain } = transformSync(code, { loader: 'ts' });
  compileFunction(plain, Object.keys(all)).apply(self, Object.values(all));
}

function foundInCode({ code, afterwards = '' }: Extract<ParityExample, { code: string }>): string[] {
  const app = newApp();
  const twins = new Twins(app, {
    scale: {
      tasks: count({ reason: 'staging is not busy' }),
      readers: replicas({ reason: 'more only add throughput', max: 15 }),
      shards: shards({ reason: 'staging has less data', max: 3 }),
    },
    environment: (scope, id, values, options) => {
      const stack = new cdk.Stack(scope, id, { ...options });
      run(code, stack, values);
      return stack;
    },
  });
  const prod = twins.prod('Prod', { scale: { tasks: 6, readers: 3, shards: 3 } });
  const staging = twins.staging('Staging', { scale: { tasks: 2, readers: 2, shards: 2 }, expires });
  run(afterwards, undefined, { prod, staging });
  return parityOf(app).forbidden.map(({ id }) => id);
}

/** The ids of what parity finds in an example. */
async function foundIn(example: ParityExample): Promise<string[]> {
  if ('shown' in example) throw new Error(`"${example.shown}" cannot be run`);
  if ('code' in example) return foundInCode(example);
  const { prod, staging, allow } = example;
  const [p, s] = [await parseYaml('prod.yaml', prod), await parseYaml('staging.yaml', staging)];
  const { forbidden, open = [], allowlist } = parityOfTemplates(p, s, allow && { whitelist: allow });
  return [...forbidden, ...open, ...(allowlist?.unused ?? [])].map(({ id }) => id);
}

/** Rules of which the page has an example that can be run, and not an edit of an assembly alone. */
const RUN = (Object.keys(PARITY) as ParityRule[]).filter((rule) => !('shown' in PARITY[rule].bad));

it('run for most of the rules', () => {
  expect(RUN.length).toBeGreaterThan(Object.keys(PARITY).length / 2);
});

describe.each(RUN)('the examples of "%s"', (rule) => {
  const { bad, good } = PARITY[rule];

  it('are found by this rule and by no other, and are not found when they are good', async () => {
    expect([...new Set(await foundIn(bad))]).toEqual([parityRuleId(rule)]);
    expect(await foundIn(good)).toEqual([]);
  });
});
