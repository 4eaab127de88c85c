import { createServer, type Server } from 'node:net';
import type { SqlTier } from '../../../blueprint/blueprint';
import type { Json } from '../../../json';
import type { HostPort } from '../../../probes/context';
import type { Machine } from '../process/machine';
import type { PostgresCluster } from './cluster';
import type { PostgresNode } from './node';
import type { Certificates } from './certificates';
import { Pool } from './pool';
import { PooledClient } from './pooled-client';
import { ProxyLogins } from './proxy-logins';

/** What the proxies of a tier are made with. */
export interface RdsProxiesProps {
  readonly tier: SqlTier;
  readonly machine: Machine;
  readonly cluster: PostgresCluster;
  /** How many connections the database offers. */
  readonly connections: number;
  readonly certificates: Certificates;
  /** The text of a secret that the template names; undefined for one that is elsewhere. */
  readonly secret?: ((named: Json) => string | undefined) | undefined;
}

/** An endpoint of a proxy. */
interface ProxyEndpoint {
  readonly logicalId: string;
  readonly host: string;
  readonly pool: Pool;
  readonly requiresTls: boolean;
  readonly logins: ProxyLogins;
  readonly clients: Set<PooledClient>;
  server?: Server;
}

/** The RDS proxies in front of a tier: endpoints whose clients share sessions with the database, and survive its failover. */
export class RdsProxies {
  private readonly endpoints: readonly ProxyEndpoint[];

  constructor(private readonly props: RdsProxiesProps) {
    const { tier, machine, cluster, connections, certificates, secret = () => undefined } = props;
    let turn = 0;
    const writer = (): PostgresNode | undefined => (cluster.primary.isRunning ? cluster.primary : undefined);
    const reader = (): PostgresNode | undefined => cluster.replicas[turn++ % cluster.replicas.length];
    this.endpoints = (tier.proxies ?? []).flatMap((proxy) =>
      [{ logicalId: proxy.logicalId, isReadOnly: false }, ...proxy.endpoints].map(
        ({ logicalId, isReadOnly }) => ({
          logicalId,
          host: machine.address(`${tier.name} ${logicalId}`),
          requiresTls: proxy.requiresTls,
          logins: new ProxyLogins(proxy, secret),
          clients: new Set<PooledClient>(),
          pool: new Pool({
            route: isReadOnly ? reader : writer,
            limit: Math.max(1, Math.floor((connections * proxy.maxConnectionsPercent) / 100)),
            borrowTimeoutMs: proxy.borrowTimeoutSeconds * 1000,
            certificates,
          }),
        }),
      ),
    );
  }

  /** Their loopback addresses. */
  get hosts(): readonly string[] {
    return this.endpoints.map(({ host }) => host);
  }

  /** Opens them on PostgreSQL's port, or where that is taken on another one. */
  async open(): Promise<void> {
    const { context: secureContext } = this.props.certificates;
    for (const endpoint of this.endpoints.filter(({ server }) => !server)) {
      const { pool, requiresTls, logins, clients, host } = endpoint;
      const server = createServer({ noDelay: true }, (socket) => {
        const client = new PooledClient(socket, {
          pool,
          requiresTls,
          logins,
          secureContext,
          endpoint: () => addressOf(endpoint),
        });
        clients.add(client);
        socket.once('close', () => clients.delete(client));
      });
      await listening(server, host, PORT).catch(() => listening(server, host, 0));
      endpoint.server = server;
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      this.endpoints.map(async (endpoint) => {
        const { server, pool, clients } = endpoint;
        for (const client of clients) client.destroy();
        pool.close();
        delete endpoint.server;
        if (server) await new Promise((resolve) => server.close(resolve));
      }),
    );
  }

  /** The values of `Fn::GetAtt`, by logical id; with PostgreSQL's port until they are open. */
  attributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return Object.fromEntries(
      this.endpoints.map((endpoint) => {
        const { host, port } = addressOf(endpoint);
        return [endpoint.logicalId, { Endpoint: host, Port: `${port}` }];
      }),
    );
  }
}

const addressOf = ({ host, server }: ProxyEndpoint): HostPort => ({
  host,
  port: (server?.address() as { port: number } | undefined)?.port ?? PORT,
});

/** On which RDS Proxy listens for PostgreSQL, whatever the port of the database is. */
const PORT = 5432;

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
