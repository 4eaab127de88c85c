import { Aws, CfnOutput, Duration, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AccessStack } from './access-stack';
import { StagingBoundary } from './boundary';
import { checkAccount, checkPrefixes } from './checks';
import { gitHubProvider, gitHubWorkflows } from './git-hub';
import { BOUNDARY, PIPELINE_ROLE } from './names';
import { statementsOf } from './permissions';
import { pipelinePermissions } from './pipeline-permissions';

/** Who may rehearse, and on what. */
export interface RehearsalAccessProps extends StackProps {
  /**
   * The repository whose workflows may rehearse: `owner/name`. GitHub writes the ids of owner and repository into the subjects of
   * repositories that use immutable subject claims, as new ones do: then it is `owner@123456/name@456789`.
   */
  readonly repository: string;
  /** The environment of the repository that the workflow's job runs in. @default 'rehearsal' */
  readonly gitHubEnvironment?: string;
  /** How the names of staging's stacks start, and production's do not, such as `Staging-`. */
  readonly stackPrefixes: readonly string[];
  /** Staging gets no access to it but to its images and snapshots. @default - the boundary denies nothing of another account */
  readonly productionAccount?: string;
  /**
   * The KMS keys that copies of production's snapshots are put under (`aws.seed.kmsKeyArn`), and those of production's that they are shared
   * under (`aws.seed.production.kmsKeyArn`). @default - snapshots are not copied, or not encrypted
   */
  readonly keyArns?: readonly string[];
  /** The account's OpenID Connect provider for GitHub: there can be one alone. @default - it is made */
  readonly providerArn?: string;
  /** How long a workflow's credentials can be valid. @default 6 hours */
  readonly maxSession?: Duration;
  /** The qualifier of the CDK's bootstrap. @default 'hnb659fds' */
  readonly qualifier?: string;
  /** Names of roles of the account that staging must neither change nor use. @default - those that rehearse alone */
  readonly protectedRoles?: readonly string[];
  /**
   * Why roles of staging's stacks may be without the boundary.
   * @default - CloudFormation may make none: the app sets `@aws-cdk/core:permissionsBoundary`
   */
  readonly allowUnboundRoles?: string;
}

/**
 * What a pipeline may do in staging's account: the role that it rehearses with, which GitHub's OpenID Connect lets it take on, and
 * the boundary within which CloudFormation and staging work.
 *
 * It is deployed before the account is bootstrapped, with the credentials of an administrator, once for each account. What the
 * role may do itself is what a rehearsal calls. What it deploys, it deploys with the bootstrap's roles: their limit is the
 * boundary, so that an account of staging's own stays the strongest wall.
 *
 * @throws TwinError `access`
 */
export class RehearsalAccess extends AccessStack {
  /** The role of the pipeline. */
  readonly role: iam.IRole;
  /** The permissions boundary, for `cdk bootstrap --custom-permissions-boundary`. */
  readonly boundary: iam.IManagedPolicy;

  constructor(scope: Construct, id: string, props: RehearsalAccessProps) {
    super(scope, id, props);
    const { qualifier = 'hnb659fds', productionAccount, protectedRoles = [] } = props;
    if (productionAccount !== undefined) checkAccount('productionAccount', productionAccount);
    const stackPrefixes = checkPrefixes(props.stackPrefixes);
    const providerArn = props.providerArn ?? gitHubProvider(this);
    this.role = this.pipelineRole(props, providerArn);
    new iam.Policy(this, 'Permissions', {
      policyName: 'rehearse',
      statements: statementsOf(
        pipelinePermissions({ stackPrefixes, qualifier, productionAccount, keyArns: props.keyArns ?? [] }),
      ),
      roles: [this.role],
    });
    const boundary = new StagingBoundary(this, 'Boundary', {
      productionAccount,
      qualifier,
      protectedRoles,
      gitHubProviderArn: providerArn,
      bindsRoles: props.allowUnboundRoles === undefined,
    });
    this.boundary = boundary.policy;
    new CfnOutput(this, 'RoleArn', {
      value: this.role.roleArn,
      description: 'role-to-assume of the workflow',
    });
    new CfnOutput(this, 'BoundaryName', { value: BOUNDARY, description: '--custom-permissions-boundary' });
  }

  private pipelineRole(props: RehearsalAccessProps, providerArn: string): iam.Role {
    const { repository, maxSession = Duration.hours(6), gitHubEnvironment = 'rehearsal' } = props;
    return new iam.Role(this, 'Pipeline', {
      roleName: PIPELINE_ROLE,
      description: `Rehearses releases of ${repository}.`,
      maxSessionDuration: maxSession,
      assumedBy: gitHubWorkflows(providerArn, repository, gitHubEnvironment),
    });
  }
}

/** The ARN of the pipeline's role in an account. */
export const pipelineRoleArn = (account: string): string =>
  `arn:${Aws.PARTITION}:iam::${account}:role/${PIPELINE_ROLE}`;
