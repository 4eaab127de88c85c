import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../lib/cli/run';
import { renderJunit } from '../../lib/evidence/junit';
import { renderMarkdown } from '../../lib/evidence/markdown';
import { writeEvidence } from '../../lib/evidence/store';
import { renderText } from '../../lib/evidence/text';
import { headlineOf } from '../../lib/evidence/summary';
import { printable } from '../../lib/report/words';
import { go, noGo } from '../evidence/samples';
import { commandsIn } from '../github/runner';

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
      stderr: `error: there is no rehearsal in ${root}/none\n  fix: Run twin rehearse --to <release> first.\n  code: no-rehearsal\n`,
    });
  });

  it.each([
    ['--json', '--html'],
    ['--junit', '--markdown'],
    ['--html', '--junit'],
  ])('takes one format: not %s and %s', async (a, b) => {
    const { exitCode, stderr } = await report(a, b);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /cannot be used with option .*\n {2}fix: Leave one of them out\.\n {2}code: usage\n$/,
    );
  });

  it('writes for GitHub Actions: the text, an annotation where it is not GO, Markdown into the summary', async () => {
    const summaryFile = join(root, 'summary.md');
    const github = async (...argv: readonly string[]) => {
      writeFileSync(summaryFile, 'before\n');
      const [stdout, stderr] = [new Kept(), new Kept()];
      const terminal = { stdout, stderr, columns: 80, color: false, summaryFile };
      const exitCode = await run(['report', '--root', root, '--format', 'github', ...argv], terminal);
      return { exitCode, log: stdout.text, summary: readFileSync(summaryFile, 'utf8') };
    };
    const good = await github();
    expect(good).toMatchObject({ exitCode: 0, summary: `before\n${renderMarkdown(go)}\n` });
    expect(commandsIn(good.log)).toEqual([]);
    const bad = await github(noGo.rehearsal);
    expect(bad.summary).toBe(`before\n${renderMarkdown(noGo)}\n`);
    expect(commandsIn(bad.log)).toEqual([
      {
        name: 'error',
        properties: { title: `NO-GO: ${headlineOf(noGo)}` },
        message: noGo.reasons.map(printable).join('\n'),
      },
    ]);
    rmSync(summaryFile);
  });

  it('shows the report where the summary cannot be written, and says so', async () => {
    const [stdout, stderr] = [new Kept(), new Kept()];
    const terminal = { stdout, stderr, columns: 80, color: false, summaryFile: join(root, 'none/summary') };
    expect(await run(['report', '--root', root, '--format', 'github'], terminal)).toBe(0);
    expect(stdout.text).toContain(go.rehearsal);
    expect(stderr.text).toMatch(
      /^error: the summary of the job could not be written to .*\(ENOENT\)\n {2}fix: /,
    );
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
       --open             open the page in a browser
       -h, --help         show help

     Exit codes:
       0   shown, whatever the verdict
       2   bad input
       70  a bug in cdk-twin

     Examples:
       twin report
       twin report --open
       twin report 20261121-041233-1.42.0 --markdown
     "
    `);
  });
});
