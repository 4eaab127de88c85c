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

/** What is known of the pseudo parameters of a stack before it is deployed: its name, unless it is nested. */
export type Known = ReadonlyMap<string, string>;

/** What is known of a stack with this name. */
export const knownOf = (stackName: string | undefined): Known =>
  new Map(stackName === undefined ? [] : [['AWS::StackName', stackName]]);

/** An identifier as the database services keep it, in lower case; what is referred to in it stays as it is. */
const lower = (text: string): string =>
  text.replaceAll(/\$\{[^}]*\}|[^$]+|\$/g, (part) => (part.startsWith('${') ? part : part.toLowerCase()));

/** The names that a resource goes by in a template: the one it is given, and a reference to it. */
function namesOf({ id, properties }: Resource, property: string, known: Known): string[] {
  const given = textOf(properties[property], known);
  return [...(given === undefined ? [] : [given]), `\${${id}}`];
}

/** The logs that a database exports: one group for each, `/aws/rds/cluster/orders/postgresql`. */
const exported =
  (prefix: string, identifier: string) =>
  (resource: Resource, known: Known): ServiceLogs[] => {
    const exports = resource.properties['EnableCloudwatchLogsExports'];
    return (Array.isArray(exports) ? (exports as Json[]) : []).map((log, i) => ({
      names: namesOf(resource, identifier, known).map(
        (name) => `${prefix}/${lower(name)}/${textOf(log) ?? ''}`,
      ),
      path: ['EnableCloudwatchLogsExports', i],
      writesToTheEnd: true,
    }));
  };

const CONTROL_PLANE_LOGS = ['Logging', 'ClusterLogging', 'EnabledTypes'];

/** The kinds of logs that the control plane of a cluster writes. */
const controlPlaneLogs = (properties: Resource['properties']): readonly Json[] =>
  listOf(
    CONTROL_PLANE_LOGS.reduce<Json | undefined>(
      (value, key) => (isObject(value) ? value[key] : undefined),
      properties,
    ),
  );

/** The log groups that services would create by themselves, by type. */
export const SERVICE_LOGS: Readonly<
  Record<string, (resource: Resource, known: Known) => readonly ServiceLogs[]>
> = {
  'AWS::RDS::DBCluster': exported('/aws/rds/cluster', 'DBClusterIdentifier'),
  'AWS::RDS::DBInstance': exported('/aws/rds/instance', 'DBInstanceIdentifier'),
  'AWS::DocDB::DBCluster': exported('/aws/docdb', 'DBClusterIdentifier'),
  'AWS::Neptune::DBCluster': exported('/aws/neptune', 'DBClusterIdentifier'),
  'AWS::RDS::DBProxy': (proxy, known) => [
    {
      names: namesOf(proxy, 'DBProxyName', known).map((name) => `/aws/rds/proxy/${lower(name)}`),
      path: [],
      writesToTheEnd: true,
    },
  ],
  'AWS::ECS::Cluster': (cluster, known) =>
    listOf(cluster.properties['ClusterSettings']).flatMap((item, i) =>
      isObject(item) && item['Name'] === 'containerInsights' && item['Value'] !== 'disabled'
        ? [
            {
              names: namesOf(cluster, 'ClusterName', known).map(
                (name) => `/aws/ecs/containerinsights/${name}/performance`,
              ),
              path: ['ClusterSettings', i],
              writesToTheEnd: true,
            },
          ]
        : [],
    ),
  // Amazon EKS User Guide, "Send control plane logs to CloudWatch Logs".
  'AWS::EKS::Cluster': (cluster, known) =>
    controlPlaneLogs(cluster.properties).length === 0
      ? []
      : [
          {
            names: namesOf(cluster, 'Name', known).map((name) => `/aws/eks/${name}/cluster`),
            path: CONTROL_PLANE_LOGS,
            writesToTheEnd: true,
          },
        ],
  'AWS::Lambda::Function': (lambda, known) =>
    isObject(lambda.properties['LoggingConfig']) && 'LogGroup' in lambda.properties['LoggingConfig']
      ? []
      : [
          {
            names: namesOf(lambda, 'FunctionName', known).map((name) => `/aws/lambda/${name}`),
            path: [],
            writesToTheEnd: false,
          },
        ],
  'AWS::CodeBuild::Project': (project, known) => {
    const config = project.properties['LogsConfig'];
    const logs = isObject(config) ? config['CloudWatchLogs'] : undefined;
    const isElsewhere = isObject(logs) && (logs['GroupName'] !== undefined || logs['Status'] === 'DISABLED');
    const names = namesOf(project, 'Name', known).map((name) => `/aws/codebuild/${name}`);
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
