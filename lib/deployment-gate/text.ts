import { showDuration } from '../duration';
import { coverageOf } from '../evidence/summary';
import { Lines } from '../report/lines';
import type { Section } from '../report/section';
import { plural } from '../report/words';
import type { Deployed } from '../parity/deployed';
import { entryCount, type Change } from './changes';
import type { Answer } from './verdict-on';

/** What the gate was asked about. */
export interface Asked {
  readonly release: string;
  readonly production: Deployed;
}

/** What an answer comes to. */
export const titleOf = ({ isOpen }: Answer, { release, production: { environment } }: Asked): string =>
  `${isOpen ? 'OPEN' : 'CLOSED'}: ${release} ${isOpen ? 'may' : 'must not'} be deployed to ${environment}`;

/** What it is about. */
export function factsOf(answer: Answer, { production }: Asked, now: Date): [string, string][] {
  const { isOpen, decisive, others = [] } = answer;
  const all = [...(decisive ? [decisive] : []), ...others];
  const [stagings, running] = [
    new Set(all.map(({ evidence }) => evidence.parity.staging)),
    new Set(all.map(({ evidence }) => evidence.from)),
  ];
  const facts = all.flatMap(({ evidence }): [string, string][] => {
    const { rehearsal, target, verdict, endedAt, parity, from, subject } = evidence;
    const ago = showDuration(Math.max(0, now.getTime() - Date.parse(endedAt)));
    const where = stagings.size > 1 ? ` in ${parity.staging}` : '';
    const { environment } = subject.prod;
    const other = environment === production.environment ? '' : ` to ${environment}`;
    const beside = running.size > 1 ? ` beside ${from}` : '';
    return [
      ['Rehearsed', `${rehearsal}${where}${beside} on ${target}, ${ago} ago: ${verdict}${other}`],
      ...(isOpen ? [['Covered', coverageOf(evidence)] as [string, string]] : []),
    ];
  });
  const size = plural(entryCount(production), 'entry', 'entries');
  const stacks = plural(production.stacks.length, 'stack');
  const digest = production.digest.slice(0, 12);
  return [...facts, ['Production', `${production.environment}, ${size} in ${stacks}, SHA-256 ${digest}`]];
}

/** Writes an answer for people, beginning with what it comes to. */
export function renderAnswer(
  answer: Answer,
  asked: Asked,
  now: Date,
  options: { readonly color: boolean; readonly width: number },
): string {
  const { isOpen, reasons, fix, changes } = answer;
  const page = new Lines(options);
  page.words(titleOf(answer, asked), { style: ['bold', isOpen ? 'green' : 'red'] });
  for (const reason of reasons) page.words(reason, { lead: '  - ' });
  for (const [lead, text] of factsOf(answer, asked, now)) page.words(text, { lead: lead.padEnd(12) });
  writeChanges(page, changes);
  if (fix !== undefined) page.line().words(fix, { lead: 'Fix  ' });
  return page.toString();
}

/** How many changes are shown; JSON has all of them. */
const SHOWN = 20;

function writeChanges(page: Lines, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  page.heading('Changed since', { beside: plural(changes.length, 'entry', 'entries') });
  for (const change of changes.slice(0, SHOWN))
    page.words(nameOf(change), { lead: `  ${change.what.padEnd(9)}` });
  if (changes.length > SHOWN)
    page.words(`and ${changes.length - SHOWN} more: --json has them`, { lead: '  ' });
}

/** The same as a table. */
export const changesSection = (changes: readonly Change[]): Section => ({
  id: 'changes',
  title: 'Changed since',
  beside: plural(changes.length, 'entry', 'entries'),
  about: [],
  columns: [{ title: 'What' }, { title: 'Entry', kind: 'prose' }],
  rows: changes.slice(0, SHOWN).map((change) => [change.what, nameOf(change)]),
  empty: '',
  notes: changes.length > SHOWN ? [`And ${changes.length - SHOWN} more: --json has them.`] : [],
});

/** Such as `Orders/Writer (AWS::RDS::DBInstance)` or `Deployment, termination protection`. */
function nameOf({ stack, section, id, type, construct }: Change): string {
  const name = type === undefined ? `${section}, ${id}` : `${construct ?? id} (${type})`;
  return stack === '' ? name : `${name} in ${stack}`;
}
