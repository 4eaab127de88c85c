import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../lib/config/load';
import { faultsOf, schemaOf } from '../schemas/schemas';
import {
  app,
  folder,
  init,
  JEST,
  jestOnTwins,
  LONG,
  manifest,
  read,
  runJob,
  start,
  type Workflow,
} from './app-folder';

const TYPESCRIPT = {
  'cdk.json': '{ "app": "npx tsx bin/shop.ts" }',
  'tsconfig.json': '{}',
  'package.json': manifest(),
  'jest.config.js': JEST,
  'lib/shop-stack.ts': `
    import * as cdk from 'aws-cdk-lib/core';
    import * as ec2 from 'aws-cdk-lib/aws-ec2';
    import * as ecs from 'aws-cdk-lib/aws-ecs';
    import * as kinesis from 'aws-cdk-lib/aws-kinesis';
    import * as rds from 'aws-cdk-lib/aws-rds';
    import * as s3 from 'aws-cdk-lib/aws-s3';
    import * as sqs from 'aws-cdk-lib/aws-sqs';
    import type { Construct } from 'constructs';
    export interface ShopStackProps extends cdk.StackProps {
      readonly queues: number;
      readonly stream: { readonly shards: number };
      readonly dbClass: ec2.InstanceType;
      readonly port: number;
      readonly imageTag: string;
      readonly keep: cdk.Duration;
    }
    export class ShopStack extends cdk.Stack {
      constructor(scope: Construct, id: string, { queues, stream, dbClass, port, imageTag, keep, ...props }: ShopStackProps) {
        super(scope, id, props);
        Array.from({ length: queues }, (_, i) => new sqs.Queue(this, \`Queue\${i}\`, { retentionPeriod: keep }));
        new kinesis.Stream(this, 'Events', { shardCount: stream.shards });
        // a custom resource, whose code the AWS CDK writes into a folder that is gone after the synthesis
        new s3.Bucket(this, 'Files', { autoDeleteObjects: true, removalPolicy: cdk.RemovalPolicy.DESTROY });
        new ecs.CfnTaskDefinition(this, 'Task', { containerDefinitions: [{ name: 'web', image: \`shop:\${imageTag}\` }] });
        new rds.CfnDBInstance(this, 'Db', {
          engine: 'postgres', dbInstanceClass: \`db.\${dbClass}\`, allocatedStorage: '100', port: String(port),
          storageEncrypted: true, manageMasterUserPassword: true, masterUsername: 'shop',
        });
      }
    }`,
  'bin/shop.ts': `
    import * as cdk from 'aws-cdk-lib/core';
    import * as ec2 from 'aws-cdk-lib/aws-ec2';
    import { ShopStack } from '../lib/shop-stack';
    const app = new cdk.App();
    new ShopStack(app, 'Shop', {
      queues: 6,
      stream: { shards: 4 },
      dbClass: ec2.InstanceType.of(ec2.InstanceClass.R7G, ec2.InstanceSize.XLARGE2),
      port: 5432,
      imageTag: '1.3.0',
      keep: cdk.Duration.days(10),
      env: { account: process.env.CDK_DEFAULT_ACCOUNT ?? '111122223333', region: 'eu-west-1' },
      tags: { team: "the shop's" },
    });`,
};

it(
  'writes files for an app in TypeScript that are proved: twins, a test and a config; and leaves them alone later',
  async () => {
    app(TYPESCRIPT);
    const first = init('--yes');
    expect(first).toMatchObject({ status: 0 });
    expect(first.words).toContain('queues count: 6 -> 2');
    expect(first.words).toContain('streamShards shards: 4 -> 2');
    expect(first.words).toContain("dbClass instanceClass: 'r7g.2xlarge' -> 'r7g.large'");
    expect(first.words).toContain('port stays as it is');
    expect(first.words).toContain("staging is made in production's account");
    expect(read('bin/twins.ts')).toContain("// production's account; another one is the stronger wall");
    expect(read('bin/twins.ts')).toContain('keep: Duration.days(10)');
    expect(first.words).toMatch(/TWIN: ShopStaging is a twin of Shop, with \d+ permitted differences/);
    expect(first.words).not.toContain('is no longer what');
    expect(first.stdout).toContain('+   "app": "npx tsx bin/twins.ts"');
    expect(read('cdk.json')).toBe(TYPESCRIPT['cdk.json']);
    expect(read('bin/shop.ts')).toBe(TYPESCRIPT['bin/shop.ts']);
    expect(read('bin/twins.ts')).toContain('stream: { shards: streamShards }');
    expect(read('bin/twins.ts')).toContain("const release = app.node.tryGetContext('release');");
    expect(read('bin/twins.ts')).toContain("imageTag: release ?? '1.3.0'");
    expect(first.words).toContain('4. complete twin.config.ts, where it says "To do"');
    expect(jestOnTwins().stderr).toContain('Tests:       1 passed, 1 total');
    const { config } = await loadConfig(folder);
    expect(config).toMatchObject({
      baseline: '1.3.0', // what the stack is given, not the version of its package
      synth: { command: "cdk synth --quiet --app 'npx tsx bin/twins.ts'" },
    });
    const workflow = parse(read('.github/workflows/twins.yml')) as Workflow;
    expect(faultsOf(schemaOf('github-workflow'), workflow)).toEqual([]);
    const { isSuccess, log, summary } = await runJob(workflow.jobs.twins);
    expect({ isSuccess, log }).toEqual({
      isSuccess: true,
      log: expect.stringContaining('TWIN: ShopStaging'),
    });
    expect(summary).toMatch(/^### ✅ `ShopStaging` is a twin of `Shop`/);

    writeFileSync(join(folder, 'bin/twins.ts'), `${read('bin/twins.ts')}// mine\n`);
    const again = init('--yes');
    expect(again).toMatchObject({ status: 0 });
    expect(again.stdout).toContain('bin/twins.ts  is there already, and is left alone');
    expect(again.words).toContain('Nothing to write: all files are there.');
    expect(read('bin/twins.ts')).toMatch(/\/\/ mine\n$/);
  },
  LONG,
);

const JAVASCRIPT = {
  'cdk.json': '{ "app": "node bin/shop.js" }',
  'package.json': manifest(),
  'jest.config.js': JEST,
  'lib/shop-stack.js': `const { Stack } = require('aws-cdk-lib/core');
const kinesis = require('aws-cdk-lib/aws-kinesis');

class ShopStack extends Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    new kinesis.Stream(this, 'Events', { shardCount: 4 });
  }
}

module.exports = { ShopStack };
`,
  'bin/shop.js': `
    const cdk = require('aws-cdk-lib/core');
    const { ShopStack } = require('../lib/shop-stack');
    const app = new cdk.App();
    new ShopStack(app, 'Shop', {});
    const outside = new cdk.Stack(app, 'Edge');
    class Local extends cdk.Stack {}
    new Local(app, 'Local', { shop: outside });
    `,
};

it(
  'shows what it would write without a terminal; of sizes inside a stack it says where they are, and writes twins of one size',
  () => {
    app(JAVASCRIPT);
    const shown = init();
    expect(shown).toMatchObject({ status: 0 });
    expect(shown.words).toContain('Events ShardCount: 4, shards, could be 2');
    expect(shown.words).toContain('lib/shop-stack.js:7: replace it by a prop such as eventsShardCount');
    expect(shown.words).toMatch(
      /Left as they are .* Edge what is in it is made outside of a class.* Local Local is exported by no file but the entry/,
    );
    expect(shown.words).toContain('Nothing was written: there is no terminal to ask.');
    expect(existsSync(join(folder, 'bin/twins.js'))).toBe(false);

    expect(init('--yes')).toMatchObject({ status: 0 });
    expect(read('bin/twins.js')).toContain('// eventsShardCount: shards({ reason:');
    expect(read('bin/twins.js')).toContain("require('../lib/shop-stack')");
    expect(jestOnTwins().stderr).toContain('Tests:       1 passed, 1 total');
    expect(read('twin.config.js')).toContain("baseline: '1.4.0'");
    expect(read('twin.config.js')).toContain('nothing in the templates follows a release yet');
    expect(read('twin.config.js')).toContain("// releases: { git: 'v{release}',");
  },
  LONG,
);

const STAGE = {
  ...TYPESCRIPT,
  'lib/shop-stack.ts': `
    import { Stack, type StackProps } from 'aws-cdk-lib';
    import * as ec2 from 'aws-cdk-lib/aws-ec2';
    import * as logs from 'aws-cdk-lib/aws-logs';
    import * as sqs from 'aws-cdk-lib/aws-sqs';
    import type { Construct } from 'constructs';
    export enum Speed { Slow = 'slow', Fast = 'fast' }
    export interface ShopProps extends StackProps {
      readonly queues: number; readonly logGroupClass: logs.LogGroupClass; readonly speed: Speed; readonly team: string;
      readonly instanceSize: ec2.InstanceSize;
    }
    export class ShopStack extends Stack {
      constructor(scope: Construct, id: string, { queues, logGroupClass, speed, team, instanceSize, ...props }: ShopProps) {
        super(scope, id, props);
        Array.from({ length: queues }, (_, i) => new sqs.Queue(this, \`Queue\${i}\`));
        new ec2.CfnInstance(this, 'Host', { instanceType: \`m7g.\${instanceSize}\`, imageId: this.node.tryGetContext('imageTag') });
        new logs.CfnLogGroup(this, 'Log', { logGroupClass, retentionInDays: speed === Speed.Fast ? 30 : 7, tags: [{ key: 'of', value: team }] });
      }
    }`,
  'lib/shop-stage.ts': `
    import { Stage, type StageProps } from 'aws-cdk-lib';
    import type { Construct } from 'constructs';
    import { ShopStack, type ShopProps } from './shop-stack';
    export interface ShopStageProps extends StageProps { readonly shop: ShopProps; }
    export class ShopStage extends Stage {
      constructor(scope: Construct, id: string, props: ShopStageProps) {
        super(scope, id, props);
        new ShopStack(this, 'Main', props.shop);
      }
    }`,
  'bin/shop.ts': `
    import { App } from 'aws-cdk-lib';
    import * as ec2 from 'aws-cdk-lib/aws-ec2';
    import * as logs from 'aws-cdk-lib/aws-logs';
    import { ShopStage } from '../lib/shop-stage';
    import { Speed } from '../lib/shop-stack';
    const app = new App();
    const team = app.node.tryGetContext('team');
    if (!team) throw new Error('whose shop is it?');
    new ShopStage(app, 'Prod', {
      stageName: 'shop',
      shop: { queues: 6, logGroupClass: logs.LogGroupClass.INFREQUENT_ACCESS, speed: Speed.Fast, team, instanceSize: ec2.InstanceSize.XLARGE4 },
    });`,
};

it(
  'makes twins of a stage, whose stacks are named for each rehearsal, with members of enums that TypeScript accepts',
  async () => {
    app(STAGE);
    expect(init().stderr).toContain('a key of its context (twin init -c key=value)');
    const { status, words } = init('--yes', '--context', 'team=fast');
    expect(words).toContain("shopClass instanceClass: 'm7g.4xlarge' -> 'm7g.large'");
    expect(words).toContain('TWIN: Staging is a twin of Prod');
    expect(status).toBe(0);
    const twins = read('bin/twins.ts');
    expect(twins).toContain(
      "shop: { queues: shopQueues, logGroupClass: LogGroupClass.INFREQUENT_ACCESS, speed: Speed.Fast, team: 'fast', instanceSize: shopClass.split('.')[1] as InstanceSize }",
    );
    expect(twins).toContain("new App({ postCliContext: { team: 'fast' } })");
    expect((await loadConfig(folder)).config.synth).toMatchObject({ releaseContext: 'imageTag' });
    expect(twins).toContain("import { Speed } from '../lib/shop-stack';");
    expect(twins).toContain("stackName: 'shop',");
    const types = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve'];
    expect(start(resolve('node_modules/typescript/bin/tsc'), ...types, 'bin/twins.ts').stdout).toBe('');
    const synth = ['cdk', 'synth', '--quiet', '--app', 'npx tsx bin/twins.ts', '-c', 'rehearsal=r1'];
    expect(start(resolve('node_modules/aws-cdk/bin/cdk'), ...synth.slice(1)).status).toBe(0);
    const names = ['Prod', 'Staging'].map((stage) => {
      const { artifacts } = JSON.parse(read(`cdk.out/assembly-${stage}/manifest.json`)) as {
        readonly artifacts: Record<string, { readonly properties: { readonly stackName?: string } }>;
      };
      return Object.values(artifacts).flatMap(({ properties }) => properties.stackName ?? []);
    });
    expect(names).toEqual([['shop-Main'], ['Staging-r1-Main']]);
  },
  LONG,
);

it('refuses a word that is no key of the context with its value', () => {
  app(JAVASCRIPT);
  expect(init('-c', 'prod')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('"prod" is no key of the context with its value'),
  });
});

it('says what works for an app in another language, and where there is no app', () => {
  expect(init()).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no cdk.json in') });
  app({ 'cdk.json': '{ "app": "python3 app.py" }' });
  const { status, stderr } = init();
  expect(status).toBe(2);
  expect(stderr).toContain('"python3 app.py", which is Python');
  expect(stderr).toContain('npx twin parity --prod');
});

it(
  'ends with what the app says where it cannot be synthesised',
  () => {
    app({ ...JAVASCRIPT, 'bin/shop.js': "throw new Error('no such certificate');" });
    const { status, stderr } = init('--yes');
    expect(status).toBe(2);
    expect(stderr).toContain('no such certificate');
    expect(existsSync(join(folder, 'bin/twins.js'))).toBe(false);
  },
  LONG,
);
