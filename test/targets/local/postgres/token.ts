import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HostPort } from '../../../../lib/probes/context';

/** The SHA-256 that a signer of the AWS SDK takes. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | Uint8Array) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

/** What a token is signed with, where that is not what a task has. */
export interface TokenProps {
  readonly secret?: string;
  readonly session?: string;
  readonly at?: Date;
  readonly seconds?: number;
  readonly service?: string;
}

/** A token as `@aws-sdk/rds-signer` makes it, with the credentials of a task. */
export async function tokenFor(
  user: string,
  { host, port }: HostPort,
  { secret = 'emulated', session, at = new Date(), seconds = 900, service = 'rds-db' }: TokenProps = {},
): Promise<string> {
  const signer = new SignatureV4({
    service,
    region: 'eu-central-1',
    credentials: {
      accessKeyId: '123456789012',
      secretAccessKey: secret,
      ...(session !== undefined && { sessionToken: session }),
    },
    sha256: Sha256 as never,
  });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      port,
      path: '/',
      query: { Action: 'connect', DBUser: user },
      headers: { host: `${host}:${port}` },
    },
    { signingDate: at, expiresIn: seconds },
  );
  const query = Object.entries(signed.query!).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `${host}:${port}/?${query.join('&')}`;
}
