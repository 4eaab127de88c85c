import { Stage, type Stack } from 'aws-cdk-lib';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../parity/manifest';

/**
 * Synthesises the app of a stack, and goes on when a validation fails: what it found is asked for in another way.
 *
 * @returns the folder of the cloud assembly
 */
export function synthesize(stack: Stack): string {
  const app = Stage.of(stack)!.node.root as Stage;
  try {
    return app.synth().directory;
  } catch (error) {
    const isValidation = error instanceof Error && error.name === 'ValidationFailed';
    if (isValidation && existsSync(join(app.outdir, MANIFEST_FILE))) return app.outdir;
    throw error;
  }
}
