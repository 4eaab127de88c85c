import type { Evidence } from '../evidence';
import { showMoment } from '../figures';
import { EVENTS_FILE, EVIDENCE_FILE, JUNIT_FILE, MARKDOWN_FILE, PAGE_FILE } from '../files';
import { markup, outcome, table, type Markup, type Part } from './syntax';
import { plural } from '../../report/words';
import { sanitize } from '../../report/sanitize';
import { tearDownOf } from '../summary';

/** How the tear-down ended, with the leftovers. */
export function tearDown(evidence: Evidence): Part {
  const { tearDown: end } = evidence;
  const ended = { gone: 'passed', kept: 'skipped', left: 'failed' } as const;
  return {
    lead: markup`${outcome(ended[end.outcome], end.outcome)}: ${tearDownOf(evidence)}.`,
    isFolded: end.outcome === 'gone' && end.error === undefined,
    content: markup`${looked(evidence)}${leftoversTable(evidence)}${finish(evidence)}`,
  };
}

/** The warning beside the verdict when the environment is not gone. */
export function tearDownWarning(evidence: Evidence): Markup | undefined {
  const { outcome: ended, error } = evidence.tearDown;
  if (ended === 'gone' && error === undefined) return undefined;
  return markup`<div class="warning" role="note"><p><b>Tear-down:</b> ${tearDownOf(evidence)}.</p>
${finish(evidence)}</div>
`;
}

/** What was looked for. */
const looked = ({ tearDown: { looked: places = [] } }: Evidence): Markup | undefined =>
  places.length === 0
    ? undefined
    : markup`<p>Looked for:</p>\n<ul>${places.map((place) => markup`<li>${place}</li>`)}</ul>\n`;

function leftoversTable({ tearDown: { leftovers } }: Evidence): Markup | undefined {
  if (leftovers.length === 0) return undefined;
  const columns = [{ title: 'Kind' }, { title: 'What' }];
  return table(
    'Leftover',
    columns,
    leftovers.map(({ kind, what }) => [kind, markup`<code>${what}</code>`]),
  );
}

const finish = ({ tearDown: { finish: command, retry } }: Evidence): Markup | undefined =>
  command === undefined
    ? undefined
    : markup`<p>Finish with <code>${command}</code>${retry === undefined ? '' : markup`; retry from the checkpoint with <code>${retry}</code>`}</p>\n`;

/** The attempts before this one on the same environment. */
export function attempts({ attempts: all }: Evidence): Part | undefined {
  if (all.length === 0) return undefined;
  const columns = ['Ended', 'Release', 'Verdict', 'Reasons'].map((title) => ({ title }));
  const rows = all.map(({ to, verdict, reasons, endedAt, folder }) => [
    folder === undefined
      ? showMoment(endedAt)
      : markup`<a href="./${folder}/${PAGE_FILE}">${showMoment(endedAt)}</a>`,
    to,
    outcome(verdict === 'GO' ? 'passed' : verdict === 'NO-GO' ? 'failed' : 'skipped', verdict),
    markup`<ul class="plain">${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`,
  ]);
  return {
    lead: `${plural(all.length, 'attempt')}.`,
    about: 'On the same environment, each from the checkpoint.',
    isFolded: true,
    content: table('Earlier attempts', columns, rows),
  };
}

/** The files in the evidence's folder. */
export function files({ files: own }: Evidence): Part {
  const all = [EVIDENCE_FILE, MARKDOWN_FILE, JUNIT_FILE, EVENTS_FILE, ...own];
  // a name with a colon would be read as another protocol
  const address = (file: string): string =>
    `./${sanitize(file).split('/').map(encodeURIComponent).join('/')}`;
  const list = [...new Set(all)].map((file) => markup`<li><a href="${address(file)}">${file}</a></li>`);
  return {
    lead: `${plural(list.length, 'file')} beside this page.`,
    isFolded: true,
    content: markup`<ul class="plain files">${list}</ul>\n`,
  };
}
