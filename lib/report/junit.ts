import { sanitize } from './sanitize';

/** A test of a suite. */
export interface TestCase {
  readonly name: string;
  readonly ms: number;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The message of a failed or a skipped test, in one line. */
  readonly detail: string;
  /** @default - none */
  readonly output?: string;
}

/** Tests that belong together. */
export interface TestSuite {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly cases: readonly TestCase[];
}

/** What JUnit XML is written of. */
export interface JunitProps {
  readonly name: string;
  /** What the names of classes begin with, such as `rehearsal`. */
  readonly prefix: string;
  /** Those without a test are left out. */
  readonly suites: readonly TestSuite[];
}

/** Writes JUnit XML as Jenkins, GitLab and the reporters of GitHub read it. */
export function renderJunitXml({ name, prefix, suites }: JunitProps): string {
  const shown = suites.filter(({ cases }) => cases.length > 0);
  // the schema that Jenkins publishes has no count of skipped tests here
  const { skipped: _, ...counts } = countsOf(shown.flatMap(({ cases }) => cases));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name, ...counts })}>`,
    ...shown.map((suite) => suiteElement(suite, prefix)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteElement({ name, startedAt, cases }: TestSuite, prefix: string): string {
  // that schema has neither fractions nor a time zone; the time is UTC
  const timestamp = startedAt.slice(0, 19);
  const suite = attributes({ name, ...countsOf(cases), timestamp, hostname: 'localhost' });
  const elements = named(cases).map((it) => caseElement(name, `${prefix}.${name}`, it));
  return [`  <testsuite ${suite}>`, ...elements, '  </testsuite>'].join('\n');
}

/** Of test cases with the same name GitLab keeps one: the second is numbered. */
function named(cases: readonly TestCase[]): TestCase[] {
  const seen = new Map<string, number>();
  return cases.map((it) => {
    const count = (seen.get(it.name) ?? 0) + 1;
    seen.set(it.name, count);
    return count === 1 ? it : { ...it, name: `${it.name} (${count})` };
  });
}

function caseElement(
  suite: string,
  classname: string,
  { name, ms, outcome, detail, output = '' }: TestCase,
): string {
  const start = `    <testcase ${attributes({ classname, name, time: seconds(ms) })}`;
  const out = output === '' ? '' : `\n      <system-out>${escaped(output)}</system-out>`;
  const message = attributes({ message: detail });
  if (outcome === 'failed') {
    const body = output === '' ? detail : `${detail}\n${output}`;
    return `${start}>\n      <failure ${message} type="${suite}">${escaped(body)}</failure>${out}\n    </testcase>`;
  }
  if (outcome === 'skipped') return `${start}>\n      <skipped ${message}/>${out}\n    </testcase>`;
  return out === '' ? `${start}/>` : `${start}>${out}\n    </testcase>`;
}

function countsOf(cases: readonly TestCase[]) {
  const count = (outcome: TestCase['outcome']): string =>
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
