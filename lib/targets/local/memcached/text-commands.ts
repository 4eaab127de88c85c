/** What a client sends that asks for the nodes of its cluster. */
export const DISCOVERY = 'discovery';

/** Finds the requests for the nodes of a cluster in what a client sends, which Memcached itself does not know. */
export class TextCommands {
  private rest = Buffer.alloc(0);
  /** How much of a data block is still to come. */
  private block = 0;
  private isBinary = false;

  /** What is to be passed on of a chunk, and the requests in it, in their order. */
  take(chunk: Buffer): readonly (Buffer | typeof DISCOVERY)[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const taken: (Buffer | typeof DISCOVERY)[] = [];
    for (let next = this.next(); next; next = this.next()) taken.push(next);
    return taken;
  }

  private next(): Buffer | typeof DISCOVERY | undefined {
    this.isBinary ||= this.block === 0 && this.rest[0] === REQUEST_OF_THE_BINARY_PROTOCOL;
    if (this.isBinary || this.block > 0) {
      const part = this.cut(this.isBinary ? this.rest.length : this.block);
      this.block = Math.max(0, this.block - part.length);
      return part.length > 0 ? part : undefined;
    }
    const line = this.cut(this.rest.indexOf('\n') + 1);
    if (line.length === 0) return undefined;
    const words = line.toString('latin1').trim().split(/ +/);
    if (words.join(' ') === 'config get cluster') return DISCOVERY;
    this.block = blockAfter(words);
    return line;
  }

  private cut(length: number): Buffer {
    const part = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(part.length);
    return part;
  }
}

const REQUEST_OF_THE_BINARY_PROTOCOL = 0x80;

/** Which word of a command says how long the block after it is: https://docs.memcached.org/protocols/basic/ */
const LENGTH_AT: Readonly<Record<string, number>> = {
  set: 4,
  add: 4,
  replace: 4,
  append: 4,
  prepend: 4,
  cas: 4,
  ms: 2,
};

function blockAfter(words: readonly string[]): number {
  const length = Number(words[LENGTH_AT[words[0]!] ?? Infinity]);
  return Number.isInteger(length) && length >= 0 ? length + '\r\n'.length : 0;
}

/**
 * The answer to a request for the nodes of a cluster:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoDiscovery.AddingToYourClientLibrary.html
 */
export function discovered(nodes: readonly { readonly host: string; readonly port: number }[]): string {
  const payload = `1\n${nodes.map(({ host, port }) => `${host}|${host}|${port}`).join(' ')}\n`;
  return `CONFIG cluster 0 ${payload.length}\r\n${payload}\r\nEND\r\n`;
}
