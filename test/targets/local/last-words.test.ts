import { spawnSync } from 'node:child_process';
import { lastWords } from '../../../lib/targets/local/last-words';

const node = (...args: readonly string[]): string =>
  spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/' }).stderr;

it('are the last line that is not empty', () => {
  expect(lastWords('starting\nno such table\n\n')).toBe('no such table');
});

it("are the error above Node's trace and version", () => {
  expect(lastWords(node('missing.mjs'))).toMatch(/^Error: Cannot find module '.*missing\.mjs'$/);
  const thrown = 'throw Object.assign(new TypeError("no\\nhost"), { code: "E", cause: new Error("deeper") })';
  expect(lastWords(`listening\n${node('-e', thrown)}`)).toBe('TypeError: no');
});

it("are Node's last line where something else was thrown", () => {
  expect(lastWords(node('-e', 'throw 1'))).toMatch(/^Node\.js v/);
});

it('are "nothing" where nothing was written', () => {
  expect(lastWords(' \n')).toBe('nothing');
});
