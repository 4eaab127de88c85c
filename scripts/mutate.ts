// Makes every single change to the staging template, one at a time, and counts what parity finds: `npm run mutate`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../lib/error';
import type { Json } from '../lib/json';
import { parityOfTemplates } from '../lib/parity/parity';
import type { ParityReport } from '../lib/parity/report';
import { readWhitelist } from '../lib/parity/whitelist';
import { harmless, mutants, type Mutant } from './mutants';
import { scaledTwins } from './scales';

const assembly = mkdtempSync(join(tmpdir(), 'twin-mutate-'));
try {
  execFileSync('npx', ['cdk', 'synth', '--quiet', '--output', assembly], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.exitCode = run() ? 0 : 1;
} finally {
  rmSync(assembly, { recursive: true, force: true });
}

function run(): boolean {
  const read = (file: string): Json => JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Json;
  const prod = read('Prod.template.json');
  const staging = read('StagingEphemeral.template.json');
  const names = { prodName: 'Prod.template.json', stagingName: 'StagingEphemeral.template.json' };
  const whitelist = readWhitelist(join(assembly, 'twin.json'));
  const verdict = (): ParityReport['verdict'] | 'refused' => {
    try {
      return parityOfTemplates(prod, staging, { ...names, whitelist }).verdict;
    } catch (error) {
      if (error instanceof TwinError) return 'refused';
      throw error;
    }
  };
  if (verdict() !== 'twins')
    throw new Error('the unchanged staging is no twin: run "npm run synth" to see why');
  const unpermitted = tally('unpermitted changes', mutants(staging), verdict);
  const permitted = tally('permitted changes', harmless(staging), verdict);
  const scales = [...scaledTwins()];
  const found = unpermitted.all - unpermitted.twins.length;
  const alarms = [
    ...permitted['not-twins'],
    ...permitted.undecided,
    ...permitted.refused,
    ...scales.filter(({ isTwin }) => !isTwin).map(({ name }) => name),
  ];
  const harmlessChanges = permitted.all + scales.length;
  console.log(
    `\nunpermitted changes found   ${found} of ${unpermitted.all} (${percent(found, unpermitted.all)})`,
  );
  console.log(`  of these refused as no template at all: ${unpermitted.refused.length}`);
  console.log(
    `false alarms on permitted   ${alarms.length} of ${harmlessChanges} (${percent(alarms.length, harmlessChanges)})`,
  );
  console.log(`  of these other legal values of a scale factor: ${scales.length}`);
  for (const name of unpermitted.twins) console.log(`  missed: ${name}`);
  for (const name of alarms) console.log(`  false alarm: ${name}`);
  return unpermitted.twins.length === 0 && alarms.length === 0;
}

function percent(part: number, all: number): string {
  return `${Math.floor((part / all) * 10_000) / 100} %`;
}

function tally(what: string, changes: Iterable<Mutant>, verdict: () => ParityReport['verdict'] | 'refused') {
  const none = (): string[] => [];
  const result = { all: 0, twins: none(), 'not-twins': none(), undecided: none(), refused: none() };
  for (const change of changes) {
    change.apply();
    result[verdict()].push(change.name);
    change.revert();
    result.all++;
    if (result.all % 1000 === 0) console.error(`${what}: ${result.all}`);
  }
  return result;
}
