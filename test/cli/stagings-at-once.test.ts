import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';
import { run } from '../../lib/cli/run';
import { TwinError } from '../../lib/error';
import type { Evidence } from '../../lib/evidence/evidence';
import { BAD, GOOD, Workbench } from '../rehearsal/workbench';
import { FakeProcess, Kept, twinOn } from './rehearsal-command';

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  bench.config = { ...bench.config, environment: 'Small', environments: ['Sharded'] };
});
afterEach(() => bench.remove());

const twin = (...argv: string[]) => twinOn(bench, argv);
const rehearse = (...argv: string[]) => twin('rehearse', '--to', GOOD, ...argv);
const ledgers = () => bench.rehearsals.names().map((name) => bench.rehearsals.open(name).value);
const standing = (): Record<string, string> =>
  Object.fromEntries(ledgers().map((it) => [it.environment ?? it.rehearsal, it.standing]));
/** The handle that a staging has. */
const handleOf = (staging: string): string | undefined =>
  ledgers().find(({ environment }) => environment === staging)?.handle.name;

/** Lets one staging meet something at a call, and the others pass. */
function befall(staging: string, call: string, act: () => void): void {
  bench.world.onCall = (it, { name }) => {
    if (it === call && name === handleOf(staging)) act();
  };
}

/** How many environments stood at the same time, at the most. */
function most(): () => number {
  let count = 0;
  bench.world.onCall = () => (count = Math.max(count, bench.world.standing.size));
  return () => count;
}

describe('stagings at once', () => {
  it('stand at the same time where the target has room, and one verdict comes of them', async () => {
    const seen = most();
    const { exitCode, stdout } = await rehearse();
    expect({ exitCode, most: seen(), standing: standing() }).toEqual({
      exitCode: EXIT.ok,
      most: 2,
      standing: { Small: 'gone', Sharded: 'gone' },
    });
    expect(stdout).toMatch(/^GO in Small, 1 of 2 stagings: 1\.43\.0 may follow 1\.41\.0 into production\n/);
    expect(stdout).toMatch(/\nGO in Small and Sharded: 1\.43\.0 may follow 1\.41\.0\n$/);
  });

  it.each([
    ['by the flag', ['--at-once', '1'], undefined, 1],
    ['by the config', [], 1, 1],
    ['by the flag before the config', ['--at-once', '2'], 1, 2],
  ])('are as many as is said %s', async (_, flags, stagingsAtOnce, expected) => {
    if (stagingsAtOnce !== undefined) bench.config = { ...bench.config, stagingsAtOnce };
    const seen = most();
    const { exitCode } = await rehearse(...flags);
    expect([exitCode, seen()]).toEqual([EXIT.ok, expected]);
  });

  it('are as many as the target has room for', async () => {
    bench.world.atOnce = 1;
    const seen = most();
    await rehearse();
    expect(seen()).toBe(1);
  });

  it.each(['0', '1.5', 'two', ''])('are not "%s" of them', async (count) => {
    const { exitCode, stderr } = await rehearse('--at-once', count);
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toContain(`--at-once is "${count}"; expected a whole number of 1 or more`);
  });

  it('share no name, and none of them begins with that of another', async () => {
    await rehearse();
    const names = ledgers().flatMap(({ rehearsal, handle }) => [rehearsal, handle.name]);
    expect(new Set(names).size).toBe(4);
    expect(names.filter((it) => names.some((other) => other !== it && other.startsWith(it)))).toEqual([]);
  });

  it('are a group in the ledger, the evidence and the list', async () => {
    const { stdout } = await rehearse('--json');
    const groups = (JSON.parse(stdout) as Evidence[]).map(({ group }) => group);
    expect(groups[0]).toMatchObject({ stagings: ['Small', 'Sharded'], beside: ['1.41.0'] });
    expect([groups[1], ...ledgers().map(({ group }) => group)]).toEqual([groups[0], groups[0], groups[0]]);
    const list = new Kept();
    const terminal = { stdout: list, stderr: new Kept(), columns: 80, color: false };
    await run(['list', '--from', join(bench.folder, '.twin')], terminal);
    expect(list.text).toMatch(/1\.41\.0 -> 1\.43\.0 {2}in Small {2}/);
    expect(list.text).toMatch(/1\.41\.0 -> 1\.43\.0 {2}in Sharded {2}/);
  });

  it('name each other where one of them is reported', async () => {
    await rehearse();
    const [stdout, stderr] = [new Kept(), new Kept()];
    const terminal = { stdout, stderr, columns: 80, color: false };
    await run(['report', '--root', join(bench.folder, '.twin')], terminal);
    const [first] = bench.rehearsals.names();
    expect(stdout.text).toMatch(/^GO in Sharded, 1 of 2 stagings: /);
    expect(stderr.text).toBe(`the same rehearsal in Small beside 1.41.0: GO, twin report ${first}\n`);
  });

  it('each go on to their own verdict where one is not GO', async () => {
    bench.world.mishaps.push({ call: 'up', does: 'fails', times: 1 });
    const { exitCode, stdout } = await rehearse();
    expect([exitCode, standing()]).toEqual([EXIT.baselineFailed, { Small: 'gone', Sharded: 'gone' }]);
    expect(stdout).toMatch(/^BASELINE FAILED: .*\n/);
    expect(stdout).toMatch(/^GO in Sharded, 1 of 2 stagings: 1\.43\.0 may follow/m);
    expect(stdout).toMatch(/\nno GO: 1\.43\.0 was not given GO in Small\n$/);
  });

  it('end with the worst of their codes: a candidate that is refused stays refused', async () => {
    let count = 0;
    bench.world.mishaps.push({ call: 'up', does: 'fails', times: 1 });
    bench.world.onCall = (call) => {
      if (call === 'release' && ++count === 1) bench.world.failing = [GOOD];
    };
    const { exitCode, stdout } = await rehearse();
    expect(exitCode).toBe(EXIT.no);
    expect(stdout).toMatch(/\nno GO: 1\.43\.0 was not given GO in Small and in Sharded\n$/);
  });

  it('end with 3 where one may have left something, whatever the others say', async () => {
    befall('Small', 'down', () => {
      throw new TwinError({ code: 'refused', message: 'down was refused', fix: 'Ask again.' });
    });
    const { exitCode, stdout } = await rehearse();
    expect(exitCode).toBe(EXIT.leftovers);
    expect(stdout).toMatch(/\nno GO: 1\.43\.0 was not given GO in Small\n$/);
    bench.world.onCall = () => {};
    expect((await twin('down')).stdout).toMatch(/is torn down: no leftovers\n$/);
  });

  it('stand up none where one is not a twin', async () => {
    bench.onProve = (environment) => (environment === 'Sharded' ? 'not-twins' : 'twins');
    const { exitCode, stdout, stderr } = await rehearse();
    expect([exitCode, bench.world.calls.includes('seed')]).toEqual([EXIT.no, false]);
    expect(stdout).toMatch(/\nno GO: 1\.43\.0 was not given GO in Sharded; nor was it tried in Small\n$/);
    expect(stderr).toContain('Sharded could not be planned: nothing was stood up');
  });

  it('report the error of one by its name, and the result of the others', async () => {
    bench.onProve = (environment) => {
      if (environment !== 'Sharded') return 'twins';
      throw new TwinError({ code: 'price', message: 'too dear', fix: 'Pay.' });
    };
    const { exitCode, stdout, stderr } = await rehearse('--at-once', '1');
    expect(exitCode).toBe(EXIT.badInput);
    expect(stderr).toContain('error: Sharded: too dear\n  fix: Pay.\n  code: price\n');
    expect(stdout).toMatch(/^GO in Small, 1 of 2/);
  });

  it('with --fail-fast stop each other, and the one that decided names the verdict', async () => {
    bench.world.mishaps.push({ call: 'up', does: 'fails', times: 1 }, { call: 'up', does: 'hangs' });
    const { exitCode, stdout } = await rehearse('--fail-fast');
    expect([exitCode, standing()]).toEqual([EXIT.baselineFailed, { Small: 'gone', Sharded: 'gone' }]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '- stopped by --fail-fast, because there is no GO in Small, before it was judged',
    );
    expect(stdout).toMatch(/\nno GO: 1\.43\.0 was not given GO in Small; it was stopped in Sharded\n$/);
  });

  it('each have the time limit of a call: one that hangs does not keep the other', async () => {
    bench.world.limitSeconds = 0.2;
    bench.world.mishaps.push({ call: 'up', does: 'hangs', times: 1 });
    const { exitCode, stdout } = await rehearse();
    expect([exitCode, standing()]).toEqual([EXIT.baselineFailed, { Small: 'gone', Sharded: 'gone' }]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('"up" on the target local was not done after 200 ms');
    expect(stdout).toMatch(/^GO in Sharded, /m);
  });

  it('with BAD each end with NO-GO, as one rehearsal', async () => {
    const { exitCode, stdout } = await twin('rehearse', '--to', BAD);
    expect(exitCode).toBe(EXIT.no);
    expect(stdout).toMatch(/\nno GO: 1\.42\.0 was not given GO in Small and in Sharded\n$/);
  });
});

describe('signals to stagings at once', () => {
  it('stop all of them, say so once and name them all', async () => {
    const signals = new FakeProcess();
    bench.world.mishaps.push({ call: 'release', does: 'hangs' });
    let released = 0;
    bench.world.onCall = (call) => {
      if (call === 'release' && ++released === 2) setImmediate(() => signals.emit('SIGINT', 'SIGINT'));
    };
    const { exitCode, stdout, stderr } = await twinOn(bench, ['rehearse', '--to', GOOD], { signals });
    const names = bench.rehearsals.names();
    expect([exitCode, standing()]).toEqual([EXIT.no, { Small: 'gone', Sharded: 'gone' }]);
    expect(stdout.match(/ {2}- stopped by SIGINT before it was judged\n/g)).toHaveLength(2);
    expect(stderr.match(/stopping: .*/g)).toEqual([
      `stopping: tearing down; press Ctrl-C again to leave that to npx twin down ${names.join(' ')} --config APP`,
    ]);
    expect([signals.exited, signals.listenerCount('SIGINT')]).toEqual([undefined, 0]);
  });

  it('leave what they name to twin down, which tears all of it down', async () => {
    bench.world.mishaps.push({ call: 'down', does: 'fails' });
    await rehearse();
    bench.world.mishaps.length = 0;
    const names = bench.rehearsals.names();
    expect(names.map((name) => bench.rehearsals.open(name).value.tearDown?.outcome)).toEqual([
      'left',
      'left',
    ]);
    const { exitCode, stdout } = await twin('down', ...names);
    expect({ exitCode, stdout }).toEqual({
      exitCode: EXIT.ok,
      stdout: names.map((name) => `${name} is torn down: no leftovers\n`).join(''),
    });
  });

  it('as a killed process do: twin down without a name tears down every staging of the last rehearsal', async () => {
    await bench.rehearse(BAD, { keep: true });
    const alone = bench.last;
    bench.world.mishaps.push({ call: 'down', does: 'fails' });
    await rehearse();
    bench.world.mishaps.length = 0;
    const { exitCode, stdout } = await twin('down');
    expect([exitCode, stdout.match(/is torn down/g)]).toEqual([EXIT.ok, ['is torn down', 'is torn down']]);
    expect(bench.rehearsals.open(alone).value.standing).toBe('kept');
  });

  it('twin down knows all the names before it tears anything down', async () => {
    await bench.rehearse(BAD, { keep: true });
    const { exitCode, stderr } = await twin('down', bench.last, 'nope');
    expect([exitCode, bench.ledger.standing]).toEqual([EXIT.badInput, 'kept']);
    expect(stderr).toContain('there is no rehearsal "nope"');
  });
});

describe('the progress of stagings at once', () => {
  it('says in a log whose each line is', async () => {
    const { stderr } = await rehearse();
    const lines = stderr.trimEnd().split('\n');
    expect(lines.filter((it) => !/^ *[\d.]+ s {2}(Small {3}|Sharded) {2}\S| {2}\S/.test(it))).toEqual([]);
    expect(lines.filter((it) => / s {2}Small {5}tear down: done in /.test(it))).toHaveLength(0);
    expect(lines.filter((it) => / s {2}Small {4}tear down: done in /.test(it))).toHaveLength(1);
  });

  it('is a row for each on a screen of 80 columns, and no line is wider', async () => {
    const screen = { columns: () => 80, color: false };
    befall('Sharded', 'up', () => {});
    const { stderr } = await twinOn(bench, ['rehearse', '--to', GOOD], { screen });
    const lines = stderr
      .replaceAll('\u001B', 'ESC')
      .replaceAll(/ESC\[\d+AESC\[0J/g, '')
      .split('\n');
    expect(lines.filter((it) => it.length > 79)).toEqual([]);
    for (const name of ['Small  ', 'Sharded'])
      expect(lines.filter((it) => it.startsWith(`${name}  ✔ baseline `))).toHaveLength(1);
    expect(lines.some((it) => /^Sharded {2}[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] stand up /.test(it))).toBe(true);
  });
});
