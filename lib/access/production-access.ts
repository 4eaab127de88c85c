import { CfnOutput, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AccessStack } from './access-stack';
import { checkAccount } from './checks';
import { BOUNDARY, SNAPSHOT_ROLE } from './names';
import { statementsOf } from './permissions';
import { pipelineRoleArn } from './rehearsal-access';
import { snapshotPermissions } from './snapshot-permissions';

/** Who may read production's snapshots. */
export interface ProductionAccessProps extends StackProps {
  /** The account that rehearses. */
  readonly stagingAccount: string;
  /** The KMS keys of production's clusters: a copy of an encrypted snapshot needs its key. @default - snapshots are not encrypted */
  readonly keyArns?: readonly string[];
  /**
   * Whether production gets a boundary of the same name as staging's, which allows everything: the app sets one name for the roles
   * of both environments, or they are not twins.
   * @default true
   */
  readonly makesBoundary?: boolean;
}

/**
 * What a rehearsal may do in production's account: look at its snapshots, copy them, share and delete the copies. Only the
 * pipeline's role of staging's account takes it on.
 *
 * @throws TwinError `access`
 */
export class ProductionAccess extends AccessStack {
  /** The role for snapshots. */
  readonly role: iam.IRole;

  constructor(scope: Construct, id: string, props: ProductionAccessProps) {
    super(scope, id, props);
    const staging = checkAccount('stagingAccount', props.stagingAccount);
    this.role = new iam.Role(this, 'Snapshots', {
      roleName: SNAPSHOT_ROLE,
      description: 'Copies snapshots for rehearsals.',
      // by a condition: IAM refuses a principal that does not exist yet, and forgets one that is made anew
      assumedBy: new iam.AccountPrincipal(staging).withConditions({
        ArnEquals: { 'aws:PrincipalArn': pipelineRoleArn(staging) },
      }),
    });
    new iam.Policy(this, 'Permissions', {
      policyName: 'snapshots',
      statements: statementsOf(snapshotPermissions(props.keyArns ?? [])),
      roles: [this.role],
    });
    if (props.makesBoundary ?? true)
      new iam.ManagedPolicy(this, 'Boundary', {
        managedPolicyName: BOUNDARY,
        description: 'Limits nothing in production: staging has one of this name that does.',
        statements: [new iam.PolicyStatement({ actions: ['*'], resources: ['*'] })],
      });
    new CfnOutput(this, 'RoleArn', { value: this.role.roleArn });
  }
}
