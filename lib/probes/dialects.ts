import type { ProbeDatabase } from './context';
import type { Dialect } from './dialect';
import { mysql } from './mysql/dialect';
import { postgresql } from './postgres/dialect';

/** All of them; an engine's folder, and a line here. */
const DIALECTS: Readonly<Record<ProbeDatabase['engine'], Dialect>> = { postgresql, mysql };

/** How checks ask a database. */
export const dialectOf = ({ engine }: Pick<ProbeDatabase, 'engine'>): Dialect => DIALECTS[engine];
