import { isObject, type Json } from '../json';
import type { RunningStack } from '../targets/observe';
import { constructOf } from '../template/constructs';
import type { Path } from '../template/differences';
import type { LivePlace } from './report';

/** Where something of a stack's resource is, as reports call it. */
export function placeIn(
  { path: stack, template }: RunningStack,
  { logicalId, type }: { readonly logicalId: string; readonly type: string },
  path: Path,
): LivePlace {
  const construct = constructOf(entry(template['Resources'], logicalId));
  return { stack, logicalId, type, path, ...(construct && { construct }) };
}

const entry = (entries: Json | undefined, id: string): Json | undefined =>
  isObject(entries) ? entries[id] : undefined;
