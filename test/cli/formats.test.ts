import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { readLedger } from '../../lib/rehearsal/ledger';
import { FORMATS, inJson, versioned } from '../../lib/cli/json';
import { TwinError } from '../../lib/error';
import type { Cutover } from '../../lib/evidence/cutover';
import type { Evidence } from '../../lib/evidence/evidence';
import { readEvidence } from '../../lib/evidence/read';
import { seal } from '../../lib/evidence/seal';
import type { Verification } from '../../lib/evidence/verification';
import type { History } from '../../lib/history/history';
import type { FactorList } from '../../lib/parity/factor-list';
import type { Manifest } from '../../lib/parity/manifest';
import { checkFactorList, checkManifest } from '../../lib/parity/schema';
import manifestSchema from '../../schema/twin.json';
import listSchema from '../../schema/whitelist.json';
import { go } from '../evidence/samples';

// the versions as the types have them: another number does not compile
const RECORDS = {
  'cdk.out/twin.json': 2 satisfies Manifest['version'],
  'an allowlist': 1 satisfies FactorList['version'],
  '.twin/<rehearsal>/ledger.json': 1 satisfies Ledger['version'],
  '.twin/<rehearsal>/evidence.json': 2 satisfies Evidence['version'],
  '.twin/<verification>/verification.json': 1 satisfies Verification['version'],
  '.twin/<cutover>/cutover.json': 1 satisfies Cutover['version'],
  'twin history --json': 1 satisfies History['version'],
};

const folder = mkdtempSync(join(tmpdir(), 'formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusalOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof TwinError) return `${error.code}: ${error.message.replaceAll(folder, 'FOLDER')}`;
    throw error;
  }
  return 'it is read';
};

it('are all in the table of docs/versions.md, with their versions', () => {
  const rows = readFileSync('docs/versions.md', 'utf8').matchAll(
    /^\| (`[^`]+`|an allowlist) +\| (\d+) +\|/gm,
  );
  const shown = Object.fromEntries([...rows].map(([, name, at]) => [name!.replaceAll('`', ''), Number(at)]));
  const commands = Object.entries(FORMATS).map(([name, at]) => [`twin ${name} --json`, at] as const);
  expect(shown).toEqual({ ...RECORDS, ...Object.fromEntries(commands) });
});

it('are the versions of the schemas', () => {
  expect(manifestSchema.properties.version.const).toBe(RECORDS['cdk.out/twin.json']);
  expect(listSchema.properties.version.const).toBe(RECORDS['an allowlist']);
});

it('are written by one hand, which takes nothing without a version', () => {
  const writers = readdirSync('lib/cli').filter((file) =>
    readFileSync(join('lib/cli', file), 'utf8').includes(', null, 2)'),
  );
  expect(writers).toEqual(['json.ts']);
  expect(JSON.parse(inJson(versioned('cost', { total: 1 })))).toEqual({ version: FORMATS.cost, total: 1 });
  // @ts-expect-error -- it has no version
  expect(inJson({ total: 1 })).toContain('total');
});

describe('a file of an older or a newer format is refused, and both versions are named', () => {
  it.each([1, 3])('a twin.json of version %d', (version) => {
    expect(refusalOf(() => checkManifest({ version }, 'twin.json'))).toBe(
      `manifest: twin.json is not a twin.json of this version: version is ${version}; allowed is 2`,
    );
  });

  it('an allowlist', () => {
    expect(refusalOf(() => checkFactorList({ version: 2, factors: [] }, 'allow.json'))).toBe(
      'whitelist: allow.json is not a whitelist: version is 2; allowed is 1',
    );
  });

  it('a ledger', () => {
    writeFileSync(join(folder, 'ledger.json'), JSON.stringify({ version: 2 }));
    expect(refusalOf(() => readLedger(folder))).toBe(
      'ledger: FOLDER/ledger.json is of version 2; this cdk-twin reads version 1',
    );
  });

  it.each([1, 3])('evidence of version %d', (version) => {
    writeFileSync(join(folder, 'evidence.json'), JSON.stringify({ ...go, version }));
    expect(refusalOf(() => readEvidence(folder))).toBe(
      `not-evidence: FOLDER/evidence.json is not an evidence.json of this version: its version is ${version}, not 2`,
    );
  });
});

it('evidence with a key more, as a later minor version may write it, is read', () => {
  const { seal: _, ...unsealed } = { ...go, later: { key: 1 } };
  writeFileSync(join(folder, 'evidence.json'), JSON.stringify(seal(unsealed)));
  expect(readEvidence(folder)).toMatchObject({ rehearsal: go.rehearsal, later: { key: 1 } });
});
