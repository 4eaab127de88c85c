import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, sha256 } from '../../lib/parity/digest';
import type { Manifest, ManifestEnvironment, ManifestPair } from '../../lib/parity/manifest';
import { proveTwin } from '../../lib/rehearsal/proof';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-proof-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const environment = (role: ManifestEnvironment['role']): ManifestEnvironment => ({
  role,
  scale: {},
  expressions: {},
  names: {},
  declared: {},
  proportions: [],
});
const pair = (staging: string): ManifestPair => ({
  prod: 'Prod',
  staging,
  stacks: [
    {
      path: '',
      prod: 'Prod.template.json',
      staging: `${staging}.template.json`,
      ids: [],
      keys: [],
      generated: [],
      members: [],
      places: [],
      refused: [],
    },
  ],
});

/** An assembly in which one queue is all there is of an environment. */
function synthesize(stagings: readonly string[], delay = 0): void {
  const queue = (seconds: number) => ({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: seconds } } },
  });
  const save = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  const roles = Object.fromEntries(stagings.map((name) => [name, environment('staging')]));
  const templates = Object.fromEntries([
    ['Prod.template.json', queue(0)],
    ...stagings.map((name) => [`${name}.template.json`, queue(delay)] as const),
  ]) as Record<string, object>;
  const content = {
    version: 2,
    definitions: [
      {
        factors: {},
        derived: {},
        environments: { Prod: environment('production'), ...roles },
        tried: [],
        unproven: [],
        notes: [],
        pairs: stagings.map(pair),
      },
    ],
    templates: Object.fromEntries(
      Object.entries(templates).map(([name, template]) => [name, sha256(JSON.stringify(template))]),
    ),
  } as const;
  const manifest: Manifest = { ...content, digest: digestOf(content) };
  save('twin.json', manifest);
  for (const [name, template] of Object.entries(templates)) save(name, template);
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
