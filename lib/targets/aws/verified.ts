import { TwinError } from '../../error';
import { probesHere, type ProbeWatch } from '../../probes/probes';
import type { VerifiedProduction } from '../../config/types';
import { productionWith, type Production, type ProductionPlace } from '../production';
import { serviceAddresses } from './addresses';
import { stacksOf } from './environment-stacks';
import { clientsOf } from './client-figures';
import { liveTiers, type LiveTier } from './live-tiers';
import { stateOf } from './members';
import { observe } from './observe';
import { AwsPlace } from './place';
import { restoredIn, seedsFrom } from './restored-from';

/** What a person sets the credentials for production with. */
export const CHOSEN_BY = {
  profile: 'aws.production.profile in twin.config.ts',
  region: 'aws.production.region in twin.config.ts',
};

/**
 * A production that is deployed, with calls that read alone: any other one is refused before it is sent. Checks run in this process, so
 * that it has to be reached from here, as customers reach it.
 *
 * @param folder - of the config, in which commands run
 */
export function verified(
  { url, profile, region }: VerifiedProduction,
  folder: string,
  { deployment }: ProductionPlace,
  requestMs?: number,
): Production {
  const place = new AwsPlace({ profile, region, requestMs, isReadOnly: true, chosenBy: CHOSEN_BY });
  const stacks = stacksOf(deployment);
  const restored = restoredIn(deployment);
  const tiers = async (signal: AbortSignal): Promise<LiveTier[]> => {
    await checkAccount(stacks, place, deployment.environment, signal);
    const refs = stacks.map(({ path, name, region: where }) => ({
      path,
      name,
      region: where,
      id: undefined,
    }));
    return liveTiers(deployment.environment, refs, place.in, signal);
  };
  return productionWith({
    target: 'aws',
    clients: async (since, { signal }) => clientsOf(await tiers(signal), since.getTime(), place, signal),
    seeds: ({ signal }) => seedsFrom(restored, deployment.environment, place, signal),
    observed: ({ signal }) =>
      observe({ stacks, profile, region, flags: { ...CHOSEN_BY, stack: 'the assembly' }, signal }),
    describe: async ({ signal }) => Promise.all((await tiers(signal)).map((live) => stateOf(live, signal))),
    probes: async ({ signal }: ProbeWatch) => {
      const services = await serviceAddresses(await tiers(signal), signal);
      const open = services.filter(({ isPublic }) => isPublic);
      // the address of customers leads to the first service, and a load balancer of its own to each other one
      const urls = Object.fromEntries(open.map((it, i) => [it.tier, i === 0 ? (url ?? it.url) : it.url]));
      const first = url ?? open[0]?.url;
      if (first === undefined) throw notReached(deployment.environment, services.length);
      const inside = services[0] ? { [services[0].tier]: first } : {};
      return probesHere({
        url: first,
        urls: open.length > 0 ? urls : inside,
        databases: [], // what is not reached cannot be changed
        folder,
        environment: {},
        inProduction: true,
      });
    },
  });
}

/** With credentials for another account, everything of a production seems to be gone. @throws TwinError `elsewhere` */
export async function checkAccount(
  stacks: readonly { readonly name: string; readonly account: string | undefined }[],
  place: AwsPlace,
  environment: string,
  signal: AbortSignal,
): Promise<void> {
  const own = await place.account(signal);
  const other = stacks.find(({ account }) => account !== undefined && account !== own);
  if (!other) return;
  throw new TwinError({
    code: 'elsewhere',
    message: `${environment} is in the account ${other.account}, and the credentials are for ${own}`,
    fix: `Sign in to ${other.account}, or name a profile for it in ${CHOSEN_BY.profile}.`,
  });
}

const notReached = (environment: string, services: number): TwinError =>
  new TwinError({
    code: 'not-reached',
    message:
      services === 0
        ? `${environment} has no service with a load balancer that requests could be sent to`
        : `${environment} has no internet-facing load balancer, and the config names no address of it`,
    fix: 'Set aws.production.url to an address that is reached from where twin runs.',
  });
