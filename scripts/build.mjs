// Builds the command line and the library into dist/. Types come from tsc.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    index: 'lib/index.ts',
    jest: 'lib/jest.ts',
    parity: 'lib/parity/index.ts',
    twin: 'bin/twin.ts',
  },
  outdir: 'dist',
  bundle: true,
  // Only our own code is bundled; dependencies stay what package.json says, aws-cdk-lib the user's own.
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
chmodSync('dist/twin.js', 0o755);
