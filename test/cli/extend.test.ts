import { EXIT } from '../../lib/cli/outcome';
import { GOOD, Workbench } from '../rehearsal/workbench';
import { twinOn } from './rehearsal-command';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const twin = (...argv: string[]) => twinOn(bench, argv);

it('moves the end of the environment that stands, and says when it is', async () => {
  await twin('rehearse', '--to', GOOD, '--keep');
  const { rehearsal } = bench.ledger;
  const said = `${rehearsal} deletes itself at 2037-01-01 00:00:00 UTC\n`;
  expect(await twin('extend', '--hours', '4')).toMatchObject({ exitCode: EXIT.ok, stdout: said });
  expect(bench.ledger.handle).toMatchObject({ hours: '4' });
  expect(await twin('extend', rehearsal, '--hours', '0.5')).toMatchObject({ stdout: said });
  expect(bench.ledger.handle).toMatchObject({ hours: '0.5', id: expect.any(String) as string });
  expect((await twin('down')).exitCode).toBe(EXIT.ok);
});

it('says why it cannot: nothing stands, the target refuses', async () => {
  expect(await twin('extend', '--hours', '4')).toMatchObject({
    exitCode: EXIT.badInput,
    stderr: expect.stringContaining('error: no rehearsal has an environment that stands\n') as string,
  });
  await twin('rehearse', '--to', GOOD);
  const { rehearsal } = bench.ledger;
  expect((await twin('extend', rehearsal, '--hours', '4')).stderr).toContain(
    `error: ${rehearsal} has no environment that stands\n  fix: Rehearse with --keep to leave one standing.\n`,
  );
  await twin('rehearse', '--to', GOOD, '--keep');
  bench.world.mishaps.push({ call: 'extend', does: 'fails', times: 1 });
  expect((await twin('extend', '--hours', '4')).stderr).toContain('error: extend was refused\n');
  expect((await twin('extend', '--hours', '4')).exitCode).toBe(EXIT.ok);
});

it.each(['', 'soon', '0', '-1', 'Infinity'])('refuses "%s" for hours', async (hours) => {
  const { exitCode, stderr } = await twin('extend', `--hours=${hours}`);
  expect(exitCode).toBe(EXIT.badInput);
  expect(stderr).toContain(`error: --hours is "${hours}"; expected a number of hours above 0\n`);
});

it('has help that fits in 80 columns', async () => {
  const { stdout } = await twin('help', 'extend');
  expect(stdout).toContain('twin extend --hours 4');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
