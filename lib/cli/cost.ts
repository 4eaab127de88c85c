import { Command, Option } from 'commander';
import { blueprintOf, environmentsOf } from '../blueprint/read-blueprint';
import { costReport } from '../cost/cost-report';
import type { CostReport } from '../cost/cost';
import { renderCost } from '../cost/report-text';
import { TwinError } from '../error';
import { EXIT } from './outcome';
import type { CommandProps } from './parity';

/** The flags of `twin cost`. */
interface CostFlags {
  readonly assembly: string;
  readonly hours: number;
  readonly json?: true;
}

/** The command `twin cost`: estimates the cost of production, of staging and of a rehearsal. */
export function costCommand({ terminal, done }: CommandProps): Command {
  return new Command('cost')
    .summary('estimate what the environments and a rehearsal cost')
    .description(
      'Estimates what production and staging cost on AWS as their templates declare them, and compares a staging that ' +
        'exists for one rehearsal with one that is kept.\n' +
        'Needs no account: the prices are on demand, in us-east-1, and dated.',
    )
    .addOption(new Option('--assembly <dir>', 'a cloud assembly with twin.json').default('cdk.out'))
    .addOption(
      new Option('--hours <n>', 'how long the staging of a rehearsal exists')
        .default(4)
        .argParser(parseHours),
    )
    .addOption(new Option('--json', 'write the whole report as JSON'))
    .addHelpText('after', MORE_HELP)
    .action(({ assembly, hours, json }: CostFlags) => {
      const reports = environmentsOf(assembly).map(({ prod, staging }) =>
        costReport({ prod: blueprintOf(assembly, prod), staging: blueprintOf(assembly, staging), hours }),
      );
      const options = { color: terminal.color, width: terminal.columns };
      const text = reports.map((report) => renderCost(report, options)).join('\n');
      done({ text: json ? jsonOf(reports) : text, exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
Exit codes:
  0   estimated
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin cost
  twin cost --hours 2
  twin cost --assembly build/cdk.out --json`;

/** A hundred years: more is a typing error. */
const MAX_HOURS = 876_000;

function parseHours(text: string): number {
  const hours = text.trim() === '' ? NaN : Number(text);
  if (hours > 0 && hours <= MAX_HOURS) return hours;
  throw new TwinError({
    code: 'usage',
    message: `--hours is "${text}"; expected a number above 0, up to ${MAX_HOURS}`,
    fix: 'Give the hours that the staging of one rehearsal exists, such as --hours 4.',
  });
}

/** One report as it is, several in a list. */
function jsonOf(reports: readonly CostReport[]): string {
  return `${JSON.stringify(reports.length === 1 ? reports[0] : { reports }, null, 2)}\n`;
}
