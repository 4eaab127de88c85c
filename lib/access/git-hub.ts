import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { checkGitHubEnvironment, checkRepository } from './checks';

const GITHUB = 'token.actions.githubusercontent.com';

/** The OpenID Connect provider of GitHub. @returns its ARN */
export const gitHubProvider = (scope: Construct): string =>
  new iam.CfnOIDCProvider(scope, 'GitHub', {
    url: `https://${GITHUB}`,
    clientIdList: ['sts.amazonaws.com'],
  }).attrArn;

/**
 * The workflows of one environment of one repository: a subject with a wildcard would let in who can open a pull request.
 *
 * @throws TwinError `access`
 */
export function gitHubWorkflows(
  providerArn: string,
  repository: string,
  environment: string,
): iam.WebIdentityPrincipal {
  const subject = `repo:${checkRepository(repository)}:environment:${checkGitHubEnvironment(environment)}`;
  return new iam.WebIdentityPrincipal(providerArn, {
    StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: subject },
  });
}
