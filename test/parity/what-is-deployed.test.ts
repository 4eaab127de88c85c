import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployedSubjects } from '../../scripts/mutate-deployed';
import { plainSubjects } from '../../scripts/mutate-plain';
import type { Subject } from '../../scripts/mutate-subject';
import type { Mutant } from '../../scripts/mutants';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-deployed-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Of very many changes one in so many: `npm run mutate` makes them all. */
function* some(all: Iterable<Mutant>, step: number): Generator<Mutant> {
  let count = 0;
  for (const it of all) if (count++ % step === 0) yield it;
}

function wrong({ unchanged, answer, unpermitted, permitted }: Subject, step: number): string[] {
  const found: string[] = [];
  const tryOut = (it: Mutant, isPermitted: boolean): void => {
    it.apply();
    const given = answer();
    it.revert();
    if ((given === unchanged) !== isPermitted) found.push(`${it.name}: ${given}`);
  };
  expect(answer()).toBe(unchanged);
  for (const it of some(unpermitted, step)) tryOut(it, false);
  for (const it of some(permitted, step)) tryOut(it, true);
  expect(answer()).toBe(unchanged);
  return found;
}

it('is found where it is changed in an assembly, or beside it', () => {
  const names: string[] = [];
  for (const subject of deployedSubjects(folder)) {
    names.push(subject.name);
    expect(wrong(subject, 97)).toEqual([]);
  }
  expect(names).toHaveLength(3);
});

it('is found where it is changed in a template with parameters, and what is not deployed is not', () => {
  const names: string[] = [];
  for (const subject of plainSubjects(folder)) {
    names.push(subject.name);
    expect(wrong(subject, 23)).toEqual([]);
  }
  expect(names).toHaveLength(3);
});
