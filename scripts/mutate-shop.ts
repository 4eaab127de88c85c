import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Json } from '../lib/json';
import { parityOfTemplates } from '../lib/parity/parity';
import { readWhitelist } from '../lib/parity/whitelist';
import { harmless, mutants, type Mutant } from './mutants';
import { answerOf, type Subject } from './mutate-subject';
import { scaledTwins } from './scales';

/** The reference shop: production as it is, and every single change to the template of its staging. */
export function* shopSubjects(folder: string): Generator<Subject> {
  execFileSync('npx', ['cdk', 'synth', '--quiet', '--output', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const read = (file: string): Json => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
  const prod = read('Prod.template.json');
  const staging = read('StagingEphemeral.template.json');
  const names = { prodName: 'Prod.template.json', stagingName: 'StagingEphemeral.template.json' };
  const whitelist = readWhitelist(join(folder, 'twin.json'));
  yield {
    name: 'the shop',
    unchanged: 'twins',
    answer: () => answerOf(() => parityOfTemplates(prod, staging, { ...names, whitelist }).verdict),
    unpermitted: mutants(staging),
    permitted: harmless(staging),
  };
  let isTwin = true;
  yield {
    name: 'the shop at other legal values of its scale factors',
    unchanged: 'twins',
    answer: () => (isTwin ? 'twins' : 'not-twins'),
    unpermitted: [],
    permitted: scales((it) => void (isTwin = it)),
  };
}

function* scales(tell: (isTwin: boolean) => void): Generator<Mutant> {
  for (const { name, isTwin } of scaledTwins())
    yield { name, apply: () => tell(isTwin), revert: () => tell(true) };
}
