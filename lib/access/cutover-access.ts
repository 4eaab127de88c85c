import { CfnOutput, Duration, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AccessStack } from './access-stack';
import { cutoverPermissions, type SharedTraffic } from './cutover-permissions';
import { gitHubProvider, gitHubWorkflows } from './git-hub';
import { CUTOVER_ROLE } from './names';
import { statementsOf } from './permissions';

/** Who may move the traffic of clients, and which. */
export interface CutoverAccessProps extends StackProps {
  /** The repository whose workflows may move it: see `RehearsalAccess`. */
  readonly repository: string;
  /** The environment of the repository that the workflow's job runs in. @default 'production' */
  readonly gitHubEnvironment?: string;
  /** What shares it: `aws.traffic` of `twin.config.ts`. */
  readonly traffic: SharedTraffic;
  /** The account's OpenID Connect provider for GitHub: there can be one alone. @default - it is made */
  readonly providerArn?: string;
  /** How long a workflow's credentials can be valid: a cutover ends within it. @default 6 hours */
  readonly maxSession?: Duration;
}

/**
 * What `twin cutover` and `twin verify` may do in production's account: read what runs, and set the weights of one listener, one rule or the
 * records of one name. It is deployed with the credentials of an administrator.
 *
 * @throws TwinError `access`
 */
export class CutoverAccess extends AccessStack {
  /** The role of the workflow. */
  readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: CutoverAccessProps) {
    super(scope, id, props);
    const { repository, gitHubEnvironment = 'production', maxSession = Duration.hours(6) } = props;
    this.role = new iam.Role(this, 'Cutover', {
      roleName: CUTOVER_ROLE,
      description: `Moves the traffic of clients for ${repository}.`,
      maxSessionDuration: maxSession,
      assumedBy: gitHubWorkflows(props.providerArn ?? gitHubProvider(this), repository, gitHubEnvironment),
    });
    new iam.Policy(this, 'Permissions', {
      policyName: 'cutover',
      statements: statementsOf(cutoverPermissions(props.traffic)),
      roles: [this.role],
    });
    new CfnOutput(this, 'RoleArn', {
      value: this.role.roleArn,
      description: 'role-to-assume of the workflow',
    });
  }
}
