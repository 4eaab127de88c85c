import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ownFileWords,
  permitsOwnFiles,
  type OwnFiles,
} from '../../../../lib/targets/local/process/own-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-own-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a shell says that has files of its own, or not where this machine permits none. */
function said(files: OwnFiles, script: string): string {
  const words = [...ownFileWords(files, folder, folder), '/bin/sh', '-c', script];
  return spawnSync(words[0]!, words.slice(1), { cwd: folder, encoding: 'utf8' }).stdout;
}

const where = permitsOwnFiles();
/** What is expected where this machine permits it, and where not. */
const either = (here: string, elsewhere: string): string => (where ? here : elsewhere);

it('lets a program find a file of its own, and nobody else', () => {
  writeFileSync(join(folder, 'bundle.pem'), 'the own');
  expect(said({ 'bundle.pem': 'another' }, 'cat bundle.pem')).toBe(either('another', 'the own'));
  expect(readFileSync(join(folder, 'bundle.pem'), 'utf8')).toBe('the own');
});

it('lets it find one in a folder that does not exist, beside what is in the folder above', () => {
  const script = 'ls -a /opt | sort; cat /opt/twin-own-files/rds/bundle.pem 2>/dev/null';
  const before = spawnSync('/bin/sh', ['-c', 'ls -a /opt | sort'], { encoding: 'utf8' }).stdout;
  const names = [...before.trim().split('\n'), 'twin-own-files'].toSorted();
  const lines = said({ '/opt/twin-own-files/rds/bundle.pem': 'it' }, script).trim().split('\n');
  expect(lines.toSorted()).toEqual(
    where ? [...names, 'it'].toSorted() : before.trim().split('\n').toSorted(),
  );
  expect(existsSync('/opt/twin-own-files')).toBe(false);
});

it('keeps the user of the program, and leaves nothing in its folder for temporary files', () => {
  expect(said({ '/etc/hosts': '127.9.9.9 orders' }, 'id -u').trim()).toBe(String(process.getuid!()));
  expect(readdirSync(folder)).toEqual(where ? ['files'] : []);
});

it('starts a program without a file whose first folder does not exist', () => {
  expect(said({ '/twin-no-such-folder/bundle.pem': 'it' }, 'echo started')).toBe('started\n');
});

it('changes nothing of a program that has none', () => {
  expect(ownFileWords({}, folder, folder)).toEqual([]);
});
