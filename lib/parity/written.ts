import { join } from 'node:path';
import { digestOf } from '../digest';
import { isObject, type Json, type JsonObject } from '../json';
import type { AssemblyList } from '../template/assembly';
import type { WrittenAssembly } from './manifest';

/** What the lists of an assembly say that is acted on; the tree, reports of flags and the like only tell. */
const DEPLOYED: ReadonlySet<Json> = new Set([
  'aws:cloudformation:stack',
  'cdk:asset-manifest',
  'cdk:cloud-assembly',
]);

/** Not acted on: what a construct was called and warned of. */
const TOLD: ReadonlySet<string> = new Set(['metadata', 'additionalMetadataFile', 'displayName']);

/**
 * Digests of what an assembly says of its stacks, of its lists of assets, and of the assemblies in it, each by the list that says
 * it: `manifest.json#Prod`.
 */
export function artifactsIn(lists: readonly AssemblyList[]): WrittenAssembly['artifacts'] {
  const digests = lists.flatMap(({ prefix, artifacts, assetLists }) => {
    const acted = Object.entries(artifacts).flatMap(([id, artifact]): [string, JsonObject][] =>
      isObject(artifact) && DEPLOYED.has(artifact['type'] ?? null) ? [[id, artifact]] : [],
    );
    return [
      ...acted.map(
        ([id, artifact]) => [`${prefix}manifest.json#${id}`, digestOf(saidOf(id, artifact))] as const,
      ),
      ...Object.entries(assetLists).map(
        ([file, list]) => [`${prefix}${file}`, digestOf(list as object)] as const,
      ),
    ];
  });
  return Object.fromEntries(digests);
}

/** What is said of a stack, or of something else, that is acted on; what is left out is as good as said. */
function saidOf(id: string, artifact: JsonObject): JsonObject {
  const said = Object.fromEntries(Object.entries(artifact).filter(([key]) => !TOLD.has(key)));
  if (said['type'] !== 'aws:cloudformation:stack' || !isObject(said['properties'])) return said;
  return { ...said, properties: { stackName: id, terminationProtection: false, ...said['properties'] } };
}

/** What the lists of an assembly say otherwise than when it was written, each by where they say it, with what became of it. */
export function changedIn(
  directory: string,
  lists: readonly AssemblyList[],
  written: WrittenAssembly['artifacts'],
): string[] {
  const found = artifactsIn(lists);
  const all = new Set([...Object.keys(written), ...Object.keys(found)]);
  const changed = [...all].filter((name) => written[name] !== found[name]);
  return changed.map((name) => {
    const [file, id] = name.split('#') as [string, string | undefined];
    const path = join(directory, file);
    if (id === undefined) return path;
    if (found[name] === undefined) return `${path}, which had "${id}",`;
    return written[name] === undefined ? `${path}, which had no "${id}",` : `"${id}" of ${path}`;
  });
}
