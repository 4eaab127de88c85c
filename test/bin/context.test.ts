import { App } from 'aws-cdk-lib';
import { contextOf } from '../../bin/context';

const KNOWN = ['release', 'expires'] as const;

/** The app as the CDK's command line runs it. */
const appWith = (context: Readonly<Record<string, unknown>>): App => new App({ context });

it('reads what is given, beside the keys of the CDK, of cdk-twin and of cdk.json', () => {
  const app = appWith({
    release: '1.42.0',
    '@aws-cdk/core:checkSecretUsage': true,
    'aws:cdk:enable-asset-metadata': true,
    'availability-zones:account=1:region=eu-west-1': ['eu-west-1a'],
    'cdk-twin:restore': 'x',
    'cli-telemetry': false,
  });
  expect(contextOf(app, KNOWN)).toEqual({ release: '1.42.0' });
  expect(contextOf(appWith({}), KNOWN)).toEqual({});
});

it('refuses a key that it does not know', () => {
  expect(() => contextOf(appWith({ release: '1.42.0', expirse: 'x' }), KNOWN)).toThrow(
    expect.objectContaining({
      code: 'context',
      message: 'the app does not know -c expirse; did you mean "expires"?',
      fix: 'Give it -c release=<value>, -c expires=<value>, or none of them.',
    }),
  );
});
