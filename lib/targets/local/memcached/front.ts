import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { HostPort } from '../../../probes/context';
import type { ServerCertificate } from '../tls/authority';
import { DISCOVERY, discovered, TextCommands } from './text-commands';

/** What a front is created with. */
export interface FrontProps extends HostPort {
  /** Where the next connection goes; undefined closes it at once. */
  readonly route: () => HostPort | undefined;
  /** The nodes that clients are given which ask for them. */
  readonly nodes: () => readonly HostPort[];
  /** What it encrypts with. @default - it does not encrypt */
  readonly certificate?: ServerCertificate | undefined;
}

/** An address in front of nodes: what ElastiCache adds to Memcached. */
export class Front {
  private readonly clients = new Set<Socket>();
  private readonly server: Server;

  private constructor(private readonly props: FrontProps) {
    const forward = (client: Socket): void => this.forward(client);
    const { certificate } = props;
    this.server = certificate
      ? createTlsServer({ key: certificate.key, cert: certificate.chain, allowHalfOpen: true }, forward)
      : createTcpServer({ noDelay: true, allowHalfOpen: true }, forward);
  }

  static async open(props: FrontProps): Promise<Front> {
    const front = new Front(props);
    await new Promise<void>((resolve, reject) => {
      front.server.once('error', reject).listen(props.port, props.host, resolve);
    });
    return front;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private forward(client: Socket): void {
    const to = this.props.route();
    if (!to) {
      client.destroy();
      return;
    }
    this.clients.add(client);
    const node = connect({ host: to.host, port: to.port, noDelay: true, allowHalfOpen: true });
    const commands = new TextCommands();
    client.on('data', (chunk: Buffer) => {
      for (const it of commands.take(chunk)) {
        if (it === DISCOVERY) client.write(discovered(this.props.nodes()));
        else if (!node.write(it)) client.pause();
      }
    });
    node.on('drain', () => client.resume());
    node.pipe(client);
    client.on('error', () => node.destroy());
    node.on('error', () => client.destroy());
    client.once('end', () => node.end());
    client.once('close', () => {
      this.clients.delete(client);
      node.destroy();
    });
  }
}
