import type { TargetModule } from '../module';
import type { Observe } from '../observe';
import type { Production, ProductionPlace } from '../production';
import type { Target } from '../target';
import { awsSchema, type AwsSection } from './config';

/** The tiers that are restored; a cluster that is no other tier is storage. */
const DATABASES = ['sql', 'document', 'storage'] as const;

/** An AWS account. */
export const aws: TargetModule<'aws', AwsSection> & { readonly observe: Observe } = {
  name: 'aws',
  schema: awsSchema,
  reportMisfits: () => {},
  tierNames: ({ migrate, pauses, seed }) => [
    ...(migrate ? [{ at: 'aws.migrate.as', name: migrate.as, kinds: ['service'] as const }] : []),
    ...Object.keys(pauses ?? {}).map((name) => ({ at: 'aws.pauses', name, kinds: ['service'] as const })),
    ...Object.keys(seed?.clusters ?? {}).map((name) => ({ at: 'aws.seed.clusters', name, kinds: DATABASES })),
    ...Object.keys(seed?.empty ?? {}).map((name) => ({ at: 'aws.seed.empty', name, kinds: DATABASES })),
  ],
  open: (section, folder) => targetWith(section, folder),
  reopen: (folder) => targetWith({}, folder),
  productionBy: 'assembly',
  openProduction: ({ production }, folder, place) => productionAt(production, folder, place),
  observe: (question) => (require('./observe') as typeof import('./observe')).observe(question),
};

const productionAt = (
  section: AwsSection['production'],
  folder: string,
  place: ProductionPlace,
): Production =>
  (require('./verified') as typeof import('./verified')).verified(section ?? {}, folder, place);

/** The target is loaded when one is used: nothing else loads a part of the AWS SDK. */
function targetWith(section: AwsSection, folder: string): Target {
  const { AwsTarget } = require('./aws-target') as typeof import('./aws-target');
  return new AwsTarget(section, { folder });
}
