import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../lib/digest';
import { digestOf } from '../lib/parity/digest';
import type { Manifest, ManifestEnvironment, ManifestPair } from '../lib/parity/manifest';

const environment = (role: ManifestEnvironment['role']): ManifestEnvironment => ({
  role,
  scale: {},
  expressions: {},
  names: {},
  declared: {},
  proportions: [],
});

/** What is called `Prod` and something more is a further production. */
const roleOf = (name: string): ManifestEnvironment['role'] =>
  name.startsWith('Prod') ? 'production' : 'staging';

const pair = (staging: string): ManifestPair => ({
  prod: 'Prod',
  staging,
  stacks: [
    {
      path: '',
      prod: 'Prod.template.json',
      staging: `${staging}.template.json`,
      env: { prod: {}, staging: {} },
      ids: [],
      keys: [],
      generated: [],
      members: [],
      places: [],
      refused: [],
    },
  ],
  ...(roleOf(staging) === 'staging' && {
    checks: { stackNames: [staging], outside: [], acknowledged: [] },
  }),
});

/**
 * Writes an assembly of stacks by their names, one of them `Prod` and the others its stagings, or further productions: nothing
 * may differ.
 */
export function writeAssembly(folder: string, stacks: Readonly<Record<string, object>>): void {
  const stagings = Object.keys(stacks).filter((name) => name !== 'Prod');
  const texts = Object.entries(stacks).map(
    ([name, template]) => [`${name}.template.json`, JSON.stringify(template)] as const,
  );
  const content = {
    version: 2,
    definitions: [
      {
        factors: {},
        derived: {},
        environments: {
          Prod: environment('production'),
          ...Object.fromEntries(stagings.map((name) => [name, environment(roleOf(name))])),
        },
        tried: [],
        unproven: [],
        notes: [],
        pairs: stagings.map(pair),
      },
    ],
    templates: Object.fromEntries(texts.map(([file, text]) => [file, sha256(text)])),
    assembly: { artifacts: {}, assets: {} },
  } as const;
  const manifest: Manifest = { ...content, digest: digestOf(content) };
  writeFileSync(join(folder, 'twin.json'), JSON.stringify(manifest));
  for (const [file, text] of texts) writeFileSync(join(folder, file), text);
}
