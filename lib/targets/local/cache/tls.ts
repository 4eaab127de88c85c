import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authority, ServerCertificate } from '../tls/authority';
import { trustingAsPublic } from '../tls/variables';
import type { NodeTls } from './config';

/** What all nodes of a cache encrypt their connections with. */
export interface TierTls {
  /** For the addresses of all nodes and endpoints. */
  readonly certificate: ServerCertificate;
  /** The certificate of the environment's authority. */
  readonly authority: string;
  /** What tasks get. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Makes what a cache encrypts with. On AWS the certificates of ElastiCache are signed by an authority that every system
 * trusts: here tasks get a file with those and the environment's.
 */
export async function tierTls(authority: Authority, addresses: readonly string[]): Promise<TierTls> {
  const certificate = await authority.issue(addresses, true); // nodes of a cluster ask each other for it
  const own = await readFile(authority.file, 'utf8');
  return {
    certificate,
    authority: own,
    variables: trustingAsPublic(authority.file, await authority.bundle()),
  };
}

/** Writes the files of a node into its folder. */
export function writeTls(folder: string, { certificate, authority }: TierTls): NodeTls {
  const files = [
    ['server.key', certificate.key],
    ['server.pem', certificate.chain],
    ['authority.pem', authority],
  ] as const;
  const [key, chain, ca] = files.map(([name, content]) => {
    const file = join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  });
  return { key: key!, certificate: chain!, authority: ca! };
}
