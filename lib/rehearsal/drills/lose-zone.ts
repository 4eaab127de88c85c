import { nonBlank } from '../../field';
import type { DrillKind } from './drill';
import { recover } from './recover';

/** Services whose tasks in one Availability Zone end at once. */
export const LOSE_ZONE: DrillKind<'loseZone'> = {
  key: 'loseZone',
  kind: 'lose zone',
  schema: (z) =>
    z.array(nonBlank(z)).meta({
      description:
        'Services of which all tasks in one Availability Zone end at once: in the zone that has the most. Others may start there again.',
      absent: 'none',
    }),
  default: [],
  plan: (services, context) =>
    services.map((service) => {
      const name = `tasks of ${service} in one zone lost`;
      return {
        name,
        tier: service,
        startsTasksDuring: name,
        perform: (watch) => recover(context, name, { kind: 'lose zone', tier: service }, watch),
      };
    }),
  tiers: ['service'],
  isBreaking: true,
};
