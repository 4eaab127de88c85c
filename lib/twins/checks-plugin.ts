import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolatingResource,
  PolicyViolation,
} from 'aws-cdk-lib';
import type { LocatedFinding } from '../checks/staging';
import { plural } from '../report/words';
import type { ParityReport } from '../parity/report';
import { showPath } from '../template/differences';
import { PLUGIN } from './acknowledged';

/**
 * Tells the AWS CDK, at every synth, what the checks of stagings found. What was acknowledged is told too: the CDK lists it
 * with its reason.
 */
export class ChecksPlugin implements IPolicyValidationPlugin {
  readonly name = PLUGIN;

  /**
   * @param reports - what was found in the assembly that was just written
   * @param isStage - whether a staging is a stage
   */
  constructor(
    private readonly reports: () => readonly ParityReport[],
    private readonly isStage: (staging: string) => boolean,
  ) {}

  validate(_context: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = this.reports().flatMap(({ staging, checks }) => {
      if (!checks) return [];
      const reports = [checks.isolation, checks.tearDown];
      const all = reports.flatMap(({ findings, acknowledged }) => [...findings, ...acknowledged]);
      const open = reports.flatMap(({ findings }) => findings);
      return [
        ...(open.length > 0 && this.isStage(staging) ? [summary(staging, open)] : []),
        ...violationsOf(staging, all),
      ];
    });
    return { success: violations.length === 0, violations };
  }
}

/**
 * Told without a place: the CDK's command line drops what belongs to stacks that it was not asked for, and without being
 * asked it leaves out those of a stage.
 */
const summary = (staging: string, findings: readonly LocatedFinding[]): PolicyViolation => ({
  ruleName: 'checks-failed',
  description: `${staging} has ${plural(findings.length, 'finding')} of isolation and tear-down: ${[...new Set(findings.map(({ id }) => id))].sort().join(', ')}`,
  fix: 'Run twin parity to see them all.',
  severity: 'fatal', // what is acknowledged is each finding, by its own id
  violatingResources: [{ locations: [] }],
});

/** One violation for each rule and its fix, with all that break it. */
function violationsOf(staging: string, findings: readonly LocatedFinding[]): PolicyViolation[] {
  const rules = new Map<string, LocatedFinding[]>();
  for (const finding of findings) {
    const key = `${finding.id}: ${finding.fix}`;
    rules.set(key, [...(rules.get(key) ?? []), finding]);
  }
  return [...rules.values()].map((broken) => {
    const { id, fix } = broken[0]!;
    return {
      ruleName: id,
      description: [...new Set(broken.map(describe))].join('\n'),
      fix,
      severity: 'error',
      violatingResources: broken.map((finding) => violatingResource(staging, finding)),
    };
  });
}

/** The CDK tells where a resource is; of anything else only the stack. */
const isResource = ({ type }: LocatedFinding): boolean => type.includes('::');
const describe = (finding: LocatedFinding): string =>
  isResource(finding) ? finding.message : `${finding.type}.${finding.logicalId}: ${finding.message}`;

/** What is no resource, such as a parameter, is reported on its stack. */
function violatingResource(staging: string, finding: LocatedFinding): PolicyViolatingResource {
  const { type, logicalId, path, stack, template } = finding;
  if (isResource(finding) && template !== undefined)
    return { resourceLogicalId: logicalId, templatePath: template, locations: [showPath(path)] };
  return {
    constructPath: [staging, stack].filter((part) => part !== '').join('/'),
    locations: [showPath([type, logicalId, ...path])],
  };
}
