import { digestOf } from '../digest';
import type { Evidence } from './evidence';

/** Evidence with its seal, in the place of one that it may have. */
export const seal = (evidence: Omit<Evidence, 'seal'>): Evidence => ({ ...evidence, seal: sealOf(evidence) });

/** Whether evidence is as it was sealed. Anybody can seal anew: it shows what was changed in passing, and proves no author. */
export const isSealed = (evidence: Evidence): boolean => evidence.seal === sealOf(evidence);

function sealOf(evidence: Omit<Evidence, 'seal'>): string {
  const { seal: _seal, ...sealed } = evidence as Evidence;
  return digestOf(sealed);
}
