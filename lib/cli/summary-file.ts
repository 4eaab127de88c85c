import { appendFileSync } from 'node:fs';
import { TwinError } from '../error';
import { fitMarkdown } from '../report/fit-markdown';

/**
 * GitHub refuses the summary of a step that is larger, as a whole. A step may call `twin` several times, so that each takes a part:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
const MOST_BYTES = 256 * 1024;

/**
 * Appends to the summary of a job.
 *
 * @throws TwinError `unwritable`
 */
export function appendSummary(file: string, markdown: string): void {
  const text = fitMarkdown(markdown, MOST_BYTES, 'The rest is in the log of this step.');
  try {
    appendFileSync(file, `${text}\n`);
  } catch (cause) {
    throw new TwinError({
      code: 'unwritable',
      message: `the summary of the job could not be written to ${file} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      fix: 'Let GITHUB_STEP_SUMMARY name a file that may be written to, or unset it.',
      cause,
    });
  }
}
