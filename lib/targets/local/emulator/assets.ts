import type { S3 } from '@aws-sdk/client-s3';
import { zipSync, type Zippable } from 'fflate';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type Json } from '../../../json';

/** A file of an assembly that its templates name as an object of S3: the code of a function, the definition of a state machine. */
export interface AssetFile {
  /** The object as the templates name it; the bucket may have placeholders of the account and the region. */
  readonly bucket: string;
  readonly key: string;
  /** The file or the folder, absolute. */
  readonly path: string;
  readonly isZipped: boolean;
}

/** The files that the asset manifests of an assembly list. */
export function assetsOf(assembly: string): readonly AssetFile[] {
  return manifestsIn(assembly).flatMap((manifest) => {
    const { files = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { files?: Json };
    return Object.values(isObject(files) ? files : {}).flatMap((file) => {
      if (!isObject(file) || !isObject(file['source']) || !isObject(file['destinations'])) return [];
      const { path, packaging } = file['source'];
      if (typeof path !== 'string') return []; // made by a command when it is published
      const source = { path: join(dirname(manifest), path), isZipped: packaging === 'zip' };
      return Object.values(file['destinations']).flatMap((place) =>
        isObject(place)
          ? [{ bucket: String(place['bucketName']), key: String(place['objectKey']), ...source }]
          : [],
      );
    });
  });
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((it) => {
    const path = join(folder, it.name);
    if (it.isDirectory()) return it.name.startsWith('assembly-') ? manifestsIn(path) : []; // of a Stage
    return it.name.endsWith('.assets.json') ? [path] : [];
  });
}

/** Uploads those that a template names, unless they are there. @param done - the keys of those that are */
export async function upload(
  s3: S3,
  bucket: string,
  assets: readonly AssetFile[],
  { template, done }: { readonly template: string; readonly done: Set<string> },
): Promise<void> {
  for (const { key, path, isZipped } of assets) {
    if (done.has(key) || !template.includes(JSON.stringify(key))) continue;
    if (done.size === 0) await s3.createBucket({ Bucket: bucket });
    await s3.putObject({ Bucket: bucket, Key: key, Body: isZipped ? zipped(path) : readFileSync(path) });
    done.add(key);
  }
}

const UNIX = 3;

function zipped(folder: string): Uint8Array {
  const files: Zippable = {};
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, file);
    const { mode, size } = statSync(path); // what a link leads to
    if (!statSync(path).isFile()) continue;
    // stored: it goes to this machine, and what it is unpacked by needs the rights of programs
    files[file] = [
      size === 0 ? new Uint8Array() : readFileSync(path),
      { level: 0, os: UNIX, attrs: mode << 16 },
    ];
  }
  return zipSync(files);
}
