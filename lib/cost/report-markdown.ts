import { block } from '../report/markdown';
import type { CostReport } from './cost';
import { dollars } from './dollars';
import { renderCost } from './report-text';

/** Writes a cost report in Markdown: what it comes to, and below it the report as it is. */
export function costInMarkdown(report: CostReport): string {
  const { prod, staging, hours, rehearsalUsd } = report;
  const text = renderCost(report, { color: false, width: 80 }).trimEnd();
  return [
    `### Cost: \`${prod.environment}\` ${dollars(prod.monthUsd)} a month, \`${staging.environment}\` ${dollars(rehearsalUsd)} for a rehearsal of ${hours} h`,
    block('text', text.split('\n')),
    '',
  ].join('\n\n');
}
