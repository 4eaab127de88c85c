import { Fn, Stack, type CfnResource } from 'aws-cdk-lib';
import { CfnService } from 'aws-cdk-lib/aws-ecs';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createHash } from 'node:crypto';
import { knownOf, SERVICE_LOGS, type ServiceLogs } from '../../checks/service-logs';
import { logGroupsOf, type Resource } from '../../checks/resource';
import { OWN_LOGS } from '../../parity/lifecycle-resources';
import { idsIn } from '../../template/references';
import { entryOf, idOf, outermost, propertiesOf, resourcesIn } from './resources';

/** What has log groups named for an identifier, which CloudFormation generates when it is given none. */
const IDENTIFIED: Readonly<Record<string, string>> = {
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::DocDB::DBCluster': 'DBClusterIdentifier',
  'AWS::Neptune::DBCluster': 'DBClusterIdentifier',
  'AWS::EKS::Cluster': 'Name',
};

/** Gives a resource whose service would make log groups, and leave them behind, groups of the stack, unless the stack has them. */
export function keepLogs(node: CfnResource): void {
  const type = node.cfnResourceType;
  if (!Object.hasOwn(SERVICE_LOGS, type)) return;
  const missing = missingLogs(node);
  if (missing.length === 0) return;
  if (type === 'AWS::Lambda::Function') {
    // Which the service takes another group for, wherever it is.
    node.addPropertyOverride(
      'LoggingConfig.LogGroup',
      new CfnLogGroup(node, OWN_LOGS, { retentionInDays: 1 }).ref,
    );
    return;
  }
  const identifier = Object.hasOwn(IDENTIFIED, type) ? IDENTIFIED[type]! : undefined;
  if (identifier !== undefined && propertiesOf(node)[identifier] === undefined)
    node.addPropertyOverride(identifier, identifierOf(node));
  for (const logs of identifier === undefined ? missing : missingLogs(node)) addGroup(node, logs);
}

function missingLogs(node: CfnResource): ServiceLogs[] {
  const stack = Stack.of(node);
  const known = knownOf(stack.nestedStackParent ? undefined : stack.stackName);
  const groups = logGroupsOf(logGroupsIn(stack), known);
  const logs = SERVICE_LOGS[node.cfnResourceType]!(resourceOf(node), known);
  return logs.filter(({ names }) => !names.some((name) => groups.has(name)));
}

/** A group of the name that the service's own would have: made before the resource where that can be, else right after it. */
function addGroup(node: CfnResource, { names, path }: ServiceLogs): void {
  const isOwn = (name: string): boolean =>
    name.includes(`\${${idOf(node)}}`) || name.includes(`\${${idOf(node)}.`);
  const before = names.find((name) => name !== '' && !isOwn(name));
  const name = before ?? names[0]!;
  const scope = path.length > 0 ? new Construct(node, path.join('-')) : node;
  const group = new CfnLogGroup(scope, OWN_LOGS, {
    retentionInDays: 1,
    logGroupName: name.includes('${') ? Fn.sub(name) : name,
  });
  if (before !== undefined) node.addResourceDependency(group);
  else for (const writer of writersOf(node)) writer.addResourceDependency(group);
}

/** What makes a resource write its logs, and so has to go before them: the services of a cluster. */
function writersOf(node: CfnResource): CfnResource[] {
  if (node.cfnResourceType !== 'AWS::ECS::Cluster') return [];
  return resourcesIn(Stack.of(node)).filter(
    (it) => it instanceof CfnService && idsIn(entryOf(it)).has(idOf(node)),
  );
}

/** An identifier that no other stack gives: by the stack's name, as services allow one. */
function identifierOf(node: CfnResource): string {
  const name = outermost(Stack.of(node))
    .stackName.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${name}-${createHash('sha256').update(node.node.path).digest('hex').slice(0, 8)}`;
}

const resourceOf = (node: CfnResource): Resource => ({
  id: idOf(node),
  type: node.cfnResourceType,
  entry: entryOf(node),
  properties: propertiesOf(node),
});

const MAKES_GROUPS = new Set(['AWS::Logs::LogGroup', 'Custom::LogRetention']);

/** The resources of a stack that may be log groups: no others have to be resolved. */
const logGroupsIn = (stack: Stack): Resource[] =>
  resourcesIn(stack)
    .filter(({ cfnResourceType }) => MAKES_GROUPS.has(cfnResourceType))
    .map(resourceOf);
