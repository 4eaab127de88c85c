import type { ServiceTier, Tier } from '../../blueprint/blueprint';
import type { Coverage } from '../target';
import type { LocalSection } from './config';
import { whyNoDocuments } from './document';
import { technologyOf } from './technologies';

/** Whether a tier can be stood up on this machine, and what of it is not measured here. */
export function coverageOf(tier: Tier, settings: Pick<LocalSection, 'services'>): Coverage {
  const name = { tier: tier.name, kind: tier.kind };
  const because = whySkipped(tier, settings);
  if (because !== undefined) return { ...name, skipped: true, because };
  return { ...name, skipped: false, ...(!technologyOf(tier)?.measuresLag && { noLag: NO_LAG }) };
}

/** Why a tier cannot be stood up on this machine; undefined when it can. */
export function whySkipped(tier: Tier, { services }: Pick<LocalSection, 'services'>): string | undefined {
  if (tier.kind === 'service') {
    if (services[tier.name]) return undefined;
    return `twin.config.ts has no command for it: add local.services.${tier.name}`;
  }
  const technology = technologyOf(tier);
  if (technology) return technology.whyNot(tier);
  if (tier.kind === 'document') return whyNoDocuments();
  return `nothing on this machine stands in for ${whatIs(tier)}`;
}

function whatIs(tier: Exclude<Tier, ServiceTier>): string {
  if (tier.kind === 'storage') return tier.type;
  if (tier.kind === 'sql') return tier.instance ? `an RDS instance of ${tier.engine}` : tier.engine;
  return tier.kind;
}

const NO_LAG = 'on this machine the lag of SQL databases is measured, and of nothing else';

/** What a data tier runs on in AWS. */
export function engineOnAws(tier: Exclude<Tier, ServiceTier>): string {
  if (tier.kind === 'storage') return tier.type;
  const engine = tier.kind === 'document' ? 'DocumentDB' : tier.engine;
  return `${engine} ${tier.engineVersion}`;
}
