import type { Evidence } from './evidence';
import { showMoment } from './figures';
import { EVENTS_FILE, EVIDENCE_FILE, JUNIT_FILE, MARKDOWN_FILE } from './files';
import { markup, outcome, section, table, type Markup } from './html-syntax';
import { legible } from '../parity/legible';
import { tearDownOf } from './summary';

/** That nothing is left, or what is. */
export function tearDown(evidence: Evidence): Markup {
  const { tearDown: end } = evidence;
  const ended = { gone: 'passed', kept: 'not rehearsed', left: 'failed' } as const;
  return section(
    'tear-down',
    'Tear-down',
    markup`<p>${outcome(ended[end.outcome], end.outcome)}: ${tearDownOf(evidence)}.</p>
${residue(evidence)}${finish(evidence)}`,
  );
}

/** What stands beside the verdict when the environment is not gone. */
export function tearDownWarning(evidence: Evidence): Markup | undefined {
  const { outcome: ended, error } = evidence.tearDown;
  if (ended === 'gone' && error === undefined) return undefined;
  return markup`<div class="warning" role="note"><p><b>Tear-down:</b> ${tearDownOf(evidence)}.</p>
${finish(evidence)}</div>
`;
}

function residue({ tearDown: { residue: left } }: Evidence): Markup | undefined {
  if (left.length === 0) return undefined;
  const columns = [{ title: 'Left' }, { title: 'What' }];
  return table(
    'Residue',
    columns,
    left.map(({ kind, what }) => [kind, markup`<code>${what}</code>`]),
  );
}

const finish = ({ tearDown: { finish: command, retry } }: Evidence): Markup | undefined =>
  command === undefined
    ? undefined
    : markup`<p>Finish with <code>${command}</code>${retry === undefined ? '' : markup`; try again from the checkpoint with <code>${retry}</code>`}</p>\n`;

/** What was judged before on the same environment. */
export function attempts({ attempts: all }: Evidence): Markup | undefined {
  if (all.length === 0) return undefined;
  const columns = ['Ended', 'Release', 'Verdict', 'Why'].map((title) => ({ title }));
  const rows = all.map(({ to, verdict, reasons, endedAt }) => [
    showMoment(endedAt),
    to,
    outcome(verdict === 'GO' ? 'passed' : verdict === 'NO-GO' ? 'failed' : 'not rehearsed', verdict),
    markup`<ul class="plain">${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`,
  ]);
  return section(
    'attempts',
    'Earlier attempts',
    markup`<p class="lead">On the same environment, each from the checkpoint.</p>
${table('Earlier attempts', columns, rows)}`,
  );
}

/** What else lies in the evidence's folder. */
export function files({ files: own }: Evidence): Markup {
  const all = [EVIDENCE_FILE, MARKDOWN_FILE, JUNIT_FILE, EVENTS_FILE, ...own];
  // a name with a colon would be the address of something else
  const address = (file: string): string => `./${legible(file).split('/').map(encodeURIComponent).join('/')}`;
  const list = [...new Set(all)].map((file) => markup`<li><a href="${address(file)}">${file}</a></li>`);
  return section('files', 'Files', markup`<ul class="plain files">${list}</ul>\n`);
}
