import type { Watched } from '../../evidence/evidence';
import { isBreaking } from '../drills/registry';
import { BASELINE } from '../watched';
import type { Measured } from './gate';

/** What was watched since the candidate was released. */
export const sinceRelease = (watched: readonly Watched[]): Watched[] =>
  watched.filter(({ during }) => during !== BASELINE);

/** What was watched since then of steps in which nothing is broken on purpose. */
export function quietSteps({ watched, drills }: Pick<Measured, 'watched' | 'drills'>): Watched[] {
  const breaking = new Set(drills.filter(isBreaking).map(({ name }) => name));
  return sinceRelease(watched).filter(({ during }) => !breaking.has(during));
}
