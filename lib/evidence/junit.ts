import type { CheckResult } from '../probes/check';
import type { DrillResult, Evidence, GateResult } from './evidence';
import { sanitize } from '../report/sanitize';
import { headlineOf, tearDownOf } from './summary';

/** One test of a suite. */
interface Case {
  readonly name: string;
  readonly ms: number;
  readonly outcome: CheckResult['outcome'];
  /** The message of a failed or a skipped test, in one line. */
  readonly detail: string;
  readonly output?: string;
}

interface Suite {
  readonly name: string;
  readonly startedAt: string;
  readonly cases: readonly Case[];
}

/** Writes JUnit XML as Jenkins, GitLab and the reporters of GitHub read it: one suite for each part of the rehearsal. */
export function renderJunit(evidence: Evidence): string {
  const suites = suitesOf(evidence).filter(({ cases }) => cases.length > 0);
  const name = `${evidence.rehearsal}: ${evidence.verdict}, ${headlineOf(evidence)}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name, ...countsOf(suites.flatMap(({ cases }) => cases)) })}>`,
    ...suites.map(suiteElement),
    '</testsuites>',
    '',
  ].join('\n');
}

function suitesOf(evidence: Evidence): readonly Suite[] {
  const { baseline, checks, drills, gates, startedAt, endedAt } = evidence;
  const begin = (results: readonly { startedAt: string }[]): string => results[0]?.startedAt ?? startedAt;
  return [
    { name: 'baseline', startedAt: begin(baseline), cases: baseline.map(caseOf) },
    { name: 'checks', startedAt: begin(checks), cases: checks.map(caseOf) },
    { name: 'drills', startedAt: begin(drills), cases: drills.map(caseOf) },
    { name: 'gates', startedAt: endedAt, cases: gates.map(gateCase) },
    { name: 'tear-down', startedAt: endedAt, cases: [tearDownCase(evidence)] },
  ];
}

const caseOf = (result: CheckResult | DrillResult): Case => ({
  name: result.name,
  ms: result.ms,
  outcome: result.outcome,
  detail: result.detail,
  ...('output' in result && { output: result.output }),
});

const gateCase = ({ gate, rule, measured, passed }: GateResult): Case => ({
  name: `${gate}: ${rule}`,
  ms: 0,
  outcome: passed ? 'passed' : 'failed',
  detail: `${measured}; allowed: ${rule}`,
});

function tearDownCase(evidence: Evidence): Case {
  const { outcome, leftovers, looked = [], finish } = evidence.tearDown;
  const rows = leftovers.map(({ kind, what }) => `${kind} ${what}`);
  return {
    name: 'no leftovers',
    ms: 0,
    outcome: { gone: 'passed', kept: 'skipped', left: 'failed' }[outcome] as Case['outcome'],
    detail: tearDownOf(evidence),
    output: [
      ...looked.map((place) => `looked for ${place}`),
      ...rows,
      ...(finish === undefined ? [] : [`finish with: ${finish}`]),
    ].join('\n'),
  };
}

function suiteElement({ name, startedAt, cases }: Suite): string {
  // the schema that Jenkins publishes has neither fractions nor a time zone; the time is UTC
  const timestamp = startedAt.slice(0, 19);
  const suite = attributes({ name, ...countsOf(cases), timestamp, hostname: 'localhost' });
  return [`  <testsuite ${suite}>`, ...cases.map((it) => caseElement(name, it)), '  </testsuite>'].join('\n');
}

function caseElement(suite: string, { name, ms, outcome, detail, output = '' }: Case): string {
  const start = `    <testcase ${attributes({ classname: `rehearsal.${suite}`, name, time: seconds(ms) })}`;
  const out = output === '' ? '' : `\n      <system-out>${escaped(output)}</system-out>`;
  const message = attributes({ message: detail });
  if (outcome === 'failed') {
    const body = output === '' ? detail : `${detail}\n${output}`;
    return `${start}>\n      <failure ${message} type="${suite}">${escaped(body)}</failure>${out}\n    </testcase>`;
  }
  if (outcome === 'skipped') return `${start}>\n      <skipped ${message}/>${out}\n    </testcase>`;
  return out === '' ? `${start}/>` : `${start}>${out}\n    </testcase>`;
}

function countsOf(cases: readonly Case[]): Record<string, string> {
  const count = (outcome: Case['outcome']): string =>
    String(cases.filter((it) => it.outcome === outcome).length);
  return {
    tests: String(cases.length),
    failures: count('failed'),
    errors: '0',
    skipped: count('skipped'),
    time: seconds(cases.reduce((sum, { ms }) => sum + ms, 0)),
  };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const attributes = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join(' ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML 1.0 cannot hold most control characters, not even as entities: `sanitize` writes them as their codes. */
const escaped = (text: string): string => sanitize(text).replaceAll(/[&<>"]/g, (char) => ENTITIES[char]!);
