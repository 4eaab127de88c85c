import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAM } from '@aws-sdk/client-iam';
import { Route53 } from '@aws-sdk/client-route-53';
import { ServiceDiscovery } from '@aws-sdk/client-servicediscovery';
import type { Use } from './emulator';
import { each, type Lists, type List } from './list';

const roles: List = async (use) => (await use(IAM).listRoles({})).Roles?.map((it) => it.RoleName);
const users: List = async (use) => (await use(IAM).listUsers({})).Users?.map((it) => it.UserName);
const clusters: List = async (use) => (await use(ECS).listClusters({})).clusterArns;
const balancers: List = async (use) =>
  (await use(ElasticLoadBalancingV2).describeLoadBalancers({})).LoadBalancers?.map(
    (it) => it.LoadBalancerArn,
  );
const listeners = async (use: Use) =>
  each(await balancers(use), async (LoadBalancerArn) =>
    (await use(ElasticLoadBalancingV2).describeListeners({ LoadBalancerArn })).Listeners?.map(
      (it) => it.ListenerArn,
    ),
  );
const namespaces = async (use: Use) => (await use(ServiceDiscovery).listNamespaces({})).Namespaces;
const services = async (use: Use) =>
  (await use(ServiceDiscovery).listServices({})).Services?.map((it) => it.Id);
const zones: List = async (use) => (await use(Route53).listHostedZones({})).HostedZones?.map((it) => it.Id);
const filter = (name: string, ...values: string[]) => ({ Filter: [{ Name: name, Values: values }] });

/** Networks, what stands in them, and who may do what. */
export const NETWORK_CENSUS: Lists = {
  'AWS::AutoScaling::AutoScalingGroup': async (use) =>
    (await use(AutoScaling).describeAutoScalingGroups({})).AutoScalingGroups?.map(
      (it) => it.AutoScalingGroupName,
    ),
  'AWS::AutoScaling::LifecycleHook': async (use) =>
    each(
      (await use(AutoScaling).describeAutoScalingGroups({})).AutoScalingGroups,
      async ({ AutoScalingGroupName }) =>
        (await use(AutoScaling).describeLifecycleHooks({ AutoScalingGroupName })).LifecycleHooks?.map(
          (it) => it.LifecycleHookName,
        ),
    ),
  'AWS::AutoScaling::ScalingPolicy': async (use) =>
    (await use(AutoScaling).describePolicies({})).ScalingPolicies?.map((it) => it.PolicyARN),
  'AWS::AutoScaling::ScheduledAction': async (use) =>
    (await use(AutoScaling).describeScheduledActions({})).ScheduledUpdateGroupActions?.map(
      (it) => it.ScheduledActionName,
    ),
  'AWS::CloudFormation::Stack': async (use) =>
    (await use(CloudFormation).describeStacks({})).Stacks?.filter(
      (it) => it.StackStatus !== 'DELETE_COMPLETE',
    ).map((it) => it.StackId),
  'AWS::EC2::VPC': async (use) => (await use(EC2).describeVpcs({})).Vpcs?.map((it) => it.VpcId),
  'AWS::EC2::Subnet': async (use) => (await use(EC2).describeSubnets({})).Subnets?.map((it) => it.SubnetId),
  'AWS::EC2::RouteTable': async (use) =>
    (await use(EC2).describeRouteTables({})).RouteTables?.filter(
      (it) => it.Associations?.some(({ Main }) => Main) !== true,
    ).map((it) => it.RouteTableId),
  'AWS::EC2::Route': async (use) =>
    (await use(EC2).describeRouteTables({})).RouteTables?.flatMap(
      (it) =>
        it.Routes?.filter(({ GatewayId }) => GatewayId !== 'local').map(
          (route) => `${it.RouteTableId} ${route.DestinationCidrBlock}`,
        ) ?? [],
    ),
  'AWS::EC2::SubnetRouteTableAssociation': async (use) =>
    (await use(EC2).describeRouteTables({})).RouteTables?.flatMap(
      (it) =>
        it.Associations?.filter(({ Main }) => Main !== true).map(
          (association) => association.RouteTableAssociationId,
        ) ?? [],
    ),
  'AWS::EC2::InternetGateway': async (use) =>
    (await use(EC2).describeInternetGateways({})).InternetGateways?.map((it) => it.InternetGatewayId),
  'AWS::EC2::VPCGatewayAttachment': async (use) =>
    (await use(EC2).describeInternetGateways({})).InternetGateways?.flatMap(
      (it) => it.Attachments?.map(({ VpcId }) => `${it.InternetGatewayId} ${VpcId}`) ?? [],
    ),
  'AWS::EC2::VPCEndpoint': async (use) =>
    (await use(EC2).describeVpcEndpoints({})).VpcEndpoints?.map((it) => it.VpcEndpointId),
  'AWS::EC2::SecurityGroup': async (use) =>
    (await use(EC2).describeSecurityGroups({})).SecurityGroups?.filter(
      (it) => it.GroupName !== 'default',
    ).map((it) => it.GroupId),
  'AWS::EC2::SecurityGroupIngress': async (use) =>
    (await use(EC2).describeSecurityGroups({})).SecurityGroups?.filter(
      (it) => it.GroupName !== 'default',
    ).flatMap((it) => it.IpPermissions?.map((rule) => `${it.GroupId} ${JSON.stringify(rule)}`) ?? []),
  'AWS::EC2::LaunchTemplate': async (use) =>
    (await use(EC2).describeLaunchTemplates({})).LaunchTemplates?.map((it) => it.LaunchTemplateId),
  'AWS::EC2::EIP': async (use) =>
    (await use(EC2).describeAddresses({})).Addresses?.map((it) => it.AllocationId),
  'AWS::EC2::NatGateway': async (use) =>
    (await use(EC2).describeNatGateways(filter('state', 'pending', 'available'))).NatGateways?.map(
      (it) => it.NatGatewayId,
    ),
  'AWS::EC2::FlowLog': async (use) =>
    (await use(EC2).describeFlowLogs({})).FlowLogs?.map((it) => it.FlowLogId),
  'AWS::EC2::Instance': async (use) =>
    (await use(EC2).describeInstances({})).Reservations?.flatMap(
      (it) =>
        it.Instances?.filter(({ State }) => State?.Name !== 'terminated').map(
          ({ InstanceId }) => InstanceId,
        ) ?? [],
    ),
  'AWS::EC2::Volume': async (use) => (await use(EC2).describeVolumes({})).Volumes?.map((it) => it.VolumeId),
  'AWS::EC2::VolumeAttachment': async (use) =>
    (await use(EC2).describeVolumes({})).Volumes?.flatMap(
      (it) => it.Attachments?.map(({ InstanceId }) => `${it.VolumeId} ${InstanceId}`) ?? [],
    ),
  'AWS::EC2::NetworkInterface': async (use) =>
    (await use(EC2).describeNetworkInterfaces({})).NetworkInterfaces?.map((it) => it.NetworkInterfaceId),
  'AWS::ECS::Cluster': async (use) => clusters(use),
  'AWS::ECS::Service': async (use) =>
    each(await clusters(use), async (cluster) => (await use(ECS).listServices({ cluster })).serviceArns),
  'AWS::ECS::TaskDefinition': async (use) =>
    (await use(ECS).listTaskDefinitions({ status: 'ACTIVE' })).taskDefinitionArns,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': balancers,
  'AWS::ElasticLoadBalancingV2::Listener': listeners,
  'AWS::ElasticLoadBalancingV2::ListenerRule': async (use) =>
    each(await listeners(use), async (ListenerArn) =>
      (await use(ElasticLoadBalancingV2).describeRules({ ListenerArn })).Rules?.filter(
        (it) => it.IsDefault !== true,
      ).map((it) => it.RuleArn),
    ),
  'AWS::ElasticLoadBalancingV2::TargetGroup': async (use) =>
    (await use(ElasticLoadBalancingV2).describeTargetGroups({})).TargetGroups?.map((it) => it.TargetGroupArn),
  'AWS::IAM::Role': roles,
  'AWS::IAM::Policy': async (use) => [
    ...(await each(await roles(use), async (RoleName) =>
      (await use(IAM).listRolePolicies({ RoleName })).PolicyNames?.map((it) => `${RoleName}/${it}`),
    )),
    ...(await each(await users(use), async (UserName) =>
      (await use(IAM).listUserPolicies({ UserName })).PolicyNames?.map((it) => `${UserName}/${it}`),
    )),
  ],
  'AWS::IAM::ManagedPolicy': async (use) =>
    (await use(IAM).listPolicies({ Scope: 'Local' })).Policies?.map((it) => it.Arn),
  'AWS::IAM::User': users,
  'AWS::IAM::AccessKey': async (use) =>
    each(await users(use), async (UserName) =>
      (await use(IAM).listAccessKeys({ UserName })).AccessKeyMetadata?.map((it) => it.AccessKeyId),
    ),
  'AWS::IAM::InstanceProfile': async (use) =>
    (await use(IAM).listInstanceProfiles({})).InstanceProfiles?.map((it) => it.InstanceProfileName),
  'AWS::Route53::HostedZone': zones,
  'AWS::Route53::RecordSet': async (use) =>
    each(await zones(use), async (HostedZoneId) =>
      (await use(Route53).listResourceRecordSets({ HostedZoneId })).ResourceRecordSets?.filter(
        (it) => it.Type !== 'NS' && it.Type !== 'SOA',
      ).map((it) => `${HostedZoneId} ${it.Name} ${it.Type}`),
    ),
  'AWS::Route53::HealthCheck': async (use) =>
    (await use(Route53).listHealthChecks({})).HealthChecks?.map((it) => it.Id),
  'AWS::ServiceDiscovery::PrivateDnsNamespace': async (use) =>
    (await namespaces(use))?.filter((it) => it.Type === 'DNS_PRIVATE').map((it) => it.Id),
  'AWS::ServiceDiscovery::HttpNamespace': async (use) =>
    (await namespaces(use))?.filter((it) => it.Type === 'HTTP').map((it) => it.Id),
  'AWS::ServiceDiscovery::Service': services,
  'AWS::ServiceDiscovery::Instance': async (use) =>
    each(await services(use), async (ServiceId) =>
      (await use(ServiceDiscovery).listInstances({ ServiceId })).Instances?.map((it) => it.Id),
    ),
};
