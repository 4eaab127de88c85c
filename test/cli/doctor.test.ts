import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canRehearse, renderDiagnosis, type Diagnosis } from '../../lib/cli/doctor-text';
import { installedIn } from '../../lib/cli/installed';
import { EXIT } from '../../lib/cli/outcome';
import type { Target } from '../../lib/targets/target';
import { TwinError } from '../../lib/error';
import { Workbench } from '../rehearsal/workbench';
import { writeAssembly } from '../small-assembly';
import { twinOn } from './rehearsal-command';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const ORDERS = { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql' } };
const ASSETS = { Type: 'AWS::S3::Bucket' };

function assembly(): string {
  const folder = join(bench.folder, 'assembly');
  mkdirSync(folder);
  const template = { Resources: { Orders: ORDERS, Assets: ASSETS } };
  writeAssembly(folder, { Prod: template, Staging: template });
  return folder;
}

/** Asks a target that answers as told. */
async function doctor(answers: Partial<Target>, ...argv: string[]) {
  const target = Object.assign(Object.create(bench.parts.target) as Target, answers);
  const parts = { value: { ...bench.parts, target } };
  const changed = Object.create(bench, { parts }) as Workbench;
  return twinOn(changed, ['doctor', ...argv]);
}

const preflight: Target['preflight'] = (_, { environment }) =>
  Promise.resolve({
    tiers: [
      { tier: 'Orders', kind: 'sql', skipped: false },
      { tier: 'Jobs', kind: 'storage', skipped: false, standIn: 'functional, not racing' },
      { tier: 'Assets', kind: 'storage', skipped: true, because: 'nothing stands in for a bucket' },
    ],
    refusals: [],
    warnings: [`${environment} is asked for`],
    isBilled: false,
  });

it('says what is missing, tier by tier, and ends with 1', async () => {
  const { exitCode, stdout, stderr } = await doctor({ preflight }, '--assembly', assembly());
  expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.no, stderr: '' });
  expect(stdout).toMatch(/^Something is missing\n\nInstalled\n/);
  expect(stdout).toContain(
    [
      'Staging on the local target  2 of 3 tiers',
      '  ok       Orders  sql',
      '  ok       Jobs    storage, stand-in: functional, not racing',
      '  MISSING  Assets  nothing stands in for a bucket',
      '  - Staging is asked for',
      '',
    ].join('\n'),
  );
  expect(bench.world.standing.size).toBe(0);
});

it('takes for ready what may be skipped, and says it as JSON too', async () => {
  bench.config = { ...bench.config, gates: { ...bench.config.gates, allowSkipped: ['Assets'] } };
  const folder = assembly();
  // what is installed is that of the folder of the app, which has nothing here
  const { stdout } = await doctor({ preflight }, '--assembly', folder, '--json');
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  expect(diagnosis.obstacles).toEqual([]);
  const ready = { ...diagnosis, installed: installedIn('.') };
  expect(renderDiagnosis(ready, { color: false, width: 80 })).toMatch(
    /^Staging can be rehearsed on the local target: 2 of 3 tiers\n[^]*\n {2}- {8}Assets {2}nothing stands in for a bucket\n/,
  );
});

it('says why a target cannot be reached, and what to do', async () => {
  const reach = () =>
    Promise.reject(new TwinError({ code: 'aws', message: 'no Region', fix: 'Set AWS_REGION.' }));
  const { exitCode, stdout } = await doctor({ reach, preflight }, '--assembly', assembly());
  expect(exitCode).toBe(EXIT.no);
  expect(stdout).toContain(
    'Staging on the local target\n  MISSING  no Region\n      fix:   Set AWS_REGION.\n',
  );
});

it('names what a target refuses', async () => {
  const refusing: Target['preflight'] = async (...all) => ({
    ...(await preflight(...all)),
    refusals: ['the account is that of production'],
  });
  const { exitCode, stdout } = await doctor({ preflight: refusing }, '--assembly', assembly());
  expect(exitCode).toBe(EXIT.no);
  expect(stdout).toContain('  MISSING  the account is that of production\n');
});

it('keeps a fault of ours apart', async () => {
  const faulty = () => Promise.reject(new Error('cannot read properties'));
  const { exitCode, stderr } = await doctor({ preflight: faulty }, '--assembly', assembly());
  expect(exitCode).toBe(EXIT.bug);
  expect(stderr).toContain('this is a bug in cdk-twin');
});

it('says how to make an assembly where there is none', async () => {
  const { exitCode, stdout } = await doctor({ preflight }, '--assembly', join(bench.folder, 'none'));
  expect(exitCode).toBe(EXIT.no);
  const words = stdout.replaceAll(/\s+/g, ' ');
  expect(words).toContain('there is no twin.json in APP/none: nothing says what tiers staging has');
  expect(words).toContain('Run "npx cdk synth --quiet"');
});

it.each([
  ['node scripts/synth.mjs', 'node scripts/synth.mjs'],
  ['tsx synth.ts', 'npx tsx synth.ts'],
])('says it as it is typed: of %s', async (command, typed) => {
  mkdirSync(join(bench.folder, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(bench.folder, 'node_modules', '.bin', 'tsx'), '');
  bench.config = { ...bench.config, synth: { command } };
  const { stdout } = await doctor({ preflight }, '--assembly', join(bench.folder, 'none'));
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`Run "${typed}"`);
});

it('takes for ready only what nothing speaks against', () => {
  const tiers = [{ tier: 'Assets', kind: 'storage', skipped: true, because: 'nothing is there' }] as const;
  const examination = { target: 'local', environment: 'Staging', tiers, obstacles: [], warnings: [] };
  const obstacle = { message: 'no Region', fix: 'Set it.' };
  const installed = [{ name: 'Node.js', version: '20', needed: '20', isEnough: true }];
  const ready = { installed, obstacles: [], allowSkipped: ['Assets'], examinations: [examination] };
  expect(canRehearse(ready)).toBe(true);
  expect(canRehearse({ ...ready, allowSkipped: [] })).toBe(false);
  expect(canRehearse({ ...ready, obstacles: [obstacle] })).toBe(false);
  expect(canRehearse({ ...ready, examinations: [{ ...examination, obstacles: [obstacle] }] })).toBe(false);
  expect(canRehearse({ ...ready, installed: [{ ...installed[0]!, isEnough: false }] })).toBe(false);
});

it('finds what an app has installed, as its own code does', () => {
  const modules = join(bench.folder, 'node_modules');
  const install = (name: string, version: string): void => {
    mkdirSync(join(modules, name), { recursive: true });
    writeFileSync(join(modules, name, 'package.json'), JSON.stringify({ name, version }));
  };
  install('aws-cdk-lib', '2.100.0');
  install('constructs', '10.9.0');
  const found = new Map(installedIn(bench.folder).map((it) => [it.name, it]));
  expect(found.get('aws-cdk-lib')).toMatchObject({ version: '2.100.0', isEnough: false });
  expect(found.get('constructs')).toMatchObject({ version: '10.9.0', isEnough: true });
  expect(found.get('aws-cdk')!.version).toBeUndefined();
  expect(found.get('Node.js')!.isEnough).toBe(true);
});

it('has help that fits in 80 columns', async () => {
  const { stdout } = await twinOn(bench, ['help', 'doctor']);
  expect(stdout).toContain('twin doctor --target aws');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
