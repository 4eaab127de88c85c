import type { ComputeTier, ServiceTier, Tier } from '../../blueprint/blueprint';
import type { Coverage, Preflight } from '../target';
import { STAND_IN } from './emulator/differences';
import { whyNotCompute, whyNotEmulated } from './emulator/module';
import { isEmulated } from './emulator/selection';
import type { LocalSettings } from './settings';
import { sharedTier, type FirstProduction } from './shared-data';
import { technologyOf } from './technologies';

/** Whether a tier can be stood up on this machine, and what of it is not measured here. */
export function coverageOf(tier: Tier, settings: SettingsOfCoverage): Coverage {
  const name = { tier: tier.name, kind: tier.kind };
  const because = whySkipped(tier, settings);
  if (because !== undefined) return { ...name, skipped: true, because };
  return {
    ...name,
    skipped: false,
    ...(!technologyOf(tier)?.measuresLag && { noLag: NO_LAG }),
    ...(isEmulated(tier) && { standIn: STAND_IN }),
  };
}

/** What a production stands up beside another one: its services, and the tiers whose data it has for itself. */
export function coverageBeside(
  tiers: readonly Tier[],
  { environment, begins }: FirstProduction,
  settings: SettingsOfCoverage,
): Pick<Preflight, 'tiers' | 'refusals'> {
  const emulated = tiers.filter((tier) => isEmulated(tier) && whySkipped(tier, settings) === undefined);
  return {
    tiers: tiers.map((tier) =>
      tier.kind === 'service' || begins(tier.name) !== undefined
        ? coverageOf(tier, settings)
        : sharedTier(tier, environment),
    ),
    refusals: [
      ...emulated.map(
        ({ name }) =>
          `${name} of ${environment} is in an emulator of AWS, which a second production cannot share: set local.awsEndpoint to false`,
      ),
      ...tiers.flatMap((tier) => {
        const because = begins(tier.name) === 'copy' ? technologyOf(tier)?.whyNoCopy : undefined;
        return because === undefined ? [] : [`${tier.name} cannot be seeded from ${environment}: ${because}`];
      }),
    ],
  };
}

/** What coverage depends on. */
type SettingsOfCoverage = Pick<LocalSettings, 'services' | 'awsEndpoint'>;

/** Why a tier cannot be stood up on this machine; undefined when it can. */
export function whySkipped(tier: Tier, settings: SettingsOfCoverage): string | undefined {
  if (tier.kind === 'service') {
    if (settings.services[tier.name]) return undefined;
    return `twin.config.ts has no command for it: add local.services.${tier.name}`;
  }
  if (tier.kind === 'compute') return whyNotCompute(tier);
  if (isEmulated(tier)) return whyNotEmulated(tier, settings.awsEndpoint);
  const technology = technologyOf(tier);
  if (technology) return technology.whyNot(tier);
  return `nothing on this machine stands in for ${whatIs(tier)}`;
}

function whatIs(tier: Exclude<Tier, ServiceTier | ComputeTier>): string {
  if (tier.kind === 'storage') return tier.type;
  if (tier.kind === 'sql') return tier.instance ? `an RDS instance of ${tier.engine}` : tier.engine;
  return tier.kind;
}

const NO_LAG = 'on this machine the lag of databases is measured, and of nothing else';

/** What a data tier runs on in AWS. */
export function engineOnAws(tier: Exclude<Tier, ServiceTier>): string {
  if (tier.kind === 'storage' || tier.kind === 'compute') return tier.type;
  if (tier.kind === 'function') return 'AWS Lambda';
  const engine = tier.kind === 'document' ? 'DocumentDB' : tier.engine;
  return `${engine} ${tier.engineVersion}`;
}
