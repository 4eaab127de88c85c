import { APIGateway } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import { ACM } from '@aws-sdk/client-acm';
import { AppConfig } from '@aws-sdk/client-appconfig';
import { AppSync } from '@aws-sdk/client-appsync';
import { CloudFront } from '@aws-sdk/client-cloudfront';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CodeBuild } from '@aws-sdk/client-codebuild';
import { CognitoIdentity } from '@aws-sdk/client-cognito-identity';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { Lambda } from '@aws-sdk/client-lambda';
import { Pipes } from '@aws-sdk/client-pipes';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SFN } from '@aws-sdk/client-sfn';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import type { Use } from './emulator';
import { each, orNone, policyStatements, type Lists, type List, type Names } from './list';

const restApis: List = async (use) => (await use(APIGateway).getRestApis({})).items?.map((it) => it.id);
const ofRestApis =
  (ask: (api: APIGateway, restApiId: string) => Promise<Names>): List =>
  async (use) =>
    each(await restApis(use), async (id) =>
      (await ask(use(APIGateway), id!))?.map((name) => `${id}/${name}`),
    );
const resourcesOf = async (api: APIGateway, restApiId: string) =>
  (await api.getResources({ restApiId })).items ?? [];
const httpApis: List = async (use) => (await use(ApiGatewayV2).getApis({})).Items?.map((it) => it.ApiId);
const ofHttpApis =
  (ask: (api: ApiGatewayV2, ApiId: string) => Promise<Names>): List =>
  async (use) =>
    each(await httpApis(use), async (id) =>
      (await ask(use(ApiGatewayV2), id!))?.map((name) => `${id}/${name}`),
    );
const graphqlApis: List = async (use) =>
  (await use(AppSync).listGraphqlApis({})).graphqlApis?.map((it) => it.apiId);
const ofGraphqlApis =
  (ask: (api: AppSync, apiId: string) => Promise<Names>): List =>
  async (use) =>
    each(await graphqlApis(use), async (id) =>
      (await ask(use(AppSync), id!))?.map((name) => `${id}/${name}`),
    );
const applications: List = async (use) =>
  (await use(AppConfig).listApplications({})).Items?.map((it) => it.Id);
const ofApplications =
  (ask: (config: AppConfig, ApplicationId: string) => Promise<Names>): List =>
  async (use) =>
    each(await applications(use), async (id) =>
      (await ask(use(AppConfig), id!))?.map((name) => `${id}/${name}`),
    );
const pools: List = async (use) =>
  (await use(CognitoIdentityProvider).listUserPools({ MaxResults: 60 })).UserPools?.map((it) => it.Id);
const ofPools =
  (ask: (users: CognitoIdentityProvider, UserPoolId: string) => Promise<Names>): List =>
  async (use) =>
    each(await pools(use), async (id) =>
      (await ask(use(CognitoIdentityProvider), id!))?.map((name) => `${id}/${name}`),
    );
const identityPools: List = async (use) =>
  (await use(CognitoIdentity).listIdentityPools({ MaxResults: 60 })).IdentityPools?.map(
    (it) => it.IdentityPoolId,
  );
const functions: List = async (use) =>
  (await use(Lambda).listFunctions({})).Functions?.map((it) => it.FunctionName);
const ofFunctions =
  (ask: (lambda: Lambda, FunctionName: string) => Promise<Names>): List =>
  async (use) =>
    each(await functions(use), async (name) => (await ask(use(Lambda), name!))?.map((it) => `${name}/${it}`));
const layers = async (use: Use) => (await use(Lambda).listLayers({})).Layers?.map((it) => it.LayerName);
const layerVersions = async (use: Use) =>
  each(await layers(use), async (LayerName) =>
    (await use(Lambda).listLayerVersions({ LayerName })).LayerVersions?.map(({ Version }) => ({
      LayerName,
      VersionNumber: Version,
    })),
  );
const buses: List = async (use) =>
  (await use(EventBridge).listEventBuses({})).EventBuses?.map((it) => it.Name).filter(
    (it) => it !== 'default',
  );

/** What serves, computes and watches. */
export const SERVICE_CENSUS: Lists = {
  'AWS::ApiGateway::RestApi': restApis,
  'AWS::ApiGateway::Resource': ofRestApis(async (api, id) =>
    (await resourcesOf(api, id)).filter((it) => it.path !== '/').map((it) => it.path),
  ),
  'AWS::ApiGateway::Method': ofRestApis(async (api, id) =>
    (await resourcesOf(api, id)).flatMap((it) =>
      Object.keys(it.resourceMethods ?? {}).map((method) => `${it.path} ${method}`),
    ),
  ),
  'AWS::ApiGateway::Deployment': ofRestApis(async (api, restApiId) =>
    (await api.getDeployments({ restApiId })).items?.map((it) => it.id),
  ),
  'AWS::ApiGateway::Stage': ofRestApis(async (api, restApiId) =>
    (await api.getStages({ restApiId })).item?.map((it) => it.stageName),
  ),
  'AWS::ApiGateway::Model': ofRestApis(async (api, restApiId) =>
    (await api.getModels({ restApiId })).items
      ?.map((it) => it.name)
      .filter((it) => it !== 'Empty' && it !== 'Error'),
  ),
  'AWS::ApiGateway::RequestValidator': ofRestApis(async (api, restApiId) =>
    (await api.getRequestValidators({ restApiId })).items?.map((it) => it.id),
  ),
  'AWS::ApiGateway::Authorizer': ofRestApis(async (api, restApiId) =>
    (await api.getAuthorizers({ restApiId })).items?.map((it) => it.id),
  ),
  'AWS::ApiGateway::GatewayResponse': ofRestApis(async (api, restApiId) =>
    (await api.getGatewayResponses({ restApiId })).items
      ?.filter((it) => it.defaultResponse !== true)
      .map((it) => it.responseType),
  ),
  'AWS::ApiGateway::ApiKey': async (use) => (await use(APIGateway).getApiKeys({})).items?.map((it) => it.id),
  'AWS::ApiGateway::UsagePlan': async (use) =>
    (await use(APIGateway).getUsagePlans({})).items?.map((it) => it.id),
  'AWS::ApiGateway::UsagePlanKey': async (use) =>
    each((await use(APIGateway).getUsagePlans({})).items, async ({ id }) =>
      (await use(APIGateway).getUsagePlanKeys({ usagePlanId: id })).items?.map((it) => it.id),
    ),
  'AWS::ApiGateway::DomainName': async (use) =>
    (await use(APIGateway).getDomainNames({})).items?.map((it) => it.domainName),
  'AWS::ApiGateway::BasePathMapping': async (use) =>
    each((await use(APIGateway).getDomainNames({})).items, async ({ domainName }) =>
      (await use(APIGateway).getBasePathMappings({ domainName })).items?.map(
        (it) => `${domainName} ${it.basePath}`,
      ),
    ),
  'AWS::ApiGatewayV2::Api': httpApis,
  'AWS::ApiGatewayV2::DomainName': async (use) =>
    (await use(ApiGatewayV2).getDomainNames({})).Items?.map((it) => it.DomainName),
  'AWS::ApiGatewayV2::ApiMapping': async (use) =>
    each((await use(ApiGatewayV2).getDomainNames({})).Items, async ({ DomainName }) =>
      (await use(ApiGatewayV2).getApiMappings({ DomainName })).Items?.map(
        (it) => `${DomainName} ${it.ApiMappingId}`,
      ),
    ),
  'AWS::ApiGatewayV2::Integration': ofHttpApis(async (api, ApiId) =>
    (await api.getIntegrations({ ApiId })).Items?.map((it) => it.IntegrationId),
  ),
  'AWS::ApiGatewayV2::Route': ofHttpApis(async (api, ApiId) =>
    (await api.getRoutes({ ApiId })).Items?.map((it) => it.RouteId),
  ),
  'AWS::ApiGatewayV2::Stage': ofHttpApis(async (api, ApiId) =>
    (await api.getStages({ ApiId })).Items?.map((it) => it.StageName),
  ),
  'AWS::ApiGatewayV2::Authorizer': ofHttpApis(async (api, ApiId) =>
    (await api.getAuthorizers({ ApiId })).Items?.map((it) => it.AuthorizerId),
  ),
  'AWS::AppConfig::Application': applications,
  'AWS::AppConfig::ConfigurationProfile': ofApplications(async (config, ApplicationId) =>
    (await config.listConfigurationProfiles({ ApplicationId })).Items?.map((it) => it.Id),
  ),
  'AWS::AppConfig::Environment': ofApplications(async (config, ApplicationId) =>
    (await config.listEnvironments({ ApplicationId })).Items?.map((it) => it.Id),
  ),
  'AWS::AppConfig::HostedConfigurationVersion': ofApplications(async (config, ApplicationId) =>
    each((await config.listConfigurationProfiles({ ApplicationId })).Items, async ({ Id }) =>
      (
        await config.listHostedConfigurationVersions({ ApplicationId, ConfigurationProfileId: Id })
      ).Items?.map((it) => `${Id} ${it.VersionNumber}`),
    ),
  ),
  'AWS::AppConfig::Deployment': ofApplications(async (config, ApplicationId) =>
    each((await config.listEnvironments({ ApplicationId })).Items, async ({ Id }) =>
      (await config.listDeployments({ ApplicationId, EnvironmentId: Id })).Items?.map(
        (it) => `${Id} ${it.DeploymentNumber}`,
      ),
    ),
  ),
  'AWS::AppConfig::DeploymentStrategy': async (use) =>
    (await use(AppConfig).listDeploymentStrategies({})).Items?.map((it) => it.Id).filter(
      (it) => !it?.startsWith('AppConfig.'),
    ),
  'AWS::AppSync::GraphQLApi': graphqlApis,
  'AWS::AppSync::ApiKey': ofGraphqlApis(async (api, apiId) =>
    (await api.listApiKeys({ apiId })).apiKeys?.map((it) => it.id),
  ),
  'AWS::AppSync::DataSource': ofGraphqlApis(async (api, apiId) =>
    (await api.listDataSources({ apiId })).dataSources?.map((it) => it.name),
  ),
  'AWS::AppSync::FunctionConfiguration': ofGraphqlApis(async (api, apiId) =>
    (await api.listFunctions({ apiId })).functions?.map((it) => it.functionId),
  ),
  'AWS::AppSync::GraphQLSchema': ofGraphqlApis(async (api, apiId) => {
    const { status } = (await orNone(api.getSchemaCreationStatus({ apiId }))) ?? {};
    return status === undefined || status === 'NOT_APPLICABLE' ? [] : ['schema'];
  }),
  'AWS::AppSync::Resolver': ofGraphqlApis(async (api, apiId) =>
    each(['Query', 'Mutation'], async (typeName) =>
      (await orNone(api.listResolvers({ apiId, typeName })))?.resolvers?.map(
        (it) => `${typeName}.${it.fieldName}`,
      ),
    ),
  ),
  'AWS::CertificateManager::Certificate': async (use) =>
    (await use(ACM).listCertificates({})).CertificateSummaryList?.map((it) => it.CertificateArn),
  'AWS::CloudFront::Distribution': async (use) =>
    (await use(CloudFront).listDistributions({})).DistributionList?.Items?.map((it) => it.Id),
  'AWS::CloudFront::CachePolicy': async (use) =>
    (await use(CloudFront).listCachePolicies({ Type: 'custom' })).CachePolicyList?.Items?.map(
      (it) => it.CachePolicy?.Id,
    ),
  'AWS::CloudFront::OriginRequestPolicy': async (use) =>
    (await use(CloudFront).listOriginRequestPolicies({ Type: 'custom' })).OriginRequestPolicyList?.Items?.map(
      (it) => it.OriginRequestPolicy?.Id,
    ),
  'AWS::CloudFront::ResponseHeadersPolicy': async (use) =>
    (
      await use(CloudFront).listResponseHeadersPolicies({ Type: 'custom' })
    ).ResponseHeadersPolicyList?.Items?.map((it) => it.ResponseHeadersPolicy?.Id),
  'AWS::CloudFront::OriginAccessControl': async (use) =>
    (await use(CloudFront).listOriginAccessControls({})).OriginAccessControlList?.Items?.map((it) => it.Id),
  'AWS::CloudFront::CloudFrontOriginAccessIdentity': async (use) =>
    (
      await use(CloudFront).listCloudFrontOriginAccessIdentities({})
    ).CloudFrontOriginAccessIdentityList?.Items?.map((it) => it.Id),
  'AWS::CloudFront::Function': async (use) =>
    (await use(CloudFront).listFunctions({})).FunctionList?.Items?.map((it) => it.Name),
  'AWS::CloudFront::KeyValueStore': async (use) =>
    (await use(CloudFront).listKeyValueStores({})).KeyValueStoreList?.Items?.map((it) => it.Name),
  'AWS::CloudWatch::Alarm': async (use) =>
    (await use(CloudWatch).describeAlarms({})).MetricAlarms?.map((it) => it.AlarmName),
  'AWS::CloudWatch::CompositeAlarm': async (use) =>
    (await use(CloudWatch).describeAlarms({ AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms?.map(
      (it) => it.AlarmName,
    ),
  'AWS::CloudWatch::Dashboard': async (use) =>
    (await use(CloudWatch).listDashboards({})).DashboardEntries?.map((it) => it.DashboardName),
  'AWS::CodeBuild::Project': async (use) => (await use(CodeBuild).listProjects({})).projects,
  'AWS::Cognito::UserPool': pools,
  'AWS::Cognito::UserPoolClient': ofPools(async (it, UserPoolId) =>
    (await it.listUserPoolClients({ UserPoolId, MaxResults: 60 })).UserPoolClients?.map(
      ({ ClientId }) => ClientId,
    ),
  ),
  'AWS::Cognito::UserPoolDomain': ofPools(async (it, UserPoolId) =>
    [(await it.describeUserPool({ UserPoolId })).UserPool?.Domain].filter(Boolean),
  ),
  'AWS::Cognito::UserPoolGroup': ofPools(async (it, UserPoolId) =>
    (await it.listGroups({ UserPoolId })).Groups?.map(({ GroupName }) => GroupName),
  ),
  'AWS::Cognito::UserPoolResourceServer': ofPools(async (it, UserPoolId) =>
    (await it.listResourceServers({ UserPoolId, MaxResults: 50 })).ResourceServers?.map(
      ({ Identifier }) => Identifier,
    ),
  ),
  'AWS::Cognito::IdentityPool': identityPools,
  'AWS::Cognito::IdentityPoolRoleAttachment': async (use) =>
    each(await identityPools(use), async (id) =>
      Object.keys((await use(CognitoIdentity).getIdentityPoolRoles({ IdentityPoolId: id })).Roles ?? {}).map(
        (role) => `${id}/${role}`,
      ),
    ),
  'AWS::Events::EventBus': buses,
  'AWS::Events::Rule': async (use) =>
    each(['default', ...((await buses(use)) ?? [])], async (EventBusName) =>
      (await use(EventBridge).listRules({ EventBusName })).Rules?.map((it) => it.Arn),
    ),
  'AWS::Events::Archive': async (use) =>
    (await use(EventBridge).listArchives({})).Archives?.map((it) => it.ArchiveName),
  'AWS::Lambda::Function': functions,
  'AWS::Lambda::Version': ofFunctions(async (lambda, FunctionName) =>
    (await lambda.listVersionsByFunction({ FunctionName })).Versions?.map((it) => it.Version).filter(
      (it) => it !== '$LATEST',
    ),
  ),
  'AWS::Lambda::Alias': ofFunctions(async (lambda, FunctionName) =>
    (await lambda.listAliases({ FunctionName })).Aliases?.map((it) => it.Name),
  ),
  'AWS::Lambda::Url': ofFunctions(async (lambda, FunctionName) =>
    (await lambda.listFunctionUrlConfigs({ FunctionName })).FunctionUrlConfigs?.map((it) => it.FunctionUrl),
  ),
  'AWS::Lambda::EventInvokeConfig': ofFunctions(async (lambda, FunctionName) =>
    (await lambda.listFunctionEventInvokeConfigs({ FunctionName })).FunctionEventInvokeConfigs?.map(
      (it) => it.FunctionArn,
    ),
  ),
  'AWS::Lambda::Permission': ofFunctions(async (lambda, FunctionName) =>
    policyStatements((await orNone(lambda.getPolicy({ FunctionName })))?.Policy),
  ),
  'AWS::Lambda::EventSourceMapping': async (use) =>
    (await use(Lambda).listEventSourceMappings({})).EventSourceMappings?.map((it) => it.UUID),
  'AWS::Lambda::LayerVersion': async (use) =>
    (await layerVersions(use)).map((it) => `${it.LayerName}:${it.VersionNumber}`),
  'AWS::Lambda::LayerVersionPermission': async (use) =>
    each(await layerVersions(use), async (it) =>
      policyStatements((await orNone(use(Lambda).getLayerVersionPolicy(it)))?.Policy).map(
        (sid) => `${it.LayerName}:${it.VersionNumber}/${sid}`,
      ),
    ),
  'AWS::Pipes::Pipe': async (use) => (await use(Pipes).listPipes({})).Pipes?.map((it) => it.Name),
  'AWS::Scheduler::Schedule': async (use) =>
    (await use(Scheduler).listSchedules({})).Schedules?.map((it) => it.Name),
  'AWS::Scheduler::ScheduleGroup': async (use) =>
    (await use(Scheduler).listScheduleGroups({})).ScheduleGroups?.map((it) => it.Name).filter(
      (it) => it !== 'default',
    ),
  'AWS::SES::ConfigurationSet': async (use) => (await use(SESv2).listConfigurationSets({})).ConfigurationSets,
  'AWS::SES::ConfigurationSetEventDestination': async (use) =>
    each((await use(SESv2).listConfigurationSets({})).ConfigurationSets, async (ConfigurationSetName) =>
      (
        await use(SESv2).getConfigurationSetEventDestinations({ ConfigurationSetName })
      ).EventDestinations?.map((it) => it.Name),
    ),
  'AWS::SES::EmailIdentity': async (use) =>
    (await use(SESv2).listEmailIdentities({})).EmailIdentities?.map((it) => it.IdentityName),
  'AWS::StepFunctions::StateMachine': async (use) =>
    (await use(SFN).listStateMachines({})).stateMachines?.map((it) => it.stateMachineArn),
  'AWS::WAFv2::WebACL': async (use) =>
    (await use(WAFV2).listWebACLs({ Scope: 'REGIONAL' })).WebACLs?.map((it) => it.ARN),

  // What no template has, and what a deletion may leave.
};
