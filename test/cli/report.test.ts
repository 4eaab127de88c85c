import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../lib/cli/run';
import { renderJunit } from '../../lib/evidence/junit';
import { renderMarkdown } from '../../lib/evidence/markdown';
import { writeEvidence } from '../../lib/evidence/store';
import { renderText } from '../../lib/evidence/text';
import { go, noGo } from '../evidence/samples';

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}

async function twin(...argv: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(argv, { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'twin-report-'));
  for (const evidence of [go, noGo]) writeEvidence(join(root, evidence.rehearsal), evidence);
});
afterAll(() => rmSync(root, { recursive: true }));

const report = (...argv: readonly string[]) => twin('report', '--root', root, ...argv);
const shown = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });

describe('twin report', () => {
  it('shows the last rehearsal, whatever its verdict', async () => {
    const folder = join(root, go.rehearsal);
    expect(await report()).toEqual(shown(renderText(go, { color: false, width: 80, folder })));
  });

  it('shows the one that is named', async () => {
    expect((await report(noGo.rehearsal)).stdout).toMatch(/^NO-GO: 1\.42\.0 must not follow/);
  });

  it('writes every format', async () => {
    expect(await report('--markdown')).toEqual(shown(renderMarkdown(go)));
    expect(await report('--junit')).toEqual(shown(renderJunit(go)));
    expect(await report('--html')).toEqual(shown(`${join(root, go.rehearsal, 'report.html')}\n`));
    expect(JSON.parse((await report('--json')).stdout)).toEqual(go);
  });

  it('says of which rehearsal it is where a later one could not start', async () => {
    const later = join(root, '20991231-0000-2.0.0');
    mkdirSync(later);
    writeFileSync(join(later, 'not-started.ndjson'), '');
    try {
      const { exitCode, stdout, stderr } = await report('--markdown');
      expect([exitCode, stdout]).toEqual([0, renderMarkdown(go)]);
      expect(stderr).toBe('20991231-0000-2.0.0 could not start: this is the rehearsal before it\n');
    } finally {
      rmSync(later, { recursive: true });
    }
  });

  it('says what to do when there is none', async () => {
    expect(await twin('report', '--root', join(root, 'none'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: there is no rehearsal in ${root}/none\n  fix: Run twin rehearse --to <release> first.\n`,
    });
  });

  it.each([
    ['--json', '--html'],
    ['--junit', '--markdown'],
    ['--html', '--junit'],
  ])('takes one format: not %s and %s', async (a, b) => {
    const { exitCode, stderr } = await report(a, b);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/cannot be used with option .*\n {2}fix: Leave one of them out\.\n$/);
  });

  it('has help', async () => {
    expect((await twin('help', 'report')).stdout).toMatchInlineSnapshot(`
     "Usage: twin report [options] [rehearsal]

     Shows the evidence of a rehearsal: its verdict with the reasons, its gates,
     checks and drills.

     Arguments:
       rehearsal          its name in the folder of rehearsals (default: the last
                          one)

     Options:
       --root <dir>       the folder of rehearsals (default: ".twin")
       --format <format>  how to write it (choices: "text", "json", "markdown",
                          "junit", "github", default: "text")
       --json             the whole evidence: short for --format json
       --markdown         a comment for a pull request: short for --format markdown
       --junit            test results: short for --format junit
       --html             print the path of the page
       -h, --help         show help

     Exit codes:
       0   shown, whatever the verdict
       2   bad input
       70  a bug in cdk-twin

     Examples:
       twin report
       twin report 20261121-041233-1.42.0 --markdown
     "
    `);
  });
});
