import type { CheckReport, LocatedFinding, ReachedSystem, StagingChecks } from '../../checks/staging';
import { titleOf } from '../../checks/staging';
import type { Lines } from '../../report/lines';
import { code, details, prose, table } from '../../report/markdown';
import type { NotShown } from '../report';
import { placeOf, subjectOf } from './parts';
import { plural, printable } from '../../report/words';

/**
 * How a check ended: `Tear-down failed: 2 findings, 1 acknowledged`.
 *
 * @param notShown - how many findings the report leaves out
 */
export function checkSentence({ check, result, findings, acknowledged }: CheckReport, notShown = 0): string {
  const name = check === 'isolation' ? 'Isolation' : 'Tear-down';
  const counts = [
    ...(findings.length + notShown > 0 ? [plural(findings.length + notShown, 'finding')] : []),
    ...(acknowledged.length > 0 ? [`${acknowledged.length} acknowledged`] : []),
  ];
  return `${name} ${result}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}

/** Writes what the checks found: findings first, then what was acknowledged, then what is reached outside. */
export function writeChecks(page: Lines, { isolation, tearDown, outside }: StagingChecks): void {
  for (const { findings } of [isolation, tearDown]) {
    if (findings.length === 0) continue;
    page.heading(findings[0]!.check === 'isolation' ? 'Isolation' : 'Tear-down');
    for (const finding of findings) writeFinding(page, finding);
  }
  const acknowledged = [isolation, tearDown].flatMap((report) => report.acknowledged);
  if (acknowledged.length > 0) {
    page.heading('Acknowledged');
    for (const finding of acknowledged) {
      page.words(`${subjectOf(finding)} (${finding.type})`, { lead: '  ' });
      page.words(`${finding.id} ${titleOf(finding)}`, { lead: '    ', style: 'dim' });
      page.words(finding.reason, { lead: label('because') });
    }
  }
  if (outside.length > 0) {
    page.heading('Reached outside');
    for (const system of outside) writeSystem(page, system);
  }
  const notes = [...isolation.notes, ...tearDown.notes];
  if (notes.length > 0) page.heading('Notes');
  for (const note of notes) page.words(note, { lead: '  - ', style: 'dim' });
}

function writeFinding(page: Lines, finding: LocatedFinding): void {
  page.words(`${subjectOf(finding)} (${finding.type})`, { lead: '  ' });
  page.words(`${finding.id} ${titleOf(finding)}`, { lead: '    ', style: 'bold' });
  page.line(`${label('at')}${placeOf(finding)}`);
  page.words(finding.message, { lead: label('why') });
  page.words(finding.fix, { lead: label('fix') });
  if (finding.source !== undefined) page.line(`${label('source')}${printable(finding.source)}`);
}

/** How many places of a system are listed. */
const MOST_PLACES = 3;

function placesOf({ in: places }: ReachedSystem): string {
  const more = places.length - MOST_PLACES;
  return `${places.slice(0, MOST_PLACES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function writeSystem(page: Lines, system: ReachedSystem): void {
  page.words(system.text, { lead: '  ' });
  page.words(placesOf(system), { lead: label('in'), style: 'dim' });
  if (system.reason !== undefined) page.words(system.reason, { lead: label('because') });
  if (system.standIn !== undefined) page.words(system.standIn, { lead: label('stand-in') });
}

const label = (name: string): string => `      ${name.padEnd(12)}`;

/** How many findings a comment for a pull request has room for. */
const MOST_FINDINGS = 60;

/** The same for a comment on a pull request, as blocks. */
export function checksMarkdown(checks: StagingChecks, notShown?: NotShown): string[] {
  const reports = [checks.isolation, checks.tearDown];
  const failed = reports.flatMap(({ findings }) => findings);
  const acknowledged = reports.flatMap((report) => report.acknowledged);
  const where = (finding: LocatedFinding): string =>
    [
      prose(subjectOf(finding)),
      code(placeOf(finding)),
      ...(finding.source === undefined ? [] : [code(finding.source)]),
    ].join('<br>');
  const rows = failed
    .slice(0, MOST_FINDINGS)
    .map((it) => [code(it.id), where(it), `${prose(it.message)}<br>**Fix:** ${prose(it.fix)}`]);
  const left = failed.length - rows.length;
  return [
    reports
      .map((report) => {
        const hidden = notShown?.[report === checks.isolation ? 'isolation' : 'tearDown'];
        return `${report.result === 'passed' ? '✅' : '❌'} ${prose(checkSentence(report, hidden))}.`;
      })
      .join('<br>\n'),
    ...(rows.length > 0 ? [`#### Checks of staging\n\n${table(['Rule', 'Where', 'Why'], rows)}`] : []),
    ...(left > 0 ? [`And ${plural(left, 'more finding')}: \`twin parity\` lists them all.`] : []),
    ...(acknowledged.length > 0
      ? [
          details(
            plural(acknowledged.length, 'acknowledged finding'),
            table(
              ['Rule', 'Where', 'Because'],
              acknowledged.map((it) => [code(it.id), where(it), prose(it.reason)]),
            ),
          ),
        ]
      : []),
    ...(checks.outside.length > 0
      ? [
          details(
            `${plural(checks.outside.length, 'system')} outside that staging reaches`,
            table(
              ['System', 'In', 'Because', 'Stand-in'],
              checks.outside.map((it) => [
                code(it.text),
                prose(placesOf(it)),
                prose(it.reason ?? ''),
                it.standIn === undefined ? '' : code(it.standIn),
              ]),
            ),
          ),
        ]
      : []),
  ];
}
