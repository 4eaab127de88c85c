import type { TargetModule } from '../module';
import type { Target } from '../target';
import type { Production, ProductionPlace } from '../production';
import { localSchema, reportMisfits, tierNames, type LocalSection } from './config';

/** This machine. */
export const local: TargetModule<'local', LocalSection> = {
  name: 'local',
  schema: localSchema,
  reportMisfits,
  tierNames,
  open: (section, folder) => targetWith(section, folder),
  reopen: (folder) => targetWith({ services: {}, seed: {}, replicationDelayMs: 0 }, folder),
  productionBy: 'ledger',
  openProduction: (_, folder, place) => productionAt(folder, place),
  openTraffic: () => (require('./traffic') as typeof import('./traffic')).trafficHere,
};

function productionAt(folder: string, { handle }: ProductionPlace): Production {
  if (!handle) throw new Error('a production on this machine has a handle');
  const { productionHere } = require('./production') as typeof import('./production');
  return productionHere(handle, folder);
}

/** The target is loaded when one is used: few commands do. */
function targetWith(section: LocalSection, folder: string): Target {
  const { LocalTarget } = require('./local-target') as typeof import('./local-target');
  return new LocalTarget({ settings: { ...section, folder } });
}
