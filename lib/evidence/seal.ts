import { digestOf } from '../digest';
import type { Cutover } from './cutover';
import type { Evidence } from './evidence';
import type { Verification } from './verification';

/** What is sealed. */
type Sealed = Evidence | Verification | Cutover;

/** Evidence with its seal, in the place of one that it may have. */
export const seal = <T extends Sealed = Evidence>(evidence: Omit<NoInfer<T>, 'seal'>): T =>
  ({ ...evidence, seal: sealOf(evidence) }) as unknown as T;

/** Whether evidence is as it was sealed. Anybody can seal anew: it shows what was changed in passing, and proves no author. */
export const isSealed = (evidence: Sealed): boolean => evidence.seal === sealOf(evidence);

function sealOf(evidence: object): string {
  const { seal: _seal, ...sealed } = evidence as { readonly seal?: string };
  return digestOf(sealed);
}
