import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { legal } from './rehearsals';

/** A free name for the folder of an assembly. */
export function assemblyFor(folder: string, release: string, taken?: string): string {
  for (let i = 1; ; i++) {
    const name = `assembly-${legal(release)}${i === 1 ? '' : `-${i}`}`;
    if (name !== taken && !existsSync(join(folder, name))) return name;
  }
}
