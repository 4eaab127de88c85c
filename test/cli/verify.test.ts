import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verification } from '../../lib/evidence/verification';
import { traffic } from '../verification/sample';
import { CONFIG, GOOD, Workbench } from '../rehearsal/workbench';
import { writeAssembly } from '../small-assembly';
import { commandsIn } from '../github/runner';
import { FakeProcess, twinOn } from './rehearsal-command';

const CHECKS = {
  smoke: [{ name: 'health', path: '/health', safeInProduction: true }],
  readYourWrites: CONFIG.checks.readYourWrites!,
};
const FIGURES = traffic({ 'GET /health': [600, 0, 40] });

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.config = {
    ...CONFIG,
    checks: CHECKS,
    version: { path: '/version', text: true },
    verification: { watchMinutes: 0.001 },
  };
  bench.world.traffic = () => FIGURES;
  bench.synthesize = ({ release, output }) => {
    bench.synthesized.push(release);
    mkdirSync(output, { recursive: true });
    const template = {
      Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: release } } },
    };
    writeAssembly(output, { Prod: template, Staging: template });
    return Promise.resolve();
  };
});
afterEach(() => bench.remove());

const twin = (...argv: readonly string[]) => twinOn(bench, argv);
const up = (release = '1.41.0') => twin('production', 'up', '--release', release);
/** The folders of a kind in `.twin`. */
const folders = (kind: string): string[] =>
  readdirSync(join(bench.folder, '.twin')).filter((name) => name.includes(`-${kind}-`));
const recordOf = (folder: string): Verification =>
  JSON.parse(readFileSync(join(bench.folder, '.twin', folder, 'verification.json'), 'utf8')) as Verification;

describe('twin production', () => {
  it('stands production up, brings releases to it, and tears it down without leftovers', async () => {
    const stood = await up();
    expect(stood.exitCode).toBe(0);
    expect(stood.stdout).toContain('Prod stands with 1.41.0, for 2 of 2 tiers\n  TWIN_URL=http://1.41.0\n');
    expect(stood.stdout).not.toContain('secret');
    expect(await twin('production', 'deploy', '--release', GOOD)).toMatchObject({
      exitCode: 0,
      stdout: `Prod runs ${GOOD}, after 1.41.0\n`,
    });
    expect([...bench.world.standing.values()].map(({ release }) => release)).toEqual([GOOD]);
    expect(await twin('production', 'down')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no leftovers') as string }); // prettier-ignore
    expect(bench.world.standing.size).toBe(0);
    expect(await twin('production', 'down')).toMatchObject({
      exitCode: 0,
      stdout: 'nothing to do: no production stands on this machine\n',
    });
  });

  it('is torn down by twin down too, and leaves no evidence of a rehearsal', async () => {
    await up();
    const [name] = folders('production');
    expect((await twin('down')).stdout).toBe(`${name} is torn down: no leftovers\n`);
    const files = readdirSync(join(bench.folder, '.twin', name!));
    for (const file of ['evidence.json', 'events.ndjson', 'report.html']) expect(files).not.toContain(file);
    const ledger = JSON.parse(
      readFileSync(join(bench.folder, '.twin', name!, 'ledger.json'), 'utf8'),
    ) as object;
    expect(ledger).toMatchObject({ standing: 'gone', kind: 'production' });
    expect(ledger).not.toHaveProperty('judged');
    expect(ledger).not.toHaveProperty('failure');
  });

  it('stands one up at a time', async () => {
    await up();
    expect(await up(GOOD)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Prod stands already, with 1.41.0') as string,
    });
    expect(bench.world.standing.size).toBe(1);
  });

  it('removes what it could not stand up', async () => {
    bench.world.mishaps.push({ call: 'up', does: 'fails' });
    expect(await up()).toMatchObject({
      exitCode: 1,
      stdout: 'stand up failed: up was refused. Ask again.\nnothing is left of it\n',
    });
    expect(bench.world.standing.size).toBe(0);
    bench.world.stuck.push({ kind: 'process', what: '17 postgres' });
    expect((await up()).exitCode).toBe(3);
  });

  it('leaves production as it was where a release cannot be brought', async () => {
    await up();
    bench.world.mishaps.push({ call: 'release', does: 'fails', times: 1 });
    const { exitCode, stdout, stderr } = await twin('production', 'deploy', '--release', GOOD);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: `${GOOD} could not be brought to Prod, which ran 1.41.0: twin verify --before says what runs\n`,
    });
    expect(stderr).toContain('release was refused');
    const { synthesize } = bench;
    bench.synthesize = () => Promise.reject(new Error('no synth'));
    expect((await twin('production', 'deploy', '--release', GOOD)).exitCode).toBe(70);
    bench.synthesize = synthesize;
    expect((await twin('production', 'deploy', '--release', GOOD)).stdout).toBe(
      `Prod runs ${GOOD}, after 1.41.0\n`,
    );
  });

  it.each([
    [['up'], 'up needs the release that is to run'],
    [['deploy'], 'deploy needs the release that is to run'],
    [['down', '--release', '1'], '--release has no use with down, got "1"'],
    [['deploy', '--release', '1', '--confirm', 'Prod'], '--confirm has no use with deploy'],
    [['deploy', '--release', '1'], 'no production stands on this machine'],
    [
      ['up', '--release', '1', '--environment', 'Prud'],
      'the assembly has no production "Prud"; did you mean "Prod"?',
    ],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await twin('production', ...argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(bench.world.standing.size).toBe(0);
  });

  it('is no rehearsal to retry, and is left standing by one', async () => {
    await up();
    expect((await twin('retry')).stderr).toContain('no rehearsal has left an environment to retry on');
    expect((await twin('retry', folders('production')[0]!)).stderr).toContain(
      'is a production, and no rehearsal',
    );
    const { stderr } = await twin('rehearse', '--to', GOOD);
    expect(stderr).not.toContain('production-1.41.0');
    expect(bench.world.standing.size).toBe(1);
  });
});

describe('twin verify', () => {
  it('records production before a release, and says GO ON after it', async () => {
    await up();
    const before = await twin('verify', '--before');
    expect(before.exitCode).toBe(0);
    expect(before.stdout).toContain('RECORDED: Prod with 1.41.0 is what a release is compared with');
    await twin('production', 'deploy', '--release', GOOD);
    bench.config = {
      ...bench.config,
      verification: { watchMinutes: 0.001, gates: { p95: { maxRatio: 1.5 } } },
    };
    const after = await twin('verify', '--release', GOOD);
    expect(after.exitCode).toBe(0);
    expect(after.stdout).toContain(`GO ON: Prod works with ${GOOD}`);
    const record = recordOf(folders('verify')[0]!);
    expect(record).toMatchObject({
      verdict: 'GO ON',
      environment: 'Prod',
      skipped: ['orders'],
      baseline: { release: '1.41.0' },
      assemblyDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(existsSync(join(bench.folder, '.twin', folders('verify')[0]!, 'report.md'))).toBe(true);
    expect(await twin('verify', '--release', GOOD, '--json')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('"verdict": "GO ON"') as string }); // prettier-ignore
  });

  it('says ROLL BACK where another release runs, where requests fail, and where it is slower', async () => {
    await up(GOOD);
    const { answerTo } = bench.world;
    bench.world.answerTo = () => ({ answered: GOOD, problem: `Web answers ${GOOD}, expected 1.44.0` });
    expect(await twin('verify', '--release', '1.44.0')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('ROLL BACK: Prod does not run 1.44.0') as string,
    });
    bench.world.answerTo = answerTo;
    bench.world.traffic = () => traffic({ 'GET /health': [600, 60, 40] });
    expect((await twin('verify', '--release', GOOD)).stdout).toContain(
      'ROLL BACK: 1.43.0 must not stay in Prod',
    );
    const github = await twin('verify', '--release', GOOD, '--format', 'github');
    expect(commandsIn(github.stdout)).toMatchObject([
      { name: 'error', properties: { title: 'ROLL BACK: 1.43.0 must not stay in Prod' } },
    ]);
    const markdown = await twin('verify', '--release', GOOD, '--format', 'markdown');
    expect(markdown).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^### ROLL BACK: /) as string,
    });
    const files = folders('verify').map((it) =>
      readdirSync(join(bench.folder, '.twin', it)).includes('junit.xml'),
    );
    expect(files).toEqual(files.map(() => true));
  });

  it('changes nothing: it makes the calls that read, and no other', async () => {
    await up(GOOD);
    const { length } = bench.world.calls;
    await twin('verify', '--before');
    await twin('verify', '--release', GOOD);
    expect(new Set(bench.world.calls.slice(length))).toEqual(new Set(['describe', 'probes']));
  });

  it('says with its exit code where production does not work before a release', async () => {
    await up(GOOD);
    bench.world.answerTo = () => ({ answered: '1.40.0', problem: 'Web answers 1.40.0, expected 1.43.0' });
    expect((await twin('verify', '--before')).exitCode).toBe(4);
  });

  it('is UNDECIDED where it is stopped, and leaves a record that says so', async () => {
    await up(GOOD);
    const signals = new FakeProcess();
    const stopped = twinOn(bench, ['verify', '--release', GOOD, '--watch-minutes', '5'], { signals });
    await new Promise((resolve) => setTimeout(resolve, 200));
    signals.emit('SIGINT', 'SIGINT');
    const { exitCode, stderr } = await stopped;
    expect([exitCode, stderr]).toEqual([
      70,
      expect.stringContaining('stopping: what was written is cleaned up'),
    ]);
    expect(recordOf(folders('verify')[0]!)).toMatchObject({
      verdict: 'UNDECIDED',
      reasons: ['stopped by SIGINT before it was judged'],
    });
  });

  it.each([
    [[], 'nothing says which release is to run'],
    [['--release', GOOD, '--environment', 'Prud'], 'no production "Prud" stands on this machine'],
    [
      ['--release', GOOD, '--watch-minutes', 'ten'],
      '--watch-minutes is "ten"; expected a number of minutes above 0',
    ],
    [['--release', GOOD, '--assembly', 'out'], '--assembly names what was deployed'],
  ])('refuses %j, and sends nothing', async (argv, message) => {
    await up(GOOD);
    const { exitCode, stderr } = await twin('verify', ...argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(bench.world.sent).toEqual([]);
    expect(folders('verify')).toEqual([]);
  });

  it('says where its page is, and opens it where that is asked for and there is a display', async () => {
    await up(GOOD);
    const { env } = process;
    process.env = { PATH: env['PATH'] };
    try {
      const { stdout, stderr } = await twin('verify', '--release', GOOD, '--open');
      const page = join('.twin', folders('verify')[0]!, 'report.html');
      expect(readFileSync(join(bench.folder, page), 'utf8')).toContain('GO ON');
      expect(stdout.replaceAll(/\n\s*/g, '')).toContain('report.html');
      expect(stderr).toContain(`there is no display to open a browser on; the page is APP/${page}\n`);
      expect((await twin('verify', '--release', GOOD)).stderr).not.toContain('the page is');
    } finally {
      process.env = env;
    }
  });

  it('refuses gates that have nothing to compare with, and does not use what was changed', async () => {
    await up(GOOD);
    bench.config = {
      ...bench.config,
      verification: { watchMinutes: 0.001, gates: { p95: { maxRatio: 1.5 } } },
    };
    expect((await twin('verify', '--release', GOOD)).stderr).toContain('nothing is on record of it');
    await twin('verify', '--before');
    const file = join(bench.folder, '.twin', folders('before')[0]!, 'verification.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"p95Ms": 40', '"p95Ms": 4000'));
    const { exitCode, stderr } = await twin('verify', '--release', GOOD);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('not counted:');
    expect(stderr).toContain('its seal is of another text');
  });
});
