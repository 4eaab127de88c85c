import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { ListenerContext } from './listener';
import { networkTargets, sticky } from './network-targets';
import { GroupChoice } from './group-choice';
import { StickyCookies } from './stickiness';
import type { Targets } from './targets';
import type { Upstream } from './upstream';

/** What a client sends from one port, and what comes back: with one target, as long as it is registered. */
interface Flow {
  readonly targets: Targets;
  readonly to: Upstream;
  readonly socket: Socket;
  timer: NodeJS.Timeout;
}

/** After so long without a datagram a flow is forgotten: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html */
const IDLE_MS = 120_000;

/** A listener of a Network Load Balancer for UDP: sends the datagrams of each client to a target, and its answers back. */
export class UdpListener {
  private readonly server = createSocket('udp4');
  private readonly flows = new Map<string, Flow>();
  private readonly groups = new GroupChoice(new StickyCookies());

  constructor(private readonly context: ListenerContext) {
    this.server.on('message', (message, client) => this.forward(message, client));
  }

  get port(): number {
    return this.server.address().port;
  }

  /** Listens on a port, or on another one where that is taken or reserved for root. */
  async open(address: string, port: number): Promise<void> {
    const isBound = await bound(this.server, port, address);
    if (!isBound) await bound(this.server, 0, address);
    this.server.on('error', () => {}); // of a datagram that could not be sent: UDP promises nothing
  }

  close(): void {
    for (const key of this.flows.keys()) this.end(key);
    this.server.close();
  }

  private forward(message: Buffer, client: RemoteInfo): void {
    const key = `${client.address}:${client.port}`;
    const known = this.flows.get(key);
    if (known && !known.targets.has(known.to)) this.end(key);
    const flow = this.flows.get(key) ?? this.begin(key, client);
    if (!flow) return; // no target: the datagram is lost, as on AWS
    flow.timer.refresh();
    flow.socket.send(message, flow.to.port, flow.to.host);
  }

  private begin(key: string, client: RemoteInfo): Flow | undefined {
    const targets = networkTargets(this.context, this.groups);
    const to = targets?.next(targets.props.stickiness ? sticky(client.address, targets.names) : undefined);
    if (!targets || !to) return undefined;
    targets.note(to);
    const socket = createSocket('udp4');
    const timer = setTimeout(() => this.end(key), IDLE_MS).unref();
    const flow = { targets, to, socket, timer };
    socket.on('error', () => {}); // a task that does not listen yet
    socket.on('message', (answer) => {
      timer.refresh();
      this.server.send(answer, client.port, client.address);
    });
    this.flows.set(key, flow);
    return flow;
  }

  private end(key: string): void {
    const flow = this.flows.get(key);
    this.flows.delete(key);
    clearTimeout(flow?.timer);
    flow?.socket.close();
  }
}

/** @returns whether it listens: false where the port is taken, or reserved for root */
function bound(server: Socket, port: number, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (port !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) resolve(false);
      else reject(error);
    };
    server.once('error', fail).bind({ port, address, exclusive: true }, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}
