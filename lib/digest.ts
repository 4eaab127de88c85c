import { createHash } from 'node:crypto';
import { canonical, type Json } from './json';

/** The SHA-256 of a text, in hexadecimal digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The SHA-256 of what JSON says, in hexadecimal digits: neither the order of keys nor the layout matters. */
export const digestOf = (json: object): string => sha256(canonical(json as Json));
