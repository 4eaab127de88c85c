import { zipSync } from 'fflate';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import type { Evidence } from '../../lib/evidence/evidence';
import { seal } from '../../lib/evidence/seal';
import { writeEvidence } from '../../lib/evidence/store';
import { readPlaces } from '../../lib/history/sources';
import { autumn, rehearsed, writeAll } from './samples';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'twin-places-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const names = (all: readonly { evidence: Evidence }[]) => all.map(({ evidence }) => evidence.rehearsal);
const [first, second, third] = autumn as [Evidence, Evidence, Evidence];
const bytesOf = (evidence: Evidence): Uint8Array => Buffer.from(JSON.stringify(evidence));

async function errorOf(work: Promise<unknown>): Promise<TwinError> {
  const error: unknown = await work.then(
    () => undefined,
    (it: unknown) => it,
  );
  if (error instanceof TwinError) return error;
  throw new Error('no TwinError was thrown', { cause: error });
}

describe('folders and zip files', () => {
  it('are read however deep evidence lies, the oldest first, each once', async () => {
    writeAll(join(root, '.twin'), [third, first]);
    writeEvidence(join(root, 'runs', '17', 'rehearsal', '.twin', second.rehearsal), second);
    writeEvidence(join(root, 'copy', first.rehearsal), first);
    writeFileSync(join(root, 'artifact.zip'), zipSync({ '.twin/x/evidence.json': bytesOf(second) }));
    const found = await readPlaces([root], true);
    expect(names(found.records)).toEqual(names([first, second, third].map((evidence) => ({ evidence }))));
    expect(found).toMatchObject({ unread: [], unfinished: [] });
    expect(found.records[0]!.page).toMatch(/report\.html$/);
  });

  it('count a rehearsal as it was written last, and attempts by themselves', async () => {
    const folder = join(root, first.rehearsal);
    const later = seal({
      ...first,
      endedAt: '2027-01-01T00:00:00.000Z',
      attempts: [{ to: '1', verdict: 'NO-GO', reasons: [], endedAt: '' }],
    });
    writeEvidence(
      join(folder, 'attempts', '1'),
      seal({ ...first, tearDown: { outcome: 'kept', leftovers: [] } }),
    );
    writeEvidence(folder, later);
    writeEvidence(
      join(root, 'copy', first.rehearsal),
      seal({ ...later, endedAt: '2026-12-01T00:00:00.000Z' }),
    );
    const { records } = await readPlaces([root], true);
    expect(records.map((it) => [it.attempt, it.evidence.endedAt, it.evidence.tearDown.outcome])).toEqual([
      [1, first.endedAt, 'kept'],
      [2, later.endedAt, 'gone'],
    ]);
  });

  it('leave out checkouts of releases and installed packages, and nothing else of those names', async () => {
    writeAll(join(root, '.twin'), [first]);
    for (const place of ['.twin/releases/abc', 'node_modules/x', '.git/x'])
      writeEvidence(join(root, place), second);
    writeEvidence(join(root, 'releases', third.rehearsal), third);
    expect(names((await readPlaces([root], true)).records)).toEqual([first.rehearsal, third.rehearsal]);
  });

  it('name what cannot be read, and read the rest', async () => {
    writeAll(root, [first]);
    const put = (name: string, text: string): void => {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'evidence.json'), text);
    };
    put('cut', '{"version": 1, ');
    put('newer', JSON.stringify({ ...second, version: 9, tool: '3.1.0' }));
    put('edited', JSON.stringify({ ...second, verdict: 'GO' }));
    put('older', JSON.stringify({ ...second, watched: undefined }));
    mkdirSync(join(root, 'a folder', 'evidence.json'), { recursive: true });
    writeFileSync(join(root, 'bad.zip'), 'no zip');
    const { records, unread } = await readPlaces([root], true);
    expect(names(records)).toEqual([first.rehearsal]);
    expect(unread.map(({ where, why }) => [where.replace(`${root}/`, ''), why])).toEqual([
      ['a folder/evidence.json', 'it cannot be read (EISDIR)'],
      ['bad.zip', expect.stringMatching(/^it is not a zip file that can be read: /)],
      ['cut', 'it is not JSON'],
      [
        'edited',
        expect.stringMatching(/^it is not as it was written: its seal is of another text\. Fetch it again/),
      ],
      [
        'newer',
        'it is not an evidence.json of this version: its version is 9, not 2. Read it with cdk-twin 3.1.0, which wrote it, or rehearse again.',
      ],
      [
        'older',
        'it is not an evidence.json of this version: "watched" is not a list. Read it with cdk-twin 0.1.0, which wrote it, or rehearse again.',
      ],
    ]);
  });

  it('are errors where a person named them and they are not there', async () => {
    const nowhere = join(root, 'nowhere');
    expect(await readPlaces([nowhere], false)).toMatchObject({ records: [], unread: [] });
    expect((await errorOf(readPlaces([nowhere], true))).message).toBe(`there is no ${nowhere}`);
    const file = join(root, 'a.txt');
    writeFileSync(file, '');
    expect((await errorOf(readPlaces([file], true))).message).toBe(
      `${file} is neither a folder nor a zip file`,
    );
  });

  it('say which SHA-256 a file has', async () => {
    writeAll(root, [first]);
    const { createHash } = await import('node:crypto');
    const bytes = readFileSync(join(root, first.rehearsal, 'evidence.json'));
    const [record] = (await readPlaces([root], true)).records;
    expect(record!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

/** Answers as S3 does: two keys a page, objects, and errors with their codes. */
class FakeS3 {
  readonly objects = new Map<string, Uint8Array>();
  readonly asked: string[] = [];
  error: readonly [status: number, code: string] | undefined;
  readonly forbidden = new Set<string>();
  readonly server: Server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://s3');
    this.asked.push(request.url!);
    const fail = (status: number, code: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} it is</Message></Error>`,
      );
    };
    if (this.error) return fail(...this.error);
    const key = decodeURIComponent(url.pathname.replace(/^\/[^/]+\/?/, ''));
    if (key !== '') {
      const bytes = this.objects.get(key);
      if (this.forbidden.has(key) || !bytes) return fail(403, 'AccessDenied');
      return void response.end(bytes);
    }
    const all = [...this.objects.keys()].filter((it) => it.startsWith(url.searchParams.get('prefix') ?? ''));
    const from = Number(url.searchParams.get('continuation-token') ?? 0);
    const next = from + 2 < all.length ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
    const contents = all.slice(from, from + 2).map((it) => `<Contents><Key>${it}</Key></Contents>`);
    response.end(`<?xml version="1.0"?><ListBucketResult>${contents.join('')}${next}</ListBucketResult>`);
  });
}

describe('buckets', () => {
  let s3: FakeS3;
  const before = { ...process.env };
  beforeEach(async () => {
    s3 = new FakeS3();
    await new Promise<void>((resolve) => s3.server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(s3.server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_MAX_ATTEMPTS: '1',
    });
  });
  afterEach(async () => {
    process.env = { ...before };
    s3.server.closeAllConnections();
    await new Promise((resolve) => s3.server.close(resolve));
  });

  it('are read page by page below the prefix, zip files too, and an object that is refused is named', async () => {
    s3.objects.set(`shop/${first.rehearsal}/evidence.json`, bytesOf(first));
    s3.objects.set(`shop/${first.rehearsal}/report.html`, Buffer.from('no evidence'));
    s3.objects.set('shop/run.zip', zipSync({ 'a/evidence.json': bytesOf(second) }));
    s3.objects.set('shop/evidence.json', bytesOf(third));
    s3.objects.set('shop/secret/evidence.json', bytesOf(third));
    s3.objects.set('shop-eu/evidence.json', bytesOf(autumn[4]!));
    s3.forbidden.add('shop/secret/evidence.json');
    const { records, unread } = await readPlaces(['s3://acme-rehearsals/shop'], true);
    expect(records.map(({ where }) => where)).toEqual([
      `s3://acme-rehearsals/shop/${first.rehearsal}/evidence.json`,
      's3://acme-rehearsals/shop/run.zip: a/evidence.json',
      's3://acme-rehearsals/shop/evidence.json',
    ]);
    expect(unread).toEqual([
      {
        where: 's3://acme-rehearsals/shop/secret/evidence.json',
        why: 'S3 did not hand it out: AccessDenied it is',
      },
    ]);
    expect(s3.asked.filter((url) => url.includes('report.html'))).toEqual([]);
    expect((await readPlaces(['s3://acme-rehearsals'], true)).records).toHaveLength(4);
  });

  it.each([
    [403, 'AccessDenied', /^Allow s3:ListBucket on the bucket acme and s3:GetObject on its objects\.$/],
    [404, 'NoSuchBucket', /^Correct the name of the bucket\.$/],
    [403, 'InvalidAccessKeyId', /^Sign in, or set AWS_PROFILE/],
    [400, 'Odd', /^Try again/],
  ])('say what to do about %s %s', async (status, code, fix) => {
    s3.error = [status, code];
    const error = await errorOf(readPlaces(['s3://acme/shop'], true));
    expect(error.message).toMatch(new RegExp(`^s3://acme/shop could not be read: .*${code}`));
    expect(error.fix).toMatch(fix);
  });

  it('say what to do without credentials', async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: root, AWS_REGION: 'eu-central-1' });
    const error = await errorOf(readPlaces(['s3://acme/shop'], true));
    expect(error.message).toMatch(/^s3:\/\/acme\/shop could not be read: .*credentials/i);
    expect(error.fix).toMatch(/^Sign in, or set AWS_PROFILE/);
  });

  it('have a name', async () => {
    expect((await errorOf(readPlaces(['s3:///shop'], true))).message).toBe('"s3:///shop" names no bucket');
    expect(s3.asked).toEqual([]);
  });
});

it('a sample is what it says', () => {
  expect(rehearsed('GO', '2.0.0', { day: 1 })).toMatchObject({
    rehearsal: '20260902-080000-2.0.0',
    verdict: 'GO',
    endedAt: '2026-09-02T08:00:40.190Z',
  });
});
