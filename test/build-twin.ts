import { buildSync } from 'esbuild';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BESIDE } from '../scripts/beside.cjs';

/**
 * Builds the command line from the code as it is, with what it finds beside it.
 *
 * @param more - other entry points, by name
 */
export function buildTwin(outdir: string, more: Readonly<Record<string, string>> = {}): void {
  buildSync({
    entryPoints: { twin: 'bin/twin.ts', supervisor: 'bin/supervisor.ts', ...more },
    outdir,
    bundle: true,
    packages: 'external',
    platform: 'node',
    logLevel: 'error',
  });
  for (const file of BESIDE) copyFileSync(file, join(outdir, basename(file)));
}
