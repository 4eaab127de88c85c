import { CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { OWN_LOGS } from '../parity/lifecycle-resources';
import { entryOf, idOf, propertiesOf } from './resources';
import { SERVICE_LOGS } from '../checks/service-logs';
import { logGroupsOf, type Resource } from '../checks/tear-down-types';

/**
 * How services that make a log group by themselves are given one of the stack: by the property that takes another one, or
 * under the name that theirs would have.
 */
const GIVEN: Readonly<Record<string, { readonly property: string } | { readonly prefix: string }>> = {
  'AWS::Lambda::Function': { property: 'LoggingConfig.LogGroup' },
  // The role that the CDK makes for a project may write to its own group alone.
  'AWS::CodeBuild::Project': { prefix: '/aws/codebuild' },
};

/** Gives a resource whose service would make a log group, and leave it behind, one of the stack, unless the stack has it. */
export function keepLogs(node: CfnResource): void {
  const given = Object.hasOwn(GIVEN, node.cfnResourceType) ? GIVEN[node.cfnResourceType]! : undefined;
  if (!given) return;
  const logs = SERVICE_LOGS[node.cfnResourceType]!(resourceOf(node));
  const groups = logGroupsOf(logGroupsIn(Stack.of(node)));
  if (logs.every(({ names }) => names.some((name) => groups.has(name)))) return;
  if ('prefix' in given) {
    new CfnLogGroup(node, OWN_LOGS, {
      retentionInDays: 1,
      logGroupName: Fn.join('/', [given.prefix, node.ref]),
    });
  } else {
    const group = new CfnLogGroup(node, OWN_LOGS, { retentionInDays: 1 });
    node.addPropertyOverride(given.property, group.ref);
  }
}

const resourceOf = (node: CfnResource): Resource => ({
  id: idOf(node),
  type: node.cfnResourceType,
  entry: entryOf(node),
  properties: propertiesOf(node),
});

const MAKES_GROUPS = new Set(['AWS::Logs::LogGroup', 'Custom::LogRetention']);

/** The resources of a stack that may be log groups: no others have to be resolved. */
function logGroupsIn(stack: Stack): Resource[] {
  return stack.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.stack === stack)
    .filter(({ cfnResourceType }) => MAKES_GROUPS.has(cfnResourceType))
    .map(resourceOf);
}
