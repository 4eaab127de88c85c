import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { History } from '../../lib/history/history';
import type { RehearsalList } from '../../lib/history/list';

jest.setTimeout(600_000);

const root = resolve(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'twin-walkthrough-'));
/** Those of the tests, which run in any order. */
const apps = ['whole', 'ended'].map((name) => join(folder, name));
const [whole, ended] = apps as [string, string];
beforeAll(() => apps.forEach(writeApp));
afterAll(async () => {
  for (const app of apps) await twin(app, 'down', '--all');
  rmSync(folder, { recursive: true });
});

const ROTATIONS = 10;
const [BASELINE, SOUND, FAULTY] = ['1', '2', '3'] as const;

/** Half of the orders of the faulty release cannot be read, however healthy it is. */
const SERVER = `
  import { createServer } from 'node:http';
  let orders = 0;
  const server = createServer(({ url }, response) => {
    if (!url.startsWith('/orders/')) return response.end(process.env.RELEASE);
    const isWrong = process.env.RELEASE === '${FAULTY}' && ++orders % 2 === 0;
    response.writeHead(isWrong ? 500 : 200);
    response.end(JSON.stringify({ id: url.split('/').at(-1) }));
  }).listen(Number(process.env.PORT), process.env.HOST);
  process.on('SIGTERM', () => { server.close(); server.closeIdleConnections(); });
`;

/** Has the app synthesise each release at each size once, as \`cdk synth\` runs it. */
const SYNTH = `
  import { cpSync, existsSync } from 'node:fs';
  import { spawnSync } from 'node:child_process';
  const words = process.argv.slice(2);
  const context = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:disable-stack-trace': true };
  words.forEach((word, i) => {
    const [key, value] = word === '-c' ? words[i + 1].split('=') : [];
    if (key !== undefined) context[key] = value;
  });
  const { release, 'cdk-twin:full-size': size = 'declared' } = context;
  const made = \`made/\${release}-\${size}\`;
  if (!existsSync(made)) {
    const env = { ...process.env, CDK_OUTDIR: made, CDK_CONTEXT_JSON: JSON.stringify(context) };
    const { status } = spawnSync(process.execPath, ['app.cjs'], { env, stdio: 'inherit' });
    if (status !== 0) process.exit(1);
  }
  cpSync(made, words[words.indexOf('--output') + 1], { recursive: true });
`;

const CONFIG = {
  baseline: BASELINE,
  synth: { command: 'node synth.mjs' },
  version: { path: '/version', text: true },
  checks: {
    smoke: ['6', '7'].map((id) => ({
      name: `order ${id} is there`,
      path: `/orders/${id}`,
      contains: `"id":"${id}"`,
      safeInProduction: true,
    })),
  },
  drills: { soakSeconds: 1 },
  gates: { maxFailedChecks: 0, maxCostUsd: 20 },
  verification: { everyMs: 50, gates: { maxErrorRate: 0.1 } },
  local: {
    services: { Web: { command: 'exec node server.mjs' } },
    migrate: { command: 'true', as: 'Web' },
    awsEndpoint: false,
  },
};

function writeApp(app: string): void {
  mkdirSync(app);
  buildSync({
    entryPoints: [join(__dirname, 'walkthrough-app.ts')],
    outfile: join(app, 'app.cjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
  });
  mkdirSync(join(app, 'made'));
  symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'));
  writeFileSync(join(app, 'synth.mjs'), SYNTH);
  writeFileSync(join(app, 'server.mjs'), SERVER);
  writeFileSync(join(app, 'twin.config.json'), JSON.stringify(CONFIG));
}

interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the folder of an app. */
function run(app: string, file: string, argv: readonly string[]): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, [join(root, file), ...argv], { cwd: app, env });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
  return new Promise((done) => child.on('close', (exitCode) => done({ exitCode, ...out })));
}

const twin = (app: string, ...argv: readonly string[]): Promise<Ran> => run(app, 'dist/twin.js', argv);
const walkThrough = (app: string, ...argv: readonly string[]): Promise<Ran> =>
  run(app, 'scripts/walkthrough.mjs', [
    '--folder',
    app,
    '--baseline',
    BASELINE,
    '--sound',
    SOUND,
    '--faulty',
    FAULTY,
    ...argv,
  ]);

it('goes from a rehearsal to production and back, and through ten rehearsals in rotation', async () => {
  const { exitCode, stdout, stderr } = await walkThrough(
    whole,
    '--rotations',
    String(ROTATIONS),
    '--watch-minutes',
    '0.05',
  );
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);

  const history = JSON.parse((await twin(whole, 'history', '--json')).stdout) as History;
  expect(history).toMatchObject({ rehearsals: 2 + ROTATIONS, verdicts: { GO: 1 + ROTATIONS, 'NO-GO': 1 } });
  expect(
    history.verifications.map(({ verdict, release, rehearsed }) => [verdict, release, rehearsed]),
  ).toEqual([
    ['GO ON', SOUND, 'GO'],
    ['ROLL BACK', FAULTY, 'NO-GO'],
    ['GO ON', SOUND, 'GO'],
  ]);
  const turns = [...stderr.matchAll(/^(\w+) is at production's size in this rehearsal: /gm)].map(
    ([, it]) => it,
  );
  expect(turns).toHaveLength(ROTATIONS);
  expect(new Set(turns.slice(0, 3))).toEqual(new Set(['idle', 'size', 'tasks'])); // none twice before each was
  const times = (name: string): number => turns.filter((it) => it === name).length;
  expect(history.factors.map(({ factor, fullSize }) => [factor, fullSize])).toEqual(
    history.factors.map(({ factor }) => [factor, times(factor)]),
  );

  const list = JSON.parse((await twin(whole, 'list', '--json')).stdout) as RehearsalList;
  expect(list.rehearsals.map(({ state }) => state).filter((it) => it !== 'GO')).toEqual([
    'torn down',
    'NO-GO',
  ]);
  expect(list.rehearsals.map(({ tearDown }) => tearDown).filter((it) => it !== 'gone')).toEqual([undefined]);
});

it('ends where a command does not end as it must, and with bad input before any', async () => {
  const wrong = await walkThrough(ended, '--rotations', 'ten');
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
  expect(wrong.stderr).toContain('--rotations is "ten"; expected a whole number');
  const broken = await walkThrough(ended, '--sound', FAULTY);
  expect(broken.exitCode).toBe(1);
  expect(broken.stderr).toMatch(/\nerror: it ended with exit code 1, expected 0\n$/);
  expect(broken.stdout.match(/^\$ npx twin .*$/gm)).toEqual([`$ npx twin rehearse --to ${FAULTY}`]);
});
