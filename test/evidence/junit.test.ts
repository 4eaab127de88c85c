import { renderJunit, verificationInJunit } from '../../lib/evidence/junit';
import { hostile } from './hostile';
import { baselineFailed, go, noGo, samples } from './samples';
import { SOUND, check, verificationOf } from '../verification/sample';
import { parseXml, type Element } from './xml';

const suites = (xml: string): Readonly<Record<string, Element>> =>
  Object.fromEntries(parseXml(xml).children.map((suite) => [suite.attributes['name'], suite]));

describe('the JUnit report', () => {
  it('has a suite for each part that ran', () => {
    expect(Object.keys(suites(renderJunit(go)))).toEqual([
      'baseline',
      'checks',
      'drills',
      'gates',
      'tear-down',
    ]);
    expect(Object.keys(suites(renderJunit(baselineFailed)))).toEqual(['baseline', 'tear-down']);
  });

  it.each(Object.entries(samples))('counts what it holds: %s', (_, evidence) => {
    const all = parseXml(renderJunit(evidence));
    for (const suite of all.children) {
      const having = (name: string) =>
        suite.children.filter(({ children }) => children.some((child) => child.name === name)).length;
      expect(suite.attributes).toMatchObject({
        tests: String(suite.children.length),
        failures: String(having('failure')),
        skipped: String(having('skipped')),
        errors: '0',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      });
      expect(suite.children.every(({ attributes }) => /^\d+\.\d{3}$/.test(attributes['time']!))).toBe(true);
    }
    const sum = (name: string) =>
      all.children.reduce((total, { attributes }) => total + Number(attributes[name]), 0);
    expect(all.attributes).toMatchObject({ tests: `${sum('tests')}`, failures: `${sum('failures')}` });
  });

  it('reports a failed check with what was observed, and the output of the command', () => {
    const { checks } = suites(renderJunit(noGo));
    const stale = checks!.children.find(({ attributes }) => attributes['name'] === noGo.checks[1]!.name);
    expect(stale!.attributes['classname']).toBe('rehearsal.checks');
    expect(stale!.children[0]!.attributes['message']).toBe(noGo.checks[1]!.detail);
    const command = checks!.children.find(({ attributes }) => attributes['name'] === 'npm run test:checkout');
    expect(command!.children[0]!.text).toContain(
      'onerror=alert(1)><b>Order not found</b>"\n    a bell\\u0007, a null\\u0000, ]]>',
    );
    expect(command!.children[1]).toMatchObject({
      name: 'system-out',
      text: expect.stringContaining('FAIL test/'),
    });
  });

  it('reports gates and leftovers as failures, and what was left out as skipped', () => {
    const { gates, drills, 'tear-down': down } = suites(renderJunit(noGo));
    const failed = gates!.children
      .filter(({ children }) => children.length > 0)
      .map(({ attributes }) => attributes['name']);
    expect(failed).toEqual(
      noGo.gates.filter(({ passed }) => !passed).map(({ gate, rule }) => `${gate}: ${rule}`),
    );
    expect(drills!.children[2]!.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'Catalog was not stood up' },
    });
    expect(down!.children[0]!.children[0]!.text).toContain('port 127.84.12.3:5432');
    expect(down!.children[0]!.children[0]!.text).toContain('finish with: twin down 20261121-0358-1.42.0');
  });

  it('skips the tear-down of an environment that was to be kept', () => {
    const kept = { ...go, tearDown: { outcome: 'kept', leftovers: [], finish: 'twin down x' } } as const;
    const [test] = suites(renderJunit(kept))['tear-down']!.children;
    expect(test!.children[0]!).toMatchObject({
      name: 'skipped',
      attributes: { message: 'the environment is kept' },
    });
  });

  it('is well-formed whatever the evidence holds', () => {
    const all = parseXml(renderJunit(hostile));
    expect(all.children).toHaveLength(5);
    expect(all.children[0]!.children[0]!.attributes['name']).toContain(
      '<img src=x onerror=alert(1)>"\'`|&\\u0000',
    );
  });
});

describe('what build servers expect', () => {
  const all = Object.entries({ ...samples, hostile });

  it.each(all)('has each test case once, which GitLab otherwise leaves out: %s', (_, evidence) => {
    const names = parseXml(renderJunit(evidence)).children.flatMap(
      (suite) =>
      suite.children.map(({ attributes }) => [suite.attributes['name'], attributes['classname'], attributes['name']].join('_')), // prettier-ignore
    );
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('the JUnit report of a verification', () => {
  const failed = check({
    name: 'orders',
    outcome: 'failed',
    detail: 'GET /orders <answered> 500',
    output: 'x',
  });
  const verification = verificationOf({ ...SOUND, checks: [check(), failed, failed] });
  const xml = verificationInJunit(verification);

  it('has checks and gates, what was not run as skipped, and each test case once', () => {
    const { checks, gates } = suites(xml);
    const outcomes = checks!.children.map(({ attributes, children }) => [
      attributes['classname'],
      attributes['name'],
      children[0]?.name,
    ]);
    expect(outcomes).toEqual([
      ['verification.checks', 'home', undefined],
      ['verification.checks', 'orders', 'failure'],
      ['verification.checks', 'orders (2)', 'failure'],
      ['verification.checks', 'admin', 'skipped'],
    ]);
    expect(gates!.attributes).toMatchObject({ tests: String(verification.gates.length), failures: '1' });
    expect(parseXml(xml).attributes).toMatchObject({
      name: '20261121-041200-verify-1.43.0: ROLL BACK, 1.43.0 must not stay in Prod: go back to 1.41.0',
      failures: '3',
    });
  });
});
