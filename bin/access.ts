import { App } from 'aws-cdk-lib';
import { ProductionAccess, RehearsalAccess } from '../lib/access';
import { TwinError } from '../lib/error';

const app = new App({ autoSynth: false });

/** A value given as `-c key=value`. */
const context = (key: string): string => {
  const value = app.node.tryGetContext(key) as unknown;
  if (typeof value === 'string') return value;
  throw new TwinError({
    code: 'context',
    message: `the context has no ${key}`,
    fix: 'Give -c staging=<account> -c production=<account> -c region=<region> -c repository=<owner>/<name>.',
  });
};

try {
  const [staging, production, region] = [context('staging'), context('production'), context('region')];
  new RehearsalAccess(app, 'RehearsalAccess', {
    env: { account: staging, region },
    repository: context('repository'),
    stackPrefixes: ['StagingEphemeral-'],
    productionAccount: production,
  });
  new ProductionAccess(app, 'ProductionAccess', {
    env: { account: production, region },
    stagingAccount: staging,
  });
  app.synth();
} catch (error) {
  if (!(error instanceof TwinError)) throw error;
  console.error(String(error)); // oxlint-disable-line no-console
  process.exitCode = 1;
}
