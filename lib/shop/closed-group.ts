import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Why a rule against default ports is acknowledged. */
export const GUARDED_PORT =
  'Only the security groups of the services reach the port; another number would hide nothing from them.';

/** What a closed security group is made with. */
export interface ClosedGroupProps {
  /** Where it is. */
  readonly vpc: ec2.IVpc;
  /** What it stands before. */
  readonly description: string;
}

/** A security group that allows nothing, in or out, until it is told to. */
export class ClosedGroup extends ec2.SecurityGroup {
  constructor(scope: Construct, id: string, props: ClosedGroupProps) {
    super(scope, id, { ...props, allowAllOutbound: false });
  }

  /**
   * Part of the logical ids of the rules between two groups. The CDK would take the path from the app down, and so the
   * stack's name: the same rule would have another id in each environment. Unique as long as all groups are siblings.
   */
  override get uniqueId(): string {
    return this.node.id;
  }
}
