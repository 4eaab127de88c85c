import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cutover } from '../../lib/evidence/cutover';
import { writeHeld, type HeldEntry } from '../../lib/cutover/ledger';
import { processOf } from '../../lib/rehearsal/rehearsing-process';
import { Rehearsals } from '../../lib/rehearsal/rehearsals';
import { isSealed } from '../../lib/evidence/seal';
import type { ClientFigures } from '../../lib/targets/traffic';
import { traffic } from '../verification/sample';
import { BAD, CONFIG, GOOD, Workbench } from '../rehearsal/workbench';
import { writeAssembly } from '../small-assembly';
import { FakeProcess, twinOn } from './rehearsal-command';

const OLD = '1.41.0';
const CHECKS = {
  smoke: [{ name: 'health', path: '/health', safeInProduction: true }],
  readYourWrites: [{ ...CONFIG.checks.readYourWrites![0]!, safeInProduction: true }],
};
const QUIET: ClientFigures = { requests: 200, failures: 0, p95Ms: 20 };

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.config = {
    ...CONFIG,
    checks: CHECKS,
    version: { path: '/version', text: true },
    verification: { watchMinutes: 0.001 },
    cutover: { steps: [25, 100], stepMinutes: 0.001 },
  };
  bench.world.traffic = () => traffic({ 'GET /health': [600, 0, 40], orders: [600, 0, 40] });
  bench.synthesize = ({ release, output }) => {
    mkdirSync(output, { recursive: true });
    const template = (more = {}) => ({
      Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: release, ...more } } },
    });
    writeAssembly(output, { Prod: template(), ProdB: template(second), Staging: template() });
    return Promise.resolve();
  };
});
afterEach(() => bench.remove());

/** What the second production has of its own. */
let second: object = {};
beforeEach(() => (second = {}));

const twin = (...argv: readonly string[]) => twinOn(bench, argv);
const up = (release = OLD, ...more: readonly string[]) =>
  twin('production', 'up', '--release', release, ...more);
async function bothUp(release = GOOD): Promise<void> {
  await up();
  expect(await up(release, '--environment', 'ProdB')).toMatchObject({ exitCode: 0 });
}
const record = (): Cutover => {
  const folder = readdirSync(join(bench.folder, '.twin')).findLast((name) => name.includes('-cutover-'))!;
  const file = join(bench.folder, '.twin', folder, 'cutover.json');
  expect(existsSync(join(file, '..', 'report.md'))).toBe(true);
  return JSON.parse(readFileSync(file, 'utf8')) as Cutover;
};

describe('twin production down --target aws', () => {
  const down = (...more: readonly string[]) => twin('production', 'down', '--target', 'aws', ...more);

  it('tears nothing down that is not named, or of which nothing says whether clients use it', async () => {
    const unnamed = await down();
    expect(unnamed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unnamed.stderr).toBe(
      'error: nothing says which production on the target aws is to be torn down\n' +
        '  fix: Name it, such as twin production down --environment Prod --target aws.\n' +
        '  code: usage\n',
    );
    const alone = await down('--environment', 'Prod', '--confirm', 'Prod');
    expect(alone).toMatchObject({ exitCode: 2, stdout: '' });
    expect(alone.stderr).toContain(
      'error: nothing says whether clients use Prod: the config shares no traffic',
    );

    const names = ['Prod', 'ProdB'].map((name) => ({ target: 'aws', name }));
    Object.assign(bench.traffic, { productions: names });
    const wrong = await down('--environment', 'Pord', '--confirm', 'Pord');
    expect(wrong.stderr).toContain('with a production "Pord"; did you mean "Prod"?');
    const used = await down('--environment', 'Prod', '--confirm', 'Prod');
    expect(used).toMatchObject({ exitCode: 2 });
    expect(used.stderr).toContain('error: 100 % of the requests of clients go to Prod\n');
    expect(used.stderr).toContain('twin cutover --to ProdB --target aws --release <release>');
  });

  it('stands nothing up there', async () => {
    expect(await twin('production', 'up', '--target', 'local', '--release', OLD)).toMatchObject({
      exitCode: 0,
    });
    expect(await twin('production', 'down', '--release', OLD)).toMatchObject({ exitCode: 2 });
  });
});

describe('a tier whose writes are stopped', () => {
  /** How many orders the old production has, whenever they are counted. */
  let orders: (number | undefined)[];
  let asked: (readonly string[])[];
  beforeEach(() => {
    [orders, asked] = [[7], []];
    const seed = { writesStopped: 'a page says so' };
    bench.config = {
      ...bench.config,
      cutover: { ...bench.config.cutover!, data: { Orders: { seed }, Pages: { none: 'a cache' } } },
    };
    bench.data = {
      seeds: () => Promise.resolve([{ tier: 'Orders', from: 'Prod', at: new Date().toISOString() }]),
      rows: (tiers) => {
        asked.push(tiers);
        const rows = orders.length > 1 ? orders.shift() : orders[0];
        if (rows === undefined)
          return Promise.resolve([{ tier: 'Orders', tables: {}, unread: 'it is busy' }]);
        return Promise.resolve([{ tier: 'Orders', tables: { orders: { rows, holds: '' } } }]);
      },
    };
  });
  const cutover = async () => {
    await bothUp();
    const { exitCode, stdout, stderr } = await twin('cutover', '--to', 'ProdB');
    return { exitCode, stdout: stdout.replaceAll(/\s+/g, ' '), stderr };
  };

  it('is counted before the first step and after each, and the record says that nothing changed', async () => {
    const { exitCode, stdout } = await cutover();
    expect(exitCode).toBe(0);
    expect(asked).toEqual([['Orders'], ['Orders'], ['Orders']]);
    expect(stdout).toContain(
      'nothing is written after it, none of its rows changed while clients moved: a page says so',
    );
    expect(record().data).toMatchObject([{ tier: 'Orders', because: 'a page says so', unwritten: true }, {}]);
  });

  it('brings all clients back once something was written to the old one', async () => {
    orders = [7, 7, 9];
    const { exitCode, stdout } = await cutover();
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'writes: orders of Orders has 2 rows more in Prod, though cutover.data says that writes are stopped',
    );
    expect(record()).toMatchObject({ verdict: 'MOVED BACK', percent: 0 });
    expect(record().data![0]).not.toHaveProperty('unwritten');
    expect(bench.traffic.percent).toBe(0);
  });

  it.each([
    ['that could not be counted', 1],
    ['that could be counted at the beginning alone', 2],
  ])('%s, is left to the word of the team', async (_, counted) => {
    orders = [7, undefined].slice(2 - counted);
    const { exitCode, stdout, stderr } = await cutover();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Orders of Prod was not counted: it is busy');
    expect(stdout).toContain('nothing is written after it, by the word of the team: a page says so');
  });

  it('is left to the word of the team too where nothing counts', async () => {
    bench.data = { seeds: bench.data.seeds! };
    const { stdout } = await cutover();
    expect(stdout).toContain('nothing is written after it, by the word of the team: a page says so');
    expect(asked).toEqual([]);
  });
});

describe('twin cutover', () => {
  it('moves all traffic in the steps of the config, each verified, and can move it back', async () => {
    await bothUp();
    const moved = await twin('cutover', '--to', 'ProdB');
    expect(moved.exitCode).toBe(0);
    expect(moved.stdout).toContain(`MOVED: all traffic goes to ProdB, with ${GOOD}`);
    expect(moved.stdout).toContain(
      '\nNext  npx twin cutover --to Prod, to move the traffic back: Prod still stands\n',
    );
    expect(bench.traffic.shares).toEqual([0, 25, 100]);
    expect(bench.traffic.percent).toBe(100);
    expect(record()).toMatchObject({
      kind: 'cutover',
      verdict: 'MOVED',
      reasons: [],
      percent: 100,
      from: { environment: 'Prod', release: OLD },
      to: { environment: 'ProdB', release: GOOD },
      steps: [
        { name: 'record Prod', percent: 0, verification: { verdict: 'RECORDED' } },
        { name: 'verify ProdB', percent: 0, verification: { verdict: 'GO ON' } },
        { name: '25 %', percent: 25, outcome: 'passed', clients: { to: QUIET } },
        { name: '100 %', percent: 100, outcome: 'passed', verification: { verdict: 'GO ON' } },
      ],
    });
    expect(isSealed(record())).toBe(true);

    expect(await twin('cutover', '--to', 'ProdB')).toMatchObject({
      exitCode: 0,
      stdout: 'nothing to do: all traffic goes to ProdB\n',
    });
    await twin('production', 'deploy', '--environment', 'Prod', '--release', GOOD);
    expect(await twin('cutover', '--to', 'Prod')).toMatchObject({ exitCode: 0 });
    expect(bench.traffic.shares.slice(3)).toEqual([100, 75, 0]);
    expect([bench.traffic.percent, record().percent]).toEqual([0, 100]);
  });

  it('goes back at the first step in which too many requests of clients fail', async () => {
    await bothUp();
    bench.traffic.clients = (percent) => ({
      first: QUIET,
      second: percent === 0 ? QUIET : { requests: 40, failures: 6, firstFailure: 'answered 500', p95Ms: 20 },
    });
    const { exitCode, stdout } = await twin('cutover', '--to', 'ProdB');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`MOVED BACK: all traffic goes to Prod again, with ${OLD}`);
    expect(stdout).toContain('Clients   6 of the 40 requests that ProdB answered failed');
    expect([bench.traffic.percent, bench.traffic.shares]).toEqual([0, [0, 25]]);
    expect(record()).toMatchObject({
      verdict: 'MOVED BACK',
      percent: 0,
      reasons: ["25 %: clients' error rate: 6 of 40, 15 % (first: answered 500); allowed: at most 1 %"],
    });
  });

  it('says that some of the traffic is not back, whatever else is known', async () => {
    await bothUp();
    bench.traffic.stays = true;
    bench.traffic.clients = (percent) => ({
      first: QUIET,
      second: percent === 0 ? QUIET : { requests: 40, failures: 6, firstFailure: 'answered 500', p95Ms: 20 },
    });
    const { exitCode, stdout } = await twin('cutover', '--to', 'ProdB');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('NOT MOVED BACK: traffic may still go to ProdB');
    expect(record().reasons[0]).toBe('25 % of the requests of clients go to ProdB, and 75 % to Prod');
  });

  it('does not wait for the end of a step where clients have seen enough', async () => {
    await bothUp();
    bench.config = { ...bench.config, cutover: { steps: [25, 100], stepMinutes: 10 } };
    bench.traffic.clients = (percent) => ({
      first: QUIET,
      second: percent === 0 ? QUIET : { requests: 40, failures: 40, firstFailure: 'answered 500' },
    });
    expect((await twin('cutover', '--to', 'ProdB')).exitCode).toBe(1);
    expect(record().steps.at(-1)).toMatchObject({ name: '25 %', outcome: 'failed' });
  });

  it.each([
    ['the checks fail', BAD, {}, 'NOT MOVED', 'verify ProdB: orders: '],
    [
      'clients wait too long',
      GOOD,
      { gates: { p95: { maxRatio: 2 } } },
      'MOVED BACK',
      "25 %: clients' p95: 90 ms, before 20 ms; allowed: at most 2 times that of the old production",
    ],
    [
      'too few clients came',
      GOOD,
      { gates: { minRequests: 300 } },
      'MOVED BACK',
      "25 %: clients' requests: 200 requests; allowed: at least 300",
    ],
  ])('goes back, or does not begin, where %s', async (_, release, cutover, verdict, reason) => {
    await bothUp(release);
    bench.config = { ...bench.config, cutover: { ...bench.config.cutover, ...cutover } };
    bench.traffic.clients = (percent) => ({
      first: QUIET,
      second: percent === 0 ? QUIET : { ...QUIET, p95Ms: 90 },
    });
    expect((await twin('cutover', '--to', 'ProdB')).exitCode).toBe(1);
    expect(record()).toMatchObject({ verdict, percent: 0 });
    expect(record().reasons[0]).toContain(reason);
    expect(bench.traffic.shares.at(-1)).toBe(verdict === 'NOT MOVED' ? 0 : 25);
  });

  it('goes back where it is stopped', async () => {
    await bothUp();
    bench.config = { ...bench.config, cutover: { steps: [25, 100], stepMinutes: 10 } };
    const signals = new FakeProcess();
    bench.traffic.onShift = (percent) =>
      percent === 25 && setTimeout(() => signals.emit('SIGINT', 'SIGINT'), 50);
    const { exitCode, stderr } = await twinOn(bench, ['cutover', '--to', 'ProdB'], { signals });
    expect([exitCode, bench.traffic.percent]).toEqual([1, 0]);
    expect(stderr).toContain('stopping: all traffic goes back to the old production');
    expect(record()).toMatchObject({
      verdict: 'MOVED BACK',
      reasons: ['stopped by SIGINT before all traffic was moved'],
    });
  });

  it('says where it cannot be known that the traffic is back', async () => {
    await bothUp();
    bench.traffic.onShift = (percent) => void (percent === 25 && bench.traffic.lose());
    const { exitCode, stdout } = await twin('cutover', '--to', 'ProdB');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('NOT MOVED BACK: traffic may still go to ProdB');
    expect(stdout).toContain('\nNext  npx twin cutover --to Prod, to bring the traffic back\n');
    expect(record().reasons[0]).toContain('it could not be read which production has the traffic');
  });

  it('decides nothing where what decides could not be looked at', async () => {
    await bothUp();
    bench.world.mishaps.push({ call: 'probes', does: 'fails', times: 1 });
    expect((await twin('cutover', '--to', 'ProdB')).exitCode).toBe(70);
    expect([record().verdict, bench.traffic.shares]).toEqual(['UNDECIDED', [0]]);
  });

  it('judges by what is on record of either production, which are one but for names', async () => {
    await bothUp();
    bench.config = {
      ...bench.config,
      verification: { watchMinutes: 0.001, gates: { forecast: { maxRatio: 2 } } },
    };
    expect(await twin('cutover', '--to', 'ProdB')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        `verification.gates.forecast compares with the rehearsal of ${GOOD}, and none is on record`,
      ) as string,
    });
    expect(bench.traffic.shares).toEqual([]);
  });

  it.each([
    [[], 'none stands on this machine'],
    [['Prod'], 'Prod stands alone on this machine'],
  ])('refuses where %j stands', async (standing, message) => {
    for (const environment of standing) await up(OLD, '--environment', environment);
    const { exitCode, stderr } = await twin('cutover', '--to', 'Prod');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses a production that does not stand, and a time that is none', async () => {
    await bothUp();
    expect((await twin('cutover', '--to', 'ProdC')).stderr).toContain(
      'no production "ProdC" stands on this machine; did you mean "Prod"?',
    );
    expect((await twin('cutover', '--to', 'ProdB', '--step-minutes', '0')).stderr).toContain(
      '--step-minutes is "0"; expected a number of minutes above 0',
    );
  });
});

describe('traffic that stays where a process that was killed left it', () => {
  const BEFORE = { before: 'all of it to Prod' };
  /** What a cutover wrote down before it moved anything. */
  function kill(more: Partial<HeldEntry> = {}): void {
    const rehearsals = new Rehearsals(bench.folder);
    const cutover = rehearsals.create(`cutover-${GOOD}`, new Date());
    const entry = { cutover, target: 'aws', from: 'Prod', to: 'ProdB', startedAt: '', before: BEFORE };
    writeHeld(rehearsals, { version: 1, ...entry, isOver: false, ...more });
    bench.traffic.percent = 25;
  }
  const putBack: Readonly<Record<string, string>>[] = [];
  beforeEach(() => {
    putBack.length = 0;
    const handle = (name: string) => ({ target: 'aws', name });
    Object.assign(bench.traffic, {
      productions: [handle('Prod'), handle('ProdB')],
      putBack: (before: Readonly<Record<string, string>>) => {
        putBack.push(before);
        return Promise.resolve({ second: 'ProdB', percent: (bench.traffic.percent = 0) });
      },
    });
  });
  const onAws = (...argv: readonly string[]) => twin('cutover', '--target', 'aws', ...argv);

  it('is put back from what was written down, once', async () => {
    kill();
    kill({ isOver: true });
    expect(await onAws('--back')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^\S+-cutover-1.43.0: 100 % of the traffic goes to Prod and 0 % to ProdB, as before it\n$/,
      ) as string,
    });
    expect(putBack).toEqual([BEFORE]);
    expect(await onAws('--back')).toMatchObject({
      exitCode: 0,
      stdout: 'nothing to do: no cutover was broken off on the target aws\n',
    });
    expect(putBack).toHaveLength(1);
  });

  it('is for --back before anything else is moved', async () => {
    kill();
    const { exitCode, stderr } = await onAws('--to', 'ProdB', '--release', GOOD);
    expect([exitCode, bench.traffic.shares]).toEqual([2, []]);
    expect(stderr).toContain('did not come to its end: some of the traffic may go to ProdB');
    expect(stderr).toContain('code: cutover-unfinished');
  });

  it('is left alone while its process works, and where nothing says what it was', async () => {
    kill();
    const name = readdirSync(join(bench.folder, '.twin')).find((it) => it.includes('-cutover-'));
    const folder = join(bench.folder, '.twin', name!);
    const claimed = join(folder, 'claim-1.json');
    writeFileSync(claimed, JSON.stringify(processOf(process.ppid)));
    expect((await onAws('--back')).stderr).toContain(`process ${process.ppid} is at work on ${name}`);
    rmSync(claimed);
    writeFileSync(join(folder, 'held.json'), '{ "version": 1,');
    expect((await onAws('--back')).stderr).toContain('nothing says what traffic goes back to');
    expect(putBack).toEqual([]);
  });

  it('is not moved to a production with data of its own, of which the config says nothing', async () => {
    const { exitCode, stderr } = await onAws('--to', 'ProdB', '--release', GOOD);
    expect([exitCode, bench.traffic.shares]).toEqual([2, []]);
    expect(stderr).toContain('ProdB has data of its own, and nothing says how they get');
    expect(stderr).toContain('code: data');
  });

  it.each([
    [['--to', 'ProdB'], 'nothing says which release ProdB runs'],
    [['--to', 'ProdC', '--release', GOOD], 'the config shares no traffic with a production "ProdC"'],
    [[], 'nothing says which production all requests are to go to'],
    [['--back', '--to', 'ProdB'], "option '--back' cannot be used with option '--to <name>'"],
  ])('needs more than %j', async (argv, message) => {
    const { exitCode, stderr } = await onAws(...argv);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

it('knows the releases of productions that stand here, whose traffic goes back by itself', async () => {
  await bothUp();
  expect((await twin('cutover', '--to', 'ProdB', '--release', GOOD)).stderr).toContain(
    'on the target local each production knows its release, and --release names one',
  );
  expect((await twin('cutover', '--back')).stdout).toBe(
    'nothing to do: traffic goes back by itself on the target local\n',
  );
});

describe('a second production', () => {
  it('stands beside the first, one at the most, and each is named', async () => {
    await up();
    const stood = await up(GOOD, '--environment', 'ProdB');
    expect(stood.stdout).toContain(
      `ProdB stands with ${GOOD} beside Prod, and uses its data; no client meets it before twin cutover --to ProdB\n`,
    );
    expect((await up(GOOD, '--environment', 'ProdC')).stderr).toContain('ProdB stands already');
    expect(await twin('production', 'deploy', '--release', GOOD)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`2 productions stand: Prod with ${OLD}, ProdB with ${GOOD}`) as string,
    });
    expect((await twin('verify', '--release', GOOD)).stderr).toContain('2 productions stand');
    expect((await twin('verify', '--release', GOOD, '--environment', 'ProdB')).stdout).toContain(
      `GO ON: ProdB works with ${GOOD}`,
    );
  });

  it('does not stand where it is no twin of the first', async () => {
    await up();
    second = { FifoTopic: true };
    expect(await up(GOOD, '--environment', 'ProdB')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('ProdB cannot stand beside Prod: it is not its twin') as string,
    });
    expect(bench.world.standing.size).toBe(1);
  });

  it('is torn down by name, with its name typed, once no client is there; the first while it stands not at all', async () => {
    await bothUp();
    expect((await twin('production', 'down')).stderr).toContain('2 productions stand');
    expect((await twin('down')).stderr).toContain('ProdB stands beside Prod');
    expect((await twin('production', 'down', '--environment', 'Prod')).stderr).toContain(
      'Prod has the data that ProdB uses, and the address of its clients',
    );
    bench.traffic.percent = 100;
    const down = (...more: readonly string[]) =>
      twin('production', 'down', '--environment', 'ProdB', ...more);
    expect((await down('--confirm', 'ProdB')).stderr).toContain(
      '100 % of the requests of clients go to ProdB',
    );
    bench.traffic.percent = 0;
    expect((await down()).stderr).toContain('nobody has confirmed that ProdB is to be torn down');
    expect((await down('--confirm', 'Prod')).stderr).toContain('"Prod" was typed, expected "ProdB"');
    expect(bench.world.standing.size).toBe(2);
    expect(await down('--confirm', 'ProdB')).toMatchObject({ exitCode: 0 });
    expect(bench.world.standing.size).toBe(1);
    expect(await twin('production', 'down')).toMatchObject({ exitCode: 0 });
  });

  it('goes with everything', async () => {
    await bothUp();
    const { stdout } = await twin('down', '--all');
    expect(stdout.match(/is torn down/g)).toHaveLength(2);
    expect(bench.world.standing.size).toBe(0);
  });
});
