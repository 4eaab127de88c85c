import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { put } from '../sql/own-files';
import type { Authority, ServerCertificate } from '../tls/authority';

/** What the servers of a tier show to clients, and by what a server knows those who have verified a token. */
export class Certificates {
  /** Files of the servers. */
  readonly certificateFile: string;
  readonly keyFile: string;
  private made:
    { readonly context: SecureContext; readonly token: ServerCertificate; readonly ca: string } | undefined;

  /** @param folder - the tier's */
  constructor(
    folder: string,
    private readonly authority: Authority,
  ) {
    this.certificateFile = join(folder, 'server.crt');
    this.keyFile = join(folder, 'server.key');
  }

  /** The file with the certificate of the environment's authority. */
  get authorityFile(): string {
    return this.authority.file;
  }

  /** The same, as PEM. */
  get ca(): string {
    return this.made!.ca;
  }

  /** The certificate of the servers, for others that clients take for them. */
  get context(): SecureContext {
    return this.made!.context;
  }

  /** The certificate of those who have verified a token. */
  get token(): ServerCertificate {
    return this.made!.token;
  }

  /**
   * Makes what there is not yet.
   *
   * @param hosts - the addresses of the servers
   * @param verifier - the name of those who verify tokens
   */
  async make(hosts: readonly string[], verifier: string): Promise<void> {
    const { certificateFile, keyFile } = this;
    if (!existsSync(certificateFile)) {
      const { key, chain } = await this.authority.issue(hosts);
      await put(keyFile, key);
      await put(certificateFile, chain);
    }
    if (this.made) return;
    const [key, cert] = await Promise.all([keyFile, certificateFile].map((it) => readFile(it, 'utf8')));
    const token = await this.authority.issue([verifier], true);
    const ca = await readFile(this.authority.file, 'utf8');
    this.made = { context: createSecureContext({ key, cert }), token, ca };
  }
}
