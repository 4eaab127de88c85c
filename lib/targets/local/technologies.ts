import type { Tier } from '../../blueprint/blueprint';
import { cache } from './cache/module';
import { documents } from './document/module';
import { memcached } from './memcached/module';
import { mysql } from './mysql/module';
import { postgres } from './postgres/module';
import type { Technology } from './technology';

/** All of them; a technology's folder, and a line here. */
const TECHNOLOGIES: readonly Technology[] = [postgres, mysql, documents, cache, memcached];

/** What a data tier runs on here; undefined where nothing stands in for it. */
export const technologyOf = (tier: Tier): Technology | undefined =>
  TECHNOLOGIES.find((it) => it.matches(tier));
