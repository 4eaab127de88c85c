import { readFileSync } from 'node:fs';
import { EVIDENCE_FILES } from '../evidence/files';
import type { EvidenceFile } from './record';
import type { Place } from './sources';

const MIB = 1024 * 1024;
/** Evidence has less than 1 MiB: what is larger is none, and is not unpacked. */
const MAX_BYTES = 64 * MIB;

/** Finds the evidence in a zip file, such as an artifact of CI. */
export function readArchive(file: string): Place {
  try {
    return { files: filesIn(file, readFileSync(file)) };
  } catch (error) {
    return { files: [], unread: [{ where: file, why: whyNot(error) }] };
  }
}

/**
 * The evidence in the bytes of a zip file.
 *
 * @param where - the zip file
 * @throws Error of fflate, which has a code
 */
export function filesIn(where: string, bytes: Uint8Array): EvidenceFile[] {
  const { unzipSync } = require('fflate') as typeof import('fflate');
  const found = unzipSync(bytes, {
    filter: ({ name, originalSize }) => isEvidence(name) && originalSize <= MAX_BYTES,
  });
  return Object.entries(found).map(([name, content]) => ({ where: `${where}: ${name}`, bytes: content }));
}

/** Whether a path, with `/` between its parts, is that of evidence, or of a record of production. */
export const isEvidence = (path: string): boolean =>
  EVIDENCE_FILES.some((file) => path === file || path.endsWith(`/${file}`));

/** Why a zip file could not be opened. Errors of fflate have a number for their code. */
export function whyNot(error: unknown): string {
  const { code, message } = error as { readonly code?: string | number; readonly message: string };
  if (typeof code === 'number') return `it is not a zip file that can be read: ${message}`;
  if (typeof code === 'string') return `it cannot be read (${code})`;
  throw error;
}
