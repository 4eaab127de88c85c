import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { count, Twins, type EnvironmentOptions } from '../../lib';
import { newApp } from '../app';
import { definitionIn, expires } from './pair';

interface Made {
  readonly id: string;
  readonly tasks: number;
  readonly options: EnvironmentOptions;
}

/** Everything that a topology is instantiated as, by one synth. */
function madeBy(ids: readonly string[], options: EnvironmentOptions = {}) {
  const made: Made[] = [];
  const app = newApp();
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'less traffic' }) },
    environment: (scope, id, { tasks }, given) => {
      made.push({ id, tasks, options: given });
      const stack = new Stack(scope, id, { ...given });
      new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
      new CfnOutput(stack, 'Name', { value: stack.stackName });
      return stack;
    },
  });
  const [prod, ...stagings] = ids;
  twins.prod(prod!, { scale: { tasks: 6 }, ...options });
  const { stackName } = options;
  for (const id of stagings)
    twins.staging(id, {
      scale: { tasks: 3 },
      expires,
      ...options,
      ...(stackName !== undefined && { stackName: stackName.replace('live', 'test') }),
    });
  app.synth();
  return { app, made, again: made.slice(ids.length) };
}

describe('a topology is instantiated again', () => {
  const { app, again } = madeBy(['Prod', 'Staging']);

  it('as the staging without its lifecycle', () => {
    expect(again[0]).toMatchObject({ id: 'Staging', tasks: 3 });
  });

  it('as production under a neutral name, before any other values are tried and once more after them', () => {
    const [, first] = again;
    expect(first).toMatchObject({ id: expect.stringMatching(/^[A-Z][a-z]{3}$/) as string, tasks: 6 });
    expect(again.slice(2).findIndex((it) => it.id === first!.id)).toBe(3);
    expect(again[5]).toEqual(first);
  });

  it('under neutral names of both lengths, with other values on both sides', () => {
    const others = again.slice(2, 5);
    expect(others.map(({ id }) => id.length).toSorted((a, b) => a - b)).toEqual([4, 7, 7]);
    expect(new Set(again.slice(1).map(({ id }) => id)).size).toBe(4);
    const values = others.map(({ tasks }) => tasks);
    expect(new Set([...values, 3, 6]).size).toBe(5);
    expect(Math.min(...values)).toBeLessThan(3);
    expect(Math.max(...values)).toBeGreaterThan(6);
    expect(definitionIn(app).tried).toHaveLength(5);
  });

  it('with one name that is longer, where all real ones are of one length', () => {
    const ids = madeBy(['Prod', 'Test']).again.map(({ id }) => id.length);
    expect(ids.filter((length) => length === 7)).toHaveLength(1);
  });

  it('for each environment that there is', () => {
    const { again: all } = madeBy(['Prod', 'Staging41', 'Staging42', 'Staging43']);
    expect(all.slice(0, 3).map(({ id }) => id)).toEqual(['Staging41', 'Staging42', 'Staging43']);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length - 1);
  });

  it('the same way at every synth', () => {
    const ids = (): string[] => madeBy(['Prod', 'Staging']).made.map(({ id, tasks }) => `${id} ${tasks}`);
    expect(ids()).toEqual(ids());
  });
});

it('options are neutral too, but for where it is', () => {
  const env = { account: '111111111111', region: 'eu-west-1' };
  const { again } = madeBy(['Prod'].concat('Staging'), {
    env,
    stackName: 'shop-live',
    description: 'The shop, in production',
    tags: { cost: 'a1-live' },
  });
  const neutral = again.slice(1);
  expect(neutral).toHaveLength(5);
  for (const { options } of neutral) {
    expect(options.env).toEqual(env);
    expect(options.stackName).toMatch(/^[b-z]{4}-[b-z]{4}$/);
    expect(options.description).toMatch(/^[A-Z][a-z]{2} [a-z]{4}, [a-z]{2} [a-z]{10}$/);
    expect(options.tags!['cost']).toMatch(/^[b-z]\d-[b-z]{4}$/);
  }
});
