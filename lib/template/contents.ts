import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Stands for what is not there, such as an asset that the AWS CDK wrote into a folder of its own and did not copy: no file has this digest. */
const NOTHING = createHash('sha256').update('nothing').digest('hex');

/** What the files and folders of an assembly hold. Each is read once. */
export class Contents {
  readonly #known = new Map<string, string>();

  /** @param directory - where paths begin */
  constructor(private readonly directory: string) {}

  /** The digest of what a file or a folder holds; of nothing that of no file. */
  of(path: string): string {
    const whole = resolve(this.directory, path);
    const known = this.#known.get(whole) ?? digestOfContents(whole) ?? NOTHING;
    this.#known.set(whole, known);
    return known;
  }

  /** {@link textsIn} a file or a folder. */
  textsOf(path: string): Texts | undefined {
    return textsIn(resolve(this.directory, path));
  }
}

/** The texts of files by their paths in a folder; that of a file by itself, which an assembly gives another name, is `text`. */
export type Texts = Readonly<Record<string, string>>;

/** Beyond this many bytes, or files, a folder is no matter of texts: its digest is compared. */
const MOST_BYTES = 64 * 1024;
const MOST_FILES = 64;

/** What a small file or folder holds, where all of it is text; undefined when it is not, or there is nothing. */
export function textsIn(path: string): Texts | undefined {
  const texts = new Map<string, string>();
  let bytes = 0;
  const read = (file: string, name: string, above: readonly string[]): boolean => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat) return name !== ''; // as in a digest, a link that leads nowhere is nothing
    if (stat.isDirectory()) {
      const real = realpathSync(file);
      const inside = above.includes(real) ? [] : readdirSync(file).sort();
      return inside.every((it) => read(join(file, it), name === '' ? it : `${name}/${it}`, [...above, real]));
    }
    bytes += stat.size;
    if (!stat.isFile() || bytes > MOST_BYTES || texts.size >= MOST_FILES) return false;
    const contents = readFileSync(file);
    texts.set(name === '' ? 'text' : name, contents.toString('utf8'));
    return isUtf8(contents);
  };
  return read(path, '', []) ? Object.fromEntries(texts) : undefined;
}

/**
 * The SHA-256 of what a file or a folder holds, in hexadecimal digits: the names and contents of its files, and neither times nor
 * permissions nor empty folders, which copying an assembly changes. Links are followed.
 *
 * @returns undefined when there is nothing
 */
export function digestOfContents(path: string): string | undefined {
  const hash = createHash('sha256');
  return add(hash, path, '', []) ? hash.digest('hex') : undefined;
}

/** Adds one file, or all in a folder. @returns whether there is anything */
function add(hash: Hash, path: string, name: string, above: readonly string[]): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false; // a link that leads nowhere is one in every copy
  if (!stat.isDirectory()) {
    hash.update(`${name}\0${stat.size}\0`);
    if (stat.isFile()) addFile(hash, path);
    return true;
  }
  const real = realpathSync(path);
  if (above.includes(real)) return true; // a link to a folder that it is in
  for (const entry of readdirSync(path).sort())
    add(hash, join(path, entry), `${name}/${entry}`, [...above, real]);
  return true;
}

/** In pieces: what a container image is built from may hold a file of any size. */
function addFile(hash: Hash, path: string): void {
  const file = openSync(path, 'r');
  const piece = Buffer.alloc(1024 * 1024);
  try {
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece))
      hash.update(piece.subarray(0, length));
  } finally {
    closeSync(file);
  }
}
