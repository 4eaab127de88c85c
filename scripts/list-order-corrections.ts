import type { ListOrder } from './list-order';

const none = (...lists: readonly string[]): [string, ListOrder][] => lists.map((list) => [list, 'none']);
const kept = (...lists: readonly string[]): [string, ListOrder][] => lists.map((list) => [list, 'kept']);
const unique = (member: string, ...lists: readonly string[]): [string, ListOrder][] =>
  lists.map((list) => [list, { unique: member }]);

/** What neither the registry nor a name tells of a service's lists, with the documentation that does. */
const BY_SERVICE: Readonly<Record<string, readonly [list: string, order: ListOrder][]>> = {
  // Amazon API Gateway API Reference, "UsagePlan", "Method".
  ApiGateway: [
    ...none('UsagePlan.ApiStages', 'Method.Integration.CacheKeyParameters'),
    ...unique('StatusCode', 'Method.MethodResponses'),
  ],
  AppMesh: unique(
    'VirtualNode',
    'Route.HttpRouteAction.WeightedTargets',
    'Route.GrpcRouteAction.WeightedTargets',
  ),
  // AWS AppSync Developer Guide, "Resolvers": the functions of a pipeline run one after the other.
  AppSync: kept('Resolver.PipelineConfig.Functions'),
  // Amazon EC2 Auto Scaling API Reference, "NotificationConfiguration", "EnabledMetric".
  AutoScaling: none('AutoScalingGroup.NotificationConfigurations', 'AutoScalingGroup.MetricsCollection'),
  // AWS Backup Developer Guide, "Backup plan options": rules run by their own schedules.
  Backup: [
    ...unique('RuleName', 'BackupPlan.BackupPlanResourceType.BackupPlanRule'),
    ...none('BackupPlan.BackupRuleResourceType.CopyActions'),
  ],
  // AWS Budgets API Reference, "Expression": values are alternatives.
  Budgets: none(
    'Budget.NotificationsWithSubscribers',
    'Budget.NotificationWithSubscribers.Subscribers',
    'BudgetsAction.Subscribers',
    'Budget.Expression.Or',
    'Budget.Expression.And',
    'Budget.ExpressionDimensionValues.Values',
    'Budget.CostCategoryValues.Values',
    'Budget.TagValues.Values',
  ),
  CertificateManager: unique('DomainName', 'Certificate.DomainValidationOptions'),
  // Amazon CloudFront API Reference: CachePolicyConfig, KeyGroupConfig, StatusCodes; one association an event type, one response an error
  // code. The members of an origin group and the cache behaviors are in order.
  CloudFront: [
    ...['CachePolicy', 'OriginRequestPolicy'].flatMap((type) =>
      none(
        `${type}.HeadersConfig.Headers`,
        `${type}.CookiesConfig.Cookies`,
        `${type}.QueryStringsConfig.QueryStrings`,
      ),
    ),
    ...none(
      'Distribution.ForwardedValues.Headers',
      'Distribution.StatusCodes.Items',
      'KeyGroup.KeyGroupConfig.Items',
      'StreamingDistribution.TrustedSigners.AwsAccountNumbers',
      'DistributionTenant.Domains',
      'DistributionTenant.GeoRestrictionCustomization.Locations',
    ),
    ...unique('ErrorCode', 'Distribution.DistributionConfig.CustomErrorResponses'),
    ...['DefaultCacheBehavior', 'CacheBehavior'].flatMap((behavior) =>
      unique(
        'EventType',
        `Distribution.${behavior}.FunctionAssociations`,
        `Distribution.${behavior}.LambdaFunctionAssociations`,
      ),
    ),
    ...kept('Distribution.OriginGroupMembers.Items', 'Distribution.DistributionConfig.CacheBehaviors'),
  ],
  // One group must match, with all of its filters:
  // https://docs.aws.amazon.com/codebuild/latest/userguide/gitlab-group-webhook-events-cfn.html
  // https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_codebuild.FilterGroup.html
  CodeBuild: [
    ...none(
      'Project.ProjectTriggers.FilterGroups',
      'Project.ProjectTriggers.FilterGroups[]',
      'Project.ProjectCache.Modes',
    ),
    ...unique('SourceIdentifier', 'Project.SecondarySources', 'Project.SecondarySourceVersions'),
    ...unique('ArtifactIdentifier', 'Project.SecondaryArtifacts'),
    ...unique('Identifier', 'Project.FileSystemLocations'),
  ],
  CodeDeploy: unique('TriggerName', 'DeploymentGroup.TriggerConfigurations'),
  CodePipeline: [
    ...unique('Region', 'Pipeline.ArtifactStores'),
    ...unique('StageName', 'Pipeline.DisableInboundStageTransitions'),
  ],
  Cognito: [
    ...unique('Name', 'UserPool.Schema'),
    ...none(
      'UserPoolRiskConfigurationAttachment.CompromisedCredentialsRiskConfigurationType.EventFilter',
      'UserPoolRiskConfigurationAttachment.RiskExceptionConfigurationType.SkippedIPRangeList',
      'UserPoolUser.DesiredDeliveryMediums',
    ),
  ],
  Config: none('ConfigRule.Source.SourceDetails', 'ConfigurationAggregator.AccountAggregationSources'),
  // Amazon DynamoDB API Reference, "CreateTable": the schema of a key is in order, the definitions of attributes are not.
  DynamoDB: [
    ...unique('AttributeName', 'Table.AttributeDefinitions', 'GlobalTable.AttributeDefinitions'),
    ...kept('GlobalTable.KeySchema'),
  ],
  EC2: [
    ...unique('Cidr', 'PrefixList.Entries'),
    ...unique('ResourceType', 'FlowLog.TagFieldSpecifications'),
    ...none('LaunchTemplate.NetworkInterface.Ipv4Prefixes', 'LaunchTemplate.NetworkInterface.Ipv6Prefixes'),
  ],
  // Amazon ECS API Reference, "CreateService".
  ECS: [
    ...none(
      'Service.LoadBalancers',
      'Service.ServiceRegistries',
      'Service.PlacementConstraints',
      'TaskSet.LoadBalancers',
    ),
    ...unique('PortName', 'Service.ServiceConnectConfiguration.Services'),
  ],
  EFS: none('FileSystem.LifecyclePolicies'),
  // Amazon EKS User Guide, "Define which Pods use AWS Fargate": one selector must match.
  EKS: none('FargateProfile.Selectors'),
  EMR: [
    ...unique('Name', 'Cluster.Applications'),
    ...unique('Classification', 'Cluster.Configurations', 'Cluster.Configuration.Configurations'),
  ],
  ElastiCache: unique(
    'LogType',
    'ReplicationGroup.LogDeliveryConfigurations',
    'CacheCluster.LogDeliveryConfigurations',
  ),
  ElasticLoadBalancing: [
    ...unique('LoadBalancerPort', 'LoadBalancer.Listeners'),
    ...unique('PolicyName', 'LoadBalancer.LBCookieStickinessPolicy'),
    ...none('LoadBalancer.Policies.InstancePorts', 'LoadBalancer.Policies.LoadBalancerPorts'),
  ],
  // As the registry says of a listener's rules.
  ElasticLoadBalancingV2: none(
    'Listener.ForwardConfig.TargetGroups',
    'Listener.JwtValidationActionAdditionalClaim.Values',
  ),
  // "prioritized first on destination list order":
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-gamelift-gamesessionqueue-priorityconfiguration.html
  GameLift: kept('GameSessionQueue.Destinations'),
  GlobalAccelerator: [
    ...none('Listener.PortRanges'),
    ...unique('ListenerPort', 'EndpointGroup.PortOverrides'),
  ],
  // AWS Lambda Developer Guide, "Control which events Lambda sends to your function": one filter must match.
  Lambda: [
    ...none('EventSourceMapping.FilterCriteria.Filters', 'EventSourceMapping.SourceAccessConfigurations'),
    ...unique('LocalMountPath', 'Function.FileSystemConfigs'),
  ],
  // Of an input of a single class the first destination counts:
  // https://docs.aws.amazon.com/medialive/latest/ug/setup-input-rtmp-push.html
  MediaLive: kept('Input.Destinations', 'Input.RouterSettings.Destinations'),
  Neptune: none('DBCluster.AssociatedRoles'),
  OpenSearchService: unique('NodeType', 'Domain.ClusterConfig.NodeOptions'),
  Pipes: none('Pipe.FilterCriteria.Filters'),
  RDS: [
    ...none(
      'DBCluster.AssociatedRoles',
      'DBInstance.AssociatedRoles',
      'DBSecurityGroup.DBSecurityGroupIngress',
    ),
    ...unique('VolumeName', 'DBInstance.AdditionalStorageVolumes'),
  ],
  // RFC 2181, section 5: the records of a set are in no order. A group's sets are known by name, type and identifier.
  Route53: none(
    'RecordSetGroup.RecordSets',
    'RecordSet.ResourceRecords',
    'RecordSetGroup.RecordSet.ResourceRecords',
  ),
  Route53Resolver: [
    ...unique('Priority', 'FirewallRuleGroup.FirewallRules'),
    ...none('FirewallDomainList.Domains'),
  ],
  // Amazon S3 User Guide, "Conflicts among lifecycle rules" and "Configuring event notifications": no rule is before another. Rules of
  // CORS and of redirection are tried in order.
  S3: [
    ...unique(
      'Id',
      'Bucket.AnalyticsConfigurations',
      'Bucket.IntelligentTieringConfigurations',
      'Bucket.InventoryConfigurations',
      'Bucket.MetricsConfigurations',
    ),
    ...none(
      'Bucket.LifecycleConfiguration.Rules',
      'Bucket.Rule.Transitions',
      'Bucket.Rule.NoncurrentVersionTransitions',
      'Bucket.IntelligentTieringConfiguration.Tierings',
      'Bucket.InventoryConfiguration.OptionalFields',
      'Bucket.NotificationConfiguration.LambdaConfigurations',
      'Bucket.NotificationConfiguration.QueueConfigurations',
      'Bucket.NotificationConfiguration.TopicConfigurations',
      'Bucket.BlockedEncryptionTypes.EncryptionType',
    ),
    ...kept('Bucket.CorsConfiguration.CorsRules', 'Bucket.WebsiteConfiguration.RoutingRules'),
  ],
  // AWS Systems Manager API Reference, "Target", "PatchFilter".
  SSM: none(
    'Association.Target.Values',
    'MaintenanceWindowTask.Target.Values',
    'MaintenanceWindowTask.NotificationConfig.NotificationEvents',
    'PatchBaseline.PatchFilter.Values',
  ),
  // Amazon SageMaker AI API Reference, "CreateModel": the containers of an inference pipeline are in order.
  SageMaker: kept('Model.Containers'),
  ServiceDiscovery: unique('Type', 'Service.DnsConfig.DnsRecords'),
  // AWS WAF Developer Guide, "Logical rule statements".
  WAFv2: [
    ...['WebACL', 'RuleGroup'].flatMap((type) =>
      none(
        `${type}.AndStatement.Statements`,
        `${type}.OrStatement.Statements`,
        `${type}.RateBasedStatement.CustomKeys`,
      ),
    ),
    ...unique(
      'Name',
      'WebACL.RuleGroupReferenceStatement.RuleActionOverrides',
      'WebACL.ManagedRuleGroupStatement.RuleActionOverrides',
    ),
    ...none(
      'WebACL.ResponseInspectionStatusCode.SuccessCodes',
      'WebACL.ResponseInspectionStatusCode.FailureCodes',
      'WebACL.TokenDomains',
      'LoggingConfiguration.LogDestinationConfigs',
    ),
  ],
};

/** The order of lists by resource type and list: `AWS::S3::Bucket.Rule.Transitions`. */
export const CORRECTIONS: Readonly<Record<string, ListOrder>> = Object.fromEntries(
  Object.entries(BY_SERVICE).flatMap(([service, lists]) =>
    lists.map(([list, order]) => [`AWS::${service}::${list}`, order]),
  ),
);
