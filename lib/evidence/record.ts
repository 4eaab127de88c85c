import { TwinError } from '../error';
import { showDuration } from '../duration';
import { Lines } from '../report/lines';
import { prose } from '../report/markdown';
import type { Cell, Section } from '../report/section';
import { sectionInMarkdown } from '../report/section-markdown';
import { writeSection } from '../report/section-text';
import type { GateResult } from './evidence';
import { tookMs } from './figures';
import type { Next } from './next';
import { writeLastLines } from './verdict-text';
import { writeFiles } from './write-files';

/** A record of something that was judged in production, as people read it. */
export interface Recorded {
  readonly verdict: string;
  readonly color: 'green' | 'red' | 'yellow';
  /** The meaning of the verdict, in one sentence. */
  readonly headline: string;
  readonly reasons: readonly string[];
  /** What it is about, by words such as `Ran`. */
  readonly facts: readonly (readonly [lead: string, text: string])[];
  readonly sections: readonly Section[];
  readonly startedAt: string;
  readonly endedAt: string;
  /** @default - there is nothing left to do */
  readonly next?: Next;
}

/** How a record is written. */
export interface RecordOptions {
  readonly color: boolean;
  readonly width: number;
}

/** Writes a record for people, beginning and ending with the verdict. @param last - further lines, by words such as `Report` */
export function recordText(
  { verdict, color, headline, reasons, facts, sections, next, ...times }: Recorded,
  options: RecordOptions,
  last: readonly (readonly [lead: string, text: string])[],
): string {
  const page = new Lines(options);
  const line = ([lead, text]: readonly [string, string]): void =>
    void page.words(text, { lead: lead.padEnd(10) });
  page.words(`${verdict}: ${headline}`, { style: ['bold', color] });
  for (const reason of reasons) page.words(reason, { lead: '  - ' });
  facts.forEach(line);
  for (const section of sections) writeSection(page, section);
  page.words('');
  line(['Took', showDuration(tookMs(times))]);
  last.forEach(line);
  writeLastLines(page, { verdict, headline, color, ...(next && { next }) });
  return page.toString();
}

/** Writes it in Markdown, such as for the summary of a pipeline. */
export function recordInMarkdown({ verdict, headline, reasons, facts, sections }: Recorded): string {
  const blocks = [
    `### ${prose(`${verdict}: ${headline}`)}`,
    ...(reasons.length === 0 ? [] : [reasons.map((it) => `- ${prose(it)}`).join('\n')]),
    facts.map(([lead, text]) => `- **${lead}**: ${prose(text)}`).join('\n'),
    ...sections.map(sectionInMarkdown),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The gates, in the order in which they were judged. */
export const gatesSection = (title: string, gates: readonly GateResult[]): Section => ({
  id: 'gates',
  title,
  beside: `${gates.filter(({ passed }) => passed).length} of ${gates.length} passed`,
  about: [],
  columns: [
    { title: '' },
    { title: 'Gate' },
    { title: 'Measured', kind: 'prose' },
    { title: 'Allowed', kind: 'prose' },
  ],
  rows: gates.map(({ gate, rule, measured, passed }) => [markOf(passed), gate, measured, rule]),
  empty: '',
});

/** Whether something passed, as a cell. */
export const markOf = (passed: boolean): Cell =>
  passed ? { text: 'ok', mark: 'good' } : { text: 'FAILED', mark: 'bad' };

/**
 * Writes a record and what is made of it. It comes last itself: where it exists, the others do.
 *
 * @throws TwinError `unwritable`
 */
export function writeRecord(
  folder: string,
  file: string,
  record: object,
  made: readonly (readonly [file: string, text: string])[],
): void {
  writeFiles(
    folder,
    [...made, [file, `${JSON.stringify(record, null, 2)}\n`]],
    (cause) =>
      new TwinError({
        code: 'unwritable',
        message: `the record could not be written to ${folder} (${cause.code ?? String(cause)})`,
        fix: 'Free some space there, or make the folder writable.',
        cause,
        isMachineFault: true,
      }),
  );
}
