import type { CacheTier, Tier } from '../../../blueprint/blueprint';
import type { Technology } from '../technology';
import { readCommands } from './commands';
import { cacheServer, NO_CACHE_SERVER } from './server';
import { LocalCache } from './tier';

/** ElastiCache, on the Valkey or Redis of this machine. */
export const cache: Technology<CacheTier> = {
  measuresLag: false,
  matches: (tier: Tier): tier is CacheTier => tier.kind === 'cache',
  checkSeed: async (_, path) => {
    readCommands(path);
  },
  whyNot: () => (cacheServer() ? undefined : NO_CACHE_SERVER),
  stand: (tier, { names, ...place }) =>
    new LocalCache({
      tier,
      ...place,
      username: '',
      password: tier.authToken === undefined ? '' : names.text(tier.stack, tier.authToken),
    }),
};
