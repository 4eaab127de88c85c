import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Document, MongoClient } from 'mongodb';
import { messageOf, TwinError } from '../../../error';
import { snapshotAt, type SnapshotSource } from '../sql/final-snapshot';
import { driver } from './driver';

/** The folder of a member's data in a copy of a cluster. */
export const MEMBER_DATA = 'data';

/** The documents of one collection. */
export interface SeededCollection {
  /** The file that they are in. */
  readonly file: string;
  readonly database: string;
  readonly collection: string;
}

/**
 * The collections of a seed: a file as `mongoexport` writes it, or a folder of such files, each called
 * `<database>.<collection>.json`.
 *
 * @throws TwinError `seed` when a file is not called so, or there is none
 */
export function collectionsOf(path: string): readonly SeededCollection[] {
  const found = filesIn(path).map((file): SeededCollection => {
    const [, database, collection] = /^([^.]+)\.(.+)\.json$/.exec(basename(file)) ?? [];
    if (database === undefined || collection === undefined) {
      throw unusable(`the seed "${file}" is not called after its database and collection`);
    }
    return { file, database, collection };
  });
  if (found.length > 0) return found;
  throw unusable(`the seed "${path}" has no file that ends in .json`);
}

/** A file in the copy of a member's data. */
const MARKER = join(MEMBER_DATA, 'WiredTiger');

/** The final snapshot at a path; undefined where there is none. */
export const documentSnapshotAt = (path: string): SnapshotSource | undefined => snapshotAt(path, MARKER);

/** Inserts the documents of a seed. @throws TwinError `seed` at the first that cannot be read or inserted */
export async function load(
  seed: readonly SeededCollection[],
  into: MongoClient,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for (const { file, database, collection } of seed) {
    const documents = documentsIn(file);
    for (let from = 0; from < documents.length; from += BATCH) {
      signal.throwIfAborted();
      const batch = documents.slice(from, from + BATCH);
      await into
        .db(database)
        .collection(collection)
        .insertMany(batch)
        .catch((cause: unknown) => {
          throw unusable(`${file} cannot be inserted: ${messageOf(cause)}`, cause);
        });
      count += batch.length;
    }
  }
  return count;
}

const BATCH = 1000;

/** Documents in Extended JSON: one a line, or all of them in a list. */
export function documentsIn(file: string): readonly Document[] {
  const { EJSON } = driver().BSON;
  const text = readFileSync(file, 'utf8').trim();
  if (text.startsWith('[')) return read(file, () => EJSON.parse(text) as Document[]);
  return text
    .split(/\r?\n/)
    .flatMap((line, i) =>
      line.trim() === '' ? [] : [read(`${file}:${i + 1}`, () => EJSON.parse(line) as Document)],
    );
}

function read<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw unusable(`${where} is not JSON: ${messageOf(cause)}`, cause);
  }
}

function filesIn(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.json'));
    return names.toSorted().map((name) => join(path, name));
  } catch (cause) {
    throw unusable(`the seed "${path}" cannot be read: ${messageOf(cause)}`, cause);
  }
}

const unusable = (message: string, cause?: unknown): TwinError =>
  new TwinError({
    code: 'seed',
    message,
    fix: 'Name a file of mongoexport, one document a line or all in a list, called <database>.<collection>.json, a folder of such files, or the folder that twin list names for a final snapshot.',
    ...(cause !== undefined && { cause }),
  });
