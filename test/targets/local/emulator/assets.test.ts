import type { S3 } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetsOf, upload } from '../../../../lib/targets/local/emulator/assets';

const folder = mkdtempSync(join(tmpdir(), 'twin-assets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const manifestOf = (source: object, key: string): string =>
  JSON.stringify({
    files: {
      [key]: { source, destinations: { here: { bucketName: 'cdk-${AWS::Region}', objectKey: key } } },
    },
  });

beforeAll(() => {
  mkdirSync(join(folder, 'assembly-Nested', 'asset.code', 'lib'), { recursive: true });
  writeFileSync(
    join(folder, 'App.assets.json'),
    manifestOf({ path: 'page.html', packaging: 'file' }, 'page'),
  );
  writeFileSync(join(folder, 'page.html'), 'hello');
  const nested = join(folder, 'assembly-Nested');
  writeFileSync(
    join(nested, 'S.assets.json'),
    manifestOf({ path: 'asset.code', packaging: 'zip' }, 'code.zip'),
  );
  writeFileSync(join(nested, 'asset.code', 'index.js'), 'exports.handler = 1;');
  writeFileSync(join(nested, 'asset.code', 'bootstrap'), '#!/bin/sh');
  chmodSync(join(nested, 'asset.code', 'bootstrap'), 0o755);
  writeFileSync(join(nested, 'asset.code', 'lib', 'empty'), '');
  symlinkSync('../index.js', join(nested, 'asset.code', 'lib', 'link.js'));
  writeFileSync(join(folder, 'Made.assets.json'), manifestOf({ executable: ['make'] }, 'made'));
});

it('are found in every manifest of an assembly, those of its stages too', () => {
  expect(assetsOf(folder)).toEqual([
    { bucket: 'cdk-${AWS::Region}', key: 'page', path: join(folder, 'page.html'), isZipped: false },
    {
      bucket: 'cdk-${AWS::Region}',
      key: 'code.zip',
      path: join(folder, 'assembly-Nested', 'asset.code'),
      isZipped: true,
    },
  ]);
});

describe('those that a template names', () => {
  /** What of a bucket is used here: it keeps what is put into it. */
  function bucket() {
    const objects = new Map<string, Uint8Array>();
    const made: string[] = [];
    const s3 = {
      createBucket: ({ Bucket }: { Bucket: string }) => Promise.resolve(made.push(Bucket)),
      putObject: ({ Key, Body }: { Key: string; Body: Uint8Array }) =>
        Promise.resolve(objects.set(Key, Body)),
    };
    return { s3: s3 as unknown as S3, objects, made };
  }

  it('are uploaded once, into one bucket', async () => {
    const { s3, objects, made } = bucket();
    const done = new Set<string>();
    for (const template of [
      '{"S3Key":"code.zip"}',
      '{"S3Key":"code.zip"}',
      '{"Key":"page"}',
      '{"Key":"pages"}',
    ])
      await upload(s3, 'twin-1-assets', assetsOf(folder), { template, done });
    expect(made).toEqual(['twin-1-assets']);
    expect([...objects.keys()]).toEqual(['code.zip', 'page']);
    expect(Buffer.from(objects.get('page')!).toString()).toBe('hello');
  });

  it('are zipped with what links lead to and the rights of programs', async () => {
    const { s3, objects } = bucket();
    await upload(s3, 'b', assetsOf(folder), { template: '"code.zip"', done: new Set() });
    const zip = objects.get('code.zip')!;
    const files = Object.entries(unzipSync(zip)).map(([name, it]) => [name, Buffer.from(it).toString()]);
    expect(Object.fromEntries(files)).toEqual({
      'index.js': 'exports.handler = 1;',
      bootstrap: '#!/bin/sh',
      'lib/empty': '',
      'lib/link.js': 'exports.handler = 1;',
    });
    expect(modeOf(zip, 'bootstrap')).toBe('755');
    expect(modeOf(zip, 'index.js')).toBe('644');
  });
});

/** The rights of a file, in its entry of the central directory. */
function modeOf(zip: Uint8Array, name: string): string {
  const bytes = Buffer.from(zip);
  for (let at = bytes.indexOf('PK\x01\x02'); at !== -1; at = bytes.indexOf('PK\x01\x02', at + 1)) {
    const length = bytes.readUInt16LE(at + 28);
    if (bytes.toString('utf8', at + 46, at + 46 + length) !== name) continue;
    return ((bytes.readUInt32LE(at + 38) >>> 16) & 0o777).toString(8);
  }
  throw new Error(`${name} is not there`);
}
