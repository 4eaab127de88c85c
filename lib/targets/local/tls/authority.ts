import type { webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { X509Certificate } from '@peculiar/x509';

/** What a server shows its clients, as PEM. */
export interface ServerCertificate {
  readonly key: string;
  /** Its own, then that of the authority. */
  readonly chain: string;
}

/** The file with the certificate of an environment's authority. */
export const authorityFile = (folder: string): string => join(folder, 'ca.pem');

/** The certificate authority of one environment. Its key is in memory only: nothing else can sign for it. */
export class Authority {
  private made: Promise<Signer> | undefined;

  /** @param folder - the environment's */
  constructor(private readonly folder: string) {}

  /** Its certificate, once something was issued. */
  get file(): string {
    return authorityFile(this.folder);
  }

  /**
   * A certificate for a server that clients reach at these addresses.
   *
   * @param isPeer - whether it shows it to other servers too, as their client
   */
  async issue(addresses: readonly string[], isPeer = false): Promise<ServerCertificate> {
    const issuer = await (this.made ??= this.make());
    const { X509CertificateGenerator, ...x509 } = load();
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...lifetime(),
      serialNumber: serialNumber(),
      subject: [{ CN: [addresses[0]!] }],
      issuer: issuer.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: issuer.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          ...(isPeer ? [x509.ExtendedKeyUsage.clientAuth] : []),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate),
        // libpq before 15 compares addresses with the names alone
        new x509.SubjectAlternativeNameExtension(
          addresses.flatMap((value) => [
            ...(isIP(value) === 0 ? [] : [{ type: 'ip', value } as const]),
            { type: 'dns', value } as const,
          ]),
        ),
      ],
    });
    return {
      key: await pemOf(keys.privateKey),
      chain: `${certificate.toString('pem')}\n${issuer.certificate.toString('pem')}\n`,
    };
  }

  /**
   * Writes a file with the certificates of the public authorities and its own: for clients of what on AWS has a certificate that
   * every system trusts.
   *
   * @returns its path
   */
  async bundle(): Promise<string> {
    await (this.made ??= this.make());
    const file = join(this.folder, 'trusted.pem');
    const part = `${file}.${serialNumber()}`; // several may write it at once
    await writeFile(part, [...rootCertificates, await readFile(this.file, 'utf8')].join('\n'), {
      mode: 0o644,
    });
    await rename(part, file);
    return file;
  }

  private async make(): Promise<Signer> {
    const { X509CertificateGenerator, ...x509 } = load();
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...lifetime(),
      serialNumber: serialNumber(),
      name: [{ CN: ['cdk-twin environment'] }],
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    await mkdir(this.folder, { recursive: true });
    const part = `${this.file}.part`;
    await writeFile(part, `${certificate.toString('pem')}\n`, { mode: 0o644 });
    await rename(part, this.file);
    return { keys, certificate };
  }
}

interface Signer {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
}

/** Neither Node nor every machine can make certificates. Loaded when one is made. */
function load(): typeof import('@peculiar/x509') {
  require('reflect-metadata'); // the library needs it, and leaves it to those who use it
  return require('@peculiar/x509') as typeof import('@peculiar/x509');
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = bytes.match(/.{1,64}/g)!.join('\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

const DAY_MS = 86_400_000;

/** From yesterday, because clocks differ, to after every environment has deleted itself. */
const lifetime = () => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + 30 * DAY_MS),
});

/** Positive, as a certificate's must be. */
const serialNumber = (): string =>
  Buffer.from([1, ...crypto.getRandomValues(new Uint8Array(15))]).toString('hex');
