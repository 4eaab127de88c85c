import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Makes a folder, and those above it. By its whole path: of a relative one Node.js 20 never comes back where the working directory
 * was removed meanwhile.
 */
export const makeFolder = (folder: string): void => void mkdirSync(resolve(folder), { recursive: true });
