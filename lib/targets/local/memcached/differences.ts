import type { CacheProps } from '../../../blueprint/blueprint';
import { REPLACED_AT_ONCE } from '../cache/form';
import type { NodeMemory } from '../cache/memory';
import { unknownIn } from './options';
import type { MemcachedServer } from './server';

/** What the differences of a cache depend on. */
export interface MemcachedDifferencesProps {
  readonly cache: CacheProps;
  readonly server: MemcachedServer;
  readonly memory: NodeMemory;
}

/** How Memcached on this machine differs from ElastiCache for Memcached, in sentences. */
export function differencesOf({ cache, server, memory }: MemcachedDifferencesProps): readonly string[] {
  const { engineVersion, isServerless, encrypts, hasUsers, parameters } = cache;
  const isSame = `${server.version}.`.startsWith(`${engineVersion}.`);
  return [
    ...(isSame ? [] : [`Memcached ${server.version} stands in for Memcached ${engineVersion}`]),
    ...(encrypts
      ? [
          'its certificates are those of the environment, which tasks trust by NODE_EXTRA_CA_CERTS and SSL_CERT_FILE',
        ]
      : []),
    ...(memory.differs === undefined ? [] : [memory.differs]),
    ...(isServerless
      ? [
          'a serverless cache is one node here, which nothing scales or throttles, and both its ports lead to it',
        ]
      : []),
    REPLACED_AT_ONCE,
    'a checkpoint has none of its data: it is empty after a retry',
    ...(hasUsers ? ['users and groups (RBAC) are not there: clients sign in without a password'] : []),
    ...unknownIn(parameters).map((name) => `parameter ${name} = ${parameters[name]} is not set`),
  ];
}
