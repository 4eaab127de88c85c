import { isBefore, type DocumentServer } from './server';

/** What a member is started with. */
export interface MemberOptions {
  readonly host: string;
  readonly port: number;
  /** The folder of its data. */
  readonly data: string;
  /** The file with the key by which members know each other. */
  readonly keyFile: string;
  /** How many connections it offers to clients; undefined for as many as MongoDB does. */
  readonly connections: number | undefined;
  /** Files by which it encrypts its connections. @default - they are plain */
  readonly tls?: { readonly certificate: string; readonly authority: string };
}

/** The name of the replica set, which is that of every DocumentDB cluster. */
export const REPLICA_SET = 'rs0';

/** The arguments of `mongod` for a member. */
export function argumentsFor(member: MemberOptions, server: DocumentServer): string[] {
  const { host, port, data, keyFile, tls, connections } = member;
  // an environment lives for hours, and several members share this machine
  const small = ['--oplogSize', '64', '--wiredTigerCacheSizeGB', '0.25'];
  return [
    '--bind_ip',
    host,
    '--port',
    String(port),
    '--nounixsocket',
    '--dbpath',
    data,
    '--replSet',
    REPLICA_SET,
    '--keyFile',
    keyFile,
    ...small,
    ...(connections === undefined ? [] : ['--maxConns', String(connections + OWN_CONNECTIONS)]),
    '--setParameter',
    'diagnosticDataCollectionEnabled=false',
    ...(tls ? tlsArguments(tls, server) : []),
  ];
}

/** What members have with each other and with us. */
const OWN_CONNECTIONS = 64;

/** The options have other names from MongoDB 4.2 on. */
function tlsArguments(
  { certificate, authority }: NonNullable<MemberOptions['tls']>,
  { version }: DocumentServer,
): string[] {
  const [mode, key, ca, anybody] = isBefore(version, [4, 2])
    ? ['ssl', '--sslPEMKeyFile', '--sslCAFile', '--sslAllowConnectionsWithoutCertificates']
    : ['tls', '--tlsCertificateKeyFile', '--tlsCAFile', '--tlsAllowConnectionsWithoutCertificates'];
  return [`--${mode}Mode`, `require${mode.toUpperCase()}`, key, certificate, ca, authority, anybody];
}
