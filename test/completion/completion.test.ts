import { execFileSync } from 'node:child_process';
import type { Command } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsOf } from '../../lib/cli/commands';
import { programOf } from '../../lib/cli/program';
import { run } from '../../lib/cli/run';
import { programsOnPath } from '../../lib/on-path';
import { Kept } from '../cli/rehearsal-command';

const terminal = { stdout: new Kept(), stderr: new Kept(), columns: 80, color: false };
const program: Command = programOf({
  version: '0',
  terminal,
  writeOut: () => {},
  commands: (it) => commandsOf({ version: '0', terminal, done: () => {} }, it),
});

async function script(shell: string): Promise<string> {
  const stdout = new Kept();
  await run(['completion', shell], { ...terminal, stdout });
  return stdout.text;
}

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'completion-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function file(shell: string): Promise<string> {
  const path = join(folder, `twin.${shell}`);
  writeFileSync(path, await script(shell));
  return path;
}

const shell = (name: string, code: string): string[] =>
  execFileSync(name, ['-c', code], { encoding: 'utf8', cwd: folder })
    .split(/\s+/)
    .filter((word) => word !== '');

const inBash = async (...words: string[]): Promise<string[]> => {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  return shell(
    'bash',
    `source '${await file('bash')}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _twin; echo "\${COMPREPLY[@]}"`,
  );
};

it('completes commands, options and values in bash', async () => {
  const names = program.commands.map((it) => it.name());
  expect(new Set(await inBash('twin', ''))).toEqual(new Set([...names, 'help', '--help', '--version']));
  expect(await inBash('twin', 're')).toEqual(['rehearse', 'retry', 'report']);
  expect(await inBash('twin', 'parity', '--form')).toEqual(['--format']);
  expect(await inBash('twin', 'parity', '--format', 'm')).toEqual(['markdown']);
  expect(await inBash('twin', 'rehearse', '--to', '')).toEqual([]);
  expect(await inBash('twin', 'completion', 'f')).toEqual(['fish']);
  expect(await inBash('twin', 'help', 'expl')).toEqual(['explain']);
  writeFileSync(join(folder, 'prod template.json'), '{}');
  expect(await inBash('twin', 'parity', '--prod', 'prod')).toEqual(['prod', 'template.json']);
});

it.each(['bash', 'zsh', 'fish'])('has every command and every option in the script for %s', async (name) => {
  const text = await script(name);
  for (const command of program.commands) {
    const lines = text.split('\n').filter((line) => line.includes(command.name()));
    expect(lines).not.toEqual([]);
    const flags = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long!.slice(2));
    expect(flags.filter((flag) => !text.includes(name === 'fish' ? `-l ${flag}` : `--${flag}`))).toEqual([]);
  }
});

it.each(['init', 'watch', 'completion'])('has help for %s that fits in 80 columns', async (name) => {
  const stdout = new Kept();
  await run(['help', name], { ...terminal, stdout });
  expect(stdout.text).toContain(`twin ${name}`);
  expect(stdout.text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

/** Shells that a machine may lack: where one is there, it completes; where not, its script has been compared above. */
const has = (name: string): boolean => programsOnPath(name).length > 0;

it('is read by the zsh and the fish that are here', async () => {
  const zsh = await file('zsh');
  const found = has('zsh')
    ? shell('zsh', `autoload -Uz compinit; compinit -u -D; source '${zsh}'; echo $_comps[twin]`)
    : ['_twin'];
  expect(found).toEqual(['_twin']);
  const fish = await file('fish');
  const formats = has('fish')
    ? shell('fish', `source '${fish}'; complete -C 'twin parity --format ' | string split -f1 \\t`)
    : ['github', 'json', 'markdown', 'sarif', 'text'];
  expect(formats).toEqual(['github', 'json', 'markdown', 'sarif', 'text']);
});
