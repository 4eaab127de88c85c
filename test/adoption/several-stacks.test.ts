import { resolve } from 'node:path';
import { parse } from 'yaml';
import {
  app,
  init,
  jestOnTwins,
  LONG,
  manifest,
  read,
  runJob,
  start,
  JEST,
  type Workflow,
} from './app-folder';

const SHOP = {
  'cdk.json': '{ "app": "npx tsx bin/shop.ts" }',
  'tsconfig.json': '{}',
  'package.json': manifest(),
  'jest.config.js': JEST,
  'lib/stacks.ts': `
    import { Stack, type StackProps } from 'aws-cdk-lib';
    import * as ec2 from 'aws-cdk-lib/aws-ec2';
    import * as lambda from 'aws-cdk-lib/aws-lambda';
    import * as sqs from 'aws-cdk-lib/aws-sqs';
    import type { Construct } from 'constructs';
    export class NetworkStack extends Stack {
      readonly vpc: ec2.Vpc;
      readonly queues: readonly sqs.Queue[];
      constructor(scope: Construct, id: string, props: StackProps & { readonly maxAzs: number }) {
        super(scope, id, props);
        this.vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: props.maxAzs, natGateways: 1, restrictDefaultSecurityGroup: false });
        this.queues = [new sqs.Queue(this, 'Jobs')];
      }
    }
    export interface WorkerProps extends StackProps {
      readonly network: NetworkStack;
      readonly vpc: ec2.IVpc;
      readonly queue: sqs.IQueue;
      readonly url: string;
      readonly memory: number;
    }
    export class WorkerStack extends Stack {
      constructor(scope: Construct, id: string, { network, vpc, queue, url, memory, ...props }: WorkerProps) {
        super(scope, id, props);
        this.node.addDependency(network);
        const worker = new lambda.Function(this, 'Worker', {
          runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', memorySize: memory, vpc,
          code: lambda.Code.fromInline('exports.handler = async () => {};'),
          environment: { JOBS: url },
        });
        queue.grantSendMessages(worker);
      }
    }`,
  'bin/shop.ts': `
    import { App } from 'aws-cdk-lib';
    import { NetworkStack, WorkerStack } from '../lib/stacks';
    const app = new App();
    const env = { region: 'eu-west-1' };
    const network = new NetworkStack(app, 'Network', { env, maxAzs: 2, stackName: 'acme-network' });
    const [queue] = network.queues;
    new WorkerStack(app, 'Worker', { env, network, vpc: network.vpc, queue, url: queue.queueUrl, memory: 1024 });`,
};

it(
  'makes a stage of stacks that are given constructs of each other, under the names that they have',
  async () => {
    app(SHOP);
    const { status, words } = init('--yes');
    expect(words).toContain('2 of 2 stacks can be made as production and as a staging');
    expect(words).toContain('workerMemory memory: 1024 -> 512');
    expect(words).toContain('TWIN: Staging is a twin of Prod');
    expect(status).toBe(0);
    const twins = read('bin/twins.ts');
    expect(twins).toContain("const network = new NetworkStack(stage, 'Network', {");
    expect(twins).toContain("stackName: named('acme-network')");
    const worker = /new WorkerStack\(stage, 'Worker', \{([^]*?)\}\)/
      .exec(twins)?.[1]
      ?.replaceAll(/\s+/g, ' ');
    expect(worker).toBe(
      " stackName: named('Worker'), network, vpc: network.vpc, queue: network.queues[0], url: network.queues[0].queueUrl, memory: workerMemory, ",
    );
    expect(twins.match(/env: \{/g)).toHaveLength(2); // of production and of staging: the stacks take it from their stage

    // what a stage changes about production is said, and why
    expect(words).toMatch(/Prod\/Network is no longer what bin\/shop.ts makes of it, in AWS::EC2::VPC Tags,/);
    expect(words).toContain('AWS::EC2::SecurityGroup GroupDescription');
    expect(words).toContain('A security group of another description is replaced');

    start(resolve('node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--app', 'npx tsx bin/twins.ts');
    const names = ['Prod', 'Staging'].map((stage) => {
      const { artifacts } = JSON.parse(read(`cdk.out/assembly-${stage}/manifest.json`)) as {
        readonly artifacts: Record<string, { readonly properties: { readonly stackName?: string } }>;
      };
      return Object.values(artifacts).flatMap(({ properties }) => properties.stackName ?? []);
    });
    expect(names).toEqual([
      ['acme-network', 'Worker'],
      ['Staging-acme-network', 'Staging-Worker'],
    ]);
    expect(jestOnTwins().stderr).toContain('Tests:       1 passed, 1 total');
    const types = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve'];
    expect(start(resolve('node_modules/typescript/bin/tsc'), ...types, 'bin/twins.ts').stdout).toBe('');
  },
  LONG,
);

it(
  'leaves stacks as they are that share constructs with one that cannot be made, and says which',
  () => {
    const [first, rest] = SHOP['lib/stacks.ts'].split('export class WorkerStack');
    const inEntry = `class WorkerStack${rest}`.replace('extends Stack', 'extends cdk.Stack');
    app({
      ...SHOP,
      'lib/stacks.ts': first!,
      'bin/shop.ts': `
        import * as cdk from 'aws-cdk-lib';
        import * as lambda from 'aws-cdk-lib/aws-lambda';
        import type { Construct } from 'constructs';
        import type { WorkerProps } from '../lib/stacks';
        ${inEntry}
        ${SHOP['bin/shop.ts'].replace(', WorkerStack', '')}`,
    });
    const { status, words } = init('--yes');
    expect(status).toBe(1);
    expect(words).toContain('0 of 2 stacks can be made');
    expect(words).toContain('Network it shares constructs with Worker: see there');
    expect(words).toContain(
      'Worker WorkerStack is exported by no file but the entry, if at all: move it to a file',
    );
  },
  LONG,
);

it(
  'has an app that has Twins already synthesised as cdk.json says, by its config and its workflow',
  async () => {
    app({
      ...SHOP,
      'bin/shop.ts': `
        import { App, Stack } from 'aws-cdk-lib';
        import * as sqs from 'aws-cdk-lib/aws-sqs';
        import { Twins } from 'cdk-twin';
        const twins = new Twins(new App(), {
          scale: {},
          environment: (scope, id, _, options) => {
            const stack = new Stack(scope, id, options);
            new sqs.Queue(stack, 'Jobs');
            return stack;
          },
        });
        twins.prod('Prod', { scale: {} });
        twins.staging('Staging', { scale: {}, expires: '2099-12-01T18:00:00' });`,
    });
    const { status, words } = init('--yes');
    expect(words).toContain('It has Twins already');
    expect(status).toBe(0);
    expect(read('twin.config.ts')).not.toContain('synth');
    const { jobs } = parse(read('.github/workflows/twins.yml')) as Workflow;
    const { isSuccess, log } = await runJob(jobs.twins);
    expect({ isSuccess, log }).toEqual({
      isSuccess: true,
      log: expect.stringContaining('TWIN: Staging is a twin of Prod'),
    });
  },
  LONG,
);
