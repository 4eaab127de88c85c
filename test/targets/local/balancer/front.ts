import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ListenerTls,
  LoadBalancer,
  Rule,
  RoutingListener,
  TargetGroup,
} from '../../../../lib/blueprint/load-balancing';
import { keyOf } from '../../../../lib/targets/local/balancer/group-choice';
import { LocalListener } from '../../../../lib/targets/local/balancer/listener';
import { Targets, type Target } from '../../../../lib/targets/local/balancer/targets';
import { Authority } from '../../../../lib/targets/local/tls/authority';

/** A target group as a template has it that says as little as it can. */
export const groupOf = (logicalId = 'Targets', more: Partial<TargetGroup> = {}): TargetGroup => ({
  stack: '',
  logicalId,
  protocol: 'HTTP',
  protocolVersion: 'HTTP1',
  healthCheck: {
    protocol: 'HTTP',
    port: undefined,
    path: '/health',
    intervalSeconds: 3,
    timeoutSeconds: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: '200-299',
  },
  deregistrationDelaySeconds: 5,
  algorithm: 'round_robin',
  stickiness: undefined,
  slowStartSeconds: 0,
  ...more,
});

export const forwardTo = (...logicalIds: readonly string[]): Rule => ({
  conditions: [],
  transforms: [],
  skipped: [],
  action: {
    kind: 'forward',
    groups: logicalIds.map((logicalId) => ({ group: { stack: '', logicalId }, weight: 1 })),
    stickySeconds: undefined,
  },
});

export type FrontProps = Partial<Omit<LoadBalancer, 'listeners'>> & {
  readonly protocol?: RoutingListener['protocol'];
  readonly rules?: readonly Rule[];
  readonly tls?: ListenerTls;
};

/** A load balancer with one listener, and its target groups. */
export class Front {
  readonly groups = new Map<string, Targets>();
  private readonly listener: LocalListener;
  private readonly folder = mkdtempSync(join(tmpdir(), 'twin-front-'));
  readonly authority = new Authority(this.folder);
  /** Where clients that do not encrypt reach it. */
  url = '';

  constructor(
    { protocol = 'https', rules = [forwardTo('Targets')], tls, ...more }: FrontProps,
    groups = [groupOf()],
  ) {
    for (const group of groups) this.groups.set(keyOf(group), new Targets(group, more.idleTimeoutSeconds));
    const port = protocol === 'https' ? 443 : protocol === 'http' ? 80 : 5000;
    const listener = { stack: '', logicalId: 'Listener', protocol, port, rules, ...(tls && { tls }) };
    const loadBalancer: LoadBalancer = {
      stack: '',
      logicalId: 'Front',
      name: 'Front',
      kind: 'application',
      idleTimeoutSeconds: 60,
      clientKeepAliveSeconds: 3600,
      forwardedFor: 'append',
      listeners: [listener],
      ...more,
    };
    this.listener = new LocalListener(
      {
        loadBalancer: () => loadBalancer,
        listener: () => listener,
        targetsOf: (group) => this.groups.get(keyOf(group)),
        urlOf: (to, number) => (to === 'https' && number === 443 ? 'http://127.0.0.1:4443' : undefined),
        certificate: () => this.authority.issue(['127.0.0.1', ...(tls?.names ?? [])]),
      },
      '127.0.0.1',
    );
  }

  async open(): Promise<void> {
    await this.listener.open();
    this.url = await this.listener.urlFor({ isPlain: true });
  }

  /** Where clients reach it on AWS. */
  get publicUrl(): string {
    return this.listener.url;
  }

  targets(logicalId = 'Targets'): Targets {
    return this.groups.get(keyOf({ stack: '', logicalId }))!;
  }

  urlFor(host: string): Promise<string> {
    return this.listener.urlFor({ host });
  }

  async close(): Promise<void> {
    for (const it of this.groups.values()) it.close();
    await this.listener.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The status and the text of the answer to a request. */
  async ask(path = '/', init?: RequestInit): Promise<[number, string]> {
    const response = await fetch(this.url + path, { redirect: 'manual', ...init });
    return [response.status, await response.text()];
  }

  /** Sends text over a connection of its own. */
  send(text: string): { readonly socket: Socket; readonly received: () => string } {
    const { hostname, port } = new URL(this.url);
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (data) => (received += data.toString()));
    socket.on('error', () => {});
    socket.write(text);
    return { socket, received: () => received };
  }
}

/** Servers that end with a test. */
export class Tasks {
  readonly servers: Server[] = [];

  /** A task that answers with its name, and with what `health` says. */
  async start(name: string, health = () => 200, work?: RequestListener): Promise<Target> {
    const server = createServer((request, response) => {
      if (request.url === '/health') response.writeHead(health()).end();
      else if (work) work(request, response);
      else response.end(name);
    }).listen(0, '127.0.0.1');
    this.servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    return { name, host: '127.0.0.1', port };
  }

  close(): void {
    for (const server of this.servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  }
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** How many milliseconds something takes. */
export async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
