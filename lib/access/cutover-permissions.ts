import type { TrafficListener, TrafficRecords } from '../config/types';
import type { Permission } from './permissions';

/** What shares the requests of clients: as `aws.traffic` of the config names it. */
export type SharedTraffic = Pick<TrafficRecords, 'hostedZone' | 'record'> | Pick<TrafficListener, 'listener'>;

/** What a cutover and its verifications call in production's account: they read, and change the weights of one thing. */
export const cutoverPermissions = (traffic: SharedTraffic): readonly Permission[] => [
  {
    actions: [
      'cloudformation:GetTemplate',
      'cloudformation:ListStackResources',
      'cloudwatch:GetMetricData',
      'ecs:DescribeTasks',
      'ecs:ListTasks',
      'elasticache:DescribeReplicationGroups',
      'elasticache:DescribeSnapshots',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeRules',
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshots',
    ],
  },
  ...('listener' in traffic ? ofListener(traffic) : ofRecords(traffic)),
];

const ofListener = ({ listener }: Pick<TrafficListener, 'listener'>): readonly Permission[] => [
  {
    actions: [
      listener.includes(':listener-rule/')
        ? 'elasticloadbalancing:ModifyRule'
        : 'elasticloadbalancing:ModifyListener',
    ],
    on: [listener.replace(/^arn:[^:]*:/, '')],
  },
];

/** Of one name, and nothing is deleted: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html */
const ofRecords = ({
  hostedZone,
  record,
}: Pick<TrafficRecords, 'hostedZone' | 'record'>): readonly Permission[] => [
  { actions: ['route53:ListResourceRecordSets'], on: [`route53:::hostedzone/${hostedZone}`] },
  { actions: ['route53:GetChange'], on: ['route53:::change/*'] },
  {
    actions: ['route53:ChangeResourceRecordSets'],
    on: [`route53:::hostedzone/${hostedZone}`],
    when: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [record.toLowerCase().replace(/\.$/, '')],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
      },
    },
  },
];
