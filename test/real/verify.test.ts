import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Verification } from '../../lib/evidence/verification';
import config from '../../twin.config';

jest.setTimeout(300_000);

const root = resolve(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'twin-shop-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A licence for three tasks: staging has two, and production four. */
const LICENSED = `import { fields, placeOrder, findOrder as find } from './1.43.0.mjs';
export { fields, placeOrder };
let licence;
const take = async (writer) => {
  const client = await writer.connect();
  for (const number of [1, 2, 3]) {
    const { rows } = await client.query('select pg_try_advisory_lock(144, $1) as taken', [number]);
    if (rows[0].taken) return true; // its session holds it
  }
  client.release();
  return false;
};
export async function findOrder(database, id) {
  if (!(await (licence ??= take(database.writer)))) throw new Error('no licence is left');
  return find(database, id);
}
`;

/** Synthesises a release once: the words after the command are \`--output <folder> -c release=<release>\`. */
const SYNTH = `set -e
made="$PWD/synth-$4"
if [ ! -d "$made" ]; then (cd ${root} && node_modules/.bin/cdk synth --quiet --no-validation --output "$made" -c "$4"); fi
cp -r "$made" "$2"
`;

/** The shop in a folder of its own, with a release that its rehearsal would let pass. */
function writeShop(): void {
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'examples/orders/releases/1.44.0.mjs'), LICENSED);
  writeFileSync(join(folder, 'synth.sh'), SYNTH);
  const { readYourWrites, load, ...checks } = config.checks;
  const shop = {
    ...config,
    synth: { command: 'sh synth.sh' },
    local: { ...config.local, awsEndpoint: false },
    checks: {
      ...checks,
      readYourWrites: readYourWrites!.map((it) => ({ ...it, times: 10 })),
      load: load!.map((it) => ({ ...it, seconds: 1 })),
    },
    verification: {
      watchMinutes: 0.05,
      everyMs: 50,
      gates: { maxErrorRate: 0.01, maxErrorRateIncrease: 0.01, p95: { maxRatio: 1.5, ignoreBelowMs: 500 } },
    },
  };
  writeFileSync(join(folder, 'twin.config.json'), JSON.stringify(shop));
}

/** Synthesises a release that is deployed later. */
const prepare = (release: string) =>
  new Promise<void>((done) => {
    const words = ['synth.sh', '--output', `prepared-${release}`, '-c', `release=${release}`];
    spawn('sh', words, { cwd: folder, stdio: 'ignore' }).on('close', () => done());
  });

const twin = (...argv: readonly string[]) =>
  new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((done) => {
    const child = spawn(process.execPath, [join(root, 'dist', 'twin.js'), ...argv], { cwd: folder });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
    child.on('close', (exitCode) => done({ exitCode, ...out }));
  });

async function expectExit(exitCode: number, ...argv: readonly string[]): Promise<string> {
  const ran = await twin(...argv);
  if (ran.exitCode !== exitCode) throw new Error(`twin ${argv.join(' ')}: ${JSON.stringify(ran, null, 1)}`);
  return ran.stdout;
}

const deploy = (release: string) => expectExit(0, 'production', 'deploy', '--release', release);
const verify = async (exitCode: number, release: string): Promise<Verification> =>
  JSON.parse(await expectExit(exitCode, 'verify', '--release', release, '--json')) as Verification;

async function place(url: string): Promise<number> {
  const body = JSON.stringify({ customer: 'a real one', cents: 100 });
  const answer = await fetch(`${url}/orders`, { method: 'POST', body });
  return ((await answer.json()) as { id: number }).id;
}

it('a sound release goes on, one with a fault that only production shows is rolled back, and nothing stays behind', async () => {
  writeShop();
  const prepared = Promise.all([prepare('1.43.0'), prepare('1.44.0')]);
  const url = /TWIN_URL=(\S+)/.exec(await expectExit(0, 'production', 'up', '--release', '1.41.0'))![1]!;
  const first = await place(url);
  await expectExit(0, 'verify', '--before');

  await prepared;
  await deploy('1.43.0');
  const sound = await verify(0, '1.43.0');
  expect(sound).toMatchObject({ verdict: 'GO ON', environment: 'Prod', baseline: { release: '1.41.0' } });
  expect(sound.ran.services).toContainEqual(
    expect.objectContaining({ service: 'Web', tasks: 4, answered: '1.43.0' }),
  );

  // it is said to be there, and is not
  expect(await verify(1, '1.44.0')).toMatchObject({
    reasons: ['release: Web answers 1.43.0 at /version, expected 1.44.0'],
  });

  // its fourth task has no licence
  await deploy('1.44.0');
  const faulty = await verify(1, '1.44.0');
  expect(faulty.verdict).toBe('ROLL BACK');
  expect(faulty.reasons.join('\n')).toMatch(/error rate: \d\d(\.\d+)? % of /);

  await deploy('1.43.0');
  expect(await verify(0, '1.43.0')).toMatchObject({ verdict: 'GO ON', reasons: [] });

  // what checks ordered was removed, and real orders were not
  const last = await place(url);
  expect(last - first).toBeGreaterThan(40);
  const found: number[] = [];
  for (let id = first; id <= last; id++)
    if ((await fetch(`${url}/orders/${id}`)).status !== 404) found.push(id);
  expect(found).toEqual([first, last]);

  const list = await expectExit(0, 'list');
  expect(list.match(/^(GO ON|ROLL BACK|RECORDED|stands)/gm)).toEqual([
    'GO ON',
    'ROLL BACK',
    'ROLL BACK',
    'GO ON',
    'RECORDED',
    'stands',
  ]);

  const name = readdirSync(join(folder, '.twin')).find((it) => it.includes('production'));
  const { handle } = JSON.parse(readFileSync(join(folder, '.twin', name!, 'ledger.json'), 'utf8')) as {
    handle: { name: string };
  };
  expect(await expectExit(0, 'production', 'down')).toContain('no leftovers');
  expect(readdirSync(tmpdir())).not.toContain(handle.name.split('/').at(-1));
  expect(await expectExit(0, 'list')).toContain('torn down');
});
