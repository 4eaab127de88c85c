import type { CacheTier } from '../../../blueprint/blueprint';
import type { NodeMemory } from './memory';
import type { CacheServer } from './server';

/** What the differences of a cache depend on. */
export interface CacheDifferencesProps {
  readonly tier: CacheTier;
  readonly server: CacheServer;
  /** The parameters of the parameter group that the server rejected: the reason, by name. */
  readonly refused: ReadonlyMap<string, string>;
  readonly memory: NodeMemory;
  /** How its form differs. */
  readonly own: readonly string[];
}

/** How a cache on this machine differs from what it is on AWS, in sentences. */
export function differencesOf(props: CacheDifferencesProps): readonly string[] {
  const { tier, server, refused, memory, own } = props;
  return [
    ...engineDifference(tier, server),
    ...tlsDifference(tier, server),
    ...(memory.differs === undefined ? [] : [memory.differs]),
    ...own,
    ...(tier.hasUsers === true
      ? ['users and groups (RBAC) are not there: clients sign in with the token, or without a password']
      : []),
    ...(tier.users?.some(({ passwords }) => passwords.length === 0)
      ? ['users that sign in by IAM, or need no password, are let in with any']
      : []),
    ...[...refused].map(
      ([name, why]) =>
        `parameter ${name} = ${tier.parameters[name]} is not set: ${server.engine} reports "${why}"`,
    ),
  ];
}

/** Whether connections are encrypted here: where clients must, and the server can. */
export const isEncrypted = ({ tls }: Pick<CacheTier, 'tls'>, { hasTls }: CacheServer): boolean =>
  tls === 'required' && hasTls;

function tlsDifference({ tls }: CacheTier, server: CacheServer): readonly string[] {
  if (tls === undefined) return [];
  if (isEncrypted({ tls }, server))
    return [
      'its certificates are those of the environment, which tasks trust by NODE_EXTRA_CA_CERTS and SSL_CERT_FILE',
    ];
  return tls === 'preferred'
    ? ['connections are not encrypted: clients that encrypt, as they may on AWS, fail']
    : [`connections are not encrypted: ${server.command} was built without TLS`];
}

function engineDifference({ engine, engineVersion }: CacheTier, server: CacheServer): readonly string[] {
  const isSame =
    server.engine.toLowerCase() === engine && `${server.version}.`.startsWith(`${engineVersion}.`);
  const declared = engine === 'valkey' ? 'Valkey' : engine === 'redis' ? 'Redis' : engine;
  return isSame ? [] : [`${server.engine} ${server.version} stands in for ${declared} ${engineVersion}`];
}
