import type { Tier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import type { OtherCache } from '../cache/form';
import type { Technology } from '../technology';
import { memcachedServer, NO_MEMCACHED } from './server';
import { LocalMemcached } from './tier';

/** ElastiCache for Memcached, on the Memcached of this machine. */
export const memcached: Technology<OtherCache> = {
  measuresLag: false,
  whyNoCopy: 'nothing can be read out of Memcached but by its keys',
  matches: (tier: Tier): tier is OtherCache => tier.kind === 'storage' && tier.cache?.engine === 'memcached',
  checkSeed: () => Promise.reject(noSeed()),
  whyNot: () => (memcachedServer() ? undefined : NO_MEMCACHED),
  stand: (tier, place) =>
    new LocalMemcached({ tier, ...place, username: '', password: '', server: memcachedServer()! }),
};

const noSeed = (): TwinError =>
  new TwinError({
    code: 'seed',
    message: 'Memcached begins empty, as on AWS',
    fix: 'Remove its seed from the config.',
  });
