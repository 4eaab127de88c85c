import type { TargetModule } from '../module';
import type { Target } from '../target';
import { localSchema, reportMisfits, tierNames, type LocalSection } from './config';

/** This machine. */
export const local: TargetModule<'local', LocalSection> = {
  name: 'local',
  schema: localSchema,
  reportMisfits,
  tierNames,
  open: (section, folder) => targetWith(section, folder),
  reopen: (folder) => targetWith({ services: {}, seed: {}, replicationDelayMs: 0 }, folder),
};

/** The target is loaded when one is used: few commands do. */
function targetWith(section: LocalSection, folder: string): Target {
  const { LocalTarget } = require('./local-target') as typeof import('./local-target');
  return new LocalTarget({ settings: { ...section, folder } });
}
