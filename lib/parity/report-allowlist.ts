import type { Lines } from './lines';
import { code, prose, table } from './markdown-syntax';
import type { AllowlistReport } from './report';
import { plural, printable } from './report-parts';
import type { UnusedEntry } from './unused-entries';

/** How many entries permit nothing; undefined when all are needed. */
export function unusedSentence({ unused }: AllowlistReport): string | undefined {
  if (unused.length === 0) return undefined;
  const permits = unused.length === 1 ? 'permits' : 'permit';
  return `Allowlist failed: ${plural(unused.length, 'entry', 'entries')} ${permits} nothing`;
}

/** What `names` permit: `Prod -> Staging in 4 places`. */
export const namesSentence = ({ prod, staging, places }: NonNullable<AllowlistReport['names']>): string =>
  `${prod} -> ${staging} in ${plural(places, 'place')}`;

/** Writes the entries that permit nothing, each with what is wrong with it. */
export function writeUnused(page: Lines, { unused }: AllowlistReport): void {
  if (unused.length > 0) page.heading('Entries of the allowlist that permit nothing');
  for (const entry of unused) {
    page.words(titleOf(entry), { lead: '  ', style: 'bold' });
    page.words(entry.why, { lead: '      why         ' });
    // what is copied is never cut in two
    if (entry.nearest !== undefined) page.line(`      nearest     "${printable(entry.nearest)}"`);
    page.words(entry.fix, { lead: '      fix         ' });
  }
}

/** The same for a comment on a pull request, as blocks. */
export function allowlistMarkdown({ unused, names }: AllowlistReport): string[] {
  const rows = unused.map((entry) => [
    code(titleOf(entry)),
    `${prose(entry.why)}${entry.nearest === undefined ? '' : `; did you mean ${code(entry.nearest)}?`}<br>**Fix:** ${prose(entry.fix)}`,
  ]);
  return [
    ...(rows.length > 0
      ? [
          `❌ ${unusedSentence({ unused })!}.`,
          `#### Entries of the allowlist that permit nothing\n\n${table(['Entry', 'Why'], rows)}`,
        ]
      : []),
    ...(names ? [`Names: ${code(namesSentence(names))}.`] : []),
  ];
}

const titleOf = ({ index, kind, name }: UnusedEntry): string => `factors.${index} ${kind} ${name}`;
