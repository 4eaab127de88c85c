import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTHING_DONE } from '../../lib/rehearsal/fresh-ledger';
import { LEDGER_FILE, LedgerFile, readLedger, type Ledger } from '../../lib/rehearsal/ledger';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-ledger-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Root may read everything. */
function asNobody(work: () => void): void {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid!(65534);
  try {
    work();
  } finally {
    if (root) process.seteuid!(0);
  }
}

const LEDGER: Ledger = {
  version: 1,
  tool: '0.1.0',
  rehearsal: 'r',
  target: 'local',
  handle: { target: 'local', name: 'x' },
  from: '1',
  to: '2',
  startedAt: '2026-11-21T04:12:00.000Z',
  configFile: 'twin.config.ts',
  gates: {},
  gatesDigest: 'd',
  scriptDigest: 's',
  assemblies: { from: 'a', to: 'b' },
  keep: false,
  ...NOTHING_DONE,
};

describe('a ledger', () => {
  it('is read as it was written, and leaves no other file', () => {
    const file = new LedgerFile(folder, LEDGER);
    file.change({ standing: 'maybe' });
    file.change({ to: '3' });
    expect(readLedger(folder).value).toEqual({ ...LEDGER, standing: 'maybe', to: '3' });
    expect(readdirSync(folder)).toEqual([LEDGER_FILE]);
  });

  it('keeps in memory what cannot be written, and says why', () => {
    const file = new LedgerFile(join(folder, 'gone'), LEDGER);
    expect(() => file.change({ to: '3' })).toThrow(/ledger\.json could not be written \(ENOENT\)/);
    expect(file.value.to).toBe('3');
    file.note({ to: '4' });
    expect(file.fault).toMatchObject({ code: 'ledger-unwritable' });
  });

  it('that belongs to another user says so, and does not count as invalid', () => {
    const file = join(folder, LEDGER_FILE);
    writeFileSync(file, JSON.stringify(LEDGER), { mode: 0o000 });
    asNobody(() =>
      expect(() => readLedger(folder)).toThrow(
        expect.objectContaining({
          message: `${file} cannot be read (EACCES)`,
          fix: 'Run this as the user who started the rehearsal.',
        }),
      ),
    );
  });

  it.each([
    ['torn', '{"version": 1, "rehea', 'is not the ledger of a rehearsal: '],
    ['empty', '', 'is not the ledger of a rehearsal: '],
    ['something else', '[]', 'is not the ledger of a rehearsal: it has no version, rehearsal, '],
    ['without its handle', JSON.stringify({ ...LEDGER, handle: undefined }), 'it has no handle'],
    ["a later version's", JSON.stringify({ version: 2 }), 'is of version 2; this cdk-twin reads version 1'],
  ])('that is %s says so and what to do', (_, text, message) => {
    writeFileSync(join(folder, LEDGER_FILE), text);
    expect(() => readLedger(folder)).toThrow(message);
    expect(() => readLedger(folder)).toThrow(expect.objectContaining({ code: 'ledger' }) as Error);
  });
});
