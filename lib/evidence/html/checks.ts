import type { CheckResult } from '../../probes/check';
import { lastLines } from '../../report/sanitize';
import { plural } from '../../report/words';
import { showDuration } from '../../duration';
import type { Evidence } from '../evidence';
import { besideBaseline, showMeasures } from '../figures';
import { checkPairs, tallyOf, type CheckPair } from '../summary';
import {
  folded,
  markup,
  inLines,
  outcome,
  output,
  table,
  type Content,
  type Markup,
  type Part,
} from './syntax';

/** What checks are shown of. */
export type Checked = Pick<Evidence, 'checks' | 'baseline' | 'from' | 'to'>;

/** The checks: the results of the baseline beside those of the candidate. @param words - what both are called */
export function checks(evidence: Checked, [now, before] = ['Candidate', 'Baseline']): Part {
  const pairs = checkPairs(evidence);
  const columns = [
    { title: 'Check' },
    { title: `${now} ${evidence.to}`, short: now },
    ...(evidence.baseline.length === 0
      ? []
      : [
          { title: `${before} ${evidence.from}`, short: before },
          { title: 'Difference', figures: true },
        ]),
  ];
  const tableOf = (label: string, shown: readonly CheckPair[], isSlim = false): Content => {
    const cellOf = isSlim ? outcomeOf : resultOf;
    const rows = shown.map(({ name, kind, baseline, candidate }) => [
      markup`<span class="name">${name}</span> <small>${kind}</small>`,
      cellOf(candidate),
      cellOf(baseline),
      inLines(besideBaseline(baseline?.measures, candidate?.measures, '→')),
    ]);
    return rows.length === 0 ? undefined : table(label, columns, rows, isSlim);
  };
  const [well, others] = [pairs.filter((it) => isWell(it)), pairs.filter((it) => !isWell(it))];
  const outputs = outputsOf(evidence);
  const glance = well.length <= MOST_OPEN ? well : well.filter((it) => hasNews(it));
  const lead =
    evidence.checks.length === 0
      ? `Baseline: ${tallyOf(evidence.baseline)}. The candidate was not tested.`
      : evidence.baseline.length === 0
        ? `${tallyOf(evidence.checks)}.`
        : `${now} ${evidence.to}: ${tallyOf(evidence.checks)}. ${before} ${evidence.from}: ${tallyOf(evidence.baseline)}.`;
  return {
    lead,
    content: markup`${tableOf('Checks', others)}${tableOf('Checks that passed', glance, true)}${outputs.failed}${
      well.length === 0
        ? outputs.others
        : folded(
            `${plural(well.length, 'check')} that passed, in full`,
            markup`${tableOf('Checks that passed, in full', well)}${outputs.others}`,
          )
    }`,
  };
}

/** How many checks are read at a glance. */
const MOST_OPEN = 8;

/** Whether a check that passed was not run on the baseline, or measured something else. */
const hasNews = ({ baseline, candidate }: CheckPair): boolean =>
  baseline === undefined || besideBaseline(baseline.measures, candidate?.measures).length > 0;

/** Whether a check is shown in a line: it passed, on the baseline too where it ran there. */
const isWell = ({ candidate, baseline }: CheckPair): boolean =>
  candidate?.outcome === 'passed' && (baseline === undefined || baseline.outcome === 'passed');

const NOT_RUN = markup`<span class="soft">not run</span>`;

const outcomeOf = (check: CheckResult | undefined): Content => (check ? outcome(check.outcome) : NOT_RUN);

function resultOf(check: CheckResult | undefined): Content {
  if (!check) return NOT_RUN;
  const measures = showMeasures(check.measures).filter((it) => !check.detail.includes(it));
  const figures = [...measures, `took ${showDuration(check.ms)}`];
  return markup`${outcome(check.outcome)} ${check.detail}<small>${figures.join(' · ')}</small>`;
}

/** How many lines of a command's output the page shows. */
const OUTPUT_LINES = 200;

/** What commands wrote: open where they failed. */
function outputsOf({ baseline, checks: results, from, to }: Checked): Record<'failed' | 'others', Content> {
  const of = (release: string, list: readonly CheckResult[]) => list.map((check) => ({ release, check }));
  const all = [...of(to, results), ...of(from, baseline)].filter(
    ({ check }) => check.output !== undefined && check.output.trim() !== '',
  );
  const shown = (isFailed: boolean): Markup[] =>
    all
      .filter(({ check }) => (check.outcome === 'failed') === isFailed)
      .map(({ release, check }) => {
        const label = `Output of ${check.name} on ${release}`;
        return folded(label, output(label, lastLines(check.output!, OUTPUT_LINES)), isFailed);
      });
  return { failed: shown(true), others: shown(false) };
}
