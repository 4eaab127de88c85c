import { digestOf as digestOfJson } from '../digest';
import type { Manifest } from './manifest';

/** The SHA-256 of everything in a manifest beside the digest itself. */
export const digestOf = ({ version, definitions, templates, assembly }: Omit<Manifest, 'digest'>): string =>
  digestOfJson({ version, definitions, templates, assembly });
