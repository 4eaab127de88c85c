import { buildSync, type BuildOptions } from 'esbuild';
import { PROBE } from '../../scripts/probe.cjs';

/** Builds what runs in a task on AWS, as it is published. */
export const probeBuild: BuildOptions = {
  ...PROBE,
  external: [...PROBE.external],
  entryPoints: ['bin/probe.ts'],
};

/** The same into a file. */
export function buildProbe(outfile: string): void {
  buildSync({ ...probeBuild, outfile });
}
