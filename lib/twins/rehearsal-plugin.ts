import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
import { verdictOn, type Answer } from '../deployment-gate/verdict-on';
import { TwinError } from '../error';
import { allEvidence } from '../evidence/read';
import { Assembly } from '../parity/assembly';
import { deployedOf } from '../parity/deployed';
import { firstProductionOf } from '../parity/other-production';
import { plural } from '../report/words';
import { SYNTHESIS_FOR } from '../synthesis-for';
import type { RequiredRehearsal } from './definition';
import { UNREHEARSED } from './required-rehearsal';

/** A production that is deployed only as what was rehearsed. */
export interface GuardedProduction extends Required<RequiredRehearsal> {
  readonly id: string;
  /** The paths of its stacks in the app. */
  readonly stacks: readonly string[];
}

/**
 * Fails the synthesis of a production that nobody gave GO. It is told on production's stacks: the CDK's command line drops it where
 * only others are deployed.
 */
export class RehearsalPlugin implements IPolicyValidationPlugin {
  readonly name = 'cdk-twin-rehearsal';

  /**
   * @param outdir - the assembly that was just written
   * @param guarded - what is guarded in it
   */
  constructor(
    private readonly outdir: () => string,
    private readonly guarded: () => readonly GuardedProduction[],
  ) {}

  validate(_context: IPolicyValidationContext): PolicyValidationPluginReport {
    // what is to be rehearsed, or compared with what was, cannot have been rehearsed before
    const guarded = process.env[SYNTHESIS_FOR] === undefined ? this.guarded() : [];
    const violations = guarded.flatMap((production) => this.violationsOf(production));
    return { success: violations.length === 0, violations };
  }

  private violationsOf({ id, stacks, maxAgeHours, root }: GuardedProduction): PolicyViolation[] {
    try {
      const assembly = new Assembly(this.outdir(), true);
      const [production, first] = [deployedOf(assembly, id), firstProductionOf(assembly, id)];
      const { stored } = allEvidence(root);
      const answer = verdictOn({ production, first, now: new Date(), maxAgeHours }, stored);
      if (answer.isOpen) return [];
      return [violation(stacks, wordsOf(id, answer), answer.fix ?? '')];
    } catch (error) {
      if (!(error instanceof TwinError)) throw error;
      return [
        violation(stacks, `${id} cannot be compared with what was rehearsed: ${error.message}`, error.fix),
      ];
    }
  }
}

const violation = (stacks: readonly string[], description: string, fix: string): PolicyViolation => ({
  ruleName: 'unrehearsed',
  description,
  fix: `${fix} For a first deployment, say so: -c ${UNREHEARSED}="first deployment".`,
  severity: 'fatal',
  violatingResources: stacks.map((constructPath) => ({ constructPath, locations: [] })),
});

/** How many changes are named: the command line has them all. */
const NAMED = 3;

function wordsOf(id: string, { reasons, changes }: Answer): string {
  const [reason] = reasons;
  const named = changes.slice(0, NAMED).map(({ construct, id: entry }) => construct ?? entry);
  const more = changes.length > NAMED ? `, and ${plural(changes.length - NAMED, 'other')}` : '';
  return `${id} may not be deployed: ${reason}${named.length > 0 ? ` (${named.join(', ')}${more})` : ''}`;
}
