import { spawnSync } from 'node:child_process';
import { crashLine } from '../../../lib/targets/local/crash-line';

const node = (...args: readonly string[]): string =>
  spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/' }).stderr;

it('is the last line that is not empty', () => {
  expect(crashLine('starting\nno such table\n\n')).toBe('no such table');
});

it("is the error above Node's trace and version", () => {
  expect(crashLine(node('missing.mjs'))).toMatch(/^Error: Cannot find module '.*missing\.mjs'$/);
  const thrown = 'throw Object.assign(new TypeError("no\\nhost"), { code: "E", cause: new Error("deeper") })';
  expect(crashLine(`listening\n${node('-e', thrown)}`)).toBe('TypeError: no');
});

it("is Node's last line where something else was thrown", () => {
  expect(crashLine(node('-e', 'throw 1'))).toMatch(/^Node\.js v/);
});

it('is "no output" where nothing was written', () => {
  expect(crashLine(' \n')).toBe('no output');
});
