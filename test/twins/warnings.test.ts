import { Tags, type Stack } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Twins } from '../../lib';
import { Assembly, warningsIn } from '../../lib/parity/assembly';
import { watchingVariables } from '../../lib/twins/instances/machine-variables';
import { newApp } from '../app';
import { Database, parityOf, production, scale, twinsOf } from './pair';

// The AWS CDK prints what it warns of.
beforeEach(() => void jest.spyOn(console, 'error').mockImplementation());
afterEach(() => jest.restoreAllMocks());

const warned = (make: (stack: Stack) => void) => {
  const { app } = twinsOf(
    { backlog: [4, 2] },
    (stack, { backlog }) => {
      new CfnQueue(stack, 'Queue', { delaySeconds: backlog });
      make(stack);
    },
    { prod: 'hourly', staging: 'never' },
  );
  expect(parityOf(app).verdict).toBe('twins');
  return warningsIn(new Assembly(app.outdir)).map(({ rule, text }) => [rule, text.replace(/[:,].*/s, '')]);
};

it('nothing is told of environments that give no reason', () => {
  expect(warned(() => {})).toEqual([]);
});

it('a production without a staging is told at the synth, which does not fail for it', () => {
  const app = newApp();
  new Twins(app, { scale, environment: Database }).prod('Prod', { scale: production });
  app.synth();
  const report = readFileSync(join(app.outdir, 'validation-report.json'), 'utf8');
  expect(report).toContain('Prod has no staging and no second production');
});

describe('a tag that is the name of its environment', () => {
  it('is told by the resources that have it, once', () => {
    expect(warned((stack) => Tags.of(stack).add('backup', stack.stackName))).toEqual([
      ['selecting-tag', 'the tag "backup" of Queue'],
    ]);
  });

  it.each(['Name', 'env', 'acme:environment', 'stack-name'])('is not where %s says that it is', (key) => {
    expect(warned((stack) => Tags.of(stack).add(key, stack.stackName))).toEqual([]);
  });

  it('is not where the name is a part of it, or every environment has the same', () => {
    const make = (stack: Stack) => {
      Tags.of(stack).add('owner', `team-${stack.stackName}`);
      Tags.of(stack).add('backup', 'hourly');
    };
    expect(warned(make)).toEqual([]);
  });
});

describe('a variable by which frameworks run other code', () => {
  const withVariable = (name: string, valueOf: (stack: Stack) => string) =>
    warned((stack) => {
      new CfnFunction(stack, 'Api', {
        code: { zipFile: 'x' },
        role: 'x',
        environment: { variables: { [name]: valueOf(stack) } },
      });
      new CfnTaskDefinition(stack, 'Task', {
        containerDefinitions: [{ image: 'x', name: 'web', environment: [{ name, value: valueOf(stack) }] }],
      });
    });

  it('is told where it follows the name of the environment, in functions and in containers', () => {
    expect(withVariable('NODE_ENV', ({ stackName }) => stackName.toLowerCase())).toEqual([
      ['mode-variable', 'the variable NODE_ENV of Api follows the name of the environment'],
      ['mode-variable', 'the variable NODE_ENV of Task follows the name of the environment'],
    ]);
  });

  it('is not where all have the same, or it decides nothing', () => {
    expect(withVariable('NODE_ENV', () => 'production')).toEqual([]);
    expect(withVariable('TABLE', ({ stackName }) => stackName)).toEqual([]);
  });
});

describe('variables of the machine', () => {
  afterEach(() => {
    delete process.env['TIER'];
  });

  it('are told where an environment is made by them', () => {
    process.env['TIER'] = 'prod';
    const make = (stack: Stack) => process.env['TIER'] === 'prod' && new CfnQueue(stack, 'Dead');
    expect(warned(make as (stack: Stack) => void)).toEqual([
      ['machine-variable', 'the environments read TIER of the machine that synthesizes them'],
    ]);
  });

  it('are not where their values are passed in, or tools are told by them', () => {
    const tier = process.env['TIER'];
    const make = (stack: Stack) => {
      void process.env['AWS_REGION'];
      if (tier === 'prod') new CfnQueue(stack, 'Dead');
    };
    expect(warned(make)).toEqual([]);
  });

  it('may be set and taken away by what makes an environment', () => {
    process.env['TIER'] = 'prod';
    const { result } = watchingVariables(() => {
      process.env['TIER'] = 'other';
      const set = process.env['TIER'];
      delete process.env['TIER'];
      return [set, process.env['TIER']];
    });
    expect(result).toEqual(['other', undefined]);
  });

  it('are all passed on to other programs without being read, and are as they were afterwards', () => {
    const { env } = process;
    const { result, read } = watchingVariables(() => {
      process.env['TIER'] = 'x';
      return { ...process.env };
    });
    expect(read).toEqual([]);
    expect(result['TIER']).toBe('x');
    expect(process.env).toBe(env);
    expect(watchingVariables(() => 'TIER' in process.env).read).toEqual(['TIER']);
    expect(() =>
      watchingVariables(() => {
        throw new Error('broken');
      }),
    ).toThrow('broken');
    expect(process.env).toBe(env);
  });
});
