import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { HostPort } from '../../../probes/context';
import { SECRET } from '../emulator/clients';

/** Who signs in with a token, and where. */
export interface TokenUse {
  readonly user: string;
  /** The addresses of the database. */
  readonly endpoints: readonly HostPort[];
  readonly now: Date;
}

/**
 * Why a token of IAM is none for a user of a database: a request for `rds-db`, signed by Signature Version 4 in its query, whose
 * host is the database's.
 *
 * The signature is verified where it is made with the credentials of a task. Credentials of a role that an emulator has given have a
 * secret that is not known here.
 *
 * @returns undefined where it is one
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
 */
export function whyNotToken(text: string, { user, endpoints, now }: TokenUse): string | undefined {
  const [authority = '', query = ''] = text.replace(/^https:\/\//, '').split('/?');
  const fields = new URLSearchParams(query);
  const signature = fields.get('X-Amz-Signature');
  if (signature === null || fields.get('Action') !== 'connect') return 'it is no token of IAM';
  if (fields.get('DBUser') !== user) return `its user is "${fields.get('DBUser')}"`;
  if (!endpoints.some(({ host, port }) => authority.toLowerCase() === `${host}:${port}`))
    return `its address is ${authority}; expected ${endpoints.map(({ host, port }) => `${host}:${port}`).join(' or ')}`;
  const [, date, region, service] = (fields.get('X-Amz-Credential') ?? '').split('/');
  if (service !== 'rds-db') return `its service is "${service}"; expected "rds-db"`;
  const signedAt = timeOf(fields.get('X-Amz-Date') ?? '');
  const seconds = Number(fields.get('X-Amz-Expires'));
  if (!(seconds > 0 && seconds <= LONGEST_SECONDS))
    return `it is valid for ${seconds} s; expected at most 900`;
  if (!(signedAt.getTime() + seconds * 1000 > now.getTime())) return 'it has expired';
  if (signedAt.getTime() > now.getTime() + CLOCK_SKEW_MS) return 'it is signed in the future';
  if (fields.has('X-Amz-Security-Token')) return undefined;
  const key = signingKey(date!, region!, service);
  return isSame(signature, signatureOf(authority, query, key)) ? undefined : 'its signature is wrong';
}

const LONGEST_SECONDS = 900;
const CLOCK_SKEW_MS = 300_000;

/** A time such as `20260102T030405Z`; invalid for any other text. */
const timeOf = (text: string): Date =>
  new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const signingKey = (...scope: readonly string[]): Buffer =>
  [...scope, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${SECRET}`));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(authority: string, query: string, key: Buffer): string {
  const fields = new URLSearchParams(query);
  const signed = [...fields].filter(([name]) => name !== 'X-Amz-Signature');
  const canonicalQuery = signed.map((it) => it.map(encoded).join('=')).toSorted().join('&'); // prettier-ignore
  const request = ['GET', '/', canonicalQuery, `host:${authority}`, '', 'host', hash('')].join('\n');
  const [, ...scope] = fields.get('X-Amz-Credential')!.split('/');
  const text = ['AWS4-HMAC-SHA256', fields.get('X-Amz-Date'), scope.join('/'), hash(request)].join('\n');
  return hmac(key, text).toString('hex');
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (it) => `%${it.codePointAt(0)!.toString(16).toUpperCase()}`,
  );

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
