import { App } from 'aws-cdk-lib';
import { defaultExpiry, TwinError } from '../lib';
import { contextOf } from './context';
import { shop } from './shop';

const app = new App({ autoSynth: false }); // a definition that is refused writes nothing

try {
  const { expires, release, rehearsal, tls } = contextOf(app, ['release', 'rehearsal', 'expires', 'tls']);
  shop(app, {
    expires: expires ?? defaultExpiry(new Date()),
    tls: tls === 'true',
    ...(release !== undefined && { release }),
    ...(rehearsal !== undefined && { rehearsal }),
  });
  app.synth();
} catch (error) {
  if (!(error instanceof TwinError)) throw error;
  console.error(String(error)); // oxlint-disable-line no-console
  process.exitCode = 1;
}
