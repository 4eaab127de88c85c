import type { Json } from '../json';
import { sideNames } from '../parity/environment';
import { Lines } from '../report/lines';
import { plural, printable } from '../report/words';
import { showPath } from '../template/differences';
import type { Drift, LiveDifference, LivePlace, LiveReport, LiveSide, LiveState } from './report';

/** How a report is written for a terminal or a log. */
export interface LiveTextOptions {
  readonly color: boolean;
  readonly width: number;
  /** Whether to list each member, and every type that was not looked at. */
  readonly verbose: boolean;
}

/** Writes a report for people: the verdict, drift, differences, how both run, and what was not looked at. */
export function renderLive(report: LiveReport, options: LiveTextOptions): string {
  const page = new Lines(options);
  writeVerdict(page, report);
  if (report.drifts.length > 0) page.heading('Drift: what runs is not what was deployed');
  for (const group of groupsOf(report.drifts)) writeDrifts(page, group);
  const { prod, staging } = sideNames(report, report.role);
  if (report.differences.length > 0) page.heading('Differences: what no scale factor explains');
  for (const group of groupsOf(report.differences)) writeDifferences(page, group, prod, staging);
  writeStates(page, report, options.verbose);
  writeUnseen(page, report, options.verbose);
  for (const note of report.notes) page.line().words(note);
  return page.toString();
}

function writeVerdict(page: Lines, report: LiveReport): void {
  const { verdict, prod, staging, drifts, differences, compared } = report;
  const isTwin = verdict === 'twins';
  const headline = isTwin
    ? `TWIN: ${staging} runs as a twin of ${prod}`
    : `NOT A TWIN: ${staging} does not run as a twin of ${prod}`;
  page.words(headline, { style: ['bold', isTwin ? 'green' : 'red'] });
  page.words(`${plural(differences.length, 'difference')} in ${plural(compared, 'compared value')}`);
  page.words(driftSentence(report), drifts.length > 0 ? { style: ['bold', 'red'] } : {});
  page.line();
  const called = sideNames(report, report.role);
  for (const side of ['prod', 'staging'] as const)
    for (const where of whereabouts(report.sides[side]))
      page.words(where, { lead: `  ${padded(called[side])}` });
}

/** Where the stacks of a side are, and since when. */
const whereabouts = ({ account, stacks }: LiveSide): string[] =>
  stacks.map(
    ({ name, region, deployed }) =>
      `${name} in ${region} of ${account}, deployed ${deployed.slice(0, 16).replace('T', ' ')} UTC`,
  );

/** How much has drifted, and where. */
export function driftSentence({ drifts, prod, staging }: LiveReport): string {
  if (drifts.length === 0) return 'No drift';
  const count = (name: string): number => drifts.filter(({ environment }) => environment === name).length;
  return `Drift: ${count(prod)} in ${prod}, ${count(staging)} in ${staging}`;
}

/** Findings of one resource that say the same. */
export function groupsOf<T extends Drift | LiveDifference>(findings: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const it of findings.toSorted((a, b) => compare(subjectOf(a), subjectOf(b)))) {
    const environment = 'environment' in it ? it.environment : '';
    const key = [subjectOf(it), it.type, environment, it.why, it.fix].join('\0');
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  return [...groups.values()];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a finding is of: the construct, or the logical id when there is none. */
export const subjectOf = ({ construct, logicalId }: LivePlace): string => printable(construct ?? logicalId);

/** Where in it, as the template calls it: `DBInstanceClass`. */
export function placeOf({ path, ...it }: LivePlace & { readonly state?: string }): string {
  if (it.state !== undefined) return printable(it.state);
  return printable(showPath(path[0] === 'Properties' ? path.slice(1) : path));
}

/** A value in one line; what is not there in words. */
export const showRunning = (value: Json | undefined): string =>
  value === undefined ? 'not there' : value === null ? 'not set' : printable(JSON.stringify(value));

function writeDrifts(page: Lines, group: readonly Drift[]): void {
  const [first] = group as [Drift];
  page.words(`${subjectOf(first)} (${first.type}) in ${first.environment}`, { lead: '  ' });
  for (const it of group) {
    if (it.path.length > 0) page.words(placeOf(it), { lead: '    ', style: 'bold' });
    page.words(showRunning(it.deployed), { lead: label('deployed'), style: 'green' });
    page.words(showRunning(it.running), { lead: label('running'), style: 'red' });
  }
  writeReason(page, first);
}

function writeDifferences(
  page: Lines,
  group: readonly LiveDifference[],
  prod: string,
  staging: string,
): void {
  const [first] = group as [LiveDifference];
  page.words(`${subjectOf(first)} (${first.type})`, { lead: '  ' });
  for (const it of group) {
    const place = placeOf(it);
    if (place !== '') page.words(place, { lead: '    ', style: 'bold' });
    page.words(showRunning(it.prod), { lead: label(prod), style: 'green' });
    page.words(showRunning(it.staging), { lead: label(staging), style: 'red' });
  }
  writeReason(page, first);
}

function writeReason(page: Lines, { why, fix }: { readonly why: string; readonly fix: string }): void {
  page.words(why, { lead: label('why') });
  page.words(fix, { lead: label('fix') });
}

const label = (name: string): string => `      ${padded(name)}`;

/** A name with air after it, however long it is. */
const padded = (name: string): string => printable(name).padEnd(Math.max(12, name.length + 2));

/** States of which each member has one. */
const OF_MEMBERS = new Set([
  'zone',
  'status',
  'parameters',
  'pending change',
  'pending maintenance',
  'platform',
]);

/** How both run. What both have nothing of, and what each member says, are for those who ask. */
export function shownStates(states: readonly LiveState[], isVerbose: boolean): LiveState[] {
  return states
    .filter(
      ({ state, prod, staging }) =>
        isVerbose || (!OF_MEMBERS.has(state) && !state.startsWith('image of ')) || prod !== staging,
    )
    .filter(({ state }) => isVerbose || state !== 'zone');
}

function writeStates(page: Lines, report: LiveReport, isVerbose: boolean): void {
  const states = shownStates(report.states, isVerbose);
  if (states.length === 0) return;
  const { prod, staging } = sideNames(report, report.role);
  page.heading(`Running: ${prod} -> ${staging}`);
  let subject = '';
  for (const it of states) {
    if (subjectOf(it) !== subject) page.words((subject = subjectOf(it)), { lead: '  ' });
    const [p, s] = [it.prod ?? 'not there', it.staging ?? 'not there'].map(String) as [string, string];
    page.words(p === s ? p : `${p} -> ${s}`, { lead: `    ${printable(it.state).padEnd(14)}` });
  }
}

function writeUnseen(page: Lines, { notLookedAt: { types, refused } }: LiveReport, isVerbose: boolean): void {
  const all = Object.entries(types);
  if (all.length + refused.length === 0) return;
  page.heading('Not looked at');
  for (const it of refused) page.words(it, { lead: '  ' });
  if (all.length === 0) return;
  const count = all.reduce((sum, [, resources]) => sum + resources, 0);
  const largest = all.toSorted(([, a], [, b]) => b - a).slice(0, isVerbose ? all.length : 3);
  const names = largest.map(([type, resources]) => `${type} ${resources}`).join(', ');
  const what = `${plural(count, 'resource')} of ${plural(all.length, 'other type')}`;
  page.words(
    `${what}${isVerbose ? '' : ', such as'}: ${names}. cdk drift looks at many of them.`.replace(
      ', such as:',
      ', such as',
    ),
    {
      lead: '  ',
    },
  );
}
