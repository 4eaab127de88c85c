import { prose } from '../report/markdown';
import { sectionInMarkdown } from '../report/section-markdown';
import type { Answer } from './verdict-on';
import { changesSection, factsOf, titleOf, type Asked } from './text';

/** Writes an answer in Markdown, such as for the summary of a pipeline. */
export function answerInMarkdown(answer: Answer, asked: Asked, now: Date): string {
  const { isOpen, reasons, fix, changes } = answer;
  const blocks = [
    `### ${isOpen ? '✅' : '❌'} ${prose(titleOf(answer, asked))}`,
    ...(reasons.length === 0 ? [] : [reasons.map((it) => `- ${prose(it)}`).join('\n')]),
    factsOf(answer, asked, now)
      .map(([lead, text]) => `- **${lead}**: ${prose(text)}`)
      .join('\n'),
    ...(changes.length === 0 ? [] : [sectionInMarkdown(changesSection(changes))]),
    ...(fix === undefined ? [] : [`**Fix:** ${prose(fix)}`]),
  ];
  return `${blocks.join('\n\n')}\n`;
}
