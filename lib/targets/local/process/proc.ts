import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this system shows what its processes are and use: Linux does, macOS does not. */
export const hasProc = (): boolean => existsSync('/proc/self/stat');

/** What the system says of a process in a file; nothing of one that has ended meanwhile, or is another user's. */
export function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8');
  } catch {
    return '';
  }
}
