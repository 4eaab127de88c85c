import { createHash } from 'node:crypto';
import { canonical } from '../template/references';
import type { Json } from '../json';
import type { Manifest } from './manifest';

/** The SHA-256 of a text, in hexadecimal digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The SHA-256 of everything in a manifest beside the digest itself. */
export function digestOf({ version, definitions, templates, assembly }: Omit<Manifest, 'digest'>): string {
  return sha256(canonical({ version, definitions, templates, assembly } as unknown as Json));
}
