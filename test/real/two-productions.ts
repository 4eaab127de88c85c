import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CutoverConfig } from '../../lib/config/types';
import type { Cutover } from '../../lib/evidence/cutover';
import config from '../../twin.config';

const root = resolve(__dirname, '..', '..');

/** Where both stand, until the tests of a file are over. */
export const folder = mkdtempSync(join(tmpdir(), 'twin-cutover-'));
afterAll(async () => {
  await twin('down', '--all').ended;
  rmSync(folder, { recursive: true });
});

/** Two productions of one definition, as small as the shop's staging. */
const APP = `import { App } from 'aws-cdk-lib';
import { Twins } from '${root}/lib';
import { shopScale, WebShop } from '${root}/lib/shop';
import { staging } from '${root}/bin/sizes';
const app = new App();
const release = app.node.tryGetContext('release');
const twins = new Twins(app, { scale: shopScale, environment: WebShop, props: { release, tls: false } });
for (const name of ['Prod', 'ProdB']) twins.prod(name, { scale: staging });
`;

/** Synthesises a release once: the words after the command are \`--output <folder> -c release=<release>\`. */
const SYNTH = `set -e
made="$PWD/synth-$4"
app="node_modules/.bin/tsx $PWD/app.ts"
if [ ! -d "$made" ]; then (cd ${root} && node_modules/.bin/cdk synth --quiet --no-validation --app "$app" --output "$made" -c "$4"); fi
cp -r "$made" "$2"
`;

/** A fault that only customers meet: checks order as synthetic ones. */
const FAULTY = `import { fields, findOrder, placeOrder as place } from './1.43.0.mjs';
export { fields, findOrder };
export async function placeOrder(database, order) {
  if (!order.customer.startsWith('synthetic-')) throw new Error('no such customer');
  return place(database, order);
}
`;

/** Writes the shop of the examples with two productions. @param cutover - how traffic is moved between them */
export function writeShop(cutover: CutoverConfig): void {
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'examples/orders/releases/1.45.0.mjs'), FAULTY);
  writeFileSync(join(folder, 'app.ts'), APP);
  writeFileSync(join(folder, 'synth.sh'), SYNTH);
  const { smoke, readYourWrites } = config.checks;
  const shop = {
    ...config,
    synth: { command: 'sh synth.sh' },
    local: { ...config.local, awsEndpoint: false },
    gates: { maxFailedChecks: 0 },
    checks: { smoke, readYourWrites: readYourWrites!.map((it) => ({ ...it, times: 10 })) },
    // what a busy machine may lose is no fault of either release
    verification: { watchMinutes: 0.05, everyMs: 50, gates: { maxErrorRate: 0.1 } },
    cutover: { stepMinutes: 0.1, gates: { maxErrorRate: 0.05 }, ...cutover },
  };
  const { drills: _, ...others } = shop;
  writeFileSync(join(folder, 'twin.config.json'), JSON.stringify(others));
}

/** Starts `twin` in the shop's folder. */
export function twin(...argv: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'dist', 'twin.js'), ...argv], { cwd: folder });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, ...out }));
  return { child, out, ended };
}

/** Runs `twin`. @returns what it printed */
export async function expectExit(exitCode: number, ...argv: readonly string[]): Promise<string> {
  const ran = await twin(...argv).ended;
  if (ran.exitCode !== exitCode) throw new Error(`twin ${argv.join(' ')}: ${JSON.stringify(ran, null, 1)}`);
  return ran.stdout;
}

/** A customer, who orders and reads the order, again and again. */
export class Customer {
  readonly answers: number[] = [];
  readonly placed: number[] = [];
  private isGone = false;
  private readonly work: Promise<void>;

  constructor(private readonly url: string) {
    this.work = this.shop();
  }

  get failures(): number {
    return this.answers.filter((status) => status >= 500).length;
  }

  async leave(): Promise<void> {
    this.isGone = true;
    await this.work;
  }

  private async shop(): Promise<void> {
    const body = JSON.stringify({ customer: 'a real one', cents: 100 });
    while (!this.isGone) {
      const response = await fetch(`${this.url}/orders`, { method: 'POST', body });
      this.answers.push(response.status);
      const { id } = (await response.json()) as { id?: number };
      if (id !== undefined) this.placed.push(id);
      await new Promise((done) => setTimeout(done, 30));
    }
  }
}

/** The record of the last cutover. */
export const lastCutover = (): Cutover => {
  const name = readdirSync(join(folder, '.twin')).findLast((it) => it.includes('-cutover-'))!;
  return JSON.parse(readFileSync(join(folder, '.twin', name, 'cutover.json'), 'utf8')) as Cutover;
};

/** Which releases answer at the address of clients. */
export async function answering(url: string): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let i = 0; i < 40; i++)
    seen.add(((await (await fetch(`${url}/version`)).json()) as { release: string }).release);
  return seen;
}
