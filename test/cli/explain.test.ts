import { readdirSync } from 'node:fs';
import { EXIT } from '../../lib/cli/outcome';
import { run } from '../../lib/cli/run';
import { PARITY_RULES } from '../../lib/parity/rules';
import { renderPage } from '../../lib/report/page-text';
import { Kept } from './rehearsal-command';

const PAGES = readdirSync('docs/rules').filter((name) => name.startsWith('TWIN-'));

async function explain(...argv: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(['explain', ...argv], { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

it('lists every rule with its title', async () => {
  const { exitCode, stdout } = await explain();
  expect(exitCode).toBe(EXIT.ok);
  const ids = stdout.split('\n').filter((line) => line.startsWith('TWIN-'));
  expect(ids).toHaveLength(PAGES.length);
  expect(stdout).toContain('TWIN-PAR-003  Depends on which environment it is in\n');
});

it.each(PAGES.map((name) => name.replace('.md', '')))('explains %s within 80 columns', async (id) => {
  const { exitCode, stdout } = await explain(id);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout.split('\n')[0]).toMatch(new RegExp(`^${id}: `));
  for (const heading of ['What it finds', 'Why it matters', 'Example', 'What to do'])
    expect(stdout).toContain(`\n\n${heading}\n`);
  const prose = stdout.split('\n').filter((line) => !line.startsWith('    '));
  expect(prose.filter(({ length }) => length > 80)).toEqual([]);
  expect(prose.join('\n')).not.toMatch(/`|\]\(/);
});

it('knows every rule that parity can break', () => {
  const pages = PAGES.map((name) => name.replace('.md', ''));
  expect(pages).toEqual(expect.arrayContaining(Object.values(PARITY_RULES).map(([id]) => id)));
});

it('takes an id in small letters', async () => {
  expect((await explain('twin-par-003')).stdout).toMatch(/^TWIN-PAR-003: /);
});

it('names the nearest rule of one that there is not', async () => {
  const { exitCode, stderr } = await explain('TWIN-PAR-03');
  expect(exitCode).toBe(EXIT.badInput);
  expect(stderr).toMatch(
    /^error: there is no rule and no error "TWIN-PAR-03"; did you mean "TWIN-PAR-0\d+"\?/,
  );
});

it('keeps code as it is, and wraps the rest', () => {
  const page =
    '# A: b\n\nSome `words` of [a link](x.md) here.\n\n## Then\n\n```ts\nconst a =  1;\n\nconst b = `2`;\n```\n';
  expect(renderPage(page, { width: 40, color: false })).toBe(
    'A: b\n  Some words of a link here.\n\nThen\n\n    const a =  1;\n\n    const b = `2`;\n\n',
  );
});
