import type { RulePage, Source } from './page';

const TEMPLATES = 'AWS CloudFormation Template Reference Guide';
const DOCS = 'https://docs.aws.amazon.com';

const DELETION_POLICY: Source = {
  guide: TEMPLATES,
  section: 'DeletionPolicy attribute',
  url: `${DOCS}/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html`,
};
const DELETING_A_BUCKET: Source = {
  guide: 'Amazon Simple Storage Service User Guide',
  section: 'Deleting a general purpose bucket',
  url: `${DOCS}/AmazonS3/latest/userguide/delete-bucket.html`,
};
const POINT_IN_TIME: Source = {
  guide: 'Amazon DynamoDB Developer Guide',
  section: 'Enable point-in-time recovery in DynamoDB, Delete a table with PITR enabled',
  url: `${DOCS}/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html`,
};

const TABLE = `
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
`;

const CLUSTER_PROPERTIES = `
    Properties:
      Engine: aurora-postgresql
      MasterUsername: postgres
      ManageMasterUserPassword: true
      DeleteAutomatedBackups: true
`;

const EMPTIER = (bucket: string): string => `
  Empty${bucket}:
    Type: Custom::S3AutoDeleteObjects
    Properties:
      ServiceToken: !GetAtt CustomResources.Arn # the CDK's function, not shown
      BucketName: !Ref ${bucket}
`;

/** Parts of a template, without the empty lines between them. */
const joined = (...parts: readonly string[]): string =>
  parts.map((part) => part.replace(/^\n|\n$/g, '')).join('\n');

const SET_BY_ITSELF = 'cdk-twin sets this in every staging by itself.';

const BALANCER = (dependsOn: string): string =>
  joined(
    `
Resources:
  Logs:
    Type: AWS::S3::Bucket
`,
    EMPTIER('Logs'),
    `
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer${dependsOn}
    Properties:
      Subnets: !Ref Subnets # a parameter, not shown
      LoadBalancerAttributes:
        - { Key: access_logs.s3.enabled, Value: 'true' }
        - { Key: access_logs.s3.bucket, Value: !Ref Logs }
`,
  );

const AUDITED = (dependsOn: string): string => `
Resources:
  CatalogAudit:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: /aws/docdb/staging-catalog/audit
      RetentionInDays: 1
  Catalog:
    Type: AWS::DocDB::DBCluster${dependsOn}
    Properties:
      DBClusterIdentifier: staging-catalog
      EnableCloudwatchLogsExports: [audit]
`;

const TASK = (group: string): string => `
Resources:
  Web:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: public.ecr.aws/acme/web:1.42.0
          LogConfiguration:
            LogDriver: awslogs
            Options:
              awslogs-group: ${group}
              awslogs-region: !Ref AWS::Region
              awslogs-stream-prefix: web
`;

const SITE = (association: string): string => `
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: web
            DomainName: !GetAtt Balancer.DNSName # a load balancer of the stack, not shown
            CustomOriginConfig: { OriginProtocolPolicy: https-only }
        DefaultCacheBehavior:
          TargetOriginId: web
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
${association}
`;

/** The pages of the tear-down check, by the name of the rule. */
export const TEAR_DOWN: Readonly<Record<string, RulePage>> = {
  'forbidden-type': {
    what: 'A resource type that leaves something behind, or belongs to the account and not to one environment, whatever its properties are: KMS keys, EKS clusters, service-linked roles, `AWS::ApiGateway::Account`, and types of which an account or a Region has only one, such as a GuardDuty detector.',
    why: 'A KMS key is not deleted with its stack. KMS schedules its deletion, for 7 to 30 days later; until then the key is listed, and so is that of every staging before. EKS leaves the load balancers that services in the cluster made, and they keep the VPC from being deleted. A second detector or recorder cannot be created at all.',
    bad: {
      template: `
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root' }
            Action: kms:*
            Resource: '*'
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: !Ref Key
`,
    },
    good: {
      template: `
Parameters:
  KeyArn:
    Type: String
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: !Ref KeyArn
`,
    },
    fix: 'Create the resource once, in a stack that stays, and pass it in: one long-lived key for all stagings, one detector for the account. Set `cloudWatchRole: false` on a REST API.',
    acknowledge: {
      when: 'Where a key or a cluster has to be a part of the topology, keep it and say how its leftovers go.',
      construct: 'cluster',
      reason: 'a custom resource deletes all services of the cluster before the cluster itself',
    },
    sources: [
      {
        guide: 'AWS Key Management Service Developer Guide',
        section: 'Delete an AWS KMS key',
        url: `${DOCS}/kms/latest/developerguide/deleting-keys.html`,
      },
      {
        guide: 'Amazon EKS API Reference',
        section: 'DeleteCluster',
        url: `${DOCS}/eks/latest/APIReference/API_DeleteCluster.html`,
      },
    ],
  },
  'unknown-type': {
    what: "A resource type of which it is not known that it vanishes with its stack: custom resources, types of other vendors, and types of AWS that hold data or have snapshots, backups or contents by CloudFormation's specification, and that nobody has looked at. A call of AWS by the CDK's `AwsCustomResource` passes when it has an `onDelete`, or when it only reads.",
    why: 'When a stack is deleted, CloudFormation sends a custom resource a request of the type `Delete`, and goes on as soon as the answer is a success. What the code behind it deletes is up to that code: many handlers answer a success and do nothing.',
    bad: {
      template: `
Resources:
  ActiveRules:
    Type: Custom::AWS
    Properties:
      ServiceToken: !GetAtt CustomResources.Arn # the CDK's function, not shown
      Create: '{"service":"SES","action":"setActiveReceiptRuleSet","parameters":{"RuleSetName":"orders"}}'
`,
    },
    good: {
      template: `
Resources:
  ActiveRules:
    Type: Custom::AWS
    Properties:
      ServiceToken: !GetAtt CustomResources.Arn # the CDK's function, not shown
      Create: '{"service":"SES","action":"setActiveReceiptRuleSet","parameters":{"RuleSetName":"orders"}}'
      Delete: '{"service":"SES","action":"setActiveReceiptRuleSet","parameters":{}}'
`,
    },
    fix: 'Give an `AwsCustomResource` an `onDelete` that undoes its call. For another custom resource or type, stand a staging up, delete it, and look for what is left. Then acknowledge the rule on it, or keep the resource outside the environment.',
    acknowledge: {
      when: 'A type that was seen to vanish with its stack is acknowledged with what undoes it.',
      construct: 'till',
      reason: 'its onDelete closes the account that it opens',
    },
    sources: [
      {
        guide: 'AWS CloudFormation User Guide',
        section: 'CloudFormation custom resource request and response reference, Delete',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-delete.html`,
      },
    ],
  },
  retained: {
    what: 'A `DeletionPolicy` or an `UpdateReplacePolicy` other than `Delete`: `Retain`, `Snapshot` or `RetainExceptOnCreate`.',
    why: 'CloudFormation deletes the stack and leaves the resource, or a snapshot of it. It is then in no stack, goes on to cost money, and can be in the way: a security group that is retained keeps its VPC from being deleted, and a bucket or table with a fixed name keeps the next staging from being created.',
    bad: {
      template: `
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      RetentionInDays: 14
`,
    },
    good: {
      template: `
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      RetentionInDays: 14
`,
    },
    fix: `${SET_BY_ITSELF} A finding means that something sets the policy afterwards, such as an aspect with a later priority, or that the template was edited. Apply \`RemovalPolicy.DESTROY\`, or leave the policy to the lifecycle.`,
    acknowledge: {
      never:
        'There is seldom a reason: data that is to outlive the staging belongs in a stack that outlives it.',
    },
    sources: [
      DELETION_POLICY,
      {
        guide: TEMPLATES,
        section: 'UpdateReplacePolicy attribute',
        url: `${DOCS}/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html`,
      },
    ],
  },
  'default-snapshot': {
    what: 'An `AWS::RDS::DBCluster`, or an `AWS::RDS::DBInstance` that is in no cluster, without `DeletionPolicy` or `UpdateReplacePolicy`.',
    why: 'For all other types CloudFormation deletes by default. For these two the default is `Snapshot`: the deletion of the stack takes a final snapshot, which waits for it, is stored and is paid for until it is deleted by hand.',
    bad: { template: joined('Resources:\n  Orders:\n    Type: AWS::RDS::DBCluster', CLUSTER_PROPERTIES) },
    good: {
      template: joined(
        'Resources:\n  Orders:\n    Type: AWS::RDS::DBCluster\n    DeletionPolicy: Delete\n    UpdateReplacePolicy: Delete',
        CLUSTER_PROPERTIES,
      ),
    },
    fix: `${SET_BY_ITSELF} Where it is found nevertheless, apply \`RemovalPolicy.DESTROY\` to the cluster.`,
    acknowledge: {
      never:
        'There is seldom a reason: a snapshot of a staging is worth keeping only when a person takes it.',
    },
    sources: [DELETION_POLICY],
  },
  protected: {
    what: "A property that keeps a resource from being deleted, wherever CloudFormation's specification knows one: `DeletionProtection` of databases and user pools, `DeletionProtectionEnabled` of tables and log groups, `DisableApiTermination` of instances and launch templates, `deletion_protection.enabled` of load balancers, protection of Auto Scaling groups, and more.",
    why: 'The service refuses to delete a protected resource. The deletion of the stack ends in `DELETE_FAILED`, and what the resource needs, such as its network, stays with it. The schedule that deletes a staging cannot lift a protection.',
    bad: { template: `${TABLE.trimEnd()}\n      DeletionProtectionEnabled: true\n` },
    good: { template: TABLE },
    fix: `${SET_BY_ITSELF} A finding means that the protection is set afterwards, or by a value that is known only at deployment, such as a parameter: leave it to production, with \`terminationProtection\` of its stacks.`,
    acknowledge: { never: 'Do not: the staging could not delete itself.' },
    sources: [
      {
        guide: 'Amazon DynamoDB Developer Guide',
        section: 'Basic operations on DynamoDB tables, Using deletion protection',
        url: `${DOCS}/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection`,
      },
      {
        guide: 'Amazon EC2 User Guide',
        section: 'Change instance termination protection',
        url: `${DOCS}/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html`,
      },
      {
        guide: 'User Guide for Application Load Balancers',
        section: 'Application Load Balancers, Load balancer attributes',
        url: `${DOCS}/elasticloadbalancing/latest/application/application-load-balancers.html#load-balancer-attributes`,
      },
    ],
  },
  'automated-backups': {
    what: 'Backups that the service makes and keeps: point-in-time recovery of a DynamoDB table, `DeleteAutomatedBackups` that is not `true` on an RDS cluster, or is `false` on an instance, a `BackupPolicy` of an EFS file system that is `ENABLED`, a selection of an AWS Backup plan that selects anything.',
    why: 'DynamoDB makes a backup when a table with point-in-time recovery is deleted, and keeps it for 35 days. RDS keeps automated backups to the end of their retention period when it is asked to. Recovery points of AWS Backup, which EFS uses too, outlive what they are of, and a vault cannot be deleted while it holds any.',
    bad: {
      template: `${TABLE.trimEnd()}\n      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }\n`,
    },
    good: {
      template: `${TABLE.trimEnd()}\n      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false }\n`,
    },
    fix: `${SET_BY_ITSELF} Where it is found nevertheless, turn the backups off, or set \`DeleteAutomatedBackups\` to true. Backups are of production; the restore is rehearsed with \`restoreFrom\`.`,
    acknowledge: {
      when: 'A staging in which a restore to a point in time is rehearsed needs the backups for as long.',
      construct: 'orders',
      reason: 'the rehearsal restores the table to a point in time; the system backup costs nothing',
    },
    sources: [
      POINT_IN_TIME,
      {
        guide: 'Amazon Aurora User Guide',
        section: 'Retaining automated backups',
        url: `${DOCS}/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.Retaining.html`,
      },
      {
        guide: 'Amazon Elastic File System User Guide',
        section: 'Managing automatic backups of EFS file systems',
        url: `${DOCS}/efs/latest/ug/automatic-backups.html`,
      },
      {
        guide: 'AWS Backup Developer Guide',
        section: 'Delete a backup vault',
        url: `${DOCS}/aws-backup/latest/devguide/delete-a-vault.html`,
      },
    ],
  },
  snapshots: {
    what: 'A `FinalSnapshotName` of a serverless cache or a MemoryDB cluster, or a `SnapshotRetentionLimit` other than 0 of these, of an ElastiCache cluster or of a replication group.',
    why: 'A final snapshot is taken when the cache is deleted, and stays until it is deleted by hand. A second staging with that name fails on it. Automatic snapshots are taken every day and are kept for as many days as the limit says. ElastiCache deletes them with their cluster; a staging has no use for them.',
    bad: {
      template: `
Resources:
  Sessions:
    Type: AWS::ElastiCache::ServerlessCache
    Properties:
      Engine: valkey
      ServerlessCacheName: !Sub \${AWS::StackName}-sessions
      FinalSnapshotName: !Sub \${AWS::StackName}-sessions-last
`,
    },
    good: {
      template: `
Resources:
  Sessions:
    Type: AWS::ElastiCache::ServerlessCache
    Properties:
      Engine: valkey
      ServerlessCacheName: !Sub \${AWS::StackName}-sessions
`,
    },
    fix: 'Leave `FinalSnapshotName` out, and set `SnapshotRetentionLimit` to 0 or leave it out. cdk-twin sets the limit of replication groups, serverless caches and MemoryDB clusters by itself.',
    acknowledge: {
      when: 'A limit on an ElastiCache cluster leaves nothing once the cluster is deleted, so that it can stay where the backup itself is rehearsed.',
      construct: 'sessions',
      reason: 'automatic snapshots are deleted with the cluster, and the rehearsal restores one',
    },
    sources: [
      {
        guide: 'Amazon ElastiCache User Guide',
        section: 'Deleting a cluster in ElastiCache',
        url: `${DOCS}/AmazonElastiCache/latest/dg/Clusters.Delete.html`,
      },
      {
        guide: 'Amazon ElastiCache User Guide',
        section: 'Deleting a backup',
        url: `${DOCS}/AmazonElastiCache/latest/dg/backups-deleting.html`,
      },
      { guide: TEMPLATES, section: 'AWS::MemoryDB::Cluster, FinalSnapshotName' },
    ],
  },
  volume: {
    what: 'A block device of an instance or a launch template whose `DeleteOnTermination` is false.',
    why: 'CloudFormation terminates the instance. Amazon EC2 then deletes the volumes that have `DeleteOnTermination`, and keeps the others: they are in no stack, and are paid for by the gigabyte. An Auto Scaling group leaves one for every instance that it ever started.',
    bad: {
      template: `
Resources:
  Worker:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: m7g.large
        BlockDeviceMappings:
          - DeviceName: /dev/xvda
            Ebs: { VolumeSize: 50, DeleteOnTermination: false }
`,
    },
    good: {
      template: `
Resources:
  Worker:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: m7g.large
        BlockDeviceMappings:
          - DeviceName: /dev/xvda
            Ebs: { VolumeSize: 50, DeleteOnTermination: true }
`,
    },
    fix: `${SET_BY_ITSELF} Where it is found nevertheless, set \`deleteOnTermination\` to true.`,
    acknowledge: {
      never:
        'There is seldom a reason: data that is to outlive an instance of a staging is copied by its program.',
    },
    sources: [
      {
        guide: 'Amazon EC2 User Guide',
        section: 'Preserve data when an instance is terminated',
        url: `${DOCS}/AWSEC2/latest/UserGuide/terminating-instances.html#preserving-volumes-on-termination`,
      },
    ],
  },
  'not-emptied': {
    what: "A bucket to which no `Custom::S3AutoDeleteObjects` refers. That is the CDK's custom resource that deletes all objects, and all their versions, before the bucket is deleted.",
    why: 'Amazon S3 deletes only an empty bucket. CloudFormation does not empty it: the deletion of the stack ends in `DELETE_FAILED` as soon as the bucket holds one object.',
    bad: { template: 'Resources:\n  Pictures:\n    Type: AWS::S3::Bucket\n' },
    good: {
      template: joined('Resources:\n  Pictures:\n    Type: AWS::S3::Bucket', EMPTIER('Pictures')),
    },
    fix: 'cdk-twin empties every bucket that the function or the class of the environment makes. A finding is left for a bucket that comes later, from an aspect for example: make it with `autoDeleteObjects: true` and `RemovalPolicy.DESTROY`.',
    acknowledge: {
      when: 'A bucket that nothing is ever written to, or that another custom resource empties, can stay.',
      construct: 'pictures',
      reason: 'the custom resource Cleaner deletes all objects and versions before the bucket goes',
    },
    sources: [DELETING_A_BUCKET],
  },
  'refilled-bucket': {
    what: 'A service that delivers to a bucket of the stack until it is gone (a load balancer with logs, a distribution, a trail, a flow log, a Firehose stream, an MSK cluster, another bucket, logging of a web ACL), and that does not wait for what empties the bucket.',
    why: 'CloudFormation deletes in the reverse order of dependencies. Without one, the bucket can be emptied while the service still writes: it puts new objects there, and the bucket is not deleted.',
    bad: { template: BALANCER('') },
    good: { template: BALANCER('\n    DependsOn: EmptyLogs') },
    fix: 'cdk-twin makes what refers to a bucket wait for its emptying by itself. Where a finding is left, let the service depend on the custom resource that empties the bucket; it is then deleted first. A template cannot say so when the emptying needs the service itself.',
    acknowledge: {
      when: 'A service that has stopped to deliver before the stack is deleted can stay.',
      construct: 'balancer',
      reason: 'the rehearsal turns its access logs off before it tears down',
    },
    sources: [
      DELETING_A_BUCKET,
      {
        guide: 'User Guide for Application Load Balancers',
        section: 'Enable access logs for your Application Load Balancer',
        url: `${DOCS}/elasticloadbalancing/latest/application/enable-access-logging.html`,
      },
    ],
  },
  'object-lock': {
    what: 'A bucket with `ObjectLockEnabled`.',
    why: 'An object under a retention period in compliance mode cannot be deleted by any user, not even by the root user of the account; in governance mode the deletion needs a special permission. The bucket cannot be emptied, and so it cannot be deleted before the period ends. Object Lock cannot be turned off again.',
    bad: {
      template: joined(
        'Resources:\n  Invoices:\n    Type: AWS::S3::Bucket\n    Properties:\n      ObjectLockEnabled: true',
        EMPTIER('Invoices'),
      ),
    },
    good: {
      template: joined('Resources:\n  Invoices:\n    Type: AWS::S3::Bucket', EMPTIER('Invoices')),
    },
    fix: 'Keep the bucket that has to be locked in a stack of production, outside of the topology, and give its name to the environment as a parameter. A bucket of a staging takes its place.',
    acknowledge: {
      when: 'Without a default retention, objects are locked only when a program asks for it.',
      construct: 'invoices',
      reason: 'there is no default retention, and no program of staging sets one',
    },
    sources: [
      {
        guide: 'Amazon Simple Storage Service User Guide',
        section: 'Locking objects with Object Lock, Retention modes',
        url: `${DOCS}/AmazonS3/latest/userguide/object-lock-overview.html#object-lock-retention-modes`,
      },
    ],
  },
  images: {
    what: 'An ECR repository without `EmptyOnDelete: true`.',
    why: 'Amazon ECR refuses to delete a repository that holds images, unless the deletion is forced, which is what `EmptyOnDelete` does. The deletion of the stack ends in `DELETE_FAILED`.',
    bad: { template: 'Resources:\n  Images:\n    Type: AWS::ECR::Repository\n' },
    good: {
      template:
        'Resources:\n  Images:\n    Type: AWS::ECR::Repository\n    Properties:\n      EmptyOnDelete: true\n',
    },
    fix: `${SET_BY_ITSELF} Where it is found nevertheless, set \`emptyOnDelete: true\` on the repository. Better: keep repositories outside the environment. Staging rehearses the image that production will run, from where releases are.`,
    acknowledge: {
      when: 'A repository that holds no image when the stack is deleted can stay.',
      construct: 'images',
      reason: 'the rehearsal deletes the images that it pushes',
    },
    sources: [
      {
        guide: 'Amazon Elastic Container Registry API Reference',
        section: 'DeleteRepository',
        url: `${DOCS}/AmazonECR/latest/APIReference/API_DeleteRepository.html`,
      },
    ],
  },
  'log-group': {
    what: 'A service that writes to a log group which is not in the stack: a function or a build without a group of its own, logs that a database exports, Container Insights of an ECS cluster, control plane logs of an EKS cluster, execution logs of API Gateway, delivery logs of SNS, Enhanced Monitoring of RDS, the group that a task or a flow log names, and `Custom::LogRetention` that does not delete its group.',
    why: 'The service creates the log group by itself when it first writes. CloudFormation does not know the group and leaves it, with no retention period, so that its logs are kept and paid for. The next staging of the same name continues in it.',
    bad: { template: TASK('/shop/web') },
    good: {
      template: joined(
        TASK('!Ref WebLogs'),
        `
  WebLogs:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: 1
`,
      ),
    },
    fix: 'cdk-twin gives functions, builds, databases, clusters and APIs log groups of the stack by itself. Where a finding is left, create the group in the stack first, under the name that the service uses; the message of the finding has it. Database services keep identifiers in lower case, and so are the names of their log groups. The resource then has to be deleted before its group ([TWIN-TD-014](TWIN-TD-014.md)).',
    acknowledge: {
      when: 'A group that is shared by design can stay.',
      construct: 'orders',
      reason: 'Enhanced Monitoring of all databases of the account writes to RDSOSMetrics',
    },
    sources: [
      {
        guide: 'AWS Lambda Developer Guide',
        section: 'Sending Lambda function logs to CloudWatch Logs',
        url: `${DOCS}/lambda/latest/dg/monitoring-cloudwatchlogs.html`,
      },
      {
        guide: 'Amazon CloudWatch User Guide',
        section: 'Container Insights performance log reference',
        url: `${DOCS}/AmazonCloudWatch/latest/monitoring/Container-Insights-reference.html`,
      },
      {
        guide: 'Amazon RDS User Guide',
        section: 'Setting up and enabling Enhanced Monitoring',
        url: `${DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html`,
      },
    ],
  },
  'log-group-order': {
    what: 'A database or a proxy that writes to its log group until it is gone, and that does not depend on that group. Of an ECS cluster with Container Insights it is enough that its services depend on the group.',
    why: 'CloudFormation deletes what nothing depends on in any order. When the group goes first, the service writes again and creates a new group under the same name, outside the stack.',
    bad: { template: AUDITED('') },
    good: { template: AUDITED('\n    DependsOn: CatalogAudit') },
    fix: 'cdk-twin makes what writes wait for the groups that it adds by itself. Where the topology makes the group, give the resource an identifier, create the group under the name that the service uses for it, and let the resource depend on the group. An identifier that CloudFormation generates is known only once the resource exists, so that the resource cannot wait for its group.',
    cdk: 'cluster.node.addDependency(audit); // so that the log group is deleted after the cluster',
    acknowledge: {
      when: 'A resource that writes nothing while it is deleted can stay.',
      construct: 'cluster',
      reason: 'auditing is off in the parameter group, so that nothing is written',
    },
    sources: [
      {
        guide: TEMPLATES,
        section: 'DependsOn attribute',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html`,
      },
      {
        guide: 'Amazon Neptune User Guide',
        section: 'Publishing Neptune Logs to Amazon CloudWatch Logs',
        url: `${DOCS}/neptune/latest/userguide/cloudwatch-logs.html`,
      },
    ],
  },
  'query-history': {
    what: 'An Athena workgroup without `RecursiveDeleteOption: true`.',
    why: 'A workgroup keeps the history of its queries. Athena refuses to delete one that holds query executions, named queries or notebooks, unless it is asked to delete them too. After the first query, the deletion of the stack ends in `DELETE_FAILED`.',
    bad: {
      template: `
Resources:
  Reports:
    Type: AWS::Athena::WorkGroup
    Properties:
      Name: !Sub \${AWS::StackName}-reports
`,
    },
    good: {
      template: `
Resources:
  Reports:
    Type: AWS::Athena::WorkGroup
    Properties:
      Name: !Sub \${AWS::StackName}-reports
      RecursiveDeleteOption: true
`,
    },
    fix: `${SET_BY_ITSELF} Where it is found nevertheless, set \`recursiveDeleteOption: true\` on the workgroup: it has an effect only when the workgroup is deleted.`,
    acknowledge: { never: 'There is no reason to: the setting costs nothing.' },
    sources: [
      {
        guide: 'Amazon Athena API Reference',
        section: 'DeleteWorkGroup',
        url: `${DOCS}/athena/latest/APIReference/API_DeleteWorkGroup.html`,
      },
    ],
  },
  'validation-record': {
    what: 'A certificate with a `HostedZoneId` in its `DomainValidationOptions`.',
    why: 'With a hosted zone, a CNAME record that proves the ownership of the domain is added to that zone when the certificate is requested. It is no resource of the stack, and stays when the certificate is deleted: other certificates for the same domain may use it. A staging is then left with a record in a zone that others use. In a zone of the stack, the record keeps the zone from being deleted.',
    bad: {
      template: `
Parameters:
  ZoneId:
    Type: AWS::Route53::HostedZone::Id
Resources:
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: !Sub \${AWS::StackName}.staging.example.com
      ValidationMethod: DNS
      DomainValidationOptions:
        - DomainName: !Sub \${AWS::StackName}.staging.example.com
          HostedZoneId: !Ref ZoneId
`,
    },
    good: {
      template: `
Parameters:
  CertificateArn:
    Type: String
Resources:
  Domain:
    Type: AWS::ApiGatewayV2::DomainName
    Properties:
      DomainName: !Sub \${AWS::StackName}.staging.example.com
      DomainNameConfigurations:
        - CertificateArn: !Ref CertificateArn
`,
    },
    fix: 'Pass in the ARN of a long-lived certificate as a parameter. A wildcard certificate, such as `*.staging.example.com`, is enough for all stagings.',
    acknowledge: {
      when: 'The record is the same for every certificate of one domain, so that a fixed domain of stagings gathers no records.',
      construct: 'certificate',
      reason: 'all stagings use the domain staging.example.com, whose record is there for good',
    },
    sources: [
      {
        guide: 'AWS Certificate Manager User Guide',
        section: 'AWS Certificate Manager DNS validation',
        url: `${DOCS}/acm/latest/userguide/dns-validation.html`,
      },
      {
        guide: TEMPLATES,
        section: 'AWS::CertificateManager::Certificate DomainValidationOption',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/aws-properties-certificatemanager-certificate-domainvalidationoption.html`,
      },
    ],
  },
  'public-zone': {
    what: 'A hosted zone without `VPCs`, which is a public one.',
    why: 'Route 53 deletes a hosted zone only when it holds no records but its own NS and SOA records. Validation records, and those that programs write, keep it. A zone of the same name has other name servers every time, so that the delegation in the parent zone would have to change with each staging; one that is left in place after the deletion can be taken over by others.',
    bad: {
      template: `
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: staging.example.com
`,
    },
    good: {
      template: `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: shop.internal
      VPCs:
        - { VPCId: !Ref Vpc, VPCRegion: !Ref AWS::Region }
`,
    },
    fix: 'Keep public zones outside the environment. Names that only staging uses belong in a private zone of its VPC. Where records of staging have to be public, make one zone for all stagings and pass its id in as a parameter.',
    acknowledge: {
      when: 'A zone to which only the stack itself adds records can stay.',
      construct: 'zone',
      reason: 'all of its records are resources of this stack, and nothing delegates to it',
    },
    sources: [
      {
        guide: 'Amazon Route 53 Developer Guide',
        section: 'Deleting a public hosted zone',
        url: `${DOCS}/Route53/latest/DeveloperGuide/DeleteHostedZone.html`,
      },
    ],
  },
  'lambda-at-edge': {
    what: 'A cache behavior of a distribution with `LambdaFunctionAssociations`, which is Lambda@Edge.',
    why: 'CloudFront replicates the function. A function with replicas cannot be deleted, and CloudFront deletes them only after the last distribution that uses it is gone: typically within a few hours, and not by any call of yours. The deletion of the stack ends in `DELETE_FAILED` at the function.',
    bad: {
      template: SITE(`          LambdaFunctionAssociations:
            - EventType: viewer-request
              LambdaFunctionARN: !Ref RewriteVersion # a version of a function, not shown`),
    },
    good: {
      template: SITE(`          FunctionAssociations:
            - EventType: viewer-request
              FunctionARN: !GetAtt Rewrite.FunctionARN # a CloudFront function, not shown`),
    },
    fix: 'Use a CloudFront function where it can do the work: it is deleted with the distribution. What needs Lambda@Edge, such as calls over the network, can move behind the distribution.',
    acknowledge: {
      when: 'A function that outlives the staging has no part in its deletion.',
      construct: 'site',
      reason: 'the function is of a stack that stays, and comes as a parameter',
    },
    sources: [
      {
        guide: 'Amazon CloudFront Developer Guide',
        section: 'Delete Lambda@Edge functions and replicas',
        url: `${DOCS}/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html`,
      },
    ],
  },
  'lambda-in-vpc': {
    what: 'A rotation schedule of Secrets Manager with `HostedRotationLambda`.',
    why: 'CloudFormation then creates the rotation function in a nested stack, and its log group is outside of both. To reach a database the function is usually in the VPC. When it is deleted, CloudFormation waits until Lambda has deleted its network interfaces, typically 20 to 45 minutes, and the subnets and security groups cannot go before. Functions that the template makes are checked as such, and their wait is noted.',
    bad: {
      template: `
Transform: AWS::SecretsManager-2024-09-16
Resources:
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties:
      SecretId: !Ref Password # a secret of the stack, not shown
      RotationRules: { AutomaticallyAfterDays: 30 }
      HostedRotationLambda:
        RotationType: PostgreSQLSingleUser
        VpcSubnetIds: !Join [',', !Ref Subnets] # a parameter, not shown
`,
    },
    good: {
      template: `
Resources:
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties:
      SecretId: !Ref Password # a secret of the stack, not shown
      RotationRules: { AutomaticallyAfterDays: 30 }
      RotationLambdaARN: !GetAtt Rotate.Arn # a function of the stack, not shown
`,
    },
    fix: 'Rotate the secret with a function of the stack, outside the VPC where that is possible. A database whose password RDS manages (`ManageMasterUserPassword`) is rotated by RDS and needs no function.',
    acknowledge: {
      when: 'Where the function is not in the VPC, nothing waits for it, and only its log group is left.',
      construct: 'rotation',
      reason: 'the rotation function is in no VPC, and the sweep deletes its log group',
    },
    sources: [
      {
        guide: TEMPLATES,
        section: 'AWS::Lambda::Function VpcConfig',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-vpcconfig.html`,
      },
      {
        guide: TEMPLATES,
        section: 'AWS::SecretsManager::RotationSchedule HostedRotationLambda',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html`,
      },
    ],
  },
  'protected-stack': {
    what: 'A stack of the staging for which `manifest.json` of the assembly says `terminationProtection: true`. Nested stacks have none of their own.',
    why: 'CloudFormation refuses to delete a stack with termination protection, and the request fails without a change. The schedule that deletes a staging cannot lift it: the stack stays, and costs what it costs, until a person turns the protection off.',
    bad: { template: TABLE, isProtected: true },
    good: { template: TABLE, isProtected: false },
    fix: 'cdk-twin turns termination protection off in every staging by itself, after what stacks, props and aspects of the usual priorities set. A finding means that an aspect of a later priority sets it, or that the assembly was changed: leave the protection to production, where `twins.prod` turns it on.',
    acknowledge: { never: 'Do not: the staging could not delete itself.' },
    sources: [
      {
        guide: 'AWS CloudFormation User Guide',
        section: 'Protect CloudFormation stacks from being deleted',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html`,
      },
    ],
  },
};
