import { nonBlank } from '../../field';
import type { DrillKind } from './drill';
import { recover } from './recover';

/** Tasks that are killed. */
export const KILL_TASK: DrillKind<'killTask'> = {
  key: 'killTask',
  kind: 'kill task',
  schema: (z) =>
    z
      .array(nonBlank(z))
      .meta({ description: 'Services of which one task is killed with SIGKILL.', absent: 'none' }),
  default: [],
  plan: (services, context) =>
    services.map((service) => {
      const name = `one task of ${service} killed`;
      return {
        name,
        tier: service,
        startsTasksDuring: name,
        perform: (watch) => recover(context, name, { kind: 'kill task', tier: service }, watch),
      };
    }),
  tiers: ['service'],
  isBreaking: true,
};
