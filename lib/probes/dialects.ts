import type { ProbeDatabase } from './context';
import type { Dialect } from './dialect';
import { postgresql } from './postgres/dialect';

/** All of them; an engine's folder, and a line here. What runs in a task on AWS has no room for those that are not asked there. */
const DIALECTS: Readonly<Record<ProbeDatabase['engine'], () => Dialect>> = {
  postgresql: () => postgresql,
  mongodb: () => (require('./mongodb/dialect') as typeof import('./mongodb/dialect')).mongodb,
  mysql: () => (require('./mysql/dialect') as typeof import('./mysql/dialect')).mysql,
};

/** How checks ask a database. */
export const dialectOf = ({ engine }: Pick<ProbeDatabase, 'engine'>): Dialect => DIALECTS[engine]();
