import { isNoScale } from '../scale/property-kinds';
import { at, type Path } from '../template/differences';
import type { Model } from '../template/model';

/**
 * The property at a path when it says what something is, such as a port or a version: no number there follows a scale. The
 * end of a range of ports does: it says how many there are.
 */
export function choosing(path: Path, model: Model): string | undefined {
  const index = path.findLastIndex(
    (step) => typeof step === 'string' && !/^(?:Fn::|Ref$|\(json\)$)/.test(step),
  );
  const property = String(path[index] ?? '');
  if (path[0] !== 'Resources' || !isNoScale(property)) return undefined;
  const ends =
    property === 'ToPort' ? ['FromPort', 'ToPort'].map((it) => at(model, [...path.slice(0, index), it])) : [];
  return ends.length > 0 && ends[0] !== ends[1] ? undefined : property;
}
