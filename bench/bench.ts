// Measures speed as ratios within one run, because machines differ and drift: `npm run bench`.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { buildSync } from 'esbuild';
import { Bench } from 'tinybench';
import { parityOfAssembly } from '../lib/parity/assembly-parity';
import { parityOfTemplates } from '../lib/parity/parity';
import { pairOf, type Pair } from './pair';
import { rehearse } from './rehearsal';

/** Runs tasks several times, and gives the median of each in milliseconds. */
async function medians(iterations: number, tasks: Record<string, () => void>): Promise<number[]> {
  const bench = new Bench({ iterations, time: 0, warmupIterations: 1, warmupTime: 0 });
  for (const [name, run] of Object.entries(tasks)) bench.add(name, run);
  return (await bench.run()).map(({ name, result }) => {
    if (result.state !== 'completed') throw new Error(`${name} did not complete: ${result.state}`);
    return result.latency.p50;
  });
}

/** A result beside its bound. */
function say(what: string, value: string, bound: string): void {
  console.log(`${what.padEnd(62)} ${value.padStart(12)}   ${bound}`);
}

function compare({ prod, staging: s, manifest }: Pair): void {
  const names = { prodName: 'Prod.template.json', stagingName: 'StagingEphemeral.template.json' };
  const { verdict } = parityOfTemplates(prod, s, { ...names, whitelist: manifest });
  if (verdict !== 'twins') throw new Error('the measured pair are not twins');
}

async function againstFullDiff(assembly: string): Promise<void> {
  const pair = pairOf(assembly, 500);
  const [parity, diff] = await medians(10, {
    parity: () => compare(pair),
    fullDiff: () => void fullDiff({ ...pair.prod }, { ...pair.staging }),
  });
  const what = `parity of ${pair.resources} resources: times faster than fullDiff`;
  say(what, (diff! / parity!).toFixed(1), `at least 10   (${parity!.toFixed(0)} ms, ${diff!.toFixed(0)} ms)`);
}

/** Parity on an assembly against reading and parsing the JSON that it reads. */
async function againstReading(assembly: string): Promise<void> {
  const files = ['twin.json', 'Prod.template.json', 'StagingEphemeral.template.json', 'manifest.json'];
  const [parity, reading] = await medians(20, {
    parity: () => void parityOfAssembly(assembly),
    reading: () => files.forEach((file) => JSON.parse(readFileSync(join(assembly, file), 'utf8'))),
  });
  say(
    'parity of an assembly, times reading and parsing its files',
    (parity! / reading!).toFixed(1),
    `near to 3      (${parity!.toFixed(1)} ms, ${reading!.toFixed(1)} ms)`,
  );
}

/** Whole processes, because that is what `cdk synth` starts; in turn, because machines drift. */
async function againstBareSynth(what: string, bound: string, mode: string, rounds_: number): Promise<void> {
  const script = join('node_modules', '.cache', 'cdk-twin', 'synth.js');
  buildSync({
    entryPoints: ['bench/synth.ts'],
    outfile: script,
    bundle: true,
    packages: 'external',
    platform: 'node',
  });
  const rounds: [bare: number, twins: number][] = [];
  for (let round = 0; round < rounds_; round++) {
    const [bare, twins] = await medians(1, {
      bare: () => node(script, mode, 'bare'),
      twins: () => node(script, mode, 'twins'),
    });
    rounds.push([bare!, twins!]);
  }
  const middle = (values: number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const ratio = middle(rounds.map(([bare, twins]) => twins / bare));
  const times = `(${middle(rounds.map(([, twins]) => twins)).toFixed(0)} ms, ${middle(rounds.map(([bare]) => bare)).toFixed(0)} ms)`;
  say(what, ratio.toFixed(2), `${bound}  ${times}`);
}

function node(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
}

async function startUp(assembly: string): Promise<void> {
  const [empty, parity] = await medians(15, {
    'node -e 0': () => node('-e', '0'),
    'twin parity': () => node('dist/twin.js', 'parity', '--assembly', assembly),
  });
  const times = `(${parity!.toFixed(0)} ms, ${empty!.toFixed(0)} ms)`;
  say(
    'twin parity on an assembly, ms more than node -e 0',
    (parity! - empty!).toFixed(0),
    `at most 250   ${times}`,
  );
}

async function growth(assembly: string): Promise<void> {
  const sizes = [500, 5_000, 50_000].map((resources) => pairOf(assembly, resources));
  let first: number | undefined;
  for (const pair of sizes) {
    const [time] = await medians(3, { parity: () => compare(pair) });
    const each = (time! / pair.resources) * 1000;
    first ??= each;
    const what = `cost of one resource in ${pair.resources}, times that in ${sizes[0]!.resources}`;
    say(
      what,
      (each / first).toFixed(2),
      `linear is 1   (${each.toFixed(0)} µs, ${time!.toFixed(0)} ms in all)`,
    );
  }
}

/** Both rehearsals of `npm start`, and where their time goes. */
function rehearsals(): void {
  const both = ['1.42.0', '1.43.0'].map(rehearse);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const all = both.reduce((sum, { ms }) => sum + ms, 0);
  say('npm start: both rehearsals', seconds(all), 'below 60 s');
  const slowest = Math.max(...both.map(({ dataTiersMs }) => dataTiersMs));
  say('standing up the data tiers', seconds(slowest), 'below 6 s');
  for (const { release, ms, steps } of both) {
    const parts = steps.filter((step) => step.ms * 50 > ms);
    const shares = parts.map((step) => `${step.name} ${Math.round((100 * step.ms) / ms)} %`);
    console.log(`  ${release}: ${shares.join(', ')}`);
  }
}

async function main(): Promise<void> {
  const assembly = mkdtempSync(join(tmpdir(), 'twin-bench-'));
  try {
    execFileSync('npx', ['cdk', 'synth', '--quiet', '--output', assembly], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await againstFullDiff(assembly);
    await againstReading(assembly);
    await againstBareSynth(
      'synth of both twins with all checks, times the bare synth',
      'at most 1.35',
      'shop',
      7,
    );
    await againstBareSynth('the same of ten stacks of 400 resources', 'at most 1.6 ', 'large', 3);
    await startUp(assembly);
    await growth(assembly);
    rehearsals();
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

void main();
