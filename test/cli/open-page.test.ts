import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPage } from '../../lib/cli/open-page';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'open-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in the place of one that opens a browser. */
function program(name: string, code: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${code}\n`);
  chmodSync(join(folder, name), 0o755);
}
const open = (platform: NodeJS.Platform, env: Record<string, string>) =>
  openPage('report.html', { platform, env: { PATH: `${folder}:/usr/bin:/bin`, ...env } });

const page = join(process.cwd(), 'report.html');

it.each([
  ['linux', 'xdg-open', { DISPLAY: ':0' }],
  ['linux', 'xdg-open', { WAYLAND_DISPLAY: 'wayland-0' }],
  ['darwin', 'open', {}],
] as const)('opens a page on %s by %s', async (platform, name, env) => {
  program(name, `echo "$@" > '${folder}/opened'`);
  expect(await open(platform, env)).toBe(`opened ${page}\n`);
  expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe(`${page}\n`);
});

it('says where the page is and opens nothing in CI, and where there is no display', async () => {
  program('xdg-open', `touch '${folder}/opened'`);
  expect(await open('linux', { DISPLAY: ':0', CI: 'true' })).toBe(
    `nothing is opened in CI; the page is ${page}\n`,
  );
  expect(await open('linux', {})).toBe(`there is no display to open a browser on; the page is ${page}\n`);
  expect(existsSync(join(folder, 'opened'))).toBe(false);
});

it('says where the page is where the program fails, and goes on where it stays', async () => {
  program('xdg-open', 'exit 3');
  expect(await open('linux', { DISPLAY: ':0' })).toContain(`it ended with 3); the page is ${page}`);
  program('xdg-open', 'exec sleep 3');
  expect(await open('linux', { DISPLAY: ':0' })).toBe(`opened ${page}\n`);
  rmSync(join(folder, 'xdg-open'));
  expect(await openPage('report.html', { platform: 'linux', env: { PATH: folder, DISPLAY: ':0' } })).toBe(
    `there is no xdg-open here; the page is ${page}\n`,
  );
  expect(await openPage('report.html', { platform: 'darwin', env: { PATH: folder } })).toContain(
    `open could not be started (ENOENT); the page is ${page}`,
  );
});
