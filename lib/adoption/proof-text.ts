import { stripVTControlCharacters } from 'node:util';
import type { ParityReport } from '../parity/report';
import { isPassed } from '../parity/report';
import { renderText } from '../parity/reports/text';
import { Lines } from '../report/lines';
import { printable } from '../report/words';
import type { ChangedStack } from './changed';
import type { Plan } from './plan';

/** What came of synthesising what was written. */
export interface Proof {
  readonly reports: readonly ParityReport[];
  /** Production's stacks that are no longer what they were. */
  readonly changed: readonly ChangedStack[];
  /** How the synthesis failed. @default - it did not */
  readonly failed?: string;
}

/** Writes for people what was written, whether it was proved, and what comes next. */
export function renderProof(
  plan: Plan,
  written: readonly string[],
  { reports, changed, failed }: Proof,
  options: { readonly color: boolean; readonly width: number },
): string {
  const { place, units, others } = plan;
  const page = new Lines(options);
  page.line().words(`Written: ${written.join(', ')}`, { style: 'bold' });
  if (reports.length === 0) {
    page.words('It does not synthesise yet:');
    for (const line of stripVTControlCharacters(failed ?? '').split('\n')) page.line(`  ${printable(line)}`);
  }
  for (const report of reports) {
    const { prod, staging, permitted, forbidden } = report;
    if (isPassed(report))
      page.words(`TWIN: ${staging} is a twin of ${prod}, with ${permitted.length} permitted differences`);
    else if (forbidden.length > 0 || report.verdict !== 'twins')
      page.words(`NOT A TWIN: ${staging} of ${prod}, see below`);
    else page.words(`${staging} is a twin of ${prod}, but a check of staging fails, see below`);
  }
  for (const { id, places } of changed)
    page.words(
      `${id} is no longer what ${place.entry} makes of it, in ${listed(places)}: see cdk diff ${id} before it is deployed`,
      { lead: '- ' },
    );
  if (changed.length > 0) {
    const lead = '  ';
    page.words(
      `What ${place.entry} does beside making the stacks, such as tags or aspects of the app, belongs in ${place.twins} too.`,
      { lead },
    );
    if (units.some(({ made }) => made.members !== undefined))
      page.words(
        'In a stage the paths of constructs are longer, and with them the names and descriptions that the CDK takes from them. A security group of another description is replaced; one whose description your code gives stays.',
        { lead },
      );
  }
  for (const { id } of others)
    page.words(`${id} is made by ${place.entry} alone: add it to ${place.twins} before cdk.json names that`, {
      lead: '- ',
    });
  page.heading('Next');
  for (const [i, step] of stepsAfter(plan, written).entries()) page.words(step, { lead: `${i + 1}. ` });
  const details = reports
    .filter((it) => !isPassed(it))
    .map((it) => `\n${renderText(it, { ...options, verbose: false })}`);
  return page.toString() + details.join('');
}

/** What comes next, in its order. */
function stepsAfter({ place, project, units, release }: Plan, written: readonly string[]): string[] {
  const config = written.find((file) => file.startsWith('twin.config.')) ?? 'twin.config.ts';
  const isFullSize = units.some(({ made }) => made.factors.length === 0);
  return [
    ...(isFullSize
      ? [
          `staging is as large as production so far: give the stack props for the sizes above, with production's values in ${place.entry}, remove ${written.filter((file) => !file.startsWith('twin.config.') && !file.includes('.github')).join(' and ')}, and run npx twin init again`,
        ]
      : []),
    `read ${place.twins}: the reasons and staging's values are yours to decide`,
    ...(project.testRunner === undefined
      ? []
      : [`run the test: npx ${project.testRunner === 'vitest' ? 'vitest run' : 'jest'} twins`]),
    `let "app" in cdk.json be ${JSON.stringify(place.command)}: then npx cdk synth proves it each time`,
    release
      ? `complete ${config}, where it says "To do", for npx twin rehearse --to <release>; npx twin doctor says what is missing`
      : `nothing in the templates follows a release yet: ${config} has two ways, and npx twin rehearse needs one of them`,
  ];
}

const MOST_PLACES = 4;
const listed = (places: readonly string[]): string =>
  places.length <= MOST_PLACES
    ? places.join(', ')
    : `${places.slice(0, MOST_PLACES).join(', ')} and ${places.length - MOST_PLACES} more`;
