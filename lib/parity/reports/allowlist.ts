import type { Lines } from '../../report/lines';
import { code, prose, table } from '../../report/markdown';
import type { AllowlistReport, NotShown } from '../report';
import { plural, printable } from '../../report/words';
import { parityRuleTitle } from '../rules';
import type { UnusedEntry } from '../unused-entries';

/**
 * How many entries permit nothing; undefined when all are needed.
 *
 * @param notShown - how many of them the report leaves out
 */
export function unusedSentence({ unused }: AllowlistReport, notShown = 0): string | undefined {
  const count = unused.length + notShown;
  if (count === 0) return undefined;
  const permits = count === 1 ? 'permits' : 'permit';
  return `Allowlist failed: ${plural(count, 'entry', 'entries')} ${permits} nothing`;
}

/** What `names` permit: `Prod -> Staging in 4 places`. */
export const namesSentence = ({ prod, staging, places }: NonNullable<AllowlistReport['names']>): string =>
  `${prod} -> ${staging} in ${plural(places, 'place')}`;

/** Writes the entries that permit nothing, each with what is wrong with it. */
export function writeUnused(page: Lines, { unused }: AllowlistReport): void {
  if (unused.length > 0) page.heading('Entries of the allowlist that permit nothing');
  for (const entry of unused) {
    page.words(titleOfEntry(entry), { lead: '  ', style: 'bold' });
    page.words(`${entry.id} ${parityRuleTitle('unused-entry')}`, { lead: '    ', style: 'dim' });
    page.words(entry.why, { lead: '      why         ' });
    // what is copied is never cut in two
    if (entry.nearest !== undefined) page.line(`      nearest     "${printable(entry.nearest)}"`);
    page.words(entry.fix, { lead: '      fix         ' });
  }
}

/** The same for a comment on a pull request, as blocks. */
export function allowlistMarkdown({ unused, names }: AllowlistReport, notShown?: NotShown): string[] {
  const failed = unusedSentence({ unused }, notShown?.unused);
  const rows = unused.map((entry) => [
    code(titleOfEntry(entry)),
    `${code(entry.id)} ${prose(entry.why)}${entry.nearest === undefined ? '' : `; did you mean ${code(entry.nearest)}?`}<br>**Fix:** ${prose(entry.fix)}`,
  ]);
  return [
    ...(failed === undefined ? [] : [`❌ ${failed}.`]),
    ...(rows.length > 0
      ? [`#### Entries of the allowlist that permit nothing\n\n${table(['Entry', 'Why'], rows)}`]
      : []),
    ...(names ? [`Names: ${code(namesSentence(names))}.`] : []),
  ];
}

/** An entry as its list has it: `factors.0 count Web`. */
export const titleOfEntry = ({ index, kind, name }: UnusedEntry): string =>
  `factors.${index} ${kind} ${name}`;
