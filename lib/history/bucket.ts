import type { S3, S3ClientConfig } from '@aws-sdk/client-s3';
import { TwinError } from '../error';
import { filesIn, isEvidence, whyNot } from './archive';
import type { EvidenceFile, Unread } from './record';
import type { Place } from './sources';

const SCHEME = 's3://';
/** How many objects are read at once. */
const AT_ONCE = 8;
const REQUEST_MS = 30_000;
const CONNECT_MS = 5_000;
/** Where the environment names no Region: S3 answers with that of the bucket, which is then asked. */
const ANY_REGION = 'us-east-1';

/** Whether a place is a bucket. */
export const isBucket = (place: string): boolean => place.startsWith(SCHEME);

/**
 * Finds the evidence below a prefix of a bucket, in zip files too.
 *
 * @param place - `s3://bucket/prefix`
 * @throws TwinError `s3` where the bucket cannot be listed
 */
export async function readBucket(place: string): Promise<Place> {
  const { bucket, prefix } = partsOf(place);
  const s3 = client();
  try {
    const keys = await keysIn(s3, bucket, prefix).catch((cause: unknown) => {
      throw refused(place, bucket, cause);
    });
    const wanted = keys.filter((key) => isEvidence(key) || isZip(key));
    const files: EvidenceFile[] = [];
    const unread: Unread[] = [];
    for (let i = 0; i < wanted.length; i += AT_ONCE) {
      const read = wanted.slice(i, i + AT_ONCE).map((key) => readObject(s3, bucket, key));
      for (const it of await Promise.all(read)) {
        files.push(...it.files);
        unread.push(...(it.unread ?? []));
      }
    }
    return { files, unread };
  } finally {
    s3.destroy();
  }
}

const isZip = (key: string): boolean => key.toLowerCase().endsWith('.zip');

function partsOf(place: string): { readonly bucket: string; readonly prefix: string } {
  const [bucket = '', ...rest] = place.slice(SCHEME.length).split('/');
  // of two prefixes that begin alike, such as shop and shop-eu, one is meant
  const prefix = rest.join('/').replace(/\/*$/, '/').replace(/^\/+/, '');
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return { bucket, prefix };
  throw new TwinError({
    code: 's3',
    message: `"${place}" names no bucket`,
    fix: 'Write it as s3://bucket, or s3://bucket/prefix.',
  });
}

/** The SDK is loaded when a bucket is read, and asks the environment for credentials, Region and endpoint. */
function client(): S3 {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const sdk = require('@aws-sdk/client-s3') as typeof import('@aws-sdk/client-s3');
  const { env } = process;
  const config: S3ClientConfig = {
    followRegionRedirects: true,
    requestHandler: { requestTimeout: REQUEST_MS, connectionTimeout: CONNECT_MS },
    // other stores that speak S3 have no host name for each bucket
    forcePathStyle: (env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']) !== undefined,
    logger: SILENT,
  };
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  return new sdk.S3(
    region === undefined && env['AWS_PROFILE'] === undefined ? { ...config, region: ANY_REGION } : config,
  );
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

async function keysIn(s3: S3, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let next: string | undefined;
  do {
    const page = await s3.listObjectsV2({ Bucket: bucket, Prefix: prefix, ContinuationToken: next });
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    next = page.NextContinuationToken;
  } while (next !== undefined);
  return keys;
}

/** An object that may not be read, or went meanwhile, does not hide the others. */
async function readObject(s3: S3, bucket: string, key: string): Promise<Place> {
  const where = `${SCHEME}${bucket}/${key}`;
  const read = await s3
    .getObject({ Bucket: bucket, Key: key })
    .then(async ({ Body }) => ({ bytes: await Body!.transformToByteArray() }))
    .catch((error: unknown) => ({ where, why: `S3 did not hand it out: ${wordsOf(error)}` }));
  if ('why' in read) return { files: [], unread: [read] };
  if (!isZip(key)) return { files: [{ where, ...read }] };
  try {
    return { files: filesIn(where, read.bytes) };
  } catch (error) {
    return { files: [], unread: [{ where, why: whyNot(error) }] };
  }
}

/** Where no connection was made, each address has an error of its own, and together they have no message. */
function wordsOf(error: unknown): string {
  const { name, message, errors = [] } = error as Error & { readonly errors?: readonly Error[] };
  const words = message || errors.map((it) => it.message).join(', ');
  return words === '' || words === 'UnknownError' ? name : words.includes(name) ? words : `${name}: ${words}`;
}

const refused = (place: string, bucket: string, cause: unknown): TwinError =>
  new TwinError({
    code: 's3',
    message: `${place} could not be read: ${wordsOf(cause)}`,
    fix: fixFor((cause as Error).name, bucket),
    cause,
  });

function fixFor(name: string, bucket: string): string {
  if (/Credential|ExpiredToken|InvalidAccessKeyId|Signature|InvalidToken/.test(name))
    return 'Sign in, or set AWS_PROFILE; "aws sts get-caller-identity" shows who you are.';
  if (/AccessDenied|Forbidden|AllAccessDisabled/.test(name))
    return `Allow s3:ListBucket on the bucket ${bucket} and s3:GetObject on its objects.`;
  if (/NoSuchBucket|NotFound/.test(name)) return 'Correct the name of the bucket.';
  return 'Try again; see whether AWS_REGION, AWS_PROFILE and the network lead to the bucket.';
}
