import { unclean } from '../parity/reports/samples';
import { existsSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';
import { TwinError } from '../../lib/error';
import type { Evidence } from '../../lib/evidence/evidence';
import { seal } from '../../lib/evidence/seal';
import { writeEvidence } from '../../lib/evidence/store';
import { go } from '../evidence/samples';
import { BAD, GOOD, Workbench } from '../rehearsal/workbench';
import { FakeProcess, twinOn } from './rehearsal-command';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const twin = (...argv: string[]) => twinOn(bench, argv);

describe('twin rehearse', () => {
  it('ends with 0 for GO, the verdict on stdout and progress on stderr', async () => {
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD);
    expect(exitCode).toBe(EXIT.ok);
    expect(stdout).toMatch(/^GO: 1\.43\.0 may follow 1\.41\.0 into production\n/);
    expect(stderr).toContain(` s  rehearsal ${bench.last} in APP/.twin/${bench.last}\n`);
    expect(stderr).toMatch(/ s {2}tear down: done in /);
  });

  it('ends with 1 for NO-GO', async () => {
    const { exitCode, stdout } = await twin('rehearse', '--to', BAD);
    expect(exitCode).toBe(EXIT.no);
    expect(stdout).toMatch(
      /^NO-GO: 1\.42\.0 must not follow 1\.41\.0 into production\n {2}- orders: 37 of 50 reads/,
    );
  });

  it('ends with the first failed gate when it is to, also on a retry', async () => {
    const first = await twin('rehearse', '--to', BAD, '--fail-fast', '--keep');
    expect(first.exitCode).toBe(EXIT.no);
    expect(first.stdout).toContain('left out, because that decides it: failover of Orders,');
    const { stdout } = await twin('retry', '--fail-fast');
    expect(stdout).toContain('left out, because that decides it: failover of Orders,');
  });

  it('ends with 4 for a failed baseline, and takes it from the command line', async () => {
    bench.world.failing = ['1.40.9'];
    const { exitCode, stdout } = await twin('rehearse', '--from', '1.40.9', '--to', GOOD);
    expect(exitCode).toBe(EXIT.baselineFailed);
    expect(stdout).toMatch(/^BASELINE FAILED: staging did not work with 1\.40\.9/);
  });

  it('ends with 3 when there are leftovers, and says how to finish; the verdict is still reported', async () => {
    bench.world.mishaps.push({ call: 'down', does: 'fails' });
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD);
    expect(exitCode).toBe(EXIT.leftovers);
    expect(stdout).toMatch(/^GO: /);
    expect(stderr).toContain(
      `there may be leftovers; finish with npx twin down ${bench.last} --config APP\n`,
    );
  });

  it('ends with 70 for a bug, with its trace, after it has torn down', async () => {
    bench.world.mishaps.push({ call: 'release', does: 'crashes' });
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD);
    expect(exitCode).toBe(EXIT.bug);
    expect(stdout).toMatch(/^UNDECIDED: /);
    expect(stderr).toMatch(/error: this is a bug in cdk-twin .*\nRangeError: release went mad\n +at /s);
    expect(bench.world.standing.size).toBe(0);
  });

  it.each([
    [['--full-scale'], ['*', '*'], ''],
    [
      ['--rotate'],
      ['Writers', 'Writers'],
      "Writers is at production's size in this rehearsal: never so in 1 rehearsal\n",
    ],
    [[], [undefined, undefined], ''],
  ])("has factors at production's size when asked to: %j", async (flags, given, note) => {
    const differing = { kind: 'replicas', reason: 'fewer', prod: 3, staging: 2, places: 1 } as const;
    const before = { ...go, parity: { ...go.parity, factors: [{ ...differing, name: 'Writers' }] } };
    writeEvidence(join(bench.folder, '.twin', '20200101-000000-1.40.0'), seal(before));
    const seen: unknown[] = [];
    const { synthesize } = bench;
    bench.synthesize = (props) => {
      seen.push(props.context['cdk-twin:full-size']);
      return synthesize(props);
    };
    const { exitCode, stderr } = await twin('rehearse', '--to', GOOD, ...flags);
    expect({ exitCode, seen }).toEqual({ exitCode: EXIT.ok, seen: given });
    expect(stderr.startsWith(note)).toBe(true);
  });

  it('keeps the size of factors in a retry', async () => {
    await twin('rehearse', '--to', BAD, '--full-scale', '--keep');
    const seen: unknown[] = [];
    const { synthesize } = bench;
    bench.synthesize = (props) => {
      seen.push(props.context['cdk-twin:full-size']);
      return synthesize(props);
    };
    await twin('retry', '--to', GOOD);
    expect(seen).toEqual(['*']);
  });

  describe('beside several releases that run', () => {
    beforeEach(() => (bench.config = { ...bench.config, baselines: ['1.38.0'] }));
    const from = (): string[] =>
      bench.rehearsals.names().map((name) => bench.rehearsals.open(name).value.from);

    it('rehearses the candidate beside each, and gives one verdict', async () => {
      const { exitCode, stdout } = await twin('rehearse', '--to', GOOD);
      expect(exitCode).toBe(EXIT.ok);
      expect(from()).toEqual(['1.41.0', '1.38.0']);
      // at the beginning and at the end of each report
      expect(stdout.match(/^GO: 1\.43\.0 may follow /gm)).toHaveLength(4);
      expect(stdout).toMatch(/\nGO beside 1\.41\.0 and 1\.38\.0: 1\.43\.0 may follow each\n$/);
    });

    it('ends with the first that is not GO', async () => {
      const { exitCode, stdout } = await twin('rehearse', '--to', BAD);
      expect(exitCode).toBe(EXIT.no);
      expect(from()).toEqual(['1.41.0']);
      expect(stdout).toMatch(
        /\nno GO: 1\.42\.0 was not given GO beside 1\.41\.0; nor was it tried beside 1\.38\.0\n$/,
      );
    });

    it('is NO-GO where it passes beside one alone', async () => {
      bench.world.onCall = (call) => {
        if (call === 'down') bench.world.failing = [GOOD];
      };
      const { exitCode, stdout } = await twin('rehearse', '--to', GOOD);
      expect(exitCode).toBe(EXIT.no);
      expect(stdout).toMatch(/\nno GO: 1\.43\.0 was not given GO beside 1\.38\.0\n$/);
    });

    it('is about the one that --from names, as plain as ever', async () => {
      const { exitCode, stdout } = await twin('rehearse', '--to', GOOD, '--from', '1.38.0');
      expect([exitCode, from()]).toEqual([EXIT.ok, ['1.38.0']]);
      expect(stdout).not.toContain('beside');
      const kept = await twin('rehearse', '--to', GOOD, '--keep');
      expect(kept.exitCode).toBe(EXIT.badInput);
      expect(kept.stderr).toContain('--keep keeps one environment');
    });

    it('writes an array of evidence as JSON', async () => {
      const { stdout } = await twin('rehearse', '--to', GOOD, '--json');
      expect((JSON.parse(stdout) as Evidence[]).map(({ from: it }) => it)).toEqual(['1.41.0', '1.38.0']);
    });
  });

  describe('in several stagings', () => {
    beforeEach(() => {
      bench.config = { ...bench.config, environment: 'StagingEphemeral', environments: ['StagingSharded'] };
    });
    const rehearsed = (): (string | undefined)[] =>
      bench.rehearsals.names().map((name) => bench.rehearsals.open(name).value.environment);

    it('rehearses the candidate in each, and gives one verdict', async () => {
      const { exitCode, stdout } = await twin('rehearse', '--to', GOOD);
      expect([exitCode, rehearsed()]).toEqual([EXIT.ok, ['StagingEphemeral', 'StagingSharded']]);
      expect(stdout).toMatch(/\nGO in StagingEphemeral and StagingSharded: 1\.43\.0 may follow 1\.41\.0\n$/);
    });

    it('ends with the first that is not GO, one after the other, and says where it was not tried', async () => {
      bench.config = { ...bench.config, baselines: ['1.38.0'], stagingsAtOnce: 1 };
      const { exitCode, stdout } = await twin('rehearse', '--to', BAD);
      expect([exitCode, rehearsed()]).toEqual([EXIT.no, ['StagingEphemeral']]);
      expect(stdout).toMatch(
        /\nno GO: 1\.42\.0 was not given GO in StagingEphemeral beside 1\.41\.0; nor was it tried in StagingEphemeral beside 1\.38\.0, in StagingSharded beside 1\.41\.0 and in StagingSharded beside 1\.38\.0\n$/,
      );
      const good = await twin('rehearse', '--to', GOOD);
      expect(good.stdout).toMatch(
        /\nGO in StagingEphemeral and StagingSharded beside 1\.41\.0 and 1\.38\.0: 1\.43\.0 may follow each\n$/,
      );
    });

    it('has a rotation of its own in each', async () => {
      const differing = { kind: 'replicas', reason: 'fewer', prod: 3, staging: 2, places: 1 } as const;
      const before = (staging: string, name: string): void => {
        const parity = { ...go.parity, staging, factors: [{ ...differing, name }] };
        writeEvidence(join(bench.folder, '.twin', `20200101-000000-${name}`), seal({ ...go, parity }));
      };
      before('StagingEphemeral', 'Readers');
      before('StagingSharded', 'Shards');
      const { exitCode } = await twin('rehearse', '--to', GOOD, '--rotate');
      const sizes = bench.rehearsals.names().flatMap((name) => {
        const file = join(bench.rehearsals.folderOf(name), 'ledger.json');
        return existsSync(file) ? [bench.rehearsals.open(name).value.fullSize] : [];
      });
      expect([exitCode, sizes]).toEqual([EXIT.ok, [['Readers'], ['Shards']]]);
    });

    it('is about the one that --environment names', async () => {
      const { exitCode, stdout } = await twin('rehearse', '--to', GOOD, '--environment', 'StagingSharded');
      expect([exitCode, rehearsed()]).toEqual([EXIT.ok, ['StagingSharded']]);
      expect(stdout).not.toContain('GO in');
      const kept = await twin('rehearse', '--to', GOOD, '--keep');
      expect(kept.exitCode).toBe(EXIT.badInput);
      expect(kept.stderr).toContain('Name one of them with --environment: StagingEphemeral, StagingSharded.');
    });
  });

  it('takes the next in turn where one costs more than is allowed', async () => {
    const differing = { kind: 'replicas', reason: 'fewer', prod: 3, staging: 2, places: 1 } as const;
    const factors = ['Writers', 'Readers'].map((name) => ({ ...differing, name }));
    writeEvidence(
      join(bench.folder, '.twin', '20200101-000000-1.40.0'),
      seal({ ...go, parity: { ...go.parity, factors } }),
    );
    let size: unknown;
    const { synthesize } = bench;
    bench.synthesize = (props) => {
      size = props.context['cdk-twin:full-size'];
      return synthesize(props);
    };
    const { cost } = bench;
    let cheap = 'Readers';
    bench.cost = () => ({ ...cost(), ...(size === cheap && { rehearsalUsd: 0.5 }) });
    bench.config = { ...bench.config, gates: { ...bench.config.gates, maxCostUsd: 1 } };
    const { exitCode, stderr } = await twin('rehearse', '--to', GOOD, '--rotate');
    expect({ exitCode, size }).toEqual({ exitCode: EXIT.ok, size: 'Readers' });
    expect(stderr).toContain(
      "gates.maxCostUsd allows at most $1.00 for 4 h on AWS: Writers waits for a higher limit, and the next has its turn\nReaders is at production's size in this rehearsal: never so in 1 rehearsal\n",
    );

    cheap = 'none';
    const none = await twin('rehearse', '--to', GOOD, '--rotate');
    expect(none.exitCode).toBe(EXIT.badInput);
    expect(none.stderr).toMatch(/\nerror: StagingEphemeral would cost/);
    // who asks for full scale is told at the end, where nothing is paid for it here
    expect((await twin('rehearse', '--to', GOOD, '--full-scale')).exitCode).toBe(EXIT.no);
  });

  it('passes over what its evidence says to be too expensive, takes what has to grow, and says who is due', async () => {
    const differing = { kind: 'replicas', reason: 'fewer', prod: 3, staging: 2, places: 1 } as const;
    const factors = ['Classes', 'Shards', 'Readers', 'Tasks', 'Same'].map((name) => ({ ...differing, name }));
    const fullSize = [
      { factor: 'Classes', addsUsd: -1, unpriced: ['db.r6g.2xlarge'] },
      { factor: 'Shards', addsUsd: 100 },
      { factor: 'Readers', addsUsd: 2, growing: ['Tasks'] },
      { factor: 'Tasks', addsUsd: 2, growing: ['Readers'] },
      { factor: 'Same', addsUsd: 4 },
    ];
    const before = seal({
      ...go,
      parity: { ...go.parity, factors },
      cost: { ...go.cost, rehearsalUsd: 3, fullSize },
    });
    writeEvidence(join(bench.folder, '.twin', '20200101-000000-1.40.0'), before);
    const seen = new Set<unknown>();
    const { synthesize } = bench;
    bench.synthesize = (props) => {
      seen.add(props.context['cdk-twin:full-size']);
      return synthesize(props);
    };
    const { cost } = bench;
    bench.cost = () => ({ ...cost(), rehearsalUsd: 5 });
    bench.config = { ...bench.config, gates: { ...bench.config.gates, maxCostUsd: 20 } };
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD, '--rotate');
    expect([exitCode, ...seen]).toEqual([EXIT.ok, 'Readers,Tasks']);
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      "Classes waits: at production's size there is no known price of db.r6g.2xlarge, and gates.maxCostUsd allows $20.00",
      "Readers is at production's size in this rehearsal, and Tasks with it by the proportions: never so in 1 rehearsal; about $5.00 on AWS",
    ]);
    expect(stdout).toContain(
      "\nRotation   at production's size in turn: Readers and Tasks; due next: Same.\n",
    );
  });

  it('says what it would cost where every factor is too expensive, after one synthesis', async () => {
    const differing = { kind: 'replicas', reason: 'fewer', prod: 3, staging: 2, places: 1 } as const;
    const factors = ['Shards', 'Readers'].map((name) => ({ ...differing, name }));
    const fullSize = factors.map(({ name }) => ({ factor: name, addsUsd: 100 }));
    const before = { ...go, parity: { ...go.parity, factors }, cost: { ...go.cost, fullSize } };
    writeEvidence(join(bench.folder, '.twin', '20200101-000000-1.40.0'), seal(before));
    bench.config = { ...bench.config, gates: { ...bench.config.gates, maxCostUsd: 1 } };
    const { exitCode, stderr } = await twin('rehearse', '--to', GOOD, '--rotate');
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toMatch(/^Shards is at production's size in this rehearsal/);
    expect(stderr).toMatch(/\nerror: StagingEphemeral would cost .*gates\.maxCostUsd allows at most \$1\.00/);
  });

  it('rotates by nothing where nothing is on record, and says so', async () => {
    const { exitCode, stderr } = await twin('rehearse', '--to', GOOD, '--rotate');
    expect(exitCode).toBe(EXIT.ok);
    expect(stderr).toMatch(/^nothing is on record to rotate by: this rehearsal is at the declared scale\n/);
    expect((await twin('rehearse', '--to', GOOD, '--rotate', '--full-scale')).exitCode).toBe(EXIT.badInput);
  });

  it('ends with 2 where it cannot begin, in one line and the fix', async () => {
    bench.synthesize = () =>
      Promise.reject(new TwinError({ code: 'synth', message: 'no', fix: 'Repair it.' }));
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD);
    expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.badInput, stdout: '' });
    expect(stderr).toContain('error: no\n  fix: Repair it.\n');
  });

  it('shows the parity report of environments that are not twins, stands nothing up, and ends with 1', async () => {
    bench.verdict = 'not-twins';
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD);
    expect(exitCode).toBe(EXIT.no);
    expect(stdout).toContain('Prod');
    expect(stderr).toContain('1.41.0 was not tested: its staging is not a twin of production\n');
    expect(bench.world.calls).toEqual([]);
    const json = await twin('rehearse', '--to', GOOD, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'not-twins' });
  });

  it('says which it is when a twin failed a check', async () => {
    bench.checks = unclean.checks;
    const { exitCode, stdout, stderr } = await twin('rehearse', '--to', GOOD);
    expect(exitCode).toBe(EXIT.no);
    expect(stdout).toContain('Isolation failed: 1 finding');
    expect(stderr).toContain(
      '1.41.0 was not tested: its staging reaches something outside, or would leave something behind\n',
    );
  });

  it('writes the evidence as JSON', async () => {
    const { stdout } = await twin('rehearse', '--to', BAD, '--json');
    const evidence = JSON.parse(stdout) as Evidence;
    expect(evidence).toMatchObject({ version: 2, verdict: 'NO-GO', to: BAD, tearDown: { outcome: 'gone' } });
  });

  it('says what to type next when the environment is kept', async () => {
    const { exitCode, stderr } = await twin('rehearse', '--to', BAD, '--keep');
    expect(exitCode).toBe(EXIT.no);
    expect(stderr).toContain(
      `the environment is kept; retry with npx twin retry ${bench.last} --config APP --to <release>\n`,
    );
    expect(stderr).toContain(`tear it down with npx twin down ${bench.last} --config APP\n`);
    expect(stderr).not.toContain('may still have');
  });

  it('says how an environment that is kept is reached, with passwords at a screen alone', async () => {
    const reached = 'postgresql://shop:secret@127.0.0.2:5432/orders';
    const log = await twin('rehearse', '--to', BAD, '--keep');
    expect(log.stderr).toContain('\n  TWIN_URL=http://1.42.0\n');
    expect(log.stderr).toContain(`\n  TWIN_ORDERS_WRITER_URL=${reached.replace('secret', '***')}\n`);
    expect(log.stderr).not.toContain('secret');
    const screen = { columns: () => 80, color: false };
    const person = await twinOn(bench, ['retry', '--keep'], { screen });
    expect(person.stderr).toContain(`\n  TWIN_ORDERS_WRITER_URL=${reached}\n`);
  });

  it('reports its verdict even where the addresses of a kept environment cannot be read', async () => {
    bench.world.onCall = (call) => {
      if (call === 'describe') bench.world.mishaps.push({ call: 'probes', does: 'fails' });
    };
    const { stdout, stderr } = await twin('rehearse', '--to', GOOD, '--keep');
    expect(stdout).toMatch(/^BASELINE FAILED: /);
    expect(stderr).toContain('its addresses could not be read: ');
  });

  it('reports an environment that an earlier rehearsal left standing', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    const kept = bench.last;
    const { exitCode, stderr } = await twin('rehearse', '--to', GOOD);
    expect(exitCode).toBe(EXIT.ok);
    expect(stderr).toContain(
      `${kept} may still have an environment: tear it down with npx twin down ${kept} --config APP\n`,
    );
  });

  it.each([
    [
      ['rehearse'],
      "required option '--to <release>' not specified",
      'Run "twin help rehearse" for the flags.',
    ],
    [['rehearse', '1.42.0', '--to', GOOD], 'too many arguments', 'Name the candidate with --to <release>.'],
    [
      ['rehearse', '--to', '--keep'],
      'the release is "--keep"; expected a name that does not',
      'Write the release after its flag',
    ],
    [
      ['rehearse', '--to', GOOD, '--from', ''],
      'the release is ""; expected a name',
      'Write the release after its flag',
    ],
    [['retry', '--to', ''], 'the release is ""; expected a name', 'Write the release after its flag'],
    [
      ['rehearse', '--to', GOOD, '--target', 'moon'],
      "argument 'moon' is invalid. Allowed choices are local, aws.",
      'Run',
    ],
  ])('refuses %j', async (argv, message, fix) => {
    const { exitCode, stderr } = await twin(...argv);
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`fix: ${fix}`);
  });
});

describe('signals', () => {
  it('stop it: it tears down, says so at once and ends with 1', async () => {
    const signals = new FakeProcess();
    bench.world.mishaps.push({ call: 'release', does: 'hangs' });
    bench.world.onCall = (call) => {
      if (call === 'release') setImmediate(() => signals.emit('SIGTERM', 'SIGTERM'));
    };
    const { exitCode, stdout, stderr } = await twinOn(bench, ['rehearse', '--to', GOOD], { signals });
    expect(exitCode).toBe(EXIT.no);
    expect(stdout).toContain('  - stopped by SIGTERM before it was judged\n');
    expect(stderr).toContain(
      `stopping: tearing down; press Ctrl-C again to leave that to npx twin down ${bench.last} --config APP\n`,
    );
    expect(bench.world.standing.size).toBe(0);
    expect(signals.exited).toBeUndefined();
    expect(signals.listenerCount('SIGINT')).toBe(0);
  });

  it('end it at once the second time, with 3 and how to finish', async () => {
    const signals = new FakeProcess();
    bench.world.onCall = (call) => {
      if (call === 'release') signals.emit('SIGINT', 'SIGINT');
      if (call === 'down') signals.emit('SIGINT', 'SIGINT');
    };
    const { stderr } = await twinOn(bench, ['rehearse', '--to', GOOD], { signals });
    expect(signals.exited).toBe(EXIT.leftovers);
    expect(stderr).toContain(
      `SIGINT again: there may be leftovers; finish with npx twin down ${bench.last} --config APP\n`,
    );
  });

  it('stop it before anything stands', async () => {
    const signals = new FakeProcess();
    bench.synthesize = ({ signal }) => {
      signals.emit('SIGINT', 'SIGINT');
      return Promise.reject(signal.reason as Error);
    };
    const { exitCode, stdout, stderr } = await twinOn(bench, ['rehearse', '--to', GOOD], { signals });
    expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.no, stdout: '' });
    expect(stderr).toContain('stopped by SIGINT: nothing was stood up\n');
  });
});

describe('twin retry', () => {
  it('tries the last that was kept', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    const { exitCode, stdout } = await twin('retry', '--to', GOOD);
    expect(exitCode).toBe(EXIT.ok);
    expect(stdout).toMatch(/^GO: 1\.43\.0/);
  });

  it('says that the environment is unchanged when the new staging is not a twin', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    bench.verdict = 'not-twins';
    const { exitCode, stderr } = await twin('retry', '--to', GOOD);
    expect(exitCode).toBe(EXIT.no);
    expect(stderr).toContain(
      `${bench.last} may still have an environment: tear it down with npx twin down ${bench.last}`,
    );
  });

  it('says so when there is none', async () => {
    const { exitCode, stderr } = await twin('retry');
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toBe(
      'error: no rehearsal has left an environment to retry on\n  fix: Rehearse with --keep.\n  code: nothing-to-retry\n',
    );
  });

  it('knows the names that there are', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    const { exitCode, stderr } = await twin('retry', bench.last.replace('1.42', '1.4'));
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toContain(`did you mean "${bench.last}"?`);
  });
});

describe('twin down', () => {
  it('has another folder named where there is none', async () => {
    rmSync(bench.folder, { recursive: true });
    const { exitCode, stderr } = await twin('down');
    expect({ exitCode, stderr }).toEqual({
      exitCode: EXIT.badInput,
      stderr: expect.stringMatching(
        /^error: there is no folder .*\n {2}fix: Name the folder of twin\.config\.ts/,
      ) as string,
    });
  });

  it('has nothing to do without a rehearsal', async () => {
    expect(await twin('down')).toEqual({
      exitCode: EXIT.ok,
      stdout:
        'nothing to do: there is no rehearsal in APP/.twin; what another machine stood up, twin sweep finds\n',
      stderr: '',
    });
  });

  it('has nothing to do without an environment, whether it is named or not', async () => {
    await twin('rehearse', '--to', GOOD);
    const nothing = { exitCode: EXIT.ok, stdout: `nothing to do: ${bench.last} is torn down\n`, stderr: '' };
    expect(await twin('down')).toEqual(nothing);
    expect(await twin('down', bench.last)).toEqual(nothing);
    expect(await twin('down', '--all')).toEqual(nothing);
  });

  it('tears down the last one with an environment, even when a later one is gone', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    const kept = bench.last;
    await twin('rehearse', '--to', GOOD);
    const { exitCode, stdout } = await twin('down');
    expect({ exitCode, stdout }).toEqual({
      exitCode: EXIT.ok,
      stdout: `${kept} is torn down: no leftovers\n`,
    });
    expect(bench.world.standing.size).toBe(0);
  });

  it('ends with 3 and names the leftovers', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    bench.world.stuck.push({ kind: 'process', what: 'process 4711: postgres' });
    const { exitCode, stdout } = await twin('down');
    expect(exitCode).toBe(EXIT.leftovers);
    expect(stdout).toContain(
      `${bench.last} is not torn down: there are leftovers\n  - process process 4711: postgres\n`,
    );
    expect(stdout).toContain(`  finish with npx twin down ${bench.last} --config APP\n`);
  });

  it('ends with 3 where what stands is elsewhere, says so, and has not begun', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    bench.world.elsewhere = new TwinError({
      code: 'elsewhere',
      message: 'it is elsewhere',
      fix: 'Go there.',
    });
    const standing = bench.world.standing.size;
    const { exitCode, stdout } = await twin('down');
    expect(exitCode).toBe(EXIT.leftovers);
    expect(stdout).toBe(
      `${bench.last} is not torn down, and stays as it was: it is elsewhere. Go there.\n  finish with npx twin down ${bench.last} --config APP\n`,
    );
    expect(bench.world.standing.size).toBe(standing);
    expect(bench.ledger.standing).toBe('kept');
  });

  it('tears down the last one past an earlier ledger that cannot be read', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    await twin('rehearse', '--to', GOOD, '--keep');
    const [broken = '', whole = ''] = bench.rehearsals.names();
    writeFileSync(join(bench.rehearsals.folderOf(broken), 'ledger.json'), '{"version":2}');
    expect(await twin('down')).toMatchObject({
      exitCode: EXIT.ok,
      stdout: `${whole} is torn down: no leftovers\n`,
    });
    expect(await twin('down')).toMatchObject({ exitCode: EXIT.badInput, stdout: '' });
  });

  it('tears all down, and continues after a bug: leftovers outweigh it', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    await twin('rehearse', '--to', GOOD, '--keep');
    const [broken = '', whole = ''] = bench.rehearsals.names();
    const file = join(bench.rehearsals.folderOf(broken), 'ledger.json');
    writeFileSync(file, JSON.stringify({ ...bench.rehearsals.open(broken).value, steps: null }));
    const { exitCode, stdout, stderr } = await twin('down', '--all');
    expect({ exitCode, stdout }).toEqual({
      exitCode: EXIT.leftovers,
      stdout: `${whole} is torn down: no leftovers\n`,
    });
    expect(stderr).toContain('this is a bug in cdk-twin');
  });

  it('tears all down, and continues after a ledger that cannot be read', async () => {
    await twin('rehearse', '--to', BAD, '--keep');
    await twin('rehearse', '--to', GOOD, '--keep');
    const [broken = '', whole = ''] = bench.rehearsals.names();
    writeFileSync(join(bench.rehearsals.folderOf(broken), 'ledger.json'), '{');
    const { exitCode, stdout, stderr } = await twin('down', '--all');
    expect({ exitCode, stdout }).toEqual({
      exitCode: EXIT.leftovers,
      stdout: `${whole} is torn down: no leftovers\n`,
    });
    expect(stderr).toMatch(
      /error: .*ledger\.json is not the ledger of a rehearsal: .*\n {2}fix: Look for leftovers/,
    );
  });

  it('takes no name together with --all', async () => {
    const { exitCode, stderr } = await twin('down', 'x', '--all');
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toBe(
      'error: "x" is given together with --all\n  fix: Leave one of them out.\n  code: usage\n',
    );
  });
});

describe('help', () => {
  it.each(['rehearse', 'retry', 'down'])('fits in 80 columns for twin %s', async (command) => {
    const { exitCode, stdout } = await twin('help', command);
    expect(exitCode).toBe(EXIT.ok);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('is shown for twin rehearse', async () => {
    expect((await twin('help', 'rehearse')).stdout).toMatchInlineSnapshot(`
     "Usage: twin rehearse [options]

     Stands staging up with the release that production runs, releases the candidate,
     checks it, runs the drills of twin.config.ts and judges by its gates. Always
     tears down, whatever happens.

     Options:
       --to <release>        the candidate
       --from <release>      what production runs (default: "baseline" and
                             "baselines" in the config)
       --environment <name>  the staging (default: "environment" and "environments"
                             in the config)
       --target <name>       where staging is stood up (choices: "local", "aws",
                             default: "local")
       --full-scale          give staging production's own scale
       --rotate              give staging a factor at production's size: in turns, by
                             what a smaller one can hide, how long it was not seen
                             so, and its cost
       --at-once <n>         how many stagings are rehearsed in at the same time
                             (default: "stagingsAtOnce" in the config)
       --fail-fast           end with the first gate that has failed, and leave out
                             the checks and drills after it
       --keep                leave the environment standing, for twin retry, unless
                             the rehearsal is stopped
       --open                open the page of the evidence in a browser
       --json                write the evidence as JSON
       --config <dir>        the folder of twin.config.ts (default: ".")
       -h, --help            show help

     Exit codes:
       0   GO
       1   NO-GO, or staging and production are not twins
       2   bad input, and nothing was stood up; or GO without its evidence
       3   there may be leftovers: the command that finishes is printed
       4   the baseline failed: the candidate was not tested
       70  a fault of cdk-twin, of the machine or of AWS: no verdict

     Examples:
       twin rehearse --to 1.42.0
       twin rehearse --to 1.42.0 --keep
       twin rehearse --to 1.42.0 --rotate
       twin rehearse --from 1.40.2 --to 1.42.0 --json > evidence.json
     "
    `);
  });

  it('is shown for twin retry', async () => {
    expect((await twin('help', 'retry')).stdout).toMatchInlineSnapshot(`
     "Usage: twin retry [options] [rehearsal]

     Restores the data as they were before the candidate, releases the repaired one,
     checks and judges it by the same gates, and tears down. The result counts: it is
     reached from the checkpoint, without intervention.

     Arguments:
       rehearsal       its name in .twin (default: the last with an environment)

     Options:
       --to <release>  the candidate (default: that of the attempt before)
       --fail-fast     end with the first gate that has failed, and leave out the
                       checks and drills after it
       --keep          leave the environment standing again
       --json          write the evidence as JSON
       --config <dir>  the folder of twin.config.ts (default: ".")
       -h, --help      show help

     Exit codes: those of twin rehearse; after 2 the environment is unchanged.

     Examples:
       twin retry --to 1.42.1
       twin retry 20261121-041233-1.42.0 --keep
     "
    `);
  });

  it('is shown for twin down', async () => {
    expect((await twin('help', 'down')).stdout).toMatchInlineSnapshot(`
     "Usage: twin down [options] [names...]

     Tears down the environment of a rehearsal that was kept, or whose process has
     ended, from its ledger alone, and looks for leftovers. Does nothing where there
     is nothing to tear down, so it is always safe to run.

     Arguments:
       names           rehearsals in .twin (default: the last with an environment, in
                       all of its stagings)

     Options:
       --all           every rehearsal with an environment
       --force         even while its process is at work
       --config <dir>  the folder of twin.config.ts (default: ".")
       -h, --help      show help

     Exit codes:
       0   no leftovers
       2   bad input
       3   there may be leftovers
       70  a bug in cdk-twin

     Examples:
       twin down
       twin down 20261121-041233-1.42.0
       twin down --all
     "
    `);
  });
});
