import type { ServiceTier, Tier } from '../../blueprint/blueprint';
import { blueprintOf } from '../../blueprint/read-blueprint';
import type { AwsConfig } from '../../config/types';
import type { Deployment, Preflight } from '../target';

/** The services of a deployment. */
export const servicesOf = ({ assembly, environment }: Deployment): readonly ServiceTier[] =>
  blueprintOf(assembly, environment).tiers.filter((it: Tier) => it.kind === 'service');

/** Whether tasks of both releases run side by side for a while, so that the way back is to send clients to the old ones again. */
export const isRolledBackUnderWay = ({ deployment: { waits, strategy } }: ServiceTier): boolean =>
  strategy !== 'ECS/ROLLING' && waits !== undefined && waits.bakeMinutes !== 0;

/** How long a release waits on purpose, at least: services are deployed side by side where nothing orders them. */
export const waitMinutesOf = (services: readonly ServiceTier[]): number =>
  Math.max(0, ...services.map(({ deployment: { waits } }) => waits?.bakeMinutes ?? 0));

/** How long a release may wait: one service after the other, and each hook until its time-out at each of its stages. */
export const mostWaitMinutes = (services: readonly ServiceTier[]): number =>
  services
    .flatMap(({ deployment: { waits } }) => waits ?? [])
    .reduce((all, { bakeMinutes = 0, hooks }) => {
      const hooked = hooks.map(({ stages, timeoutMinutes }) => stages.length * timeoutMinutes);
      return all + bakeMinutes + hooked.reduce((sum, it) => sum + it, 0);
    }, 0);

/** What is to be known of how services are released, before anything exists. */
export function releasesOf(
  services: readonly ServiceTier[],
  pauses: NonNullable<AwsConfig['pauses']> = {},
): Pick<Preflight, 'refusals' | 'warnings' | 'waitMinutes'> {
  const waitMinutes = waitMinutesOf(services);
  return {
    refusals: services.filter((it) => !isByEcs(it)).map(notByEcs),
    warnings: services.flatMap((it) => [...bakeOf(it), ...pausesOf(it, pauses)]),
    ...(waitMinutes > 0 && { waitMinutes }),
  };
}

const isByEcs = ({ deployment: { strategy } }: ServiceTier): boolean => strategy.startsWith('ECS/');

/** UpdateService changes no task definition of theirs, so that CloudFormation brings no release to them. */
const notByEcs = ({ name, deployment: { strategy } }: ServiceTier): string =>
  `${name} is released by the deployment controller ${strategy}, and not by CloudFormation: a rehearsal would not bring the candidate to it; deploy it with the controller ECS, whose strategies BLUE_GREEN, LINEAR and CANARY do the same`;

const bakeOf = ({ name, deployment: { strategy, waits } }: ServiceTier): string[] =>
  waits && waits.bakeMinutes === undefined
    ? [
        `${name} is released by ${strategy}, and its template gives no BakeTimeInMinutes: how long it waits is not known`,
      ]
    : [];

function pausesOf(
  { name, deployment: { waits } }: ServiceTier,
  pauses: NonNullable<AwsConfig['pauses']>,
): string[] {
  if (pauses[name] !== undefined) return [];
  return (waits?.hooks ?? [])
    .filter(({ type }) => type === 'PAUSE')
    .map(
      ({ stages, timeoutMinutes, onTimeout }) =>
        `each release of ${name} waits for an answer at ${stages.join(', ')}, for ${timeoutMinutes} min, then ECS does ${onTimeout}; aws.pauses.${name} of twin.config.ts can give it`,
    );
}
