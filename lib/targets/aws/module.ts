import type { TargetModule } from '../module';
import type { Observe } from '../observe';
import type { Target } from '../target';
import { AWS, type AwsConfig } from './config';

/** An AWS account. */
export const aws: TargetModule<AwsConfig> & { readonly observe: Observe } = {
  name: 'aws',
  section: AWS,
  reportMisfits: () => {},
  tierNames: () => [],
  open: (section, folder) => targetWith(section, folder),
  reopen: (folder) => targetWith({}, folder),
  observe: (question) => (require('./observe') as typeof import('./observe')).observe(question),
};

/** The target is loaded when one is used: nothing else loads a part of the AWS SDK. */
function targetWith(section: AwsConfig, folder: string): Target {
  const { AwsTarget } = require('./aws-target') as typeof import('./aws-target');
  return new AwsTarget(section, { folder });
}
