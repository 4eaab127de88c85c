import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proveTwin } from '../../lib/rehearsal/proof';
import { writeAssembly } from '../small-assembly';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-proof-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** An assembly in which one queue is all there is of an environment. */
function synthesize(stagings: readonly string[], delay = 0): void {
  const queue = (seconds: number) => ({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: seconds } } },
  });
  const stacks = stagings.map((name) => [name, queue(delay)] as const);
  writeAssembly(folder, { Prod: queue(0), ...Object.fromEntries(stacks) });
}

it('takes the only staging, and returns its tiers, its parity and its cost', () => {
  synthesize(['Small']);
  const proof = proveTwin(folder, undefined);
  expect(proof).toMatchObject({
    environment: 'Small',
    parity: { verdict: 'twins', prod: 'Prod', staging: 'Small' },
  });
  expect(proof.environments).toEqual({
    prod: { environment: 'Prod', tiers: expect.any(Array) as unknown },
    staging: { environment: 'Small', tiers: expect.any(Array) as unknown },
  });
  expect(proof.staging.stacks).toHaveLength(1);
  expect(proof.cost(2).hours).toBe(2);
  expect(proof.cost(undefined).hours).toBe(4);
});

it('takes the staging that is named', () => {
  synthesize(['Small', 'Large']);
  expect(proveTwin(folder, 'Large').parity.staging).toBe('Large');
});

it('finds the staging beside a second production, which is nothing to rehearse', () => {
  synthesize(['ProdEu', 'Small']);
  expect(proveTwin(folder, undefined).parity).toMatchObject({ prod: 'Prod', staging: 'Small' });
  expect(() => proveTwin(folder, 'ProdEu')).toThrow('the assembly has no staging "ProdEu"');
});

it('refuses productions without a staging', () => {
  synthesize(['ProdEu']);
  expect(() => proveTwin(folder, undefined)).toThrow(
    `${join(folder, 'twin.json')} has no staging, only Prod and ProdEu`,
  );
});

it('reports environments that are not twins', () => {
  synthesize(['Small'], 5);
  expect(proveTwin(folder, undefined).parity).toMatchObject({ verdict: 'not-twins' });
});

it.each([
  [
    'names none of several',
    undefined,
    'the app has 2 stagings and the config does not name one: Small, Large',
  ],
  ['names one that is not there', 'Smal', 'the assembly has no staging "Smal"; did you mean "Small"?'],
])('refuses a config that %s', (_, name, message) => {
  synthesize(['Small', 'Large']);
  expect(() => proveTwin(folder, name)).toThrow(message);
});
