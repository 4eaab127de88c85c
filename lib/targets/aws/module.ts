import type { AwsTrafficConfig, VerifiedProduction } from '../../config/types';
import type { TargetModule } from '../module';
import type { Observe } from '../observe';
import type { OldProduction } from '../old-production';
import type { Production, ProductionPlace } from '../production';
import type { Deployment, Target } from '../target';
import type { Traffic } from '../traffic';
import { awsSchema, type AwsSection } from './config';
import type { AwsPlace } from './place';
import { seedTiers } from './seed-names';

/** An AWS account. */
export const aws: TargetModule<'aws', AwsSection> & { readonly observe: Observe } = {
  name: 'aws',
  schema: awsSchema,
  reportMisfits: () => {},
  tierNames: ({ migrate, pauses, seed }) => [
    ...(migrate ? [{ at: 'aws.migrate.as', name: migrate.as, kinds: ['service'] as const }] : []),
    ...Object.keys(pauses ?? {}).map((name) => ({ at: 'aws.pauses', name, kinds: ['service'] as const })),
    ...seedTiers(seed ?? {}),
  ],
  open: (section, folder) => targetWith(section, folder),
  reopen: (folder) => targetWith({}, folder),
  productionBy: 'assembly',
  openProduction: (section, folder, place) => productionAt(section, folder, place),
  openTraffic: (section) => section?.traffic && trafficBy(section.traffic, section.production),
  openOldProduction: ({ production }, deployment) => oldProductionAt(deployment, production),
  observe: (question) => (require('./observe') as typeof import('./observe')).observe(question),
};

/** The address of customers leads to either of two between which traffic is shared. */
function productionAt(
  { production = {}, traffic }: AwsSection,
  folder: string,
  place: ProductionPlace,
): Production {
  const { verified } = require('./verified') as typeof import('./verified');
  const own = traffic?.productions[place.deployment.environment];
  return verified(own ? { ...production, url: own.url } : production, folder, place);
}

function trafficBy(section: AwsTrafficConfig, production: VerifiedProduction = {}): Traffic {
  const { AwsTraffic } = require('./traffic') as typeof import('./traffic');
  return new AwsTraffic(section, placeOf(production));
}

function oldProductionAt(deployment: Deployment, production: VerifiedProduction = {}): OldProduction {
  const { OldAwsProduction } = require('./old-production') as typeof import('./old-production');
  return new OldAwsProduction(deployment, placeOf(production));
}

/** Where production is, with calls that change it. */
function placeOf({ profile, region }: VerifiedProduction): AwsPlace {
  const { AwsPlace: Place } = require('./place') as typeof import('./place');
  const { CHOSEN_BY } = require('./verified') as typeof import('./verified');
  return new Place({ profile, region, chosenBy: CHOSEN_BY });
}

/** The target is loaded when one is used: nothing else loads a part of the AWS SDK. */
function targetWith(section: AwsSection, folder: string): Target {
  const { AwsTarget } = require('./aws-target') as typeof import('./aws-target');
  return new AwsTarget(section, { folder });
}
