import { CfnElement, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Acknowledgement } from '../checks/staging';
import { RULES, type RuleId } from '../checks/rules';

/** Under which the AWS CDK keeps what `Validations.of(...).acknowledge(...)` was given, on the construct. */
const METADATA = 'aws:cdk:acknowledged-rules';
/** What ids of rules begin with in an acknowledgement: the name of the plugin that finds them. */
export const PLUGIN = 'cdk-twin-staging';

const IDS: ReadonlySet<string> = new Set(
  Object.values(RULES).flatMap((rules) => Object.values(rules).map(([id]) => id)),
);

/** Which rules of the checks were acknowledged for an environment: on a construct for all in it, above it for all stacks. */
export function acknowledgedIn(top: IConstruct, stacks: readonly Stack[]): Acknowledgement[] {
  const pathOf = (stack: Stack): string => stack.node.path.slice(top.node.path.length).replace(/^\//, '');
  const within = top.node.findAll().flatMap((node) => given(node).map((it) => ({ node, ...it })));
  const above = top.node.scopes.slice(0, -1).flatMap(given);
  return [
    ...within.flatMap(({ node, id, reason }): Acknowledgement[] =>
      stacks.flatMap((stack) => {
        if (stack === node || stack.node.scopes.includes(node)) return [{ id, stack: pathOf(stack), reason }];
        const elements = node.node
          .findAll()
          .filter((it): it is CfnElement => CfnElement.isCfnElement(it) && it.stack === stack);
        const logicalIds = elements.map((element) => String(stack.resolve(element.logicalId)));
        return logicalIds.length > 0 ? [{ id, stack: pathOf(stack), logicalIds, reason }] : [];
      }),
    ),
    ...above.flatMap((it) => stacks.map((stack) => ({ ...it, stack: pathOf(stack) }))),
  ];
}

function given({ node }: IConstruct): { readonly id: RuleId; readonly reason: string }[] {
  return node.metadata
    .filter(({ type }) => type === METADATA)
    .flatMap(({ data }) => Object.entries((data ?? {}) as Readonly<Record<string, unknown>>))
    .flatMap(([name, reason]) => {
      const id = name.startsWith(`${PLUGIN}::`) ? name.slice(PLUGIN.length + 2) : '';
      return IDS.has(id) ? [{ id: id as RuleId, reason: String(reason) }] : [];
    });
}
