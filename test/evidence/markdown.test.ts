import { renderMarkdown } from '../../lib/evidence/markdown';
import { hostile } from './hostile';
import { go, HOSTILE_OUTPUT, noGo, samples } from './samples';

/** Without the entities and breaks that keep texts from being markup. */
const plain = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

describe('the Markdown', () => {
  it.each(Object.entries(samples))('has every reason, gate, check and drill: %s', (_, evidence) => {
    const text = plain(renderMarkdown(evidence));
    const said = [
      ...evidence.reasons,
      ...evidence.gates.flatMap(({ gate, rule, measured }) => [gate, rule, measured]),
      ...[...evidence.checks, ...evidence.baseline, ...evidence.drills].flatMap(({ name, detail }) => [
        name,
        ...detail.split('\n'),
      ]),
      ...evidence.tiers.flatMap((tier) => (tier.skipped ? [tier.because] : [])),
      ...evidence.parity.factors.flatMap(({ blindSpot }) => blindSpot ?? []),
      evidence.rehearsal,
    ];
    expect(said.filter((name) => !text.includes(name))).toEqual([]);
  });

  it('begins with the verdict', () => {
    expect(renderMarkdown(go)).toMatch(
      /^### ✅ GO for 4 of 8 tiers: `1\.43\.0` may follow 1\.41\.0 into production\n\n\*\*Ran\*\* 1\.43\.0; Web answered 1\.43\.0 \(2 tasks\); nothing shows what Worker ran<br>after 1\.41\.0; Web answered 1\.41\.0 \(2 tasks\)<br>On \d of \d tiers, on the local target: processes for ECS tasks, [^\n]+; without [^\n]+\n\n#### Gates\n/,
    );
    expect(renderMarkdown(noGo)).toMatch(
      /^### ❌ NO-GO: `1\.42\.0` must not follow 1\.41\.0 into production\n\n- stale/,
    );
  });

  it('gives advice where there is some', () => {
    const text = renderMarkdown({ ...go, advice: ['the index *x* is invalid'] });
    expect(plain(text)).toContain('\n\n#### Advice\n\n- the index *x* is invalid\n\n');
    expect(renderMarkdown(go)).not.toContain('Advice');
  });

  it('names the leftovers beside the verdict, and how to finish', () => {
    const text = renderMarkdown(noGo);
    expect(text).toContain('⚠️ **Tear-down:** 3 leftovers');
    expect(text).toContain('- port `127.84.12.3:5432`');
    expect(text).toContain('Finish with `twin down 20261121-0358-1.42.0`');
  });

  it('keeps what a command wrote inside of its block', () => {
    const block = /\n(`{3,})text\n([^]*?)\n\1\n/.exec(renderMarkdown(noGo))!;
    expect(block[1]).toBe('````');
    expect(block[2]!.split('\n')).toHaveLength(HOSTILE_OUTPUT.split('\n').length);
  });

  it('lists earlier attempts', () => {
    expect(renderMarkdown(go)).toContain(
      '- NO-GO for `1.42.0`, 2026-11-21 03:58:11 UTC, in `attempts/1`: stale reads: 37',
    );
  });

  it('stays tables of whole rows without markup, whatever the evidence holds', () => {
    const outside = renderMarkdown(hostile).replaceAll(/\n(`{3,})text\n[^]*?\n\1\n/g, '\n');
    const columns = outside.split('\n').map((line) => (line.startsWith('|') ? line.split(' | ').length : 0));
    const broken = columns.filter((count, i) => count > 0 && ![0, undefined, count].includes(columns[i - 1]));
    expect(broken).toEqual([]);
    expect(outside.replaceAll(/`[^`\n]*`/g, '')).not.toMatch(/<img|<\/script|@all|[^\P{Cc}\n]|\u202E/u);
  });

  it('fits in a comment of GitHub', () => {
    const checks = Array.from({ length: 2000 }, (_, i) => {
      return { ...noGo.checks[3]!, name: `check ${i}`, output: 'x'.repeat(100_000) };
    });
    const text = renderMarkdown({ ...noGo, checks });
    expect(text.length).toBeLessThan(65_536);
    expect(text.startsWith('### ❌ NO-GO')).toBe(true);
    expect(text.endsWith('\nThe rest is in the report: it does not fit into a comment.\n')).toBe(true);
  });
});
