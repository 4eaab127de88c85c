import { judge } from '../../lib/rehearsal/judge';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { BAD, CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.config = { ...CONFIG, version: { path: '/version', json: 'release' } };
});
afterEach(() => bench.remove());

const BASELINE = '1.41.0';
const other = (answered: string, expected: string) => ({
  answered,
  problem: `Web answers ${answered} at /version, expected ${expected}`,
});
/** A service that answers with this whatever runs, once it is released so often. */
const answersOf = (answered: string, releases = 0): void => {
  bench.world.answerTo = (expected, running) => {
    const count = bench.world.calls.filter((call) => call === 'release').length;
    const now = count < releases ? running : answered;
    return now === expected ? { answered: now } : other(now, expected);
  };
};
const ranIn = ({ ran }: Ledger) => [ran?.from?.services[0]?.answered, ran?.to?.services[0]?.answered];

it('asks the baseline, the candidate, and both again after the roll back and forward', async () => {
  const asked: string[] = [];
  bench.world.answerTo = (expected, running) => {
    asked.push(`${running}, expected ${expected}`);
    return { answered: running };
  };
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.verdict).toBe('GO');
  expect(asked).toEqual([BASELINE, GOOD, BASELINE, GOOD].map((release) => `${release}, expected ${release}`));
  expect(evidence!.ran.to).toEqual({
    release: GOOD,
    services: [{ service: 'Web', tasks: 2, code: [`sha256:${GOOD}`], answered: GOOD }],
  });
});

it('rolls back under way too where both releases run side by side, and asks the baseline again then', async () => {
  bench.world.rollingBack = ['Web'];
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.verdict).toBe('GO');
  const calls = bench.world.calls.filter((it) => /^(release|rollBack)/.test(it));
  expect(calls).toEqual(['release', 'release', 'rollBackUnderWay', 'release']);
  expect(evidence!.drills.find(({ kind }) => kind === 'roll back')!.detail).toContain(
    'Under way: Web rolled 1.43.0 back under way. 1.41.0 runs',
  );
  expect(evidence!.watched.map(({ during }) => during)).toContain('roll back under way');
});

it('is NO-GO where a release could not be rolled back under way', async () => {
  bench.world.rollingBack = [];
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.drills.find(({ kind }) => kind === 'roll back')).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('Under way: 1.43.0 was done before it could be rolled back'),
  });
});

it('is BASELINE FAILED where the baseline is another release', async () => {
  answersOf('1.40.0');
  const { evidence, ledger } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'BASELINE FAILED', checks: [] });
  expect(evidence!.reasons[0]).toBe(
    'baseline failed: version: Web answers 1.40.0 at /version, expected 1.41.0. Let "baseline" in the config, or --from, name what production runs; or correct "version".',
  );
  expect(ranIn(ledger)).toEqual(['1.40.0', undefined]);
});

it('is NO-GO where the candidate is another release, and checks nothing of it', async () => {
  answersOf(BASELINE);
  const { evidence, ledger } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'NO-GO', checks: [], drills: [] });
  expect(evidence!.reasons[0]).toMatch(
    /^release failed: version: Web answers 1\.41\.0 at \/version, expected 1\.43\.0\. See/,
  );
  expect(evidence!.gates[0]).toMatchObject({ gate: 'release', passed: false });
  expect(ranIn(ledger)).toEqual([BASELINE, BASELINE]);
});

it('is NO-GO where the roll back does not bring the baseline, however many checks may fail', async () => {
  bench.config = { ...bench.config, gates: { ...CONFIG.gates, maxFailedChecks: 9 } };
  answersOf(GOOD, 2);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.drills.find(({ kind }) => kind === 'roll back')).toMatchObject({
    outcome: 'failed',
    detail: 'version: Web answers 1.43.0 at /version, expected 1.41.0',
  });
});

it('is NO-GO where the same release is other code after the roll back', async () => {
  let builds = 0;
  bench.world.codeOf = (release) =>
    `sha256:${release}-${bench.world.calls.includes('kill task') ? ++builds : 0}`;
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.drills.find(({ kind }) => kind === 'roll back')).toMatchObject({
    outcome: 'failed',
    detail: 'version: Web runs sha256:1.41.0-1, and ran sha256:1.41.0-0 before',
  });
});

describe('where no service is asked', () => {
  beforeEach(() => (bench.config = CONFIG));

  it('is GO where the images differ, and NO-GO where they do not', async () => {
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
    bench.world.codeOf = () => 'sha256:latest';
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({
      verdict: 'NO-GO',
      reasons: [expect.stringMatching(/^release: nothing shows that 1\.43\.0 runs; allowed: /)],
    });
  });

  it('stands nothing up where it is known before that both run the same code', async () => {
    bench.world.preflight = { ...bench.world.preflight, code: '/app' };
    bench.world.codeOf = () => '/app';
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'unproven',
      message:
        'nothing would show that 1.43.0 runs: its services would run the code of 1.41.0, and no service is asked which release it is',
    });
    expect(bench.world.calls).toEqual(['preflight', 'preflight']);
    const smoke = [{ name: 'health', path: '/health', contains: 'v{release}' }];
    bench.config = { ...CONFIG, checks: { ...CONFIG.checks, smoke } };
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
  });
});

it('expects the name of the candidate, too, while something is broken', async () => {
  const smoke = [{ name: 'health', path: '/health', contains: 'v{release}' }];
  bench.config = { ...CONFIG, checks: { smoke }, gates: {} };
  await bench.rehearse(GOOD);
  const contains = bench.world.sent.map(({ checks }) => checks.smoke![0]!.contains);
  const either = 'v{release}'; // both serve while one is brought
  expect(contains).toEqual([
    `v${BASELINE}`, // baseline
    either, // release
    `v${GOOD}`, // verify
    `v${GOOD}`, // failover
    `v${GOOD}`, // one task killed
    either, // roll back
    either, // roll forward
  ]);
});

it('says on a retry what ran this time, and what it followed', async () => {
  await bench.rehearse(BAD, { keep: true });
  const { evidence } = ended(await bench.retry(GOOD));
  expect([evidence!.ran.from?.release, evidence!.ran.to?.release]).toEqual([BASELINE, GOOD]);
  expect(evidence!.verdict).toBe('GO');
});

it('does not retry where services are asked otherwise than before', async () => {
  await bench.rehearse(BAD, { keep: true });
  bench.config = CONFIG;
  await expect(bench.retry(GOOD)).rejects.toMatchObject({ code: 'rules' });
});

it('judges a rehearsal that was interrupted before anything ran', () => {
  const { gates } = judge({
    gates: {},
    tiers: [],
    baseline: [],
    checks: [],
    drills: [],
    watched: [],
    minutes: 0,
    from: '1',
    to: '2',
  });
  expect(gates[0]).toMatchObject({ measured: 'nothing shows that 2 runs', passed: false });
});

describe('the code of releases', () => {
  const inFolder = (release: string) => Promise.resolve({ from: release, folder: `/code/${release}` });

  it('is where a release is synthesised and runs, whichever process works on it', async () => {
    bench.findCode = inFolder;
    const folders: unknown[] = [];
    const { synthesize } = bench;
    bench.synthesize = (props) => {
      folders.push([props.release, props.folder]);
      return synthesize(props);
    };
    const { ledger, evidence } = ended(await bench.rehearse(GOOD));
    expect(folders).toEqual([BASELINE, GOOD].map((release) => [release, `/code/${release}`]));
    expect(bench.world.folders).toEqual(
      [BASELINE, GOOD, BASELINE, GOOD].map((release) => `/code/${release}`),
    );
    expect(ledger.code?.to).toEqual({ from: GOOD, folder: `/code/${GOOD}` });
    expect(evidence!.ran.to!.code).toEqual(ledger.code!.to);
  });

  it('is found again on a retry, for the candidate that is tried then', async () => {
    bench.findCode = inFolder;
    await bench.rehearse(BAD, { keep: true });
    bench.world.folders.length = 0;
    const { ledger } = ended(await bench.retry(GOOD));
    expect(bench.world.folders).toEqual([GOOD, BASELINE, GOOD].map((release) => `/code/${release}`));
    expect(ledger.code?.to).toEqual({ from: GOOD, folder: `/code/${GOOD}` });
  });

  it('is not the same for both', async () => {
    bench.findCode = (release) =>
      Promise.resolve({ from: `v${release}`, commit: 'abc12345', folder: '/code' });
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'same-release',
      message: '1.41.0 and 1.43.0 are the same code: v1.41.0 (abc1234) and v1.43.0 (abc1234)',
    });
    expect(bench.world.calls).toEqual([]);
  });
});
