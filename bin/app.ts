import { App } from 'aws-cdk-lib';
import { defaultExpiry, TwinError } from '../lib';
import { shop } from './shop';

const app = new App({ autoSynth: false }); // a definition that is refused writes nothing

/** A value given as `-c key=value`. */
const context = (key: string): string | undefined => app.node.tryGetContext(key) as string | undefined;

try {
  const [release, rehearsal] = [context('release'), context('rehearsal')];
  shop(app, {
    expires: context('expires') ?? defaultExpiry(new Date()),
    tls: context('tls') === 'true',
    ...(release !== undefined && { release }),
    ...(rehearsal !== undefined && { rehearsal }),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof TwinError)) throw error;
  console.error(String(error)); // oxlint-disable-line no-console
  process.exitCode = 1;
}
