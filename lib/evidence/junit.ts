import type { CheckResult } from '../probes/check';
import { renderJunitXml, type TestCase, type TestSuite } from '../report/junit';
import type { DrillResult, Evidence, GateResult } from './evidence';
import { headlineOf, tearDownOf } from './summary';
import type { Verification } from './verification';
import { headlineOf as headlineOfVerification } from './verification-text';

/** Writes a rehearsal as JUnit XML: one suite for each part of it. */
export const renderJunit = (evidence: Evidence): string =>
  renderJunitXml({
    name: `${evidence.rehearsal}: ${evidence.verdict}, ${headlineOf(evidence)}`,
    prefix: 'rehearsal',
    suites: suitesOf(evidence),
  });

/** Writes a verification in the same way. */
export function verificationInJunit(verification: Verification): string {
  const { checks, skipped, gates, startedAt, endedAt, verdict } = verification;
  const left = skipped.map((name): TestCase => {
    return { name, ms: 0, outcome: 'skipped', detail: 'not declared safe in production' };
  });
  return renderJunitXml({
    name: `${verification.verification}: ${verdict}, ${headlineOfVerification(verification)}`,
    prefix: 'verification',
    suites: [
      {
        name: 'checks',
        startedAt: checks[0]?.startedAt ?? startedAt,
        cases: [...checks.map(caseOf), ...left],
      },
      { name: 'gates', startedAt: endedAt, cases: gates.map(gateCase) },
    ],
  });
}

function suitesOf(evidence: Evidence): readonly TestSuite[] {
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

const caseOf = (result: CheckResult | DrillResult): TestCase => ({
  name: result.name,
  ms: result.ms,
  outcome: result.outcome,
  detail: result.detail,
  ...('output' in result && { output: result.output }),
});

const gateCase = ({ gate, rule, measured, passed }: GateResult): TestCase => ({
  name: `${gate}: ${rule}`,
  ms: 0,
  outcome: passed ? 'passed' : 'failed',
  detail: `${measured}; allowed: ${rule}`,
});

function tearDownCase(evidence: Evidence): TestCase {
  const { outcome, leftovers, looked = [], finish } = evidence.tearDown;
  const rows = leftovers.map(({ kind, what }) => `${kind} ${what}`);
  return {
    name: 'no leftovers',
    ms: 0,
    outcome: { gone: 'passed', kept: 'skipped', left: 'failed' }[outcome] as TestCase['outcome'],
    detail: tearDownOf(evidence),
    output: [
      ...looked.map((place) => `looked for ${place}`),
      ...rows,
      ...(finish === undefined ? [] : [`finish with: ${finish}`]),
    ].join('\n'),
  };
}
