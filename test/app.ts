import { App, type AppProps } from 'aws-cdk-lib';

/**
 * An app without the CDK's own validator, which takes seconds, and without a stack trace for each construct: neither is what
 * these tests are about.
 */
export const newApp = ({ context, ...props }: AppProps = {}): App =>
  new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: {
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:disable-creation-stack-traces': true,
      ...context,
    },
    ...props,
  });
