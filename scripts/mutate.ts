// Changes what is deployed, one thing at a time, and counts what parity finds: `npm run mutate`, or one subject: `npm run mutate -- deployed`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployedSubjects } from './mutate-deployed';
import { plainSubjects } from './mutate-plain';
import { shopSubjects } from './mutate-shop';
import type { Answer, Subject } from './mutate-subject';
import type { Mutant } from './mutants';

/** Each makes what it needs in a folder. */
const SUBJECTS: Readonly<Record<string, (folder: string) => Iterable<Subject>>> = {
  shop: shopSubjects,
  deployed: deployedSubjects,
  plain: plainSubjects,
};

/** All that parity may answer. */
const ANSWERS: readonly Answer[] = ['twins', 'not-twins', 'undecided', 'refused'];

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(SUBJECTS, name));
if (unknown !== undefined) {
  console.error(`there is no subject "${unknown}"; there are ${Object.keys(SUBJECTS).join(', ')}`);
  process.exitCode = 1;
} else {
  const chosen = Object.entries(SUBJECTS).filter(([name]) => asked.length === 0 || asked.includes(name));
  const results = chosen.flatMap(([, subjects]) => inFolder((folder) => [...subjects(folder)].map(run)));
  process.exitCode = results.every((isSound) => isSound) ? 0 : 1;
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'twin-mutate-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run({ name, unchanged, answer, unpermitted, permitted }: Subject): boolean {
  const before = answer();
  if (before !== unchanged)
    throw new Error(`${name}: parity says "${before}" of what is not changed, expected "${unchanged}"`);
  const changed = tally(`${name}: unpermitted changes`, unpermitted, answer);
  const harmless = tally(`${name}: permitted changes`, permitted, answer);
  if (answer() !== unchanged) throw new Error(`${name}: a change was not taken back`);
  const missed = changed[unchanged];
  const alarms = ANSWERS.flatMap((it) => (it === unchanged ? [] : harmless[it]));
  const found = changed.all - missed.length;
  console.log(`\n${name}`);
  if (changed.all > 0) {
    console.log(`unpermitted changes found   ${found} of ${changed.all} (${percent(found, changed.all)})`);
    console.log(`  of these refused as no template, or not to be deployed: ${changed.refused.length}`);
  }
  console.log(
    `false alarms on permitted   ${alarms.length} of ${harmless.all} (${percent(alarms.length, harmless.all)})`,
  );
  for (const it of missed) console.log(`  missed: ${it}`);
  for (const it of alarms) console.log(`  false alarm: ${it}`);
  return missed.length === 0 && alarms.length === 0;
}

function percent(part: number, all: number): string {
  return `${Math.floor((part / all) * 10_000) / 100} %`;
}

function tally(what: string, changes: Iterable<Mutant>, answer: () => Answer) {
  const none = (): string[] => [];
  const result = { all: 0, twins: none(), 'not-twins': none(), undecided: none(), refused: none() };
  for (const change of changes) {
    change.apply();
    result[answer()].push(change.name);
    change.revert();
    result.all++;
    if (result.all % 1000 === 0) console.error(`${what}: ${result.all}`);
  }
  return result;
}
