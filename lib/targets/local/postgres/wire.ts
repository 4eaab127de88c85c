/** A message of PostgreSQL's protocol after the start of a session. */
export interface Message {
  /** Such as `Q` of a query. */
  readonly type: string;
  /** All of it, with its type and its length. */
  readonly bytes: Buffer;
}

/** Splits a stream of bytes into whole messages. */
export class Messages {
  private chunks: Buffer[] = [];
  private size = 0;
  /** How many bytes there must be until the next message can be whole. */
  private needed = HEAD;

  push(chunk: Buffer): readonly Message[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.needed) return [];
    const bytes = Buffer.concat(this.chunks);
    const messages: Message[] = [];
    let at = 0;
    for (;;) {
      const rest = bytes.length - at;
      this.needed = rest < HEAD ? HEAD : 1 + bytes.readInt32BE(at + 1);
      if (rest < this.needed) break;
      messages.push({
        type: String.fromCharCode(bytes[at]!),
        bytes: bytes.subarray(at, at + this.needed),
      });
      at += this.needed;
    }
    this.chunks = [bytes.subarray(at)];
    this.size = bytes.length - at;
    return messages;
  }
}

/** The bytes of a message's type and length. */
export const HEAD = 5;

/** A message with a type and a content. */
export function message(type: string, ...content: readonly (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(
    content.map((it) => {
      if (typeof it === 'string') return Buffer.from(`${it}\0`);
      if (typeof it !== 'number') return it;
      const number = Buffer.alloc(4);
      number.writeInt32BE(it);
      return number;
    }),
  );
  const head = Buffer.alloc(HEAD);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** An error that ends a session. */
export const fatal = (code: string, text: string, detail?: string): Buffer =>
  message(
    'E',
    Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0${detail === undefined ? '' : `D${detail}\0`}\0`),
  );

/** What a client sends first: the code of its request, and the parameters of a session. */
export interface StartPacket {
  readonly code: number;
  readonly length: number;
  readonly bytes: Buffer;
}

/** The requests that a client may begin with. */
export const REQUEST = { session: 196608, tls: 80877103, gss: 80877104, cancel: 80877102 } as const;

/** The first packet of a client; undefined until it is whole. */
export function startPacket(bytes: Buffer): StartPacket | undefined {
  if (bytes.length < 8) return undefined;
  const length = bytes.readInt32BE(0);
  if (bytes.length < length) return undefined;
  return { code: bytes.readInt32BE(4), length, bytes: bytes.subarray(8, length) };
}

/** The parameters of a session, such as `user`. */
export function sessionParameters({ bytes }: StartPacket): ReadonlyMap<string, string> {
  const texts = bytes.toString('utf8').split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < texts.length && texts[at] !== ''; at += 2)
    parameters.set(texts[at]!, texts[at + 1]!);
  return parameters;
}
