import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
import { showPath } from '../template/differences';
import type { Warning } from './manifest';
import type { Forbidden, ParityReport } from './report';
import { placeOf, showValues } from './reports/parts';

/**
 * Runs parity at every synth: reads the assembly that was just written, as anybody can do afterwards, and fails it when a
 * staging or a second production is not a twin. A finding is fatal, which is what the CDK calls one that cannot be acknowledged away.
 */
export class ParityPlugin implements IPolicyValidationPlugin {
  readonly name = 'cdk-twin-parity';

  /**
   * @param reports - what was found in the assembly that was just written
   * @param warnings - what should be looked at in it, and fails nothing
   */
  constructor(
    private readonly reports: () => readonly ParityReport[],
    private readonly warnings: () => readonly Warning[] = () => [],
  ) {}

  validate(_context: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = this.reports()
      .filter(({ verdict }) => verdict === 'not-twins')
      .flatMap((report) => [summary(report), ...report.forbidden.map((fault) => violation(report, fault))]);
    return {
      success: violations.length === 0,
      violations: [...violations, ...this.warnings().map(warning)],
    };
  }
}

const warning = ({ rule, text, fix }: Warning): PolicyViolation => ({
  ruleName: rule,
  description: text,
  fix,
  severity: 'warning',
  violatingResources: [{ locations: [] }],
});

/** How many characters of a value a line of the CDK's report holds. */
const VALUE_ROOM = 120;

/**
 * The verdict, told without a place: the CDK's command line drops findings outside the stacks that it was asked for, and
 * production must not be deployed from a definition of which another environment is no twin of it.
 */
function summary({ prod, staging, forbidden }: ParityReport): PolicyViolation {
  const differences =
    forbidden.length === 1 ? '1 forbidden difference' : `${forbidden.length} forbidden differences`;
  return {
    ruleName: 'not-twins',
    description: `${staging} is not a twin of ${prod}: ${differences}`,
    fix: 'Run twin parity to see them all.',
    severity: 'fatal',
    violatingResources: [{ locations: [] }],
  };
}

function violation({ prod, staging }: ParityReport, fault: Forbidden): PolicyViolation {
  const values = showValues(fault, VALUE_ROOM);
  const sides = `${prod}: ${values.prod}; ${staging}: ${values.staging}`;
  const isResource = fault.type.includes('::');
  return {
    ruleName: fault.id,
    // what an experiment saw begins with the values of both
    description: `${placeOf(fault)}: ${fault.why}${fault.why.includes(`(${sides}`) ? '' : ` (${sides})`}`,
    fix: fault.fix,
    severity: 'fatal',
    violatingResources: [
      {
        // A resource that the second environment lacks cannot be found in its template.
        ...(isResource &&
        fault.template !== undefined &&
        (fault.path.length > 0 || fault.staging !== undefined)
          ? { resourceLogicalId: fault.logicalId, templatePath: fault.template }
          : { constructPath: [staging, fault.stack].filter((part) => part !== '').join('/') }),
        locations: [showPath(fault.path)],
      },
    ],
  };
}
