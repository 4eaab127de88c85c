import { Aspects, LegacyStackSynthesizer, CfnResource, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

/**
 * A stack that is deployed with the credentials of an administrator, before the account is bootstrapped: there are neither a
 * bucket nor roles to deploy with. The legacy synthesizer is the one that needs neither, for templates up to 51,200 bytes: that
 * without a bootstrap names its roles.
 */
export abstract class AccessStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, { ...props, synthesizer: props.synthesizer ?? new LegacyStackSynthesizer() });
    // It is deployed from the folder whose cdk.json gives the boundary to all roles: these are not staging's.
    Aspects.of(this).add({ visit: unbind }, { priority: AFTER_ALL });
  }
}

const AFTER_ALL = 1000;

function unbind(node: IConstruct): void {
  if (CfnResource.isCfnResource(node) && node.cfnResourceType === 'AWS::IAM::Role')
    node.addPropertyDeletionOverride('PermissionsBoundary');
}
