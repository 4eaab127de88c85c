const MAX_LINES = 40;
const MAX_BYTES = 8 * 1024;
/** Kept before secrets are masked, so that no secret is cut in two in the part that is shown. */
const KEPT_BYTES = 8 * MAX_BYTES;

/** The end of a command's output, without secrets. */
export class Tail {
  private chunks: Buffer[] = [];
  private length = 0;
  private readonly secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.secrets = secrets
      .flatMap((secret) => (secret === '' ? [] : [secret, encodeURIComponent(secret)]))
      .toSorted((a, b) => b.length - a.length);
  }

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    while (this.length - this.chunks[0]!.length >= KEPT_BYTES) this.length -= this.chunks.shift()!.length;
  }

  /** The last 40 lines, 8 kB at the most. */
  toString(): string {
    const text = Buffer.concat(this.chunks).toString('utf8');
    const masked = this.secrets.reduce((masking, secret) => masking.replaceAll(secret, '***'), text);
    const lines = masked.trimEnd().split('\n').slice(-MAX_LINES).join('\n');
    const bytes = Buffer.from(lines);
    // the cut may be inside a character
    return bytes.length <= MAX_BYTES ? lines : bytes.subarray(-MAX_BYTES).toString('utf8').replace(/^�+/, '');
  }
}
