import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, Twins } from '../../lib';
import { productionIn } from '../../lib/blueprint/production-name';
import { counterpartsOf } from '../../lib/blueprint/read-blueprint';
import { Assembly } from '../../lib/parity/assembly';
import { checkTwin } from '../../lib/rehearsal/second-production';
import { newApp } from '../app';

const folder = mkdtempSync(join(tmpdir(), 'twin-second-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What cdk synth writes of productions by their names, with so many workers each. */
function synthesized(workers: Readonly<Record<string, number>>, staging = false): string {
  const app = newApp({ outdir: mkdtempSync(join(folder, 'out-')) });
  const twins = new Twins(app, {
    scale: { workers: count({ reason: 'the load differs' }) },
    environment: (scope, id, values, options) => {
      const stack = new Stack(scope, id, { ...options });
      new CfnQueue(stack, 'Jobs', { delaySeconds: values.workers, queueName: `${id}-jobs` });
      return stack;
    },
  });
  for (const [name, number] of Object.entries(workers)) twins.prod(name, { scale: { workers: number } });
  if (staging) twins.staging('Staging', { scale: { workers: 2 }, expires: '2100-01-01T00:00:00' });
  app.synth();
  return app.outdir;
}

it('may stand beside the first where the synthesis shows that they are one but for names', () => {
  const assembly = synthesized({ Prod: 4, ProdB: 4 });
  expect(() => checkTwin(assembly, 'ProdB', 'Prod')).not.toThrow();
  expect(counterpartsOf(assembly, 'ProdB')).toMatchObject({ production: 'Prod' });
});

it('may not where it is of another scale, though that is a twin', () => {
  expect(() => checkTwin(synthesized({ Prod: 4, ProdB: 3 }), 'ProdB', 'Prod')).toThrow(
    'ProdB cannot stand beside Prod: it is of another scale: workers is 3, and 4 in Prod',
  );
});

it('may not where no synthesis compares it with the one that stands', () => {
  const assembly = synthesized({ Prod: 4, ProdB: 4 });
  expect(() => checkTwin(assembly, 'Prod', 'ProdB')).toThrow(
    'Prod cannot stand beside ProdB: no synthesis compares it with ProdB',
  );
});

it('is named, where the one with a staging is not meant', () => {
  const assembly = new Assembly(synthesized({ Prod: 4, ProdB: 4 }, true));
  expect(productionIn(assembly, undefined)).toBe('Prod');
  expect(productionIn(assembly, 'ProdB')).toBe('ProdB');
  expect(() => productionIn(assembly, 'ProdC')).toThrow(
    'the assembly has no production "ProdC"; did you mean "Prod"?',
  );
});
