import type { RulePage, Source } from './page';

const CFN = 'AWS CloudFormation User Guide';
const TEMPLATES = 'AWS CloudFormation Template Reference Guide';
const DOCS = 'https://docs.aws.amazon.com';

const MULTIPLE_ACCOUNTS: Source = {
  guide: 'AWS Whitepaper',
  section: 'Organizing Your AWS Environment Using Multiple Accounts',
  url: `${DOCS}/whitepapers/latest/organizing-your-aws-environment/organizing-your-aws-environment.html`,
};
const ARNS: Source = {
  guide: 'IAM User Guide',
  section: 'Identify AWS resources with Amazon Resource Names (ARNs)',
  url: `${DOCS}/IAM/latest/UserGuide/reference-arns.html`,
};
const PSEUDO_PARAMETERS: Source = {
  guide: CFN,
  section: 'Get AWS values using pseudo parameters',
  url: `${DOCS}/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html`,
};
const PRIVATE_ZONES: Source = {
  guide: 'Amazon Route 53 Developer Guide',
  section: 'Working with private hosted zones',
  url: `${DOCS}/Route53/latest/DeveloperGuide/hosted-zones-private.html`,
};
const LAMBDA_VARIABLES: Source = {
  guide: 'AWS Lambda Developer Guide',
  section: 'Working with Lambda environment variables',
  url: `${DOCS}/lambda/latest/dg/configuration-envvars.html`,
};
const TASK_VARIABLES: Source = {
  guide: 'Amazon Elastic Container Service Developer Guide',
  section: 'Pass an individual environment variable to an Amazon ECS container',
  url: `${DOCS}/AmazonECS/latest/developerguide/taskdef-envfiles.html`,
};

const NAME_IT =
  'If staging has to reach it, name it in `outside` with a reason: the report lists it, and the check finds the entry once nothing names it any more. Acknowledge the rule only where `outside` does not fit.';

/** A task that is given one environment variable. */
const checkoutWith = (variable: string): string =>
  `
  Checkout:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: checkout
          Image: public.ecr.aws/acme/checkout:1.42.0
          Environment:
            - ${variable}
`.trimEnd();

const checkout = (variable: string): string => `Resources:${checkoutWith(variable)}\n`;

/** A checkout that is given the address of the environment's own queue. */
const ORDERS_OF_ITS_OWN = `
Resources:
  Orders:
    Type: AWS::SQS::Queue
${checkoutWith('{ Name: ORDERS_QUEUE, Value: !Ref Orders }').slice(1)}
`;

const PAY = checkout('{ Name: PAYMENTS_URL, Value: https://api.pay.example.com/v1 }');

const ALARMS = `
Resources:
  Alarms:
    Type: AWS::SNS::Topic
  OnCall:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Alarms
      Protocol: email
      Endpoint: on-call@example.com
`;

const ON_CALL = { address: 'on-call@example.com', reason: 'on-call watches the rehearsal' };

/** The pages of the isolation check, by the name of the rule. */
export const ISOLATION: Readonly<Record<string, RulePage>> = {
  import: {
    what: "An `Fn::ImportValue` whose export is not one of the environment's own stacks. An export counts as its own when one of its stacks makes it, or when the name begins with the name of one of its stacks and a colon, as the CDK writes it.",
    why: 'CloudFormation resolves an import to a value of another stack: usually a network, a database or a bucket that production uses. Staging then works on that resource. The reference also binds the other side: while staging imports the export, CloudFormation refuses to change the exported value or to delete the exporting stack.',
    bad: {
      template: `
Resources:
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Access to the database
      VpcId: !ImportValue Prod:ExportsOutputRefVpc
`,
    },
    good: {
      template: `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Access to the database
      VpcId: !Ref Vpc
`,
    },
    fix: 'Make what is imported part of the environment. Several stacks are one environment when a `Stage` holds them: they may import from each other.',
    acknowledge: {
      when: 'A value that has no effect on production can stay, for example the name of a shared log destination that accepts any environment.',
      construct: 'flowLog',
      reason: 'the export is the ARN of a write-only log archive that every environment of the company uses',
    },
    sources: [
      {
        guide: TEMPLATES,
        section: 'Fn::ImportValue',
        url: `${DOCS}/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html`,
      },
    ],
  },
  'stack-output': {
    what: "An `Fn::GetStackOutput` that names a stack which is not one of the environment's own.",
    why: 'The function reads an output of any stack, also of another account or Region, without an export on the other side. CloudFormation resolves it when the stack is created or updated, and warns nobody when the other stack changes or goes. The CDK writes it for a reference between stacks when the feature flag for weak references is on, so it can appear without a line of code that asks for it.',
    bad: {
      template: `
Resources:
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Access to the database
      VpcId:
        Fn::GetStackOutput:
          StackName: Network
          OutputName: VpcId
`,
    },
    good: {
      template: `
Resources:
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Access to the database
      VpcId:
        Fn::GetStackOutput:
          StackName: Staging
          OutputName: VpcId
`,
    },
    fix: 'Make what is read part of the environment: create the network, the topic or the table in one of its stacks, and pass the construct on. In the example that finds nothing, `Staging` is a stack of the environment.',
    acknowledge: {
      when: 'As with an import, a value that has no effect on production can stay.',
      construct: 'database',
      reason: 'the output is the CIDR of the office network',
    },
    sources: [
      {
        guide: TEMPLATES,
        section: 'Fn::GetStackOutput',
        url: `${DOCS}/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html`,
      },
    ],
  },
  'ssm-parameter': {
    what: "A template parameter of a type `AWS::SSM::Parameter::...`. Two kinds pass: names that AWS publishes under `/aws/service/`, such as those of AMIs, and the CDK's own `BootstrapVersion`.",
    why: 'CloudFormation reads the value from Parameter Store at deployment. The template does not show what it is, and it can change between two deployments. In an account that staging shares with production it is usually the name or the id of something of production.',
    bad: {
      template: `
Parameters:
  OrdersQueue:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /shop/orders-queue
${checkout('{ Name: ORDERS_QUEUE, Value: !Ref OrdersQueue }')}`,
    },
    good: { template: ORDERS_OF_ITS_OWN },
    fix: 'Create what the parameter holds in the stack and refer to it. Where a value has to come from outside, use a plain parameter without a default, and give it at deployment: `cdk deploy Staging --parameters CertificateArn=...`. `StringParameter.valueForStringParameter` makes a parameter of this kind.',
    acknowledge: {
      when: 'A setting that is no name of a resource can stay.',
      construct: 'logLevel',
      reason: 'the parameter holds a log level for all environments',
    },
    sources: [
      {
        guide: CFN,
        section: 'Specify existing resources at runtime with CloudFormation-supplied parameter types',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html`,
      },
    ],
  },
  'dynamic-reference': {
    what: "A `{{resolve:ssm:...}}`, `{{resolve:ssm-secure:...}}` or `{{resolve:secretsmanager:...}}` whose parameter or secret the environment does not make. References to the environment's own, parameters of AWS under `/aws/service/`, and what the CDK copies between the environment's own stacks pass.",
    why: "CloudFormation puts the value of the secret into the resource at deployment. With production's secret, staging has production's password, and a program that finds production's address as well can write to its database.",
    bad: {
      template: `
Resources:
  Sessions:
    Type: AWS::ElastiCache::User
    Properties:
      Engine: valkey
      UserId: !Sub \${AWS::StackName}-sessions
      UserName: sessions
      AccessString: on ~* +@all
      Passwords:
        - '{{resolve:secretsmanager:prod/sessions:SecretString:password}}'
`,
    },
    good: {
      template: `
Resources:
  Password:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: { PasswordLength: 32, ExcludePunctuation: true }
  Sessions:
    Type: AWS::ElastiCache::User
    Properties:
      Engine: valkey
      UserId: !Sub \${AWS::StackName}-sessions
      UserName: sessions
      AccessString: on ~* +@all
      Passwords:
        - !Sub '{{resolve:secretsmanager:\${Password}:SecretString}}'
`,
    },
    fix: 'Create the secret or the parameter in the stack and refer to it. A key of a provider that only a person can enter comes from a secret that is made for stagings: name that secret in `outside`.',
    acknowledge: {
      when: NAME_IT,
      construct: 'sessions',
      reason: 'the secret holds the key of a sandbox account of the provider',
    },
    sources: [
      {
        guide: CFN,
        section: 'Get values stored in other services using dynamic references',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/dynamic-references.html`,
      },
    ],
  },
  'container-secret': {
    what: 'A `ValueFrom` or `CredentialsParameter` of an ECS task definition that is a literal: a name or an ARN that no resource or parameter of the stack gives.',
    why: "Amazon ECS reads the secret when a task starts, and puts it into the container's environment. The container then has production's credentials, even if everything else in the template is staging's own.",
    bad: {
      template: `
Resources:
  Web:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: public.ecr.aws/acme/web:1.42.0
          Secrets:
            - Name: DATABASE_PASSWORD
              ValueFrom: /prod/database/password
`,
    },
    good: {
      template: `
Resources:
  Password:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: { PasswordLength: 32 }
  Web:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Image: public.ecr.aws/acme/web:1.42.0
          Secrets:
            - Name: DATABASE_PASSWORD
              ValueFrom: !Ref Password
`,
    },
    fix: "Create the secret in the stack, with a value of staging's own, or pass its name in as a parameter.",
    acknowledge: {
      when: NAME_IT,
      construct: 'web',
      reason: 'the secret holds the key of a sandbox account of the provider',
    },
    sources: [
      {
        guide: 'Amazon Elastic Container Service Developer Guide',
        section: 'Pass sensitive data to an Amazon ECS container',
        url: `${DOCS}/AmazonECS/latest/developerguide/specifying-sensitive-data.html`,
      },
    ],
  },
  'prod-account': {
    what: "The id of production's account, anywhere in the template. The rule applies when production and staging are in different accounts that the app names.",
    why: 'A separate account is the strongest wall between two environments: by default nothing in one account may use anything in another. A policy or a target that names the other account opens a door in it.',
    production: { accounts: ['111122223333', '444455556666'] },
    bad: {
      template: `
Resources:
  Call:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Charge # a function of the stack, not shown
      Action: lambda:InvokeFunction
      Principal: '111122223333'
`,
    },
    good: {
      template: `
Resources:
  Call:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Charge # a function of the stack, not shown
      Action: lambda:InvokeFunction
      Principal: !Ref AWS::AccountId
`,
    },
    fix: 'Refer to a resource of the stack, or to `AWS::AccountId`. In the CDK that is `Aws.ACCOUNT_ID`, and `new iam.AccountRootPrincipal()` for a principal.',
    acknowledge: {
      when: NAME_IT,
      construct: 'call',
      reason: 'the monitoring of all environments runs in that account and only reads',
    },
    sources: [MULTIPLE_ACCOUNTS],
  },
  'literal-arn': {
    what: 'An ARN with a fixed account: any but the account of the staging, if the app names that, and the accounts in which AWS publishes. The key that a restore puts its data under passes: it lives outside by design.',
    why: 'An ARN names one resource, in one account. In a template that is deployed as staging it names the same queue, topic or key that production works with. Events then go to production, or staging reads what belongs to it.',
    bad: {
      template: `
Resources:
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets:
        - Id: jobs
          Arn: arn:aws:sqs:eu-west-1:111122223333:jobs
`,
    },
    good: {
      template: `
Resources:
  Jobs:
    Type: AWS::SQS::Queue
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets:
        - Id: jobs
          Arn: !GetAtt Jobs.Arn
`,
    },
    fix: 'Create the resource in the stack and refer to it. What has to be shared, such as a certificate, is named in `outside`.',
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  outside: [
    {
      arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d',
      reason: 'one certificate for *.example.com',
    },
  ],
});
`,
    acknowledge: {
      when: NAME_IT,
      construct: 'nightly',
      reason: 'the queue is a sink for test events of all stagings',
    },
    sources: [ARNS],
  },
  'literal-account': {
    what: 'The id of a fixed account where an account is meant: in a property or a condition key with `account` in its name, as a principal, in the address of an image or a queue. The account of the staging, if the app names it, and those of AWS pass.',
    why: 'Policies and conditions compare account ids as text. A fixed id keeps on meaning the account that it was written for, so that staging trusts that account and not its own.',
    bad: {
      template: `
Resources:
  Uploads:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Resize # a function of the stack, not shown
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceAccount: '111122223333'
`,
    },
    good: {
      template: `
Resources:
  Uploads:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Resize # a function of the stack, not shown
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceAccount: !Ref AWS::AccountId
`,
    },
    fix: 'Refer to `AWS::AccountId`; in the CDK that is `Aws.ACCOUNT_ID`. An account that publishes for everybody, such as that of a vendor, is named in `outside` as an `id`.',
    acknowledge: {
      when: NAME_IT,
      construct: 'uploads',
      reason: 'the account of the vendor, which may publish to every environment',
    },
    sources: [PSEUDO_PARAMETERS],
  },
  'literal-id': {
    what: 'The id of a network resource: `vpc-`, `subnet-`, `sg-`, `pcx-`, `tgw-`, `vpce-`, `rtb-`, `eni-`, `igw-`, `nat-`, `acl-`, `eipalloc-`, `fs-` or `fsap-` and 8 or 17 hexadecimal digits.',
    why: "Such an id stands for one existing resource. A staging in production's VPC shares its addresses, routes and security groups with it: a load test fills production's NAT gateways, and a security group that trusts its VPC trusts staging. A network interface of staging can also keep its subnet from being deleted.",
    bad: {
      template: `
Resources:
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Access to the database
      VpcId: vpc-0123456789abcdef0
`,
    },
    good: {
      template: `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Database:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Access to the database
      VpcId: !Ref Vpc
`,
    },
    fix: 'Create the network in the environment. `Vpc.fromLookup` writes the id that it finds into the template: where stagings have a VPC of their own that outlives them, look that one up and name its id in `outside`.',
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  outside: [{ id: 'vpc-0123456789abcdef0', reason: 'the VPC that all stagings share' }],
});
`,
    acknowledge: {
      when: NAME_IT,
      construct: 'database',
      reason: 'the VPC belongs to stagings alone',
    },
    sources: [
      {
        guide: 'AWS Cloud Development Kit (AWS CDK) Developer Guide',
        section: 'Context values and the AWS CDK',
        url: `${DOCS}/cdk/v2/guide/context.html`,
      },
    ],
  },
  'literal-bucket': {
    what: "A bucket that the environment does not make: in an ARN, in an `s3://` address, or as the value of a property or variable whose name ends in `bucket`. Buckets with the account's id in their name, such as those of the CDK's bootstrap stack, and AWS's own pass.",
    why: 'Bucket names are global, and the ARN of a bucket has neither Region nor account. The same name means the same bucket wherever the template is deployed, so that staging reads, overwrites and deletes the objects of production.',
    bad: {
      template: `
Resources:
  Upload:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:PutObject
            Resource: arn:aws:s3:::acme-pictures/*
`,
    },
    good: {
      template: `
Resources:
  Pictures:
    Type: AWS::S3::Bucket
  EmptyPictures:
    Type: Custom::S3AutoDeleteObjects
    Properties:
      ServiceToken: !GetAtt CustomResources.Arn # the CDK's function, not shown
      BucketName: !Ref Pictures
  Upload:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:PutObject
            Resource: !Sub \${Pictures.Arn}/*
`,
    },
    fix: 'Create the bucket in the environment and refer to it. Objects that staging only reads can come from a bucket that is named in `outside`.',
    acknowledge: {
      when: NAME_IT,
      construct: 'upload',
      reason: 'the bucket holds public test pictures, and the policy only reads',
    },
    sources: [
      {
        guide: 'Amazon Simple Storage Service User Guide',
        section: 'General purpose bucket naming rules',
        url: `${DOCS}/AmazonS3/latest/userguide/bucketnamingrules.html`,
      },
    ],
  },
  'literal-endpoint': {
    what: 'The address that AWS gave to one resource: of a database, a cache, a search domain, a load balancer, an API, a broker, a file system, a function URL or a distribution.',
    why: 'Aurora, ElastiCache and the others give every resource an address of its own, which does not change. In the template of staging a literal address is that of an existing resource, most likely of production, and every write goes there.',
    bad: {
      template: `
Resources:
  SessionsHost:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Value: master.sessions.a1b2c3.euw1.cache.amazonaws.com
`,
    },
    good: {
      template: `
Resources:
  Sessions:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: Sessions of the shop
      Engine: valkey
      CacheNodeType: cache.r7g.large
      NumCacheClusters: 2
      AutomaticFailoverEnabled: true
      TransitEncryptionEnabled: true
  SessionsHost:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Value: !GetAtt Sessions.PrimaryEndPoint.Address
`,
    },
    fix: "Take the address from the resource's attribute. In the CDK it is a property of the construct, such as `cluster.clusterEndpoint.hostname`.",
    acknowledge: {
      when: NAME_IT,
      construct: 'sessionsHost',
      reason: 'the distribution serves public assets of all environments',
    },
    sources: [
      {
        guide: 'Amazon Aurora User Guide',
        section: 'Amazon Aurora endpoint connections',
        url: `${DOCS}/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html`,
      },
    ],
  },
  'hosted-zone': {
    what: "A hosted zone by its id, in `HostedZoneId` or an ARN, or by its name in `HostedZoneName`. The zone of an alias's target passes: it is AWS's.",
    why: "Route 53 answers with a record to everybody who asks the zone. In a zone that production uses, a wildcard or a weighted record of staging's takes requests that are meant for production. The zone also keeps what staging adds there by other means, such as validation records, after the stack is deleted.",
    bad: {
      template: `
Resources:
  Record:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneId: Z0123456789ABC
      Name: orders.example.com
      Type: CNAME
      TTL: '60'
      ResourceRecords: [orders.internal.example.com]
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
  Record:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneId: !Ref Zone
      Name: orders.shop.internal
      Type: CNAME
      TTL: '60'
      ResourceRecords: [writer.shop.internal]
`,
    },
    fix: 'Create a private hosted zone in the environment and refer to it. Where staging needs a public name, delegate a zone to stagings and name its id in `outside`; put the name of the stack into the record, as in `${AWS::StackName}.staging.example.com`.',
    acknowledge: {
      when: NAME_IT,
      construct: 'record',
      reason: "the zone is delegated to stagings, and the record has the stack's name in it",
    },
    sources: [PRIVATE_ZONES],
  },
  'zone-association': {
    what: 'A VPC of a hosted zone that is a literal id.',
    why: 'Route 53 answers queries from every VPC that a private hosted zone is associated with. Associated with a VPC outside, the names of staging resolve there: where the zone has the name of one that production uses, its programs may connect to staging.',
    bad: {
      template: `
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: shop.internal
      VPCs:
        - { VPCId: vpc-0123456789abcdef0, VPCRegion: eu-west-1 }
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
    fix: "Associate the hosted zone with the environment's VPC only.",
    acknowledge: {
      when: NAME_IT,
      construct: 'zone',
      reason: 'the VPC belongs to the test runners of stagings',
    },
    sources: [PRIVATE_ZONES],
  },
  'outside-source': {
    what: 'A `GlobalClusterIdentifier`, `GlobalReplicationGroupId`, `ReplicationSourceIdentifier` or `SourceDBInstanceIdentifier` that is a literal.',
    why: "Staging's database would be a replica of production's: read-only until it is detached, always in replication, a load on its source. A member of a global database cannot simply be deleted, and the global database cannot be deleted while it has members.",
    bad: {
      template: `
Resources:
  Orders:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: aurora-mysql
      ReplicationSourceIdentifier: orders
      DeleteAutomatedBackups: true
`,
    },
    good: {
      template: `
Parameters:
  StagingKeyArn:
    Type: String
Resources:
  Orders:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: aurora-mysql
      SnapshotIdentifier: orders-2026-11-30
      KmsKeyId: !Ref StagingKeyArn
      DeleteAutomatedBackups: true
`,
    },
    fix: 'Seed the staging from a snapshot instead. `restoreFrom` does it in staging alone.',
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  restoreFrom: {
    'Orders/Cluster': { snapshot: 'orders-2026-11-30', kmsKeyArn: stagingKeyArn },
  },
});
`,
    acknowledge: { never: "Do not: a staging that replicates production's database is a load on it." },
    sources: [
      {
        guide: 'Amazon Aurora User Guide',
        section: 'Deleting an Amazon Aurora global database',
        url: `${DOCS}/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-deleting.html`,
      },
    ],
  },
  'outside-resource': {
    what: "A name, where CloudFormation's specification says that a property names another resource, or an ARN in the environment's own account, that none of the environment's resources has. References, names of the environment's own resources, ARNs with the name of one of its stacks, what comes as a parameter, and what is AWS's (default buses, managed policies, service-linked roles) pass.",
    why: 'In an account that staging shares with production a plain name is enough to reach its resources: an event bus, a table, a role. Nothing in the text says which environment is meant.',
    bad: {
      template: `
Resources:
  Placed:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: orders
      EventPattern: { source: [shop.orders] }
`,
    },
    good: {
      template: `
Resources:
  Orders:
    Type: AWS::Events::EventBus
    Properties:
      Name: !Sub \${AWS::StackName}-orders
  Placed:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Orders
      EventPattern: { source: [shop.orders] }
`,
    },
    fix: 'Create the resource in the environment and refer to it, or pass its name in as a parameter. What has to be shared is named in `outside` as an `id` or an `arn`.',
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  outside: [{ id: 'audit-events', reason: 'the bus of the security team takes events of every environment' }],
});
`,
    acknowledge: {
      when: NAME_IT,
      construct: 'placed',
      reason: 'the bus takes events of every environment',
    },
    sources: [
      ARNS,
      {
        guide: TEMPLATES,
        section: 'Ref',
        url: `${DOCS}/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-ref.html`,
      },
    ],
  },
  'restore-key': {
    what: "A database cluster that is restored from a snapshot or another cluster, without `KmsKeyId`, with a key of AWS's (`alias/aws/rds`), or with a key of production's: one that a database of production is under, or one that says so (`alias/production`). An alias is another key in another account or Region, where the app names those.",
    why: "Without a key, RDS and DocumentDB encrypt the restored cluster with the key of the snapshot, which is production's. Staging then depends on that key, and everybody who may use it in staging may decrypt production's data. A key of AWS's is shared by everything in the account.",
    bad: {
      template: `
Resources:
  Orders:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: aurora-postgresql
      SnapshotIdentifier: orders-2026-11-30
      DeleteAutomatedBackups: true
`,
    },
    good: {
      template: `
Resources:
  Orders:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: aurora-postgresql
      SnapshotIdentifier: orders-2026-11-30
      KmsKeyId: arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0000-4000-8000-000000000000
      DeleteAutomatedBackups: true
`,
    },
    fix: "Set `KmsKeyId` to staging's own long-lived key. `restoreFrom` asks for it. The key lives outside of the environment, because a key cannot be deleted at once ([TWIN-TD-001](TWIN-TD-001.md)).",
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  restoreFrom: {
    'Orders/Cluster': { snapshot: 'orders-2026-11-30', kmsKeyArn: stagingKeyArn },
  },
});
`,
    acknowledge: {
      when: 'A snapshot that is not encrypted, or that is a masked copy of production under a key for stagings already, can stay as it is.',
      construct: 'orders',
      reason: "the snapshot is a masked copy that is encrypted with staging's key",
    },
    sources: [
      {
        guide: 'Amazon RDS API Reference',
        section: 'RestoreDBClusterFromSnapshot, KmsKeyId',
      },
    ],
  },
  'forbidden-type': {
    what: 'A resource whose purpose is to connect a network or an account with another: VPC peering and VPN connections, attachments to a transit gateway or a core network, AWS RAM shares, associations of Resolver rules, VPC Lattice associations.',
    why: 'VPC peering routes between two VPCs by private addresses, as if they were one network. Through it, a program of staging that gets an address wrong still reaches production. A share gives another account rights to what staging makes, and a resolver rule sends its queries to servers outside.',
    bad: {
      template: `
Parameters:
  PeerVpcId:
    Type: AWS::EC2::VPC::Id
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Peering:
    Type: AWS::EC2::VPCPeeringConnection
    Properties:
      VpcId: !Ref Vpc
      PeerVpcId: !Ref PeerVpcId
`,
    },
    good: {
      template: `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
`,
    },
    fix: 'Leave the connection out of the topology. Give the environment its own instance of what the other network offered, or a stand-in. Production keeps its connection in a stack of its own, beside the topology.',
    acknowledge: {
      when: 'A connection to a network that is made for stagings can stay, and so can one between two networks of the environment.',
      construct: 'peering',
      reason: 'the peer is the network of the test runners, which has no route to production',
    },
    sources: [
      {
        guide: 'AWS Whitepaper, Amazon Virtual Private Cloud Connectivity Options',
        section: 'VPC peering',
        url: `${DOCS}/whitepapers/latest/aws-vpc-connectivity-options/vpc-peering.html`,
      },
    ],
  },
  'prod-domain': {
    what: "A host of production's: one that a template of production makes and staging does not, or one with `prod`, `prd` or `production` as a label of its name.",
    why: 'A host name is resolved when a program runs. Where staging holds the name of production, its requests arrive there, with whatever the test sends.',
    bad: {
      template: `
Resources:
  ApiUrl:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Value: https://api.prod.example.com/v1
`,
    },
    good: {
      template: `
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: !Sub \${AWS::StackName}-api
      ProtocolType: HTTP
  ApiUrl:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Value: !Sub https://\${Api}.execute-api.\${AWS::Region}.amazonaws.com/v1
`,
    },
    fix: "Take the host from a resource of the stack, or let the environment's name be part of it: `${AWS::StackName}.staging.example.com`.",
    acknowledge: {
      when: NAME_IT,
      construct: 'apiUrl',
      reason: 'the host is a public, read-only catalogue of a partner, whose name has "prod" in it',
    },
    sources: [LAMBDA_VARIABLES, TASK_VARIABLES],
  },
  'production-name': {
    what: "The name that production gives to one of its resources, where the environment has no resource of that type with that name. A name that is an ordinary word, or shorter than six characters, is found only as the whole value of an environment variable. Also a wildcard in an ARN of the environment's own account, such as `table/orders*`, that covers such a name and no resource of the environment: neither one that is given a name, nor one for which CloudFormation generates it. Wildcards over everything (`*`, `table/*`, `table/*/index/*`) pass, and so do names that AWS keeps (`/aws/lambda/*`), repositories of images, what a policy denies, and a wildcard that covers resources of both environments: it is as wide in production.",
    why: "Programs find tables, queues and buckets by name. The name is written once, in the topology, and staging's resource has another: the program of staging then looks for production's, and in the same account it finds it. A wildcard in a policy that was written for the names of production lets it in, and keeps staging out of its own.",
    production: {
      template: `
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: acme-orders-v2
`,
    },
    bad: {
      template: checkout('{ Name: ORDERS_QUEUE, Value: acme-orders-v2 }'),
    },
    good: { template: ORDERS_OF_ITS_OWN },
    fix: 'Refer to the resource of the stack, so that the name follows: `queue.queueName`, not a constant. Let the part of a name before a wildcard follow the stack, or grant access to the construct: `table.grantReadData(role)`.',
    acknowledge: {
      when: NAME_IT,
      construct: 'checkout',
      reason: 'the text is the name of a feature, and of a queue by accident',
    },
    sources: [LAMBDA_VARIABLES, TASK_VARIABLES, ARNS],
  },
  'same-name': {
    what: 'A physical name, or the name of an export, that production has too, where the two cannot both have it: in the same account and Region, for IAM in the same account, for buckets anywhere. An account or a Region that the app does not name may be the same.',
    why: 'Two resources of one kind cannot have one name there. The deployment of staging fails because the name is taken; or, if staging was first, that of production does.',
    production: {
      template: `
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
`,
    },
    bad: {
      template: `
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
`,
    },
    good: {
      template: `
Resources:
  Orders:
    Type: AWS::SQS::Queue
`,
    },
    fix: "Set `physicalNames: 'generated'` where the staging is made: it leaves the name out in staging alone, so that CloudFormation generates one, and production keeps its name. Where a name is required it ends with the name of the stack. Let the stack's name be part of the name of an export.",
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  physicalNames: 'generated',
});
`,
    acknowledge: {
      when: 'The two names can exist side by side when the environments are in different accounts or Regions that the app does not name. Better: give both stacks an `env`.',
      construct: 'orders',
      reason: 'the pipeline deploys staging to another account',
    },
    sources: [
      {
        guide: TEMPLATES,
        section: 'CloudFormation resource custom naming',
        url: `${DOCS}/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html`,
      },
    ],
  },
  'outside-host': {
    what: "A host or an IP address in an environment variable of a task, a function or a job that is neither one of the environment's nor AWS's.",
    why: 'What a program calls is given to it by such variables. A rehearsal sends real requests: a payment provider charges cards, a mail provider sends mail, a partner books orders. Nothing in AWS keeps a test from leaving the account this way.',
    bad: { template: PAY },
    good: {
      template: PAY,
      outside: [{ host: 'api.pay.example.com', reason: 'its sandbox takes test cards alone' }],
    },
    fix: 'Name the system in `outside` where the staging is made, with the reason why staging may reach it. Or give the entry a `standIn`: it takes the place of the host in staging alone, and parity permits the difference. Every system in `outside` is listed in the report.',
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  outside: [
    {
      host: 'api.pay.example.com',
      standIn: 'pay-emulator.staging.example.com',
      reason: 'it would charge cards',
    },
  ],
});
`,
    acknowledge: { never: 'Do not: an entry in `outside` says the same, and the report lists it.' },
    sources: [LAMBDA_VARIABLES, TASK_VARIABLES],
  },
  'outside-address': {
    what: 'An e-mail address, a telephone number, a URL or a chat channel that gets messages: the endpoint of an SNS subscription, an API destination of EventBridge, the subscriber of a budget, and the like.',
    why: "Alarms of a rehearsal wake people who do not know of it, and webhooks start things in other systems. A subscription by e-mail, SMS or HTTP also sends a confirmation to its endpoint whenever a staging is stood up; it has no effect until the endpoint's owner confirms.",
    bad: { template: ALARMS },
    good: { template: ALARMS, outside: [ON_CALL] },
    fix: 'Name the address in `outside`, with the reason, or give the entry a `standIn`, such as a mailbox for stagings.',
    cdk: `
twins.staging('Staging', {
  scale,
  expires: '2026-12-01T18:00:00',
  outside: [
    {
      address: 'on-call@example.com',
      standIn: 'stagings@example.com',
      reason: 'no one is to be woken by a rehearsal',
    },
  ],
});
`,
    acknowledge: { never: 'Do not: an entry in `outside` says the same, and the report lists it.' },
    sources: [
      {
        guide: 'Amazon Simple Notification Service API Reference',
        section: 'Subscribe',
        url: `${DOCS}/sns/latest/api/API_Subscribe.html`,
      },
    ],
  },
  'outside-unused': {
    what: 'An entry of `outside` whose host, ARN, id or address is nowhere in the templates of staging.',
    why: 'An entry that names nothing permits nothing today, and something unexpected tomorrow. It is either misspelt, so that another rule finds what it was meant for, or left from a system that staging does not use any more. A list of what staging reaches is only worth reading when it is complete and current.',
    bad: {
      template: ALARMS,
      outside: [ON_CALL, { host: 'api.old-pay.example.com', reason: 'its sandbox takes test cards alone' }],
    },
    good: { template: ALARMS, outside: [ON_CALL] },
    fix: 'Correct the entry, or take it out. A `host` names one host; with all below it, it is `*.example.com`.',
    acknowledge: { never: 'The finding has no construct to acknowledge it on.' },
    sources: [],
  },
};
