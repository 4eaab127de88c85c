import { showDuration } from '../duration';
import { coverageOf } from '../evidence/summary';
import { Lines } from '../report/lines';
import { plural } from '../report/words';
import type { Deployed } from '../parity/deployed';
import { entryCount, type Change } from './changes';
import type { Answer } from './verdict-on';

/** What the gate was asked about. */
interface Asked {
  readonly release: string;
  readonly production: Deployed;
}

/** Writes an answer for people, beginning with what it comes to. */
export function renderAnswer(
  { isOpen, reasons, fix, decisive, changes }: Answer,
  { release, production }: Asked,
  now: Date,
  options: { readonly color: boolean; readonly width: number },
): string {
  const page = new Lines(options);
  const may = isOpen ? 'OPEN' : 'CLOSED';
  page.words(`${may}: ${release} ${isOpen ? 'may' : 'must not'} be deployed to ${production.environment}`, {
    style: ['bold', isOpen ? 'green' : 'red'],
  });
  for (const reason of reasons) page.words(reason, { lead: '  - ' });
  if (decisive) {
    const { rehearsal, target, verdict, endedAt } = decisive.evidence;
    const ago = showDuration(Math.max(0, now.getTime() - Date.parse(endedAt)));
    page.words(`${rehearsal} on ${target}, ${ago} ago: ${verdict}`, { lead: 'Rehearsed   ' });
    if (isOpen) page.words(coverageOf(decisive.evidence), { lead: 'Covered     ' });
  }
  const size = plural(entryCount(production), 'entry', 'entries');
  const stacks = plural(production.stacks.length, 'stack');
  page.words(`${production.environment}, ${size} in ${stacks}, SHA-256 ${production.digest.slice(0, 12)}`, {
    lead: 'Production  ',
  });
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

/** Such as `Orders/Writer (AWS::RDS::DBInstance)` or `Deployment, termination protection`. */
function nameOf({ stack, section, id, type, construct }: Change): string {
  const name = type === undefined ? `${section}, ${id}` : `${construct ?? id} (${type})`;
  return stack === '' ? name : `${name} in ${stack}`;
}
