import { Lines } from '../report/lines';
import { prose } from '../report/markdown';
import { sectionInMarkdown } from '../report/section-markdown';
import { writeSection } from '../report/section-text';
import { DEFINITIONS } from './definitions';
import type { History } from './history';
import type { TextOptions } from './list-text';
import { headlineOf, sectionsOf } from './sections';

/** Writes a history for a terminal or a log. */
export function renderHistory(history: History, options: TextOptions): string {
  const page = new Lines(options);
  page.words(headlineOf(history), { style: 'bold' });
  for (const sentence of DEFINITIONS.rehearsals) page.words(sentence, { style: 'dim' });
  for (const section of sectionsOf(history)) writeSection(page, section);
  return page.toString();
}

/** Writes a history in Markdown, such as for the summary of a pipeline. */
export function historyInMarkdown(history: History): string {
  const blocks = [
    `### ${prose(headlineOf(history))}`,
    `<sub>${DEFINITIONS.rehearsals.map(prose).join(' ')}</sub>`,
    ...sectionsOf(history).map(sectionInMarkdown),
  ];
  return `${blocks.join('\n\n')}\n`;
}
