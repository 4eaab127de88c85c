import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';
import { LEDGER_FILE } from '../../lib/rehearsal/ledger';
import { BAD, Workbench } from '../rehearsal/workbench';
import { twinOn } from './rehearsal-command';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const twin = (...argv: string[]) => twinOn(bench, argv);

/** Two environments that are kept. */
async function twoKept(): Promise<string[]> {
  await twin('rehearse', '--to', BAD, '--keep');
  await twin('rehearse', '--to', BAD, '--keep');
  const names = [...bench.world.standing.keys()];
  expect(names).toHaveLength(2);
  return names;
}

/** The same, without their ledgers. */
async function twoLost(): Promise<string[]> {
  const names = await twoKept();
  for (const it of bench.rehearsals.names()) rmSync(bench.rehearsals.folderOf(it), { recursive: true });
  return names;
}

it('lists what stands, and touches nothing', async () => {
  expect((await twin('sweep')).stdout).toBe('nothing stands on the target local\n');
  const [one, two] = await twoLost();
  bench.world.since = '2026-11-21T04:12:00.000Z';
  bench.now = () => new Date('2026-11-21T09:12:00Z');
  const { exitCode, stdout } = await twin('sweep');
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toBe(
    `${one} stands since 2026-11-21 04:12:00 UTC (5 h)\n${two} stands since 2026-11-21 04:12:00 UTC (5 h)\n`,
  );
  expect(bench.world.standing.size).toBe(2);
  expect((await twin('sweep', '--older-than', '5')).stdout).toBe(stdout);
  expect(bench.world.standing.size).toBe(2);
});

it('tears down what is older, goes on where one fails, and ends with 3 for what is left', async () => {
  const [one, two] = await twoLost();
  bench.world.since = '2026-11-21T04:12:00.000Z';
  bench.world.mishaps.push({ call: 'down', does: 'fails', times: 1 });
  const { exitCode, stdout, stderr } = await twin('sweep', '--older-than', '4.9');
  expect(exitCode).toBe(EXIT.leftovers);
  expect(stdout).toMatch(
    new RegExp(
      `^${one} stands since .*, and could not be torn down\\n${two} is torn down: no leftovers\\n  looked for what is called ${two}\\n$`,
    ),
  );
  expect(stderr).toContain('error: down was refused\n');
  expect([...bench.world.standing.keys()]).toEqual([one]);
  bench.world.stuck.push({ kind: 'resource', what: 'a snapshot' });
  const again = await twin('sweep', '--older-than', '0');
  expect(again.exitCode).toBe(EXIT.leftovers);
  expect(again.stdout).toBe(
    `${one} is not torn down: there are leftovers\n  - resource a snapshot\n  - resource ${one}\n  looked for what is called ${one}\n`,
  );
});

it('tears down what is named, by its own name or that of its rehearsal, and nothing where a name is wrong', async () => {
  const [one, two] = await twoLost();
  bench.world.owner = 'arn:aws:iam::111122223333:user/ada';
  const wrong = await twin('sweep', one!, two!.slice(0, -1));
  expect(wrong.exitCode).toBe(EXIT.badInput);
  expect(wrong.stderr).toMatch(
    /^error: no environment ".*" stands on the target local; did you mean .*\n {2}fix: Run twin sweep without names to see what stands\.\n/m,
  );
  expect(bench.world.standing.size).toBe(2);
  const first = await twin('sweep', one!);
  expect(first.exitCode).toBe(EXIT.ok);
  expect(first.stdout).toMatch(
    new RegExp(
      `^${one} is torn down: no leftovers\\n.*\\n${two} stands since .*, stood up by arn:aws:iam::111122223333:user/ada\\n$`,
    ),
  );
  const [it] = bench.world.standing.values();
  const named = `${two}-0a1b2c3d`;
  bench.world.standing.set(named, it!);
  bench.world.standing.delete(two!);
  expect((await twin('sweep', two!)).stdout).toMatch(new RegExp(`^${named} is torn down: no leftovers\\n`));
  expect((await twin('sweep', two!)).stderr).toContain('error: no environment');
});

it('closes the ledgers of what it tears down, of which others and one that cannot be read are none', async () => {
  const [one, two] = await twoKept();
  const [first, second] = bench.rehearsals.names();
  const { stdout, exitCode } = await twin('sweep', one!);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout.split('\n').at(-2)).toBe(`${first} is torn down: no leftovers`);
  const standing = (name: string) => bench.rehearsals.open(name).value.standing;
  expect([standing(first!), standing(second!)]).toEqual(['gone', 'kept']);
  expect((await twin('down', first!)).stdout).toBe(`nothing to do: ${first} is torn down\n`);
  writeFileSync(join(bench.rehearsals.folderOf(second!), LEDGER_FILE), 'cut');
  const last = await twin('sweep', two!);
  expect(last.exitCode).toBe(EXIT.ok);
  expect(last.stdout).toContain(`${two} is torn down: no leftovers\n`);
});

it('leaves the ledger of what it could not remove as it was', async () => {
  const [one] = await twoKept();
  const before = bench.rehearsals.open(bench.rehearsals.names()[0]!).value;
  bench.world.stuck.push({ kind: 'resource', what: 'a snapshot' });
  expect((await twin('sweep', one!)).exitCode).toBe(EXIT.leftovers);
  expect(bench.rehearsals.open(bench.rehearsals.names()[0]!).value).toEqual(before);
});

it.each(['', 'soon', '-1', 'Infinity'])('refuses "%s" for hours', async (hours) => {
  const { exitCode, stderr } = await twin('sweep', `--older-than=${hours}`);
  expect(exitCode).toBe(EXIT.badInput);
  expect(stderr).toContain(`error: --older-than is "${hours}"; expected a number of hours, 0 or more\n`);
});

it('has help that fits in 80 columns', async () => {
  const { stdout } = await twin('help', 'sweep');
  expect(stdout).toContain('twin sweep --target aws --older-than 8');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
