import { Option, type Command } from 'commander';
import { blueprintOf, environmentsOf } from '../blueprint/read-blueprint';
import { costChangeInMarkdown, renderCostChange } from '../cost/change-text';
import { costChange } from '../cost/cost-change';
import { costReport } from '../cost/cost-report';
import { pricedEnvironments } from '../cost/priced-environments';
import { costInMarkdown } from '../cost/report-markdown';
import { renderCost, type CostTextOptions } from '../cost/report-text';
import { TwinError } from '../error';
import { formatOption, forGithub } from './formats';
import { inJson, versioned } from './json';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';
import type { Terminal } from './terminal';

/** The flags of `twin cost`. */
interface CostFlags {
  readonly assembly: string;
  readonly hours: number;
  readonly before?: string;
  readonly format: (typeof FORMATS)[number];
  /** The alias of a format. */
  readonly json?: true;
}

const FORMATS = ['text', 'json', 'markdown', 'github'] as const;

/** The command `twin cost`: estimates the cost of production, of staging and of a rehearsal. */
export function costCommand({ terminal, done }: CommandProps): Command {
  return commandNamed('cost')
    .description(
      'Estimates what production and staging cost on AWS as their templates declare them, and compares a staging that ' +
        'exists for one rehearsal with one that is kept; with --before, what a change of the app does to that.\n' +
        'Needs no account: the prices are on demand, in us-east-1, and dated.',
    )
    .addOption(new Option('--assembly <dir>', 'a cloud assembly with twin.json').default('cdk.out'))
    .addOption(
      new Option('--hours <n>', 'how long the staging of a rehearsal exists')
        .default(4)
        .argParser(parseHours),
    )
    .addOption(new Option('--before <dir>', 'the assembly before a change: write what the change costs'))
    .addOption(formatOption(FORMATS))
    .addOption(new Option('--json', 'short for --format json').conflicts('format'))
    .addHelpText('after', MORE_HELP)
    .action((flags: CostFlags) => {
      const report = flags.before === undefined ? keeping(flags) : changing(flags, flags.before);
      done({ ...inFormat(report, flags, terminal), exitCode: EXIT.ok });
    });
}

/** A report, in each way that it can be written. */
interface Written {
  readonly json: Parameters<typeof inJson>[0];
  readonly text: (options: CostTextOptions) => string;
  readonly markdown: () => string;
}

/** What the environments and a rehearsal cost. */
function keeping({ assembly, hours }: CostFlags): Written {
  const reports = environmentsOf(assembly).map(({ prod, staging }) =>
    costReport({ prod: blueprintOf(assembly, prod), staging: blueprintOf(assembly, staging), hours }),
  );
  return {
    // one report as it is, several in a list
    json: versioned('cost', reports.length === 1 ? reports[0]! : { reports }),
    text: (options) => reports.map((report) => renderCost(report, options)).join('\n'),
    markdown: () => reports.map(costInMarkdown).join('\n'),
  };
}

/** What a change costs. */
function changing({ assembly, hours }: CostFlags, before: string): Written {
  const change = costChange(pricedBefore(before), pricedEnvironments(assembly), hours);
  return {
    json: versioned('cost --before', change),
    text: (options) => renderCostChange(change, options),
    markdown: () => costChangeInMarkdown(change),
  };
}

/** @throws TwinError `assembly`, whose fix names the flag that is wrong */
function pricedBefore(folder: string): ReturnType<typeof pricedEnvironments> {
  try {
    return pricedEnvironments(folder);
  } catch (error) {
    if (!(error instanceof TwinError) || error.code !== 'assembly') throw error;
    const { code, message } = error;
    const fix = 'Synthesise what was before the change into a folder, and name that with --before.';
    throw new TwinError({ code, message, fix, cause: error });
  }
}

function inFormat(
  report: Written,
  { json, format }: CostFlags,
  { color, columns: width }: Terminal,
): Pick<Outcome, 'text' | 'summary'> {
  if (json || format === 'json') return { text: inJson(report.json) };
  if (format === 'markdown') return { text: report.markdown() };
  const text = report.text({ color, width });
  return format === 'text' ? { text } : forGithub({ text, markdown: report.markdown() });
}

const MORE_HELP = `
Exit codes:
  0   estimated
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin cost
  twin cost --hours 2
  twin cost --before base/cdk.out --format markdown
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
