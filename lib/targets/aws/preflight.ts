import type { ServiceTier, Tier } from '../../blueprint/blueprint';
import { blueprintOf } from '../../blueprint/read-blueprint';
import type { Coverage, Deployment, Preflight } from '../target';
import type { AwsConfig } from '../../config/types';
import { accountsOf, regionOf, stacksOf } from './environment-stacks';
import type { AwsPlace } from './place';
import { policiesOnProduction } from './policies';
import { productionOf } from './production';
import { withoutRole } from './self-destruct-role';
import { releasesOf } from './service-waits';
import { testFailovers } from './test-failovers';

/** What is known of a deployment before anything of it exists: why it is refused, and what would stand. */
export async function preflight(
  deployment: Deployment,
  place: AwsPlace,
  { allowProductionAccount, pauses }: Pick<AwsConfig, 'allowProductionAccount' | 'pauses'>,
  signal: AbortSignal,
): Promise<Preflight> {
  const caller = await place.caller(signal);
  const others = [...accountsOf(deployment)].filter((it) => it !== caller.account);
  const isProduction =
    allowProductionAccount === undefined
      ? await productionOf(deployment, caller.account, place.in, signal)
      : undefined;
  const policies = await policiesOnProduction(deployment, caller, place.in, signal);
  const { tiers } = blueprintOf(deployment.assembly, deployment.environment);
  const services = tiers.filter((it): it is ServiceTier => it.kind === 'service');
  const { refusals, warnings, ...waits } = releasesOf(services, pauses);
  return {
    tiers: tiers.map((tier): Coverage => ({
      tier: tier.name,
      kind: tier.kind,
      skipped: false,
      ...noLagOf(tier),
    })),
    refusals: [
      ...others.map(
        (it) => `the credentials are for the account ${caller.account}, and staging belongs to ${it}`,
      ),
      ...(isProduction === undefined ? [] : [isProduction]),
      ...withoutRole(deployment),
      ...policies.refusals,
      ...refusals,
    ],
    warnings: [...policies.warnings, ...warnings],
    ...waits,
    code: imagesOf(tiers),
    isBilled: true,
    ...(await failoversOf(deployment, tiers, place, signal)),
  };
}

/** Of each Region in which it has caches. */
async function failoversOf(
  deployment: Deployment,
  tiers: readonly Tier[],
  place: AwsPlace,
  signal: AbortSignal,
): Promise<Pick<Preflight, 'failovers'>> {
  const stacks = stacksOf(deployment);
  const shards = new Map<string | undefined, Record<string, number>>();
  for (const tier of tiers) {
    if (tier.kind !== 'cache') continue;
    const region = regionOf(stacks, tier.stack);
    shards.set(region, { ...shards.get(region), [tier.name]: tier.shards });
  }
  if (shards.size === 0) return {};
  const all = [...shards].map(([region, its]) => testFailovers(its, place.in(region), signal));
  return { failovers: await Promise.all(all) };
}

/** The images of the services, as the templates have them: the same mean the same code. */
const imagesOf = (tiers: readonly Tier[]): string =>
  JSON.stringify(tiers.flatMap((tier) => (tier.kind === 'service' ? [tier.container.image ?? null] : [])));

/** A reader of Aurora, or of a cache in cluster mode, may come by autoscaling; elsewhere there are those of the template alone. */
function noLagOf(tier: Tier): { readonly noLag?: string } {
  const isAlone =
    (tier.kind === 'document' && tier.members.length < 2) ||
    (tier.kind === 'cache' && !tier.clusterMode && tier.replicas === 0);
  return isAlone ? { noLag: `${tier.name} has no replica` } : {};
}
