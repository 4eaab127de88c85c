import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ELSEWHERE, PROJECTS, testsByProject } from '../scripts/jest-projects.cjs';

const folder = mkdtempSync(join(tmpdir(), 'projects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Not in one word: this test would be taken for one of the package. */
const BUILT = ['dist', 'twin.js'].join('/');

const FILES = {
  'lib/pure.ts':
    "import type { App } from 'aws-cdk-lib';\nimport { type ChildProcess } from 'node:child_process';\n",
  'lib/starts.ts': "import {\n  spawn,\n} from 'node:child_process';\n",
  'lib/later.ts': "const load = () => require('./starts') as typeof import('./starts');\n",
  'lib/named.ts': "import { isIP } from 'node:net';\n",
  'lib/serves.ts': "import { createServer, type Server } from 'node:http';\n",
  'lib/synth.ts': "export { App } from 'aws-cdk-lib';\n",
  'lib/both/index.ts': "export * from '../synth';\nexport * from '../starts';\n",
};
const TESTS = {
  unit: {
    'nothing.test.ts': '',
    'types.test.ts': "import { x } from '../lib/pure';\n",
    'names.test.ts': "import { x } from '../lib/named';\n",
    'quoted.test.ts': "import type { x } from '../lib/starts';\n// it runs no program: see child_process\n",
  },
  property: { 'drawn.test.ts': "import * as fc from 'fast-check';\n" },
  synth: {
    'direct.test.ts': "import { Stack } from 'aws-cdk-lib';\n",
    'specified.test.ts': "import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';\n",
    'deep/reached.test.ts': "import * as fc from 'fast-check';\nimport { x } from '../../lib/synth';\n",
  },
  process: {
    'spawned.test.ts': "import { x } from '../lib/starts';\n",
    'required.test.ts': "import { x } from '../lib/later';\n",
    'served.test.ts': "import { x } from '../lib/serves';\n",
    'threaded.test.ts': "import { validateXML } from 'xmllint-wasm';\n",
    'folder.test.ts': "import { x } from '../lib/both';\n",
  },
  e2e: { 'built.test.ts': `import { x } from '../lib/starts';\nconst twin = '${BUILT}';\n` },
};

it('sorts tests by what their imports can do, however they are reached', () => {
  const tests = Object.values(TESTS).flatMap((all) => Object.entries(all));
  const elsewhere = [['real/browser.test.ts', '']] as const;
  const placed = [...tests, ...elsewhere].map(([file, text]) => [`test/${file}`, text] as const);
  for (const [file, text] of [...Object.entries(FILES), ...placed]) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const sorted = testsByProject(join(folder, 'test'), ['real']);
  const expected = PROJECTS.map((name) => [
    name,
    Object.keys(TESTS[name])
      .map((file) => join(folder, 'test', file))
      .toSorted(),
  ]);
  expect(sorted).toEqual(Object.fromEntries(expected));
});

it('leaves no project of ours empty', () => {
  const sorted = testsByProject('test', ELSEWHERE);
  expect(PROJECTS.filter((name) => sorted[name].length === 0)).toEqual([]);
  expect(sorted.unit).toContain(join('test', 'house.test.ts'));
  expect(sorted.e2e).toContain(join('test', 'package.test.ts'));
});
