// Builds the command line and the library into dist/; types come from tsc. Makes `npx twin` work in this repository too:
// npm links a package's commands into those that depend on it, never into the package itself.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { BESIDE } from './beside.cjs';
import { PROBE } from './probe.cjs';
import { validatorsCode } from './validators.mjs';

rmSync('dist', { recursive: true, force: true });
/** @type {import('esbuild').BuildOptions} */
const options = {
  outdir: 'dist',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
};
await build({
  ...options,
  entryPoints: {
    index: 'lib/index.ts',
    access: 'lib/access/index.ts',
    jest: 'lib/jest.ts',
    matcher: 'lib/matcher.ts',
    parity: 'lib/parity/index.ts',
    rehearsal: 'lib/config/index.ts',
    shop: 'lib/shop/index.ts',
    // What `twin` does, which it loads for a command only.
    commands: 'lib/cli/commands.ts',
    twin: 'bin/twin.ts',
    // Loaded into the process of an app by `twin init`.
    observer: 'bin/observer.ts',
    supervisor: 'bin/supervisor.ts',
    // Started as a process of its own by the local target, so that it outlives the command line.
  },
  bundle: true,
  // Only our own code is bundled; dependencies stay what package.json says, aws-cdk-lib the user's own.
  packages: 'external',
  format: 'cjs',
  plugins: [
    {
      name: 'loaded when they are needed',
      setup(it) {
        it.onResolve({ filter: /^\.\/(?:commands|validators)$/ }, ({ kind, path }) =>
          kind === 'require-call' ? { path: `${path}.js`, external: true } : undefined,
        );
      },
    },
  ],
});
const { metafile } = await build({
  ...PROBE,
  external: [...PROBE.external],
  entryPoints: ['bin/probe.ts'],
  outdir: 'dist',
  metafile: true,
});
writeFileSync('dist/probe.licenses.txt', licensesOf(Object.keys(metafile.inputs)));
// Vitest cannot be required: a module of its own, which imports the bundle of the matcher.
await build({ ...options, entryPoints: ['lib/vitest.mts'], outExtension: { '.js': '.mjs' }, format: 'esm' });
for (const file of BESIDE) copyFileSync(file, join('dist', basename(file)));
writeFileSync('dist/validators.js', validatorsCode());
chmodSync('dist/twin.js', 0o755);

if (existsSync('node_modules/.bin')) {
  if (process.platform === 'win32') {
    writeFileSync('node_modules/.bin/twin.cmd', '@node "%~dp0\\..\\..\\dist\\twin.js" %*\r\n');
  } else {
    rmSync('node_modules/.bin/twin', { force: true });
    symlinkSync('../../dist/twin.js', 'node_modules/.bin/twin');
  }
}

/** The licenses of the packages that files of a bundle are from, which ask to be handed on with it. @param {string[]} files */
function licensesOf(files) {
  const folders = files.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)]
    .map((folder) => {
      const name = folder.replace('node_modules/', '');
      const license = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
      const { license: id } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
      return `${name} (${id})\n\n${license ? readFileSync(`${folder}/${license}`, 'utf8') : ''}`;
    })
    .join('\n---\n\n');
}
