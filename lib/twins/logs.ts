import { CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { isObject, type Json, type JsonObject } from '../json';
import { OWN_LOGS } from '../parity/lifecycle-resources';
import { textOf } from '../template/text';
import { idOf, propertiesOf } from './resources';

/** What makes a log group by itself when there is none, and leaves it behind. */
interface Logging {
  /** What its log group's name begins with; the rest is its own name. */
  readonly prefix: string;
  /** The property that holds its name. */
  readonly name: string;
  /** Whether its properties name another log group, or none at all. */
  readonly isElsewhere: (properties: JsonObject) => boolean;
  /** The property that takes another log group. @default - none, or its role may not write there: the group is called as its own */
  readonly property?: string;
}

const LOGGING: Readonly<Record<string, Logging>> = {
  'AWS::Lambda::Function': {
    prefix: '/aws/lambda',
    name: 'FunctionName',
    isElsewhere: ({ LoggingConfig: config }) => isObject(config) && config['LogGroup'] !== undefined,
    property: 'LoggingConfig.LogGroup',
  },
  // The role that the CDK makes for a project may write to its own group alone.
  'AWS::CodeBuild::Project': {
    prefix: '/aws/codebuild',
    name: 'Name',
    isElsewhere: ({ LogsConfig: config }) => {
      const logs = isObject(config) ? config['CloudWatchLogs'] : undefined;
      return isObject(logs) && (logs['GroupName'] !== undefined || logs['Status'] === 'DISABLED');
    },
  },
};

/** Gives a resource that names no log group one of the stack, unless the stack has it already. */
export function keepLogs(node: CfnResource): void {
  const logging = Object.hasOwn(LOGGING, node.cfnResourceType) ? LOGGING[node.cfnResourceType]! : undefined;
  if (!logging) return;
  const properties = propertiesOf(node);
  if (logging.isElsewhere(properties)) return;
  const names = new Set(
    [{ Ref: idOf(node) }, properties[logging.name]].map((name) => `${logging.prefix}/${textOf(name) ?? ''}`),
  );
  if (logGroupNames(Stack.of(node)).some((name) => names.has(textOf(name) ?? ''))) return;
  const logs = new CfnLogGroup(node, OWN_LOGS, {
    retentionInDays: 1,
    ...(logging.property === undefined && { logGroupName: Fn.join('/', [logging.prefix, node.ref]) }),
  });
  if (logging.property !== undefined) node.addPropertyOverride(logging.property, logs.ref);
}

/** The names of the log groups that a stack makes itself: as they are, or by the CDK's custom resource that deletes them. */
function logGroupNames(stack: Stack): Json[] {
  return stack.node.findAll().flatMap((node) => {
    if (!CfnResource.isCfnResource(node) || node.stack !== stack) return [];
    if (node.cfnResourceType !== 'AWS::Logs::LogGroup' && node.cfnResourceType !== 'Custom::LogRetention')
      return [];
    const name = propertiesOf(node)['LogGroupName'];
    return name === undefined ? [] : [name];
  });
}
