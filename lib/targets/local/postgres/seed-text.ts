import { createReadStream, statSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import { startOf } from '../sql/seed-file';
import { isGzip } from './seed-source';

/**
 * The text of a file, decompressed, in parts: it may be longer than a text can be. Logs how much of it is read.
 *
 * @param who - for messages: the member that runs it
 * @throws TwinError `seed` when it cannot be read
 */
export async function* readSeed(file: string, who: string, watch: Watch): AsyncGenerator<string> {
  const progress = new Progress(file, who, (message) => watch.log(message));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const compressed = isGzip(await startOf(file));
  const bytes = createReadStream(file, { highWaterMark: PART_BYTES });
  // An error of either stream ends the one that is read.
  const parts: Readable = compressed ? pipeline(bytes, createGunzip(), () => {}) : bytes;
  try {
    for await (const part of parts) {
      progress.at(bytes.bytesRead);
      yield decoder.decode(part as Buffer, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    throw new TwinError({
      code: 'seed',
      message: `${file} cannot be read: ${(cause as Error).message}`,
      fix: 'Name an existing file of SQL in UTF-8.',
      cause,
    });
  }
}

const PART_BYTES = 2 ** 20;
/** How often it is logged how much is done. */
export const LOG_EVERY_MS = 5_000;

/** Logs how much of a file is read, now and then. */
class Progress {
  private readonly size: number;
  private next = Date.now() + LOG_EVERY_MS;

  constructor(
    private readonly file: string,
    private readonly who: string,
    private readonly log: (message: string) => void,
  ) {
    this.size = statSync(file).size;
  }

  at(read: number): void {
    if (Date.now() < this.next) return;
    this.next = Date.now() + LOG_EVERY_MS;
    const percent = Math.floor((100 * read) / this.size);
    this.log(`${this.who}: read ${percent} % of ${this.file} (${mib(read)} of ${mib(this.size)} MiB)`);
  }
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
