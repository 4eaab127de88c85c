import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/cli/run';
import type { History } from '../../lib/history/history';
import type { RehearsalList } from '../../lib/history/list';
import { processOf } from '../../lib/rehearsal/rehearsing-process';
import { autumn, writeAll, writeLedger } from '../history/samples';
import { BAD, GOOD, Workbench } from '../rehearsal/workbench';
import { Kept } from './rehearsal-command';

async function twin(...argv: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(argv, { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'twin-looking-back-'));
  writeAll(join(root, 'all'), autumn);
});
afterAll(() => rmSync(root, { recursive: true }));

const from = () => ['--from', join(root, 'all')];

describe('twin list', () => {
  it('shows the newest first, two lines each, in 80 columns', async () => {
    const { exitCode, stdout } = await twin('list', ...from());
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'GO               1.41.0 -> 1.43.0  2026-11-21 12:04:48 UTC  0.7 min  $6.83',
      '                 20261121-120448-1.43.0, for 4 of 8 tiers, no leftovers',
    ]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.match(/^(GO|NO-GO|BASELINE FAILED|UNDECIDED) /gm)).toHaveLength(autumn.length);
  });

  it('says what became of rehearsals without evidence', async () => {
    const bench = new Workbench();
    try {
      await bench.rehearse(GOOD);
      await bench.rehearse(BAD, { keep: true });
      bench.verdict = 'not-twins';
      await bench.rehearse('1.50.0');
      bench.verdict = 'twins';
      bench.synthesize = () => Promise.reject(new Error('no app'));
      await expect(bench.rehearse('1.51.0')).rejects.toThrow('no app');
      const folder = join(bench.folder, '.twin');
      writeLedger(folder, '29990101-000000-2.0.0', {
        standing: 'maybe',
        steps: [{ name: 'stand up', state: 'started', at: '' }],
      });
      writeLedger(folder, '29990102-000000-2.0.0', { standing: 'none' });
      writeFileSync(
        join(folder, '29990102-000000-2.0.0', 'claim-1.json'),
        JSON.stringify(processOf(process.ppid)),
      );
      writeLedger(folder, '29990103-000000-2.0.0', { standing: 'none' });
      writeFileSync(
        join(folder, '29990103-000000-2.0.0', 'claim-1.json'),
        JSON.stringify({ ...processOf(), pid: 4711, host: 'ci-7' }),
      );
      writeLedger(folder, '29990104-000000-2.0.0', { standing: 'gone' });
      writeLedger(folder, '29990105-000000-2.0.0', { standing: 'none' });
      mkdirSync(join(folder, '29990106-000000-2.0.0'));
      writeFileSync(join(folder, '29990106-000000-2.0.0', 'ledger.json'), '{');
      const { stdout } = await twin('list', '--from', folder, '--json');
      const { rehearsals } = JSON.parse(stdout) as RehearsalList;
      expect(
        rehearsals.map(({ state, detail = '', tearDown = '' }) => [
          state,
          detail.replace(folder, ''),
          tearDown,
        ]),
      ).toEqual([
        ['interrupted', expect.stringContaining('ledger.json is not the ledger of a rehearsal'), ''],
        ['stopped', 'nothing was stood up', ''],
        ['no evidence', 'its environment is gone', ''],
        ['running', 'process 4711 on ci-7, at the plan, unless it was killed', ''],
        ['running', `process ${process.ppid}, at the plan`, ''],
        ['interrupted', 'at "stand up"; its environment may exist: twin down', ''],
        ['not started', 'nothing was stood up', ''],
        ['not twins', 'nothing was stood up', ''],
        ['NO-GO', '', 'kept'],
        ['GO', '', 'gone'],
      ]);
      const { stdout: text } = await twin('list', '--from', folder);
      expect(text).toMatch(/^interrupted {2}1\.41\.0 -> 1\.42\.0 {2}2026-11-21/m);
      expect(hostname()).not.toBe('ci-7');
    } finally {
      bench.remove();
    }
  });

  it('shows a retry with what came before it', async () => {
    const bench = new Workbench();
    try {
      await bench.rehearse(BAD, { keep: true });
      await bench.retry(GOOD);
      const folder = join(bench.folder, '.twin');
      expect((await twin('list', '--from', folder)).stdout).toMatch(
        /^GO {2}1\.41\.0 -> 1\.43\.0 .*\n {4}\S+, no leftovers, before it NO-GO for 1\.42\.0\n/,
      );
      const { rehearsals, releases } = JSON.parse(
        (await twin('history', '--from', folder, '--json')).stdout,
      ) as History;
      expect(rehearsals).toBe(2);
      expect(releases.map(({ release, verdict }) => [release, verdict])).toEqual([
        [BAD, 'NO-GO'],
        [GOOD, 'GO'],
      ]);
    } finally {
      bench.remove();
    }
  });

  it('is empty where there is none, which is no error', async () => {
    mkdirSync(join(root, 'empty'), { recursive: true });
    const empty = join(root, 'empty');
    expect(await twin('list', '--from', empty)).toEqual({
      exitCode: 0,
      stdout: `there is no rehearsal in ${empty}\n`,
      stderr: '',
    });
    expect(JSON.parse((await twin('list', '--from', empty, '--json')).stdout)).toEqual({
      version: 1,
      rehearsals: [],
      verifications: [],
      cutovers: [],
      unread: [],
    });
  });

  it('names what it could not read', async () => {
    const place = join(root, 'damaged');
    mkdirSync(join(place, 'x'), { recursive: true });
    writeFileSync(join(place, 'x', 'evidence.json'), 'no');
    const { exitCode, stdout } = await twin('list', '--from', place);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`\nNot read  1 file\n`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${place}/x: it is not JSON`);
    const failed = await twin('history', '--from', place);
    expect([failed.exitCode, failed.stdout]).toEqual([2, '']);
    expect(failed.stderr).toMatch(
      /^error: none of 1 evidence files can be read; .*\/x: it is not JSON\n {2}fix: /,
    );
  });
});

describe('twin history', () => {
  it('writes the page in the place of the one before, without script, and prints its path', async () => {
    const file = join(root, 'wall', 'history.html');
    for (let i = 0; i < 2; i++)
      expect(await twin('history', ...from(), '--html', file)).toEqual({
        exitCode: 0,
        stdout: `${file}\n`,
        stderr: '',
      });
    const html = readFileSync(file, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toContain('<script');
    expect(html).toContain('href="../all/20261121-120448-1.43.0/report.html"');
    expect(existsSync(`${file}.${process.pid}`)).toBe(false);
  });

  it('says why the page could not be written', async () => {
    mkdirSync(join(root, 'taken', 'history.html', 'x'), { recursive: true });
    const { exitCode, stderr } = await twin(
      'history',
      ...from(),
      '--html',
      join(root, 'taken', 'history.html'),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^error: .*history\.html could not be written \((EISDIR|ENOTEMPTY|EEXIST)\)\n {2}fix: /,
    );
  });

  it('has its figures as JSON and in Markdown', async () => {
    const history = JSON.parse((await twin('history', ...from(), '--json')).stdout) as History;
    expect(history).toMatchObject({ version: 1, rehearsals: 12 });
    expect((await twin('history', ...from(), '--markdown')).stdout).toMatch(
      /^### 12 rehearsals of 8 releases/,
    );
  });

  it('needs evidence', async () => {
    mkdirSync(join(root, 'empty'), { recursive: true });
    const { exitCode, stderr } = await twin('history', '--from', join(root, 'empty'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: there is no evidence of a rehearsal in /);
  });
});

describe('twin compare', () => {
  it('compares two releases', async () => {
    const { exitCode, stdout } = await twin('compare', '1.42.0', '1.43.0', ...from());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^1\.42\.0 NO-GO, 1\.43\.0 GO\n\nBoth\n/);
    expect((await twin('compare', '1.42.0', '1.43.0', ...from(), '--markdown')).stdout).toMatch(
      /^### 1\.42\.0 NO-GO/,
    );
    expect(JSON.parse((await twin('compare', '1.42.0', '1.43.0', ...from(), '--json')).stdout)).toMatchObject(
      {
        a: { to: '1.42.0' },
        b: { to: '1.43.0' },
      },
    );
  });

  it.each([
    [['1.42.0'], /missing required argument 'b'/],
    [['1.42.0', '1.43'], /there is no evidence of "1\.43" in .*; did you mean "1\.43\.0"\?/],
    [['1.42.0', '1.43.0', '--json', '--markdown'], /cannot be used with option/],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stderr } = await twin('compare', ...argv, ...from());
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('\n  fix: ');
  });
});

describe('twin prune', () => {
  it('says what it would remove, removes it, and has nothing to remove then', async () => {
    const place = join(root, 'prune');
    writeAll(place, autumn);
    const prune = (...argv: string[]) => twin('prune', '--root', place, '--keep', '11', ...argv);
    const name = autumn[0]!.rehearsal;
    expect((await prune('--dry-run')).stdout).toMatch(
      new RegExp(
        `^would remove ${name}\n1 of 12 rehearsals in ${place} would be removed \\(0\\.\\d MiB\\)\n$`,
      ),
    );
    expect(existsSync(join(place, name))).toBe(true);
    expect((await prune()).stdout).toMatch(
      new RegExp(`^removed ${name}\n1 of 12 .* removed \\(0\\.\\d MiB\\)\n$`),
    );
    expect(existsSync(join(place, name))).toBe(false);
    expect(await prune()).toEqual({
      exitCode: 0,
      stdout: `0 of 11 rehearsals in ${place} removed\n`,
      stderr: '',
    });
    writeLedger(place, autumn[1]!.rehearsal, { standing: 'kept' });
    expect((await twin('prune', '--root', place, '--older-than', '1w', '--keep', '10')).stdout).toBe(
      `left ${autumn[1]!.rehearsal}: its environment may exist: tear it down with twin down\n0 of 11 rehearsals in ${place} removed\n`,
    );
  });

  it.each([
    [[], /twin prune has no rule; expected --keep, --older-than or both/],
    [['--keep', 'all'], /--keep is "all"; expected a number of rehearsals, 0 or more/],
    [['--keep=-1'], /--keep is "-1"/],
    [['--older-than', '90'], /--older-than is "90"; expected hours, days or weeks, such as 48h, 90d or 12w/],
    [['--keep', '1', '--root', 'nowhere'], /there is no folder nowhere/],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await twin('prune', ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('\n  fix: ');
  });
});

it.each(['list', 'compare', 'history', 'prune'])(
  'has help of %s that fits in 80 columns',
  async (command) => {
    const { stdout } = await twin('help', command);
    expect(stdout).toMatch(new RegExp(`^Usage: twin ${command} `));
    expect(stdout).toContain('Exit codes:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

it.each(['list', 'history'])('refuses %s of a place that is not there', async (command) => {
  const { exitCode, stderr } = await twin(command, '--from', join(root, 'nowhere'));
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error: there is no ${join(root, 'nowhere')}\n  fix: Name a folder with evidence`);
});
