import type { Tier } from '../../blueprint/blueprint';
import { cacheServer, NO_CACHE_SERVER } from './cache/server';
import type { LocalSection } from './config';
import { whyNoDocuments } from './document/module';

/** Why a tier cannot be stood up on this machine; undefined when it can. */
export function whySkipped(tier: Tier, { services }: Pick<LocalSection, 'services'>): string | undefined {
  if (tier.kind === 'sql' && tier.instance) return nothingFor(`an RDS instance of ${tier.engine}`);
  if (tier.kind === 'sql') return tier.engine.includes('postgresql') ? undefined : nothingFor(tier.engine);
  if (tier.kind === 'cache') return cacheServer() ? undefined : NO_CACHE_SERVER;
  if (tier.kind === 'document') return whyNoDocuments();
  if (tier.kind === 'storage') return nothingFor(tier.type);
  if (services[tier.name]) return undefined;
  return `twin.config.ts has no command for it: add local.services.${tier.name}`;
}

const nothingFor = (what: string): string => `nothing on this machine stands in for ${what}`;
