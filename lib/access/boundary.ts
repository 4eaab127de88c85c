import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BOUNDARY, PIPELINE_ROLE } from './names';

/** What the boundary depends on. */
export interface StagingBoundaryProps {
  readonly productionAccount: string | undefined;
  readonly qualifier: string;
  readonly gitHubProviderArn: string;
  /** Roles that staging neither changes nor uses, beside those that rehearse. */
  readonly protectedRoles: readonly string[];
  /** Whether every role that staging's stacks make must have the boundary as well. */
  readonly bindsRoles: boolean;
}

/**
 * The most that staging's stacks, and what runs in them, can be allowed, whatever their own policies say. CloudFormation works
 * within it when the account is bootstrapped with `--custom-permissions-boundary`.
 */
export class StagingBoundary extends Construct {
  readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: StagingBoundaryProps) {
    super(scope, id);
    this.policy = new iam.ManagedPolicy(this, 'Policy', {
      managedPolicyName: BOUNDARY,
      description: 'The most that staging and its stacks can be allowed.',
      statements: [
        // what a boundary does not allow is denied
        new iam.PolicyStatement({ sid: 'Most', actions: ['*'], resources: ['*'] }),
        ...escalations(props),
        ...(props.productionAccount === undefined ? [] : production(props.productionAccount)),
      ],
    });
  }
}

/** The ARN by which roles name the boundary. */
const ARN = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${BOUNDARY}`;

const deny = (sid: string, actions: string[], resources: string[], conditions = {}): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, resources, conditions });

/** No way out of the boundary: neither by an identity without it nor by one that is there already, nor by changing it. */
function escalations(props: StagingBoundaryProps): iam.PolicyStatement[] {
  const { qualifier, gitHubProviderArn, protectedRoles, bindsRoles } = props;
  const others = protectedRoles.map(roleArn);
  const rehearsing = [PIPELINE_ROLE, `cdk-${qualifier}-*`, 'OrganizationAccountAccessRole'].map(roleArn);
  const unbound = { StringNotEquals: { 'iam:PermissionsBoundary': ARN } };
  return [
    ...(bindsRoles ? [deny('OutsideTheBoundary', UNBOUND, ['*'], unbound)] : []),
    // whose keys they are, IAM does not say: those of an administrator would do
    deny('Keys', ['iam:CreateAccessKey', 'iam:*LoginProfile'], ['*']),
    deny('NoBoundary', ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'], ['*']),
    deny('TheBoundary', ['iam:*PolicyVersion', 'iam:DeletePolicy'], [ARN]),
    deny('RolesInUse', [...CHANGES_OF_ROLES, 'sts:AssumeRole'], [...rehearsing, ...others]),
    // the others are passed to nobody: only CloudFormation takes the bootstrap's, for nested stacks too
    ...(others.length === 0 ? [] : [deny('PassedRoles', ['iam:PassRole'], others)]),
    deny('GitHub', ['iam:*OpenIDConnectProvider*'], [gitHubProviderArn]),
    deny('TheAccount', ['account:*', 'organizations:*'], ['*']),
  ];
}

const roleArn = (name: string): string => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${name}`;

const CHANGES_OF_ROLES = [
  'iam:AttachRolePolicy',
  'iam:DeleteRole*',
  'iam:DetachRolePolicy',
  'iam:PutRole*',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRole*',
];

/** What makes an identity, or gives a role more: IAM knows the boundary of the one that is meant. */
const UNBOUND = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:CreateUser',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:PutUserPermissionsBoundary',
];

/** Nothing of production's account, whatever its own policies allow, but the images of its services, its snapshots, and the clusters that it shares. */
function production(account: string): iam.PolicyStatement[] {
  return [
    deny('RolesOfProduction', ['sts:AssumeRole'], [`arn:${Aws.PARTITION}:iam::${account}:*`]),
    new iam.PolicyStatement({
      sid: 'Production',
      effect: iam.Effect.DENY,
      notActions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'rds:RestoreDBClusterFromSnapshot',
        'rds:RestoreDBClusterToPointInTime',
        'rds:RestoreDBInstanceFromDBSnapshot',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:ResourceAccount': account } },
    }),
  ];
}
