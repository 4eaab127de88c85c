import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  Stack,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolatingResource,
  type PolicyViolation,
} from 'aws-cdk-lib';
import { isObject } from '../json';
import { showPath } from '../template/differences';
import type { CheckFinding } from './check-finding';
import { isolationFindings, resourceNames } from './isolation';
import type { IsolationContext } from './isolation-rules';
import { tearDownFindings } from './tear-down';
import { textOf } from '../template/text';

/**
 * Checks at every synth that a staging reaches nothing outside, and that nothing of it is left after its stack is deleted.
 */
export class StagingChecks implements IPolicyValidationPlugin {
  readonly name = 'cdk-twin-staging';

  /**
   * @param stagings - the stacks of all stagings, nested ones too, by construct path; called when the app is synthesized
   */
  constructor(private readonly stagings: () => ReadonlyMap<string, IsolationContext>) {}

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const stacks = [...this.stagings()].flatMap(([stack, isolation]) => {
      const file = templateOf(stack, context);
      // A plugin sees the stacks of one assembly; what it does not see belongs to another call.
      if (file === undefined) return [];
      const template: unknown = JSON.parse(readFileSync(file.templatePath, 'utf8'));
      return [{ ...file, stack, isolation, template }];
    });
    const located = stacks.flatMap(({ stack, isolation, template, templatePath, account }) => {
      const own = stacks.filter((other) =>
        isolation.stackNames.some((name) => other.isolation.stackNames.includes(name)),
      );
      const exportNames = own.flatMap((other) => exportsOf(other.template));
      const names = own.flatMap((other) => resourceNames(other.template));
      const known = {
        ...(account !== undefined && { account }),
        exportNames,
        resourceNames: names,
        ...isolation,
      };
      const findings = [...isolationFindings(template, known), ...tearDownFindings(template)];
      return findings.map((finding) => ({ ...finding, stack, templatePath }));
    });
    const violations = violationsOf(located);
    return { success: violations.length === 0, violations };
  }
}

/** The names under which a template exports its outputs, as far as they are known before it is deployed. */
function exportsOf(template: unknown): string[] {
  const outputs = isObject(template) && isObject(template['Outputs']) ? template['Outputs'] : {};
  return Object.values(outputs).flatMap((output) => {
    const exported =
      isObject(output) && isObject(output['Export']) ? textOf(output['Export']['Name']) : undefined;
    return exported === undefined ? [] : [exported];
  });
}

interface Located extends CheckFinding {
  readonly stack: string;
  readonly templatePath: string;
}

interface TemplateFile {
  readonly templatePath: string;
  /** The account that the stack is for, when its `env` says so: the CDK then writes it into ARNs. */
  readonly account: string | undefined;
}

/** The file of a stack's template; of a nested stack, which the context does not list, the one beside its parent's. */
function templateOf(path: string, context: IPolicyValidationContext): TemplateFile | undefined {
  const listed = context.stackTemplates.find(({ stackConstructPath }) => stackConstructPath === path);
  if (listed) return { templatePath: listed.templatePath, account: listed.accountId };
  const stack = context.appConstruct.node.findAll().find((construct) => construct.node.path === path);
  if (!Stack.isStack(stack) || !stack.nestedStackParent) return undefined;
  const parent = templateOf(stack.nestedStackParent.node.path, context);
  return parent && { ...parent, templatePath: join(dirname(parent.templatePath), stack.templateFile) };
}

/** One violation for each rule and its fix, with all that break it. */
function violationsOf(findings: readonly Located[]): PolicyViolation[] {
  const rules = new Map<string, Located[]>();
  for (const finding of findings) {
    const key = `${finding.check}-${finding.rule}: ${finding.fix}`;
    rules.set(key, [...(rules.get(key) ?? []), finding]);
  }
  return [...rules.values()].map((broken) => {
    const { check, rule, fix } = broken[0]!;
    return {
      ruleName: `${check}-${rule}`,
      description: [...new Set(broken.map(describe))].join('\n'),
      fix,
      severity: 'error',
      violatingResources: broken.map(violatingResource),
    };
  });
}

/** The CDK tells where a resource is; of anything else only the stack. */
const isResource = ({ type }: Located): boolean => type.includes('::');
const describe = (finding: Located): string =>
  isResource(finding) ? finding.message : `${finding.type}.${finding.logicalId}: ${finding.message}`;

/** What is no resource, such as a parameter, is reported on its stack. */
function violatingResource(finding: Located): PolicyViolatingResource {
  const { type, logicalId, path, stack, templatePath } = finding;
  if (isResource(finding)) {
    return { resourceLogicalId: logicalId, templatePath, locations: [showPath(path)] };
  }
  return { constructPath: stack, templatePath, locations: [showPath([type, logicalId, ...path])] };
}
