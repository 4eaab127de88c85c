import { createHash } from 'node:crypto';
import { canonical } from '../template/references';
import type { Json } from '../json';
import type { Manifest } from './manifest';

/** Of everything in a manifest beside the digest itself: SHA-256, in hexadecimal digits. */
export function digestOf(content: Omit<Manifest, 'digest'>): string {
  const { version, definitions } = content;
  const text = canonical({ version, definitions } as unknown as Json);
  return createHash('sha256').update(text).digest('hex');
}
