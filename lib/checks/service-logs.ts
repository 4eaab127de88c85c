import { isObject, listOf, type Json } from '../json';
import type { Resource } from './resource';
import { textOf } from '../template/text';

/** A log group that a service creates by itself, outside the stack, when it is not there yet. */
export interface ServiceLogs {
  /** The texts that its name may be in the template; they mean the same. */
  readonly names: readonly string[];
  /** The property that makes the service write to it, below `Properties`. */
  readonly path: readonly (string | number)[];
  /** Whether the resource writes until it is gone, so that it has to go before its group. */
  readonly writesToTheEnd: boolean;
}

/** An identifier as the database services keep it: in lower case. */
const lower = (text: string): string => (text.includes('${') ? text : text.toLowerCase());

/** The names that a resource goes by in a template: the one it is given, and a reference to it. */
function namesOf({ id, properties }: Resource, property: string): string[] {
  const given = textOf(properties[property]);
  return [...(given === undefined ? [] : [given]), `\${${id}}`];
}

/** The logs that a database exports: one group for each, `/aws/rds/cluster/orders/postgresql`. */
const exported =
  (prefix: string, identifier: string) =>
  (resource: Resource): ServiceLogs[] => {
    const exports = resource.properties['EnableCloudwatchLogsExports'];
    return (Array.isArray(exports) ? (exports as Json[]) : []).map((log, i) => ({
      names: namesOf(resource, identifier).map((name) => `${prefix}/${lower(name)}/${textOf(log) ?? ''}`),
      path: ['EnableCloudwatchLogsExports', i],
      writesToTheEnd: true,
    }));
  };

/** The log groups that services would create by themselves, by type. */
export const SERVICE_LOGS: Readonly<Record<string, (resource: Resource) => readonly ServiceLogs[]>> = {
  'AWS::RDS::DBCluster': exported('/aws/rds/cluster', 'DBClusterIdentifier'),
  'AWS::RDS::DBInstance': exported('/aws/rds/instance', 'DBInstanceIdentifier'),
  'AWS::DocDB::DBCluster': exported('/aws/docdb', 'DBClusterIdentifier'),
  'AWS::Neptune::DBCluster': exported('/aws/neptune', 'DBClusterIdentifier'),
  'AWS::RDS::DBProxy': (proxy) => [
    {
      names: namesOf(proxy, 'DBProxyName').map((name) => `/aws/rds/proxy/${lower(name)}`),
      path: [],
      writesToTheEnd: true,
    },
  ],
  'AWS::ECS::Cluster': (cluster) =>
    listOf(cluster.properties['ClusterSettings']).flatMap((item, i) =>
      isObject(item) && item['Name'] === 'containerInsights' && item['Value'] !== 'disabled'
        ? [
            {
              names: namesOf(cluster, 'ClusterName').map(
                (name) => `/aws/ecs/containerinsights/${name}/performance`,
              ),
              path: ['ClusterSettings', i],
              writesToTheEnd: true,
            },
          ]
        : [],
    ),
  'AWS::Lambda::Function': (lambda) =>
    isObject(lambda.properties['LoggingConfig']) && 'LogGroup' in lambda.properties['LoggingConfig']
      ? []
      : [
          {
            names: namesOf(lambda, 'FunctionName').map((name) => `/aws/lambda/${name}`),
            path: [],
            writesToTheEnd: false,
          },
        ],
  'AWS::CodeBuild::Project': (project) => {
    const config = project.properties['LogsConfig'];
    const logs = isObject(config) ? config['CloudWatchLogs'] : undefined;
    const isElsewhere = isObject(logs) && (logs['GroupName'] !== undefined || logs['Status'] === 'DISABLED');
    const names = namesOf(project, 'Name').map((name) => `/aws/codebuild/${name}`);
    return isElsewhere ? [] : [{ names, path: [], writesToTheEnd: false }];
  },
  'AWS::ApiGateway::Stage': ({ id, properties }) =>
    listOf(properties['MethodSettings']).flatMap((item, i) =>
      isObject(item) && 'LoggingLevel' in item && item['LoggingLevel'] !== 'OFF'
        ? [
            {
              names: [`\${${id}}`, textOf(properties['StageName']) ?? ''].map(
                (stage) => `API-Gateway-Execution-Logs_${textOf(properties['RestApiId']) ?? ''}/${stage}`,
              ),
              path: ['MethodSettings', i],
              writesToTheEnd: false,
            },
          ]
        : [],
    ),
  'AWS::AppSync::GraphQLApi': ({ id, properties }) =>
    properties['LogConfig'] === undefined
      ? []
      : [{ names: [`/aws/appsync/apis/\${${id}.ApiId}`], path: ['LogConfig'], writesToTheEnd: false }],
};
