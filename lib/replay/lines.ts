import { createReadStream, openSync, readSync, closeSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The files of a log: itself, or all in a folder and the folders in it, but for those whose names begin with a dot. */
export function filesOf(log: string): readonly string[] {
  if (!statSync(log).isDirectory()) return [log];
  return readdirSync(log, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() || entry.isFile() ? filesOf(join(log, entry.name)) : []));
}

/** A line that is longer is no line of a log: a file without line breaks must not fill the memory. */
export const MAX_LINE = 64 * 1024;

/** The lines of a file, which may be compressed with gzip; undefined for one that is too long. Empty ones are left out. */
export async function* linesOf(file: string): AsyncGenerator<string | undefined> {
  let rest = '';
  let isTooLong = false;
  for await (const chunk of contentOf(file)) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const [i, part] of parts.entries()) {
      const isOver = (i === 0 && isTooLong) || part.length > MAX_LINE;
      const line = part.trim();
      if (isOver) yield undefined;
      else if (line !== '') yield line;
    }
    if (parts.length > 0) isTooLong = false;
    if (rest.length > MAX_LINE) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong || rest.length > MAX_LINE) yield undefined;
  else if (rest.trim() !== '') yield rest.trim();
}

/** The whole of a file, which may be compressed with gzip; undefined where it is longer than that. */
export async function textOf(file: string, most: number): Promise<string | undefined> {
  const chunks: string[] = [];
  let length = 0;
  for await (const chunk of contentOf(file)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > most) return undefined;
  }
  return chunks.join('');
}

function contentOf(file: string): AsyncIterable<string> {
  const bytes = createReadStream(file);
  if (!isGzip(file)) return bytes.setEncoding('utf8') as AsyncIterable<string>;
  const text = createGunzip().setEncoding('utf8');
  // an error of the file ends the text too
  bytes.on('error', (error) => text.destroy(error)).pipe(text);
  return Readable.from(text as AsyncIterable<string>);
}

function isGzip(file: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}
