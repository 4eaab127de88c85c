import type { CacheTier } from '../../../blueprint/blueprint';
import type { Technology } from '../technology';
import { readCommands } from './commands';
import { isCache, type OtherCache } from './form';
import { cacheServer, NO_CACHE_SERVER } from './server';
import { LocalCache } from './tier';

/** ElastiCache, on the Valkey or Redis of this machine. */
export const cache: Technology<CacheTier | OtherCache> = {
  measuresLag: false,
  matches: isCache,
  checkSeed: async (_, path) => {
    readCommands(path);
  },
  whyNot: () => (cacheServer() ? undefined : NO_CACHE_SERVER),
  stand: (tier, { names, ...place }) => {
    const users = tier.kind === 'storage' ? tier.cache.users : tier.users;
    return new LocalCache({
      tier,
      ...place,
      username: '',
      password:
        tier.kind === 'storage' || tier.authToken === undefined ? '' : names.text(tier.stack, tier.authToken),
      users: users?.map(({ stack, name, access, passwords }) => ({
        name,
        access: access.trim().split(/\s+/),
        passwords: passwords.map((it) => names.text(stack, it)),
      })),
    });
  },
};
