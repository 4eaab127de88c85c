import { connect as connectPlain, type Socket } from 'node:net';
import { connect as encrypted, TLSSocket } from 'node:tls';
import type { HostPort } from '../../../probes/context';
import type { Upstream } from '../endpoint';
import type { Certificates } from './certificates';
import { whyNotToken } from './iam-token';
import { fatal, HEAD, message, REQUEST, sessionParameters, startPacket, type StartPacket } from './wire';

/** By whom users sign in with tokens: the server trusts it by its certificate. */
export interface TokenSignInProps {
  /** What it shows to clients, and to the server for users who are granted `rds_iam`. */
  readonly certificates: Certificates;
  /** The addresses that a token may name. */
  readonly endpoints: () => readonly HostPort[];
}

/** The name in the certificate by which the server knows it. */
export const TOKEN_SIGN_IN = 'rds-iam.local';

/** How long a client may take to sign in. */
const LIMIT_MS = 60_000;

/** Connects clients with a server that leaves users who are granted `rds_iam` to it: they sign in with a token of IAM. */
export class TokenSignIn {
  constructor(private readonly props: TokenSignInProps) {}

  /** Serves one client. */
  readonly serve = (client: Socket, to: Upstream): void => {
    client.on('error', () => client.destroy());
    // A pause of its client does not last longer: what is not a client of PostgreSQL may never say anything.
    const timer = setTimeout(() => client.destroy(), LIMIT_MS);
    void this.connect(client, to)
      .catch(() => client.destroy()) // either side has ended: the other one ends too
      .finally(() => clearTimeout(timer));
  };

  private async connect(plain: Socket, to: Upstream): Promise<void> {
    const client = await this.begin(plain);
    const start = await take(client, packetSize);
    const server = await this.dial(to, client instanceof TLSSocket);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // prettier-ignore
      one.on('error', () => other.destroy());
      one.once('close', () => other.destroy());
    }
    server.write(start);
    const packet = startPacket(start)!;
    if (packet.code === REQUEST.cancel || (await this.isLetIn(client, server, packet))) {
      client.pipe(server);
      server.pipe(client);
    }
  }

  /** The connection after its client has turned encryption on, where it does. */
  private async begin(plain: Socket): Promise<Socket> {
    for (;;) {
      const first = await take(plain, () => 1);
      plain.unshift(first);
      if (first[0] === TLS_HANDSHAKE) return this.encrypt(plain);
      const bytes = await take(plain, packetSize);
      const { code } = startPacket(bytes)!;
      if (code === REQUEST.tls) {
        plain.write('S');
        return this.encrypt(plain);
      }
      if (code !== REQUEST.gss) {
        plain.unshift(bytes);
        return plain;
      }
      plain.write('N');
    }
  }

  private encrypt(plain: Socket): TLSSocket {
    const secureContext = this.props.certificates.context;
    return new TLSSocket(plain, { isServer: true, secureContext, ALPNProtocols: ['postgresql'] });
  }

  private async dial(to: Upstream, isEncrypted: boolean): Promise<Socket> {
    const plain = connectPlain({ ...to, noDelay: true });
    if (!isEncrypted) return plain;
    plain.write(TLS_REQUEST);
    await take(plain, () => 1);
    const { token, ca } = this.props.certificates;
    return encrypted({
      socket: plain,
      ...('host' in to && { host: to.host }),
      key: token.key,
      cert: token.chain,
      ca,
    });
  }

  /** Whether the rest is between client and server: a server that asks for nothing has left the user to us. */
  private async isLetIn(client: Socket, server: Socket, packet: StartPacket): Promise<boolean> {
    for (;;) {
      const reply = await take(server, messageSize);
      const isLeft = reply.toString('latin1', 0, 1) === 'R' && reply.readInt32BE(HEAD) === 0;
      if (isLeft) {
        const user = sessionParameters(packet).get('user') ?? '';
        const reason = await this.whyNot(client, user);
        if (reason !== undefined) {
          client.end(fatal('28000', `PAM authentication failed for user "${user}"`, reason));
          return false;
        }
      }
      client.write(reply);
      if (isLeft || 'RE'.includes(reply.toString('latin1', 0, 1))) return true;
    }
  }

  private async whyNot(client: Socket, user: string): Promise<string | undefined> {
    client.write(message('R', 3));
    const password = await take(client, messageSize);
    const token = password.toString('utf8', HEAD, password.length - 1);
    return whyNotToken(token, { user, endpoints: this.props.endpoints(), now: new Date() });
  }
}

const TLS_HANDSHAKE = 0x16;
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** A token has about 400 bytes, with that of a session 2 KiB. */
const LARGEST = 64 * 1024;

const packetSize = (bytes: Buffer): number | undefined =>
  bytes.length < 8 ? undefined : bytes.readInt32BE(0);

const messageSize = (bytes: Buffer): number | undefined =>
  bytes.length < HEAD ? undefined : 1 + bytes.readInt32BE(1);

/** Takes bytes from a socket that nothing else reads. @param sizeOf - how many, once that is known from the first */
async function take(socket: Socket, sizeOf: (bytes: Buffer) => number | undefined): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const size = sizeOf(bytes);
    if (size !== undefined && (size < 1 || size > LARGEST)) throw new Ended();
    if (size !== undefined && bytes.length >= size) {
      if (bytes.length > size) socket.unshift(bytes.subarray(size));
      return bytes.subarray(0, size);
    }
    bytes = Buffer.concat([bytes, await next(socket)]);
  }
}

/** One of two sides has ended, or speaks another protocol. */
class Ended extends Error {}

function next(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null && !socket.readableEnded && !socket.destroyed) return;
      socket.off('readable', look).off('end', look).off('close', look);
      if (chunk === null) reject(new Ended());
      else resolve(chunk);
    };
    socket.on('readable', look).on('end', look).on('close', look);
    look();
  });
}
