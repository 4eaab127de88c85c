import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import { lastEvidence, namedEvidence, readEvidence } from '../../lib/evidence/read';
import { attemptFolder, moveEvidence, noteNotStarted, writeEvidence } from '../../lib/evidence/store';
import { go, noGo } from './samples';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'twin-evidence-'))));
afterEach(() => rmSync(root, { recursive: true }));

function errorOf(work: () => unknown): { code: string; text: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof TwinError) return { code: error.code, text: String(error).replaceAll(root, 'ROOT') };
  }
  throw new Error('no TwinError was thrown');
}

describe('evidence', () => {
  it('is read as it was written, with its reports beside it', () => {
    const folder = join(root, 'new', go.rehearsal);
    writeEvidence(folder, go);
    expect(readdirSync(folder).sort()).toEqual(['evidence.json', 'junit.xml', 'report.html', 'report.md']);
    expect(readEvidence(folder)).toEqual(go);
    writeEvidence(folder, noGo);
    expect(readEvidence(folder)).toEqual(noGo);
  });

  it('of an attempt is moved with all that was made of it, and a copy of the logs', () => {
    expect(attemptFolder(root, 1)).toBeUndefined();
    writeEvidence(root, go);
    mkdirSync(join(root, 'logs'));
    writeFileSync(join(root, 'logs', 'Web-1.log'), 'started');
    const attempt = attemptFolder(root, 1)!;
    expect(attempt).toBe('attempts/1');
    moveEvidence(root, attempt);
    expect(readdirSync(root)).toEqual(['attempts', 'logs']);
    const kept = readdirSync(join(root, attempt)).toSorted();
    expect(kept).toEqual(['evidence.json', 'junit.xml', 'logs', 'report.html', 'report.md']);
    expect(readEvidence(join(root, attempt))).toEqual(go);
    expect(readFileSync(join(root, attempt, 'logs', 'Web-1.log'), 'utf8')).toBe('started');
    expect(readFileSync(join(root, 'logs', 'Web-1.log'), 'utf8')).toBe('started');
    expect(attemptFolder(root, 2)).toBeUndefined();
  });

  it('of an attempt that cannot be moved is reported, and is not taken for that of the next', () => {
    writeEvidence(root, go);
    mkdirSync(join(root, 'attempts', '1', 'report.md', 'in the way'), { recursive: true });
    expect(errorOf(() => moveEvidence(root, 'attempts/1')).code).toBe('unwritable');
    expect(attemptFolder(root, 1)).toBeUndefined();
  });

  it('leaves nothing half written when it cannot be written', () => {
    mkdirSync(join(root, 'junit.xml', 'in the way'), { recursive: true });
    expect(errorOf(() => writeEvidence(root, go))).toEqual({
      code: 'unwritable',
      text: 'the evidence could not be written to ROOT (EISDIR)\n  fix: Free some space there, or make the folder writable.\n  code: unwritable',
    });
    expect(existsSync(join(root, 'evidence.json'))).toBe(false);
    expect(readdirSync(root).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is whole under its name when the process is killed while it writes', async () => {
    const script = join(root, 'write.ts');
    const [store, samples] = ['lib/evidence/store', 'test/evidence/samples'].map((path) =>
      JSON.stringify(join(process.cwd(), path)),
    );
    writeFileSync(
      script,
      `const { writeEvidence } = require(${store}); const { go } = require(${samples});
      writeEvidence(${JSON.stringify(root)}, go); console.log('writing');
      for (;;) writeEvidence(${JSON.stringify(root)}, go);`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await ended;
    expect(readEvidence(root)).toEqual(go);
    expect(readFileSync(join(root, 'report.html'), 'utf8')).toMatch(/<\/html>\n$/);
    expect(readFileSync(join(root, 'junit.xml'), 'utf8')).toMatch(/<\/testsuites>\n$/);
  });
});

describe('the last rehearsal', () => {
  it('is the newest that has evidence', () => {
    writeEvidence(join(root, noGo.rehearsal), noGo);
    writeEvidence(join(root, go.rehearsal), go);
    mkdirSync(join(root, '20991231-0000-2.0.0'));
    writeFileSync(join(root, 'zzz'), '');
    expect(lastEvidence(root)).toEqual({ folder: join(root, go.rehearsal), evidence: go });
    expect(namedEvidence(noGo.rehearsal, root).evidence).toEqual(noGo);
  });

  it('is never an earlier one, where the newest has no evidence', () => {
    writeEvidence(join(root, go.rehearsal), go);
    mkdirSync(join(root, '20991231-0000-2.0.0'));
    writeFileSync(join(root, '20991231-0000-2.0.0', 'events.ndjson'), '');
    expect(errorOf(() => lastEvidence(root))).toEqual({
      code: 'no-evidence',
      text:
        'the last rehearsal in ROOT, 20991231-0000-2.0.0, has no evidence: it is still running, it was interrupted, or its staging and production are not twins\n' +
        '  fix: Wait for it, or finish it with twin down; to see an earlier rehearsal, name it.\n  code: no-evidence',
    });
    expect(namedEvidence(go.rehearsal, root).evidence).toEqual(go);
  });

  it('is not one that could not start, of which is said so', () => {
    writeEvidence(join(root, go.rehearsal), go);
    const later = '20991231-0000-2.0.0';
    mkdirSync(join(root, later));
    writeFileSync(join(root, later, 'events.ndjson'), '');
    noteNotStarted(join(root, later));
    noteNotStarted(join(root, later)); // nothing more to note
    expect(lastEvidence(root)).toEqual({
      folder: join(root, go.rehearsal),
      evidence: go,
      notStarted: later,
    });
    writeEvidence(join(root, '20991231-0001-2.0.1'), go);
    expect(lastEvidence(root)).toEqual({ folder: join(root, '20991231-0001-2.0.1'), evidence: go });
  });

  it('is asked for when there is none', () => {
    mkdirSync(join(root, '20991231-0000-2.0.0'));
    for (const work of [
      () => lastEvidence(root),
      () => namedEvidence('x', root),
      () => lastEvidence(`${root}/none`),
    ]) {
      expect(errorOf(work).text.replace('/none', '')).toBe(
        'there is no rehearsal in ROOT\n  fix: Run twin rehearse --to <release> first.\n  code: no-rehearsal',
      );
    }
  });

  it('is not another than the one that is named', () => {
    writeEvidence(join(root, go.rehearsal), go);
    expect(errorOf(() => namedEvidence('20261121-0412-1.43', root)).text).toBe(
      'there is no rehearsal "20261121-0412-1.43" with evidence in ROOT; did you mean "20261121-0412-1.43.0"?\n' +
        '  fix: Name an existing one, or leave the name out for the last one.\n  code: no-rehearsal',
    );
    expect(errorOf(() => namedEvidence('..', root)).code).toBe('no-rehearsal');
  });
});

describe('an evidence.json of another version', () => {
  const rehearse = 'Rehearse again: twin rehearse writes it.';
  const other = 'Read it with cdk-twin 0.1.0, which wrote it, or rehearse again.';
  it.each([
    [[], 'it is not an object', rehearse],
    [{}, 'its version is missing, not 2', rehearse],
    [{ ...go, version: 1 }, 'its version is 1, not 2', other],
    [
      { ...go, verdict: 'MAYBE' },
      'its verdict is "MAYBE", not one of GO, NO-GO, BASELINE FAILED, UNDECIDED',
      other,
    ],
    [{ ...go, gates: {} }, '"gates" is not a list', other],
    [{ ...go, tearDown: null }, '"tearDown" is not an object', other],
    [
      { ...go, environments: { prod: go.environments.prod } },
      '"environments.staging" is not an object',
      other,
    ],
    [{ ...go, cost: { ...go.cost, hours: '2' } }, '"cost.hours" is not a number', other],
    [{ ...go, reasons: undefined }, '"reasons" is not a list', other],
    [{ ...go, subject: { ...go.subject, prod: {} } }, '"subject.prod.environment" is not a text', other],
    [{ ...go, seal: undefined }, '"seal" is not a text', other],
  ])('is refused: %#', (evidence, fault, fix) => {
    writeFileSync(join(root, 'evidence.json'), JSON.stringify(evidence));
    expect(errorOf(() => readEvidence(root))).toEqual({
      code: 'not-evidence',
      text: `ROOT/evidence.json is not an evidence.json of this version: ${fault}\n  fix: ${fix}\n  code: not-evidence`,
    });
  });

  it('or none at all is reported like any other file', () => {
    expect(errorOf(() => readEvidence(root)).text).toMatch(/^ROOT\/evidence\.json is not there\n/);
    writeFileSync(join(root, 'evidence.json'), '{ "version": 1,');
    expect(errorOf(() => readEvidence(root)).code).toBe('malformed-file');
  });
});

describe('a sealed evidence.json', () => {
  const edit = (change: (text: string) => string): void => {
    const file = join(root, 'evidence.json');
    const text = readFileSync(file, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(file, change(text));
  };
  const compact = (text: string): string => JSON.stringify(JSON.parse(text));
  const reversed = (text: string): string =>
    JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed()));

  it.each([compact, reversed])('may be written in another layout: %s', (layout) => {
    writeEvidence(root, go);
    edit(layout);
    expect(readEvidence(root)).toEqual(go);
  });

  it.each<[string, (text: string) => string]>([
    ['a verdict', (text) => text.replace('"verdict": "NO-GO"', '"verdict": "GO"')],
    ['what was rehearsed', (text) => text.replace(noGo.subject.prod.digest, '0'.repeat(64))],
    ['a figure far down', (text) => text.replace('"staleReads": 37', '"staleReads": 0')],
    ['a new key', (text) => text.replace('{', '{ "approved": true,')],
    ['the seal', (text) => text.replace(noGo.seal, '0'.repeat(64))],
  ])('is refused once somebody has changed %s', (_, change) => {
    writeEvidence(root, noGo);
    edit(change);
    expect(errorOf(() => readEvidence(root))).toMatchObject({ code: 'seal' });
  });
});
