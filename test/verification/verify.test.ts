import { seal } from '../../lib/evidence/seal';
import type { Evidence } from '../../lib/evidence/evidence';
import type { Verification } from '../../lib/evidence/verification';
import type { Probes } from '../../lib/probes/probes';
import { productionWith, type Production } from '../../lib/targets/production';
import { TwinError } from '../../lib/error';
import { baselineOf, forecastOf } from '../../lib/verification/on-record';
import { checkComparable, planOf } from '../../lib/verification/plan';
import { verify, type VerifyProps } from '../../lib/verification/verify';
import { go } from '../evidence/samples';
import { BASELINE, check, CHECKS, FORECAST, SOUND, traffic, verificationOf, WEB } from './sample';

const CONFIG = { checks: CHECKS, version: { path: '/version', text: true as const }, verification: {} };
const plan = planOf(CONFIG, 0.001);

/** A production that answers, and the calls that it got. */
function production(more: Partial<Pick<Probes, 'run' | 'sendTraffic' | 'versions'>> = {}) {
  const calls: string[] = [];
  const probes: Pick<Probes, 'run' | 'sendTraffic' | 'versions'> = {
    run: (checks) => {
      calls.push(`run ${Object.values(checks).flat().map((it) => (it as { name: string }).name).join()}`); // prettier-ignore
      return Promise.resolve([check({ lastReads: [{ path: '/orders/1', headers: { cookie: 'secret' } }] })]);
    },
    sendTraffic: async ({ inProduction }, work) => {
      calls.push(`send traffic ${String(inProduction)}`);
      await work();
      return traffic({ 'GET /': [600, 0, 40] });
    },
    versions: ({ release }) => {
      calls.push(`versions ${release}`);
      return Promise.resolve([{ service: 'Web', answered: release }]);
    },
    ...more,
  };
  const it = productionWith({
    target: 'local',
    describe: () => {
      calls.push('describe');
      return Promise.resolve([WEB]);
    },
    probes: () => Promise.resolve(probes),
  });
  return { it, calls };
}

const run = (it: Production, more: Partial<VerifyProps> = {}) =>
  verify({
    production: it,
    environment: 'Prod',
    release: '1.43.0',
    moment: 'after',
    plan,
    baseline: undefined,
    forecast: undefined,
    verification: 'v',
    assemblyDigest: 'digest',
    now: () => new Date(),
    signal: new AbortController().signal,
    listener: () => {},
    ...more,
  });

describe('the port of a production', () => {
  it('has what verification may use, and nothing else', () => {
    expect(Object.keys(production().it).toSorted()).toEqual([
      'describe',
      'run',
      'sendTraffic',
      'target',
      'versions',
    ]);
  });

  it('refuses a check that is not declared safe, whatever its type says', async () => {
    const { it, calls } = production();
    const watch = { signal: new AbortController().signal, log: () => {} };
    const unsafe = { smoke: CHECKS.smoke } as unknown as typeof plan.safe;
    await expect(it.run(unsafe, '1', watch)).rejects.toThrow('not declared safe in production: admin');
    await expect(it.sendTraffic({ checks: unsafe }, async () => {}, watch)).rejects.toThrow(
      'not declared safe',
    );
    expect(calls).toEqual([]);
  });
});

it('asks for the release, runs the safe checks, watches, and asks again', async () => {
  const { it, calls } = production();
  const { verification } = await run(it, { baseline: BASELINE, forecast: FORECAST });
  expect(calls).toEqual([
    'describe',
    'versions 1.43.0',
    'run home',
    'send traffic true',
    'describe',
    'versions 1.43.0',
  ]);
  expect(verification).toMatchObject({
    verdict: 'GO ON',
    skipped: ['admin'],
    assemblyDigest: 'digest',
    baseline: { release: '1.41.0' },
    forecast: { rehearsal: FORECAST.rehearsal },
  });
  expect(verification.spans.map(({ name }) => name)).toEqual([
    'identify',
    'checks',
    'watch',
    'identify again',
  ]);
  expect(JSON.stringify(verification)).not.toContain('secret');
});

it('sends nothing to a production that runs another release', async () => {
  const { it, calls } = production({
    versions: () =>
      Promise.resolve([{ service: 'Web', answered: '1', problem: 'Web answers 1, expected 2' }]),
  });
  const { verification } = await run(it);
  expect(calls).toEqual(['describe']);
  expect(verification).toMatchObject({
    verdict: 'ROLL BACK',
    reasons: ['release: Web answers 1, expected 2'],
  });
});

it('sees a release that is gone at the end of the watch', async () => {
  let asked = 0;
  const { it } = production({
    versions: () =>
      Promise.resolve([
        asked++ === 0 ? { service: 'Web', answered: '1.43.0' } : { service: 'Web', problem: 'Web is silent' },
      ]),
  });
  expect((await run(it)).verification).toMatchObject({
    verdict: 'ROLL BACK',
    reasons: ['release: Web is silent'],
  });
});

describe('is UNDECIDED', () => {
  it('where it is stopped', async () => {
    const stop = new AbortController();
    const { it } = production({
      sendTraffic: async () => {
        stop.abort(new TwinError({ code: 'stopped', message: 'stopped by SIGINT', fix: 'Verify again.' }));
        stop.signal.throwIfAborted();
        return Promise.reject(new Error('unreachable'));
      },
    });
    const { verification, ...others } = await run(it, { signal: stop.signal });
    expect(verification).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: ['stopped by SIGINT before it was judged'],
    });
    expect(others).toEqual({});
  });

  it('where a call fails, and reports a bug beside it', async () => {
    const known = new TwinError({ code: 'aws', message: 'ecs:ListTasks failed', fix: 'Try again.' });
    const refused = production({ run: () => Promise.reject(known) });
    expect((await run(refused.it)).verification).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: ['ecs:ListTasks failed. Try again.'],
    });
    const bug = new RangeError('off by one');
    expect(await run(production({ run: () => Promise.reject(bug) }).it)).toMatchObject({
      verification: { verdict: 'UNDECIDED', reasons: ['a bug in cdk-twin: RangeError: off by one'] },
      bug,
    });
  });
});

describe('before a release', () => {
  it('records what production does, and judges nothing', async () => {
    const { verification } = await run(production().it, { moment: 'before', release: '1.41.0' });
    expect(verification).toMatchObject({
      verdict: 'RECORDED',
      gates: [],
      watched: { traffic: { requests: 600 } },
    });
  });

  it('says where it does not work', async () => {
    const failed = check({ outcome: 'failed', detail: 'GET / answered 500, expected 200' });
    const { verification } = await run(production({ run: () => Promise.resolve([failed]) }).it, {
      moment: 'before',
    });
    expect(verification).toMatchObject({
      verdict: 'BASELINE FAILED',
      reasons: ['home: GET / answered 500, expected 200'],
    });
  });
});

describe('what is on record', () => {
  const subject = {
    environment: 'Prod',
    target: 'local',
    release: '1.43.0',
    watchDigest: 'watch',
    now: new Date('2026-11-21T04:00:00Z'),
  };
  const before = (more: Partial<Verification> = {}): Verification =>
    verificationOf({ ...SOUND, release: '1.41.0' }, { moment: 'before', verdict: 'RECORDED', startedAt: '2026-11-21T03:50:00.000Z', ...more }); // prettier-ignore

  it('is the newest record of this production on this target', () => {
    const newer = before({ verification: 'newer' });
    expect(baselineOf(subject, [before(), newer]).baseline).toMatchObject({
      verification: 'newer',
      release: '1.41.0',
    });
    for (const other of [
      { environment: 'ProdEu' },
      { target: 'aws' },
      { moment: 'after' },
      { verdict: 'UNDECIDED' },
    ] as const)
      expect(baselineOf(subject, [before(other)])).toEqual({});
  });

  it('is not used where it is old, or of other checks', () => {
    expect(baselineOf(subject, [before({ startedAt: '2026-11-20T03:59:00.000Z' })]).why).toContain(
      'is 24 h 1 min old',
    );
    expect(baselineOf(subject, [before({ watchDigest: 'other' })]).why).toContain('have changed since');
  });

  const measuring = (times: readonly [number, number], more: Partial<Evidence> = {}): Evidence =>
    seal({
      ...go,
      to: '1.43.0',
      subject: { ...go.subject, prod: { ...go.subject.prod, environment: 'Prod' } },
      watched: ['baseline', 'verify'].map((during, i) => ({
        ...go.watched[0]!,
        during,
        traffic: traffic({ 'GET /': [100, 0, times[i]!] }),
      })),
      ...more,
    });

  it('is what the newest rehearsal saw of the release beside its baseline', () => {
    const asked = { ...subject, environments: [subject.environment] };
    const forecast = forecastOf(asked, [
      measuring([40, 80]),
      measuring([40, 44], { endedAt: '2037-01-01T00:00:00Z' }),
    ]);
    expect(forecast!.ratios.find(({ name }) => name === 'GET /')).toEqual({ name: 'GET /', ratio: 1.1 });
    expect(forecastOf({ ...asked, release: '9' }, [measuring([1, 1])])).toBeUndefined();
    expect(forecastOf({ ...subject, environments: ['ProdEu'] }, [measuring([1, 1])])).toBeUndefined();
  });
});

describe('refuses before anything is sent', () => {
  const gates = { p95: { maxRatio: 1.5 }, forecast: { maxRatio: 1.5 } };
  const comparing = planOf({ ...CONFIG, verification: { gates } }, undefined);

  it('gates without what they compare with', () => {
    const compare = (...[record, forecast]: [Parameters<typeof checkComparable>[2], typeof FORECAST?]) =>
      checkComparable('1.43.0', comparing, record, forecast);
    expect(() => compare({})).toThrow(
      'verification.gates.p95, verification.gates.forecast compare with production before the release: nothing is on record of it',
    );
    expect(() => compare({ why: 'it is old' })).toThrow('before the release: it is old');
    expect(() => compare({ baseline: BASELINE })).toThrow(
      'compares with the rehearsal of 1.43.0, and none is on record',
    );
    expect(() => compare({ baseline: BASELINE }, { ...FORECAST, ratios: [] })).toThrow(
      'which has no figure of GET /',
    );
    expect(() => compare({ baseline: BASELINE }, FORECAST)).not.toThrow();
    expect(() => checkComparable('1.41.0', comparing, { baseline: BASELINE }, undefined)).not.toThrow();
    expect(() => checkComparable('1.43.0', plan, {}, undefined)).not.toThrow();
  });

  it('a config without a check that may send a request to production', () => {
    const commands = [{ name: 'tests', run: 'true', safeInProduction: true }];
    expect(() => planOf({ ...CONFIG, checks: { commands } }, undefined)).toThrow(
      'no smoke, readYourWrites or load check of the config is safeInProduction',
    );
  });
});
