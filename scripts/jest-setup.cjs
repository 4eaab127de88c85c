// One folder for all that tests leave behind, such as the assemblies of `new App()`; jest-teardown.cjs removes it. In memory
// where there is room: databases are thousands of small files.
const { chmodSync, existsSync, mkdtempSync, readFileSync, statfsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const MEMORY = '/dev/shm';
const ROOM = 4e9;

/** Whether files can be kept in memory, enough of them, and programs among them. */
function hasMemory() {
  if (!existsSync(MEMORY) || !existsSync('/proc/mounts')) return false;
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((line) => line.includes(` ${MEMORY} `));
  const { bavail, bsize } = statfsSync(MEMORY);
  return mount !== undefined && !/\bnoexec\b|\bro\b/.test(mount.split(' ')[3] ?? '') && bavail * bsize > ROOM;
}

module.exports = async () => {
  const folder = mkdtempSync(path.join(hasMemory() ? MEMORY : tmpdir(), 'tests-'));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user when we are root, and has to get through
  process.env['TMPDIR'] = folder;
  Object.assign(globalThis, { testFolder: folder });
};
