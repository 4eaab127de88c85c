import { App, Stack, CfnOutput } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import { Queue, CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Twins, replicas, instanceClass, count, shape } from '../lib';
import { parityOfAssembly } from '../lib/parity/assembly';
import { renderText } from '../lib/parity/report-text';
import { readFileSync } from 'node:fs';
const app = new App({ context: require('../node_modules/aws-cdk-lib/recommended-feature-flags.json'), outdir: '/tmp/t1.out', builtinCloudFormationValidation: false });
class Shop extends Stack {
  constructor(scope: any, id: string, props: any) {
    super(scope, id, props);
    new CfnStream(this, 'S', { shardCount: props.readers + 1, name: `${this.stackName}-s` });
    for (let i = 0; i < props.readers; i++) new Queue(this, `Q${i}`, { queueName: `${this.stackName}-q${i}` });
    new CfnOutput(this, 'Out', { value: `db.${props.dbClass} heap -Xmx${props.readers * 512}m` });
  }
}
const twins = new Twins(app, {
  scale: { readers: replicas({ reason: 'r', max: 15 }), dbClass: instanceClass({ reason: 'x' }) },
  environment: (scope, id, { readers, dbClass }, options) => new Shop(scope, id, { ...options, readers, dbClass }),
});
const p = twins.prod('Prod', { scale: { readers: 3, dbClass: 'r7g.2xlarge' } });
const s = twins.staging('Staging', { scale: { readers: 2, dbClass: 'r7g.large' }, expires: '2030-01-01T18:00:00' });
let t = Date.now();
try { app.synth(); } catch (e: any) { console.log(e.name, String(e.message).slice(0, 1500)); }
console.log(Date.now() - t, 'ms');
for (const r of parityOfAssembly('/tmp/t1.out')) console.log(renderText(r, { color: false, width: 100, verbose: true }));
console.log(JSON.stringify(shape(p), null, 1));
