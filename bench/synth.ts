// One synth, as its own process: `shop|large bare|twins`. With `bare` as the CDK alone would do it, otherwise with twins and
// all their checks.
import { readFileSync } from 'node:fs';
import { App, Stack, Stage, type StageProps } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Table, AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { shop } from '../bin/shop';
import { production, staging } from '../bin/sizes';
import { replicas, Twins } from '../lib';
import { shopScale, WebShop } from '../lib/shop';

const [mode, how] = process.argv.slice(2);
const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
const app = new App({ context, analyticsReporting: false });

/** Ten stacks of 400 resources. */
class Large extends Stage {
  constructor(
    scope: Construct,
    id: string,
    { readers, ...props }: StageProps & { readonly readers: number },
  ) {
    super(scope, id, props);
    for (let s = 0; s < 10; s++) {
      const stack = new Stack(this, `Stack${s}`);
      for (let i = 0; i < 200; i++) {
        new CfnQueue(stack, `Queue${i}`, {
          queueName: `${stack.stackName}-${i}`,
          visibilityTimeout: 30 + readers,
          tags: [{ key: 'queue', value: `${i}` }],
        });
        new Table(stack, `Table${i}`, { partitionKey: { name: 'id', type: AttributeType.STRING } });
      }
    }
  }
}

if (mode === 'large') {
  if (how === 'bare') {
    new Large(app, 'Prod', { readers: 3 });
    new Large(app, 'Staging', { readers: 2 });
  } else {
    const twins = new Twins(app, {
      scale: { readers: replicas({ reason: 'Two show what three show.' }) },
      environment: (scope, id, { readers }, options) => new Large(scope, id, { ...options, readers }),
    });
    twins.prod('Prod', { scale: { readers: 3 } });
    twins.staging('Staging', { scale: { readers: 2 }, expires: '2030-12-01T18:00:00' });
  }
} else if (how === 'bare') {
  for (const [id, values] of [['Prod', production] as const, ['StagingEphemeral', staging] as const]) {
    const { scale } = shopScale.bindProduction(id, values);
    new WebShop(new Stack(app, id), 'Default', { scale, release: '1.42.0', tls: false });
  }
} else {
  shop(app, { release: '1.42.0', expires: '2026-12-01T18:00:00', tls: false });
}
app.synth();
