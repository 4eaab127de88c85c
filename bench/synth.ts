// One synth, as its own process: with `bare` as the CDK alone would do it, otherwise with twins and all their checks.
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { shop } from '../bin/shop';
import { production, staging } from '../bin/sizes';
import { shopScale, WebShop } from '../lib/shop';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
const app = new App({ context, analyticsReporting: false });

if (process.argv[2] === 'bare') {
  for (const [id, values] of [['Prod', production] as const, ['StagingEphemeral', staging] as const]) {
    const { scale } = shopScale.bindProduction(id, values);
    new WebShop(new Stack(app, id), 'Default', { scale, release: '1.42.0', tls: false });
  }
} else {
  shop(app, { release: '1.42.0', expires: '2026-12-01T18:00:00', tls: false });
}
app.synth();
