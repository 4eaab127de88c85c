import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';
import { Assembly } from '../../lib/parity/assembly';
import { deployedOf } from '../../lib/parity/deployed';
import { GOOD, Workbench } from '../rehearsal/workbench';
import { writeAssembly } from '../small-assembly';
import { twinOn } from './rehearsal-command';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const template = (size = 1) => ({
  Resources: { Orders: { Type: 'AWS::RDS::DBCluster', Properties: { BackupRetentionPeriod: size } } },
});

/** Writes what is about to be deployed. */
function assembly(name = 'out', size = 1, ...others: readonly string[]): string {
  const folder = join(bench.folder, name);
  mkdirSync(folder);
  const stacks = Object.fromEntries(['Prod', 'Staging', ...others].map((it) => [it, template(size)]));
  writeAssembly(folder, stacks);
  return folder;
}

/** Rehearses what is in an assembly. */
async function rehearse(folder: string): Promise<void> {
  bench.prod = deployedOf(new Assembly(folder), 'Prod');
  await bench.rehearse(GOOD);
}

const gate = (...argv: readonly string[]) => twinOn(bench, ['gate', '--release', GOOD, ...argv]);

it('opens for what was rehearsed, and for nothing else', async () => {
  const out = assembly();
  await rehearse(out);
  const opened = await gate('--assembly', out);
  expect(opened).toMatchObject({ exitCode: EXIT.ok, stderr: '' });
  expect(opened.stdout).toMatch(/^OPEN: 1\.43\.0 may be deployed to Prod\n/);

  const { exitCode, stdout } = await gate('--assembly', assembly('other', 7));
  expect(exitCode).toBe(EXIT.no);
  expect(stdout).toMatch(/^CLOSED: 1\.43\.0 must not be deployed to Prod\n/);
  expect(stdout).toContain('\nChanged since  1 entry\n  changed  Orders (AWS::RDS::DBCluster)\n');
});

it('synthesises the app where it is given no assembly, as no rehearsal, and leaves nothing', async () => {
  await rehearse(assembly());
  const keys: unknown[] = [];
  bench.synthesize = ({ output, ...rest }) => {
    keys.push({ ...rest, log: '' });
    writeAssemblyAt(output);
    return Promise.resolve();
  };
  const before = readdirSync(tmpdir());
  expect(await gate()).toMatchObject({ exitCode: EXIT.ok });
  expect(keys).toEqual([
    { release: GOOD, context: {}, log: '', signal: expect.any(AbortSignal) as AbortSignal },
  ]);
  expect(
    readdirSync(tmpdir()).filter((name) => name.startsWith('twin-gate-') && !before.includes(name)),
  ).toEqual([]);
});

function writeAssemblyAt(output: string): void {
  mkdirSync(output);
  writeAssembly(output, { Prod: template(), Staging: template() });
}

it('reads the evidence of other folders, such as that of a job before', async () => {
  const out = assembly();
  await rehearse(out);
  renameSync(join(bench.folder, '.twin'), join(bench.folder, 'fetched'));
  expect((await gate('--assembly', out)).stdout).toContain('there is no rehearsal of 1.43.0 on record');
  const [empty, fetched] = [join(bench.folder, 'none'), join(bench.folder, 'fetched')];
  expect(await gate('--assembly', out, '--root', empty, '--root', fetched)).toMatchObject({
    exitCode: EXIT.ok,
  });
});

it('does not count evidence that was changed, and says so', async () => {
  const out = assembly();
  await rehearse(out);
  const file = join(bench.rehearsals.folderOf(bench.last), 'evidence.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"from": "1.41.0"', '"from": "1.40.0"'));
  const { exitCode, stdout, stderr } = await gate('--assembly', out, '--from', '1.40.0');
  expect(exitCode).toBe(EXIT.no);
  expect(stdout).toContain('there is no rehearsal of 1.43.0 on record');
  expect(stderr).toMatch(/^1 rehearsal not counted: APP\/\.twin\/.*evidence\.json is not as it was written/);
});

it('asks which production runs now: the config, or --from', async () => {
  const out = assembly();
  await rehearse(out);
  const { exitCode, stdout } = await gate('--assembly', out, '--from', '1.42.7');
  expect(exitCode).toBe(EXIT.no);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('follow 1.41.0, and production runs 1.42.7');
});

it('answers in JSON', async () => {
  await rehearse(assembly());
  const closed = JSON.parse((await gate('--assembly', assembly('other', 7), '--json')).stdout) as object;
  expect(closed).toMatchObject({
    gate: 'closed',
    release: GOOD,
    production: { environment: 'Prod' },
    rehearsal: bench.last,
    changes: [
      { what: 'changed', section: 'Resources', id: 'Orders', type: 'AWS::RDS::DBCluster', stack: '' },
    ],
  });
  const opened = JSON.parse((await gate('--assembly', join(bench.folder, 'out'), '--json')).stdout) as object;
  expect(opened).toMatchObject({ gate: 'open', reasons: [], changes: [] });
  expect(opened).not.toHaveProperty('fix');
});

it.each<[string, readonly string[], string]>([
  [
    'hours that are none',
    ['--max-age-hours', 'soon'],
    '--max-age-hours is "soon"; expected a number of hours',
  ],
  ['no assembly', ['--assembly', '/nowhere'], 'there is no cloud assembly at "/nowhere"'],
  [
    'an unknown production',
    ['--environment', 'Prdo'],
    'no production "Prdo" with a staging; did you mean "Prod"?',
  ],
])('refuses %s', async (_, argv, message) => {
  const out = argv.includes('--assembly') ? [] : ['--assembly', assembly()];
  const { exitCode, stderr } = await gate(...argv, ...out);
  expect(exitCode).toBe(EXIT.badInput);
  expect(stderr).toContain(message);
});

it('keeps what a failed synthesis wrote', async () => {
  let log = '';
  bench.synthesize = (props) => {
    ({ log } = props);
    writeFileSync(log, 'failed');
    return Promise.reject(new Error('no'));
  };
  expect((await gate()).exitCode).toBe(EXIT.bug);
  expect(existsSync(log)).toBe(true);
});
