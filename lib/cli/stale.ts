import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { MANIFEST_FILE } from '../parity/manifest';
import { sourceFilesOf, stackArtifacts } from '../template/assembly';

/**
 * Says which file of the app was saved after an assembly was synthesised: a synthesis that fails leaves the one before it.
 *
 * @returns undefined where there is none, as far as the assembly names them
 */
export function staleNote(directory: string): string | undefined {
  const synthesizedMs = savedMs(join(directory, MANIFEST_FILE));
  if (synthesizedMs === undefined) return undefined;
  const newer = sourceFilesOf(stackArtifacts(directory)).find((file) => (savedMs(file) ?? 0) > synthesizedMs);
  if (newer === undefined) return undefined;
  const moment = new Date(synthesizedMs).toISOString().replace('T', ' ').slice(0, 19);
  return `${directory} is of ${moment} UTC, and ${relative('.', newer)} was saved after that: run cdk synth again; where that fails, this is what it made before`;
}

const savedMs = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
