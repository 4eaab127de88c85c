import { judge } from '../../lib/verification/judge';
import { otherImages } from '../../lib/verification/gates/release';
import type { Measured } from '../../lib/verification/measured';
import { renderVerificationPage } from '../../lib/evidence/html/verification';
import { renderVerification } from '../../lib/evidence/verification-text';
import { BASELINE, check, FORECAST, ran, SOUND, traffic, verificationOf, WEB, watching } from './sample';

const reasonsFor = (measured: Measured): readonly string[] => {
  const { verdict, reasons } = judge(measured);
  expect(verdict).toBe('ROLL BACK');
  return reasons;
};

it('says GO ON where everything was measured and passes', () => {
  const { verdict, reasons, gates } = judge(SOUND);
  expect([verdict, reasons]).toEqual(['GO ON', []]);
  expect(gates.map(({ gate, measured }) => [gate, measured])).toEqual([
    ['release', 'Web answered 1.43.0'],
    ['failed checks', '0'],
    ['task failures', '0'],
    ['error rate', '0.17 % of GET /'],
    ['error rate increase', '0.17 % of GET /, before 0 %'],
    ['p95', '45 ms of GET /, before 40 ms'],
    ['forecast', '1.13 times as long for GET /, expected 1.1'],
  ]);
});

describe('says ROLL BACK', () => {
  it('where another release runs, and judges nothing else by its figures', () => {
    const other = ran('1.43.0', { problem: 'Web answers 1.41.0 at /version, expected 1.43.0' });
    const { gates, reasons } = judge({ ...SOUND, ran: other, watched: undefined });
    expect(reasons).toEqual(['release: Web answers 1.41.0 at /version, expected 1.43.0']);
    expect(gates).toHaveLength(1);
  });

  it('where the tasks of a service run different images', () => {
    const mixed = ran('1.43.0', { code: ['sha256:new', 'sha256:old'] });
    expect(reasonsFor({ ...SOUND, ran: mixed })).toEqual([
      'release: the tasks of Web run 2 images: sha256:new, sha256:old',
    ]);
  });

  it('where a check fails, by its name', () => {
    const failed = check({ outcome: 'failed', detail: 'GET / answered 500, expected 200' });
    expect(reasonsFor({ ...SOUND, checks: [failed] })).toEqual(['home: GET / answered 500, expected 200']);
  });

  it('where requests fail, however few checks are among them', () => {
    const few = watching(traffic({ 'GET /': [9000, 0, 40], 'GET /orders': [100, 2, 40] }));
    const baseline = { ...BASELINE, watched: { ...few.watched!, traffic: traffic({ 'GET /': [600, 0, 40], 'GET /orders': [600, 0, 40] }) } }; // prettier-ignore
    const ratios = ['GET /', 'GET /orders'].map((name) => ({ name, ratio: 1 }));
    expect(reasonsFor({ ...few, baseline, forecast: { ...FORECAST, ratios } })).toEqual([
      'error rate: 2 % of GET /orders; allowed: at most 1 % of each',
      'error rate increase: 2 % of GET /orders, before 0 %; allowed: at most 0.5 % over that before the release',
    ]);
  });

  it('where it is slower than before, and than it was rehearsed', () => {
    expect(reasonsFor(watching(traffic({ 'GET /': [600, 0, 80] })))).toEqual([
      'p95: 80 ms of GET /, before 40 ms; allowed: at most 1.5 times that before the release',
      'forecast: 2 times as long for GET /, expected 1.1; allowed: at most 1.5 times what the rehearsal forecast',
    ]);
  });

  it('by the forecast alone, where the rehearsal saw the release get faster', () => {
    const faster = { ...FORECAST, ratios: [{ name: 'GET /', ratio: 0.5 }] };
    expect(reasonsFor({ ...SOUND, forecast: faster })).toEqual([
      'forecast: 1.13 times as long for GET /, expected 0.5; allowed: at most 1.5 times what the rehearsal forecast',
    ]);
  });

  it('where load answers more slowly than before', () => {
    const load = (p95Ms: number) => check({ name: 'load', kind: 'load', measures: { p95Ms, errorRate: 0 } });
    const slow = { ...SOUND, checks: [load(90)], baseline: { ...BASELINE, checks: [load(40)] } };
    const { forecast: _, ...gates } = SOUND.gates;
    expect(reasonsFor({ ...slow, gates })).toEqual([
      'p95: 90 ms of load, before 40 ms; allowed: at most 1.5 times that before the release',
    ]);
  });

  it('where a read misses its write, in a check or while it is watched', () => {
    const writes = check({ kind: 'read-your-writes', measures: { reads: 50, staleReads: 0, errors: 0 } });
    const stale = { ...watching(traffic({ 'GET /': [600, 0, 40] }, 3)), checks: [writes] };
    expect(reasonsFor(stale)).toEqual(['stale reads: 3; allowed: at most 0']);
  });

  it('where a task ended while it was watched, and not where one did before', () => {
    const at = (moment: string): Measured => ({
      ...SOUND,
      tiers: [{ ...WEB, incidents: [{ at: moment, what: 'Web-3 ended with 1' }] }],
    });
    expect(reasonsFor(at('2026-11-21T04:15:00.000Z'))).toEqual([
      'task failures: 1 (first: Web-3 ended with 1); allowed: at most 0',
    ]);
    expect(judge(at('2026-11-21T03:15:00.000Z')).verdict).toBe('GO ON');
  });
});

describe('judges what clients saw, and what drifted', () => {
  const gates = { maxClientErrorRate: 0.01, clientP95: { maxRatio: 1.5, ignoreBelowMs: 0 }, maxDrifts: 0 };
  const of = (failures: number, p95Ms: number) => [{ tier: 'Web', requests: 4000, failures, p95Ms }];
  const seen: Measured = {
    ...SOUND,
    gates,
    clients: of(40, 60),
    drifts: [],
    baseline: { ...BASELINE, clients: of(0, 40) },
  };
  const drift = { what: 'Orders EngineVersion', deployed: '"17.7"', running: '"17.9"', why: 'by hand' };

  it('by the limits that are set', () => {
    expect(judge(seen).verdict).toBe('GO ON');
    expect(reasonsFor({ ...seen, clients: of(44, 60) })).toEqual([
      "clients' error rate: 44 of 4000 of Web, 1.1 %; allowed: at most 1 % of each",
    ]);
    expect(reasonsFor({ ...seen, clients: of(0, 61) })).toEqual([
      "clients' p95: 61 ms of Web, before 40 ms; allowed: at most 1.5 times that before the release",
    ]);
    expect(reasonsFor({ ...seen, drifts: [drift] })).toEqual([
      'drift: 1: Orders EngineVersion is "17.9", deployed "17.7"; allowed: at most 0',
    ]);
  });

  it('and says nothing of what was not seen', () => {
    expect(judge({ ...SOUND, gates }).reasons).toEqual([
      "clients' error rate: not measured",
      "clients' p95: not measured",
      'drift: not measured',
    ]);
  });

  it('in the report, beside what was before', () => {
    const text = renderVerification(verificationOf({ ...seen, drifts: [drift] }), {
      color: false,
      width: 100,
    });
    expect(text).toContain('  Web      4000        40       40 ms    60 ms');
    expect(text).toContain('  Orders EngineVersion  "17.7"    "17.9"  by hand');
    const page = renderVerificationPage(verificationOf({ ...seen, drifts: [drift] }));
    expect(page).toContain('Clients, as CloudWatch has them');
  });
});

describe('ignores what is too fast to be compared', () => {
  const fast = watching(traffic({ 'GET /': [600, 0, 80] }));
  const limit = { maxRatio: 1.5, ignoreBelowMs: 100 };

  it('but for what is at the limit', () => {
    const gates = { ...SOUND.gates, p95: limit, forecast: limit };
    expect(judge({ ...fast, gates }).verdict).toBe('GO ON');
    expect(reasonsFor({ ...watching(traffic({ 'GET /': [600, 0, 100] })), gates })).toHaveLength(2);
  });
});

describe('says UNDECIDED', () => {
  it('where nothing shows that the release runs, and nothing speaks against it', () => {
    const silent: Measured = {
      ...SOUND,
      ran: { release: '1.43.0', services: [{ service: 'Web', tasks: 4, code: [] }] },
    };
    expect(judge(silent)).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: ['nothing shows that 1.43.0 runs'],
    });
    const failed = check({ outcome: 'failed', detail: 'GET / answered 500, expected 200' });
    expect(judge({ ...silent, checks: [failed] }).verdict).toBe('ROLL BACK');
  });

  it('where something that a gate judges was not measured', () => {
    const { baseline: _, ...without } = SOUND;
    expect(judge(without)).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: ['error rate increase: not measured', 'p95: not measured', 'forecast: not measured'],
    });
    expect(judge({ ...SOUND, watched: undefined })).toMatchObject({ verdict: 'UNDECIDED' });
  });
});

describe('takes for a proof that the release runs', () => {
  const of = (code: readonly string[]): Measured['ran'] => ({
    release: '1.43.0',
    services: [{ service: 'Web', tasks: 4, code }],
  });
  const shown = (measured: Measured): string => judge(measured).gates[0]!.measured;

  it('a check that names it', () => {
    expect(shown({ ...SOUND, ran: of([]), checks: [check({ shows: '1.43.0' })] })).toBe(
      'shown by the check "home"',
    );
  });

  it('the images that were rehearsed', () => {
    const forecast = { ...FORECAST, code: [{ service: 'Web', code: ['sha256:new'] }] };
    expect(shown({ ...SOUND, ran: of(['sha256:new']), forecast })).toBe(
      'Web ran the image that was rehearsed',
    );
    expect(otherImages({ ...SOUND, ran: of(['sha256:new']), forecast })).toEqual([]);
    expect(otherImages({ ...SOUND, ran: of(['sha256:x']), forecast })).toEqual([
      'Web runs the image sha256:x; rehearsed was sha256:new',
    ]);
  });

  it('other code than before', () => {
    const baseline = { ...BASELINE, ran: { release: '1.41.0', services: [{ service: 'Web', tasks: 4, code: ['sha256:old'] }] } }; // prettier-ignore
    expect(shown({ ...SOUND, ran: of(['sha256:new']), baseline })).toBe('Web ran other code than 1.41.0');
    expect(shown({ ...SOUND, ran: of(['sha256:old']), baseline })).toBe('not measured');
  });
});

it('expects of what ran before, and runs again, what it was before', () => {
  const again = { ...SOUND, release: '1.41.0', ran: ran('1.41.0'), forecast: undefined };
  expect(judge(again)).toMatchObject({ verdict: 'GO ON' });
  expect(judge(again).gates.at(-1)!.measured).toBe('1.13 times as long for GET /, expected 1');
});
