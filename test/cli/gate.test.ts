import { zipSync } from 'fflate';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../../lib/cli/outcome';
import { Assembly } from '../../lib/parity/assembly';
import { deployedOf } from '../../lib/parity/deployed';
import { synthesizer } from '../../lib/rehearsal/synthesize';
import { commandsIn } from '../github/runner';
import { GOOD, Workbench } from '../rehearsal/workbench';
import { writeAssembly } from '../small-assembly';
import { FakeProcess, twinOn } from './rehearsal-command';

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

  const other = join(bench.folder, 'other');
  const github = await gate('--assembly', other, '--format', 'github');
  expect(github.exitCode).toBe(EXIT.no);
  expect(github.stdout).toContain('changed  Orders (AWS::RDS::DBCluster)\n');
  expect(commandsIn(github.stdout)).toMatchObject([
    { name: 'error', properties: { title: 'CLOSED: 1.43.0 must not be deployed to Prod' } },
  ]);
  expect(commandsIn((await gate('--assembly', out, '--format', 'github')).stdout)).toEqual([]);
  const { stdout: markdown } = await gate('--assembly', other, '--format', 'markdown');
  expect(markdown).toMatch(/^### ❌ CLOSED: 1\.43\.0 must not be deployed to Prod\n\n- /);
  expect(markdown).toContain('| changed | Orders (AWS::RDS::DBCluster) |');
});

it('opens for a second production where the first is what was rehearsed', async () => {
  const out = assembly('out', 1, 'ProdB');
  await rehearse(out);
  const opened = await gate('--assembly', out, '--environment', 'ProdB');
  expect(opened).toMatchObject({ exitCode: EXIT.ok, stderr: '' });
  expect(opened.stdout).toMatch(/^OPEN: 1\.43\.0 may be deployed to ProdB\nRehearsed [^]*: GO to Prod\n/);

  const unlike = join(bench.folder, 'unlike');
  mkdirSync(unlike);
  writeAssembly(unlike, { Prod: template(), Staging: template(), ProdB: template(7) });
  const closed = await gate('--assembly', unlike, '--environment', 'ProdB');
  expect(closed.exitCode).toBe(EXIT.no);
  expect(closed.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /- ProdB was never rehearsed: \S+ gave GO to Prod, and it is not its twin /,
  );
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
  expect((await gate('--assembly', out, '--root', '/nowhere')).stderr).toContain('there is no /nowhere');
  const [empty, fetched] = [join(bench.folder, 'none'), join(bench.folder, 'fetched')];
  mkdirSync(empty);
  expect(await gate('--assembly', out, '--root', empty, '--root', fetched)).toMatchObject({
    exitCode: EXIT.ok,
  });
});

it('reads the evidence in a zip file, such as an artifact of CI', async () => {
  const out = assembly();
  await rehearse(out);
  const kept = bench.rehearsals.folderOf(bench.last);
  const zip = join(bench.folder, 'artifact.zip');
  writeFileSync(zip, zipSync({ [`${bench.last}/evidence.json`]: readFileSync(join(kept, 'evidence.json')) }));
  rmSync(kept, { recursive: true });
  expect(await gate('--assembly', out, '--root', zip)).toMatchObject({ exitCode: EXIT.ok });
  const closed = await gate('--assembly', assembly('other', 7), '--root', zip);
  expect(closed.stdout).toContain('changed  Orders (AWS::RDS::DBCluster)');
});

it('ends what it synthesises with, and leaves nothing, when it is stopped', async () => {
  const pid = join(bench.folder, 'pid');
  bench.synthesize = synthesizer(bench.folder, { command: `echo $$ > ${pid}; sleep 300 #` });
  const signals = new FakeProcess();
  const before = readdirSync(tmpdir());
  const asked = twinOn(bench, ['gate', '--release', GOOD], { signals });
  while (!existsSync(pid) || readFileSync(pid, 'utf8') === '') await setTimeout(20);
  signals.emit('SIGINT', 'SIGINT');
  expect(await asked).toMatchObject({ exitCode: EXIT.badInput, stdout: '' });
  expect((await asked).stderr).toContain('stopped by SIGINT');
  await untilGone(-Number(readFileSync(pid, 'utf8')));
  expect(signals.listenerCount('SIGINT')).toBe(0);
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith('twin-gate-'));
  expect(left.filter((name) => !before.includes(name))).toEqual([]);
});

/** Whoever adopts the processes of a group that was killed takes a moment; a group that stays lets the test run out of time. */
async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await setTimeout(20);
  }
}

it('does not count evidence that was changed, and says so', async () => {
  const out = assembly();
  await rehearse(out);
  const file = join(bench.rehearsals.folderOf(bench.last), 'evidence.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"from": "1.41.0"', '"from": "1.40.0"'));
  const { exitCode, stdout, stderr } = await gate('--assembly', out, '--from', '1.40.0');
  expect(exitCode).toBe(EXIT.no);
  expect(stdout).toContain('there is no rehearsal of 1.43.0 on record');
  expect(stderr).toMatch(/^1 rehearsal not counted: APP\/\.twin\/\S+ is not as it was written/);
});

it('asks which production runs now: the config, or --from', async () => {
  const out = assembly();
  await rehearse(out);
  const { exitCode, stdout } = await gate('--assembly', out, '--from', '1.42.7');
  expect(exitCode).toBe(EXIT.no);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('follow 1.41.0, and production runs 1.42.7');
});

it('lets nothing decide that was seen beside a release that runs nowhere, where there is a verdict beside the one that runs', async () => {
  const out = assembly();
  await rehearse(out);
  bench.baseline = '1.38.0';
  await rehearse(out); // the newest
  expect(await gate('--assembly', out)).toMatchObject({ exitCode: EXIT.ok });
  const closed = await gate('--assembly', out, '--from', '1.42.7');
  expect(closed.stdout.replaceAll(/\s+/g, ' ')).toContain('follow 1.38.0, and production runs 1.42.7');
});

it('asks for a GO beside every release that runs', async () => {
  bench.config = { ...bench.config, baselines: ['1.38.0'] };
  const out = assembly();
  await rehearse(out);
  const closed = await gate('--assembly', out);
  expect(closed.exitCode).toBe(EXIT.no);
  expect(closed.stdout.replaceAll(/\s+/g, ' ')).toContain(
    '- beside 1.38.0: there is no rehearsal of 1.43.0 on record',
  );
  expect(closed.stdout).not.toContain('beside 1.41.0');
  bench.baseline = '1.38.0';
  await rehearse(out);
  const open = await gate('--assembly', out);
  expect(open.exitCode).toBe(EXIT.ok);
  expect(open.stdout).toMatch(/^Rehearsed +\S+ beside 1\.41\.0 on /m);
  expect(open.stdout).toMatch(/^Rehearsed +\S+ beside 1\.38\.0 on /m);
});

it('asks for a GO in every staging', async () => {
  bench.config = { ...bench.config, environment: 'StagingEphemeral', environments: ['StagingSharded'] };
  const out = assembly();
  await rehearse(out);
  const closed = await gate('--assembly', out);
  expect(closed.exitCode).toBe(EXIT.no);
  const said = closed.stdout.replaceAll(/\s+/g, ' ');
  expect(said).toContain('- in StagingSharded: there is no rehearsal of 1.43.0 on record');
  expect(said).not.toContain('- in StagingEphemeral');
  bench.config = { ...bench.config, environment: 'StagingSharded' };
  await rehearse(out);
  bench.config = { ...bench.config, environment: 'StagingEphemeral' };
  const open = await gate('--assembly', out);
  expect(open.exitCode).toBe(EXIT.ok);
  expect(open.stdout.match(/^Rehearsed +\S+ in \w+/gm)?.map((it) => it.split(' ').at(-1))).toEqual([
    'StagingEphemeral',
    'StagingSharded',
  ]);
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
  ['an unknown production', ['--environment', 'Prdo'], 'no production "Prdo"; did you mean "Prod"?'],
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
