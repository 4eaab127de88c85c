import { titleOf, type LocatedFinding } from '../../checks/staging';
import { checkSentence } from '../../parity/reports/checks';
import { ruleCounts, showFactorValue, showValues, subjectOf, placeOf } from '../../parity/reports/parts';
import { plural } from '../../report/words';
import type { Evidence } from '../evidence';
import { valuesOf } from './environments';
import { markup, table, type Markup, type Part } from './syntax';
import { blindSpotsOf, parityOf, rotationSentences } from '../summary';

/** The proof that staging is a twin: the differences, and the factors that explain them. */
export function parity(evidence: Evidence): Part {
  const { verdict, factors, compared, permitted, forbidden: all } = evidence.parity;
  const about = `${evidence.parity.staging} is compared with ${evidence.parity.prod}, in ${plural(compared, 'entry', 'entries')} of the templates of ${evidence.to}.`;
  const columns = [
    { title: 'Factor' },
    { title: 'Production' },
    { title: 'Staging' },
    { title: 'Places', figures: true },
    { title: 'Reason' },
  ];
  const rows = factors.map(({ name, kind, prod, staging, places, reason }) => [
    markup`<code>${name}</code><small>${kind}</small>`,
    showFactorValue(prod),
    showFactorValue(staging),
    places,
    reason,
  ]);
  return {
    lead: `${verdict === 'twins' ? `twins, ${plural(permitted.length, 'permitted difference')}` : parityOf(evidence)}.`,
    about,
    isFolded: all.length === 0,
    content: markup`${forbidden(evidence)}${factors.length > 0 ? table('Scale factors', columns, rows) : undefined}${permittedCounts(evidence)}`,
  };
}

/** How many forbidden differences the page lists; `twin parity` lists them all. */
const MOST = 100;
/** How many characters of a value are shown. */
const VALUE_ROOM = 120;

function forbidden({ parity: { forbidden: all } }: Evidence): Markup | undefined {
  if (all.length === 0) return undefined;
  const columns = ['Where', 'Production', 'Staging', 'Why it is forbidden'].map((title) => ({ title }));
  const rows = all.slice(0, MOST).map((entry) => {
    const values = showValues(entry, VALUE_ROOM);
    return [
      markup`<span class="name">${subjectOf(entry)}</span><small><code>${placeOf(entry)}</code></small>`,
      markup`<code>${values.prod}</code>`,
      markup`<code>${values.staging}</code>`,
      markup`${entry.why}<small>${entry.fix}</small><small><code>${entry.id}</code></small>`,
    ];
  });
  const left = all.length - rows.length;
  return markup`<h3>Forbidden differences</h3>
${table('Forbidden differences', columns, rows)}${left > 0 ? markup`<p>And ${left} more: <code>twin parity</code> lists them all.</p>` : undefined}`;
}

function permittedCounts({ parity: report }: Evidence): Markup | undefined {
  const counts = ruleCounts(report);
  if (counts.length === 0) return undefined;
  const columns = [{ title: 'Permitted by' }, { title: 'Rule' }, { title: 'Differences', figures: true }];
  const rows = counts.map(({ by, rule, count }) => [by, rule, count]);
  return markup`<details><summary>${plural(report.permitted.length, 'permitted difference')} by rule</summary>
${table('Permitted differences by rule', columns, rows)}</details>
`;
}

/** What staging reaches, and what its tear-down would leave, by its templates. */
export function stagingChecks({ parity: { checks } }: Evidence): Part | undefined {
  if (!checks) return undefined;
  const reports = [checks.isolation, checks.tearDown];
  const rowOf = (finding: LocatedFinding, why: Markup): Markup[] => [
    markup`<code>${finding.id}</code><small>${titleOf(finding)}</small>`,
    markup`<span class="name">${subjectOf(finding)}</span><small><code>${placeOf(finding)}</code></small>`,
    why,
  ];
  const findings = reports
    .flatMap((report) => report.findings)
    .slice(0, MOST)
    .map((it) => rowOf(it, markup`${it.message}<small>${it.fix}</small>`));
  const acknowledged = reports
    .flatMap((report) => report.acknowledged)
    .map((it) => rowOf(it, markup`${it.reason}`));
  const systems = checks.outside.map(({ text, in: places, reason, standIn }) => [
    markup`<code>${text}</code>${standIn === undefined ? undefined : markup`<small>stand-in <code>${standIn}</code></small>`}`,
    places.join(', '),
    reason ?? '',
  ]);
  const columns = (...titles: string[]) => titles.map((title) => ({ title }));
  return {
    lead: reports.every((it) => it.findings.length === 0 && it.acknowledged.length === 0)
      ? 'both passed.'
      : `${reports.map((it) => checkSentence(it)).join('. ')}.`,
    isFolded: findings.length === 0,
    content: markup`${findings.length > 0 ? table('Findings', columns('Rule', 'Where', 'Why'), findings) : undefined}${acknowledged.length > 0 ? table('Acknowledged findings', columns('Rule', 'Where', 'Reason'), acknowledged) : undefined}${systems.length > 0 ? table('Reached outside', columns('Reached outside', 'In', 'Reason'), systems) : undefined}`,
  };
}

/** The classes of failure that a smaller staging can still hide. */
export function blindSpots(evidence: Evidence): Part | undefined {
  const all = blindSpotsOf(evidence.parity);
  const turns = rotationSentences(evidence).map((it) => `${it[0]!.toUpperCase()}${it.slice(1)}.`);
  if (all.length === 0 && turns.length === 0) return undefined;
  const list = all.map(
    ({ blindSpot, factors }) =>
      markup`<li>${blindSpot[0]!.toUpperCase()}${blindSpot.slice(1)}.<br><small>${factors.map((it) => markup`${valuesOf(it)} `)}</small></li>`,
  );
  return {
    lead: `${plural(all.length, 'class', 'classes')} of failure.`,
    about: ["Only production's size can show them.", ...turns].join(' '),
    isFolded: true,
    content: markup`<ul class="spaced">${list}</ul>
`,
  };
}
