import type { Command } from 'commander';
import { Writable } from 'node:stream';
import { commandsOf } from '../../lib/cli/commands';
import { programOf } from '../../lib/cli/program';
import { run } from '../../lib/cli/run';
import { scripts, version } from '../../package.json';
import { ALL_PAGES, blocksOf, PAGES, proseOf } from './pages';

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}

const terminal = { stdout: new Kept(), stderr: new Kept(), columns: 80, color: false };
const { commands } = programOf({
  version,
  terminal,
  writeOut: () => {},
  commands: (it) => commandsOf({ version, terminal, done: () => {} }, it),
});
const named = (name: string): Command | undefined => commands.find((command) => command.name() === name);

/** The rows of README.md's table of commands: the name and the first link. */
const rows = [...proseOf('README.md').matchAll(/^\| `twin (\S+)` .*\]\(([^)]+)\)/gm)].map(
  ([, name, link]) => ({ name: name!, link: link! }),
);

it('are all in the table of README.md, which has no others, each with a page', () => {
  expect(rows.map(({ name }) => name).toSorted()).toEqual(commands.map((it) => it.name()).toSorted());
  expect(rows.filter(({ link }) => !link.startsWith('docs/'))).toEqual([]);
});

/** Each call of `twin` in the pages: in blocks of commands, and in the text. */
const calls = ALL_PAGES.flatMap((page) => {
  const blocks = blocksOf(page)
    .filter(({ language, text }) => ['sh', 'yaml'].includes(language) || text.startsWith('$ '))
    .flatMap(({ text }) => text.replaceAll(/\\\n/g, ' ').split(/\n|&&|\|/));
  const spans = [...proseOf(page).matchAll(/`((?:npx )?twin [^`]+)`/g)].map(([, span]) => span!);
  return [...blocks, ...spans].flatMap((line) => {
    const call = /(?:^|\s)twin ((?!\()[^#]+)/.exec(line)?.[1];
    return call === undefined || /^(?:$|<command>)/.test(call)
      ? []
      : [{ page, words: call.trim().split(/\s+/) }];
  });
});

it('are called in the pages', () => {
  expect(calls.length).toBeGreaterThan(100);
});

it('are called in the pages by names that exist, with flags that exist', () => {
  const wrong = calls.filter(({ words: [name = '', ...words] }) => {
    if (name === '--help' || name === 'help') return false;
    const flags = new Set(['--help', ...(named(name)?.options ?? []).map(({ long }) => long)]);
    return !named(name) || words.some((word) => word.startsWith('--') && !flags.has(word.split('=')[0]));
  });
  expect(wrong.map(({ page, words }) => `${page}: twin ${words.join(' ')}`)).toEqual([]);
});

it('have the flags that the text names alone: those of other programs are named with their program', () => {
  const flags = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)));
  const alone = PAGES.flatMap((page) =>
    [...proseOf(page).matchAll(/`(--[a-z-]+)[^`]*`/g)].map(([, flag]) => ({ page, flag })),
  );
  expect(alone.length).toBeGreaterThan(40);
  expect(alone.filter(({ flag }) => !flags.has(flag))).toEqual([]);
});

it('reject bad input as docs/errors.md shows', async () => {
  const block = blocksOf('docs/errors.md').find(({ text }) => text.startsWith('$ npx twin'))!;
  const [call = '', ...shown] = block.text.split('\n');
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(call.split(' ').slice(3), { ...terminal, stdout, stderr });
  expect({ exitCode, stdout: stdout.text, stderr: stderr.text }).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: shown.join('\n'),
  });
});

it('of npm in README.md and CONTRIBUTING.md are scripts of package.json', () => {
  const called = ['README.md', 'CONTRIBUTING.md'].flatMap((page) =>
    blocksOf(page).flatMap(({ text }) => [...text.matchAll(/npm run ([\w:-]+)|npm (start|test)\b/g)]),
  );
  expect(called.length).toBeGreaterThan(10);
  const missing = called.map(([, script, short]) => script ?? short!).filter((it) => !(it in scripts));
  expect(missing).toEqual([]);
});
