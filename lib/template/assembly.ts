import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { isObject, listOf, type Json, type JsonObject } from '../json';
import { readJson } from './read';

/** Where the constructs of each template were made: for each template file, file:line:column by logical id. */
export type Sources = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads where the constructs of an assembly's stacks were made. An app that was run with the context
 * `aws:cdk:disable-stack-trace` does not tell.
 */
export function sourcesOf(stacks: readonly StackArtifact[]): Sources {
  return new Map(stacks.map(({ file, folder, artifact }) => [file, sourcesIn(metadataOf(folder, artifact))]));
}

/** The name of each stack of a cloud assembly as it is deployed, by its template file; nested stacks have none yet. */
export const stackNamesOf = (directory: string): ReadonlyMap<string, string> =>
  new Map(deploymentsOf(stackArtifacts(directory)).map(({ file, name }) => [file, name]));

/** The name of a stack, and where it is. */
export interface StackPlace {
  readonly name: string;
  /** @default - decided when it is deployed */
  readonly account?: string;
  /** @default - decided when it is deployed */
  readonly region?: string;
}

/** How the command line deploys a stack, which no template says. */
export interface Deployment extends StackPlace {
  /** The template, relative to the outermost folder. */
  readonly file: string;
  /** Whether its termination protection is on. */
  readonly isProtected: boolean;
}

/** How the stacks of an assembly are deployed. */
export function deploymentsOf(stacks: readonly StackArtifact[]): Deployment[] {
  return stacks.map(({ file, id, artifact }) => {
    const { environment, properties } = artifact;
    const { stackName, terminationProtection = false } = isObject(properties) ? properties : {};
    const where = typeof environment === 'string' ? environment : '';
    const [, account = '', region = ''] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(where) ?? [];
    return {
      file,
      name: typeof stackName === 'string' ? stackName : id,
      ...(account !== '' && account !== 'unknown-account' && { account }),
      ...(region !== '' && region !== 'unknown-region' && { region }),
      isProtected: terminationProtection !== false,
    };
  });
}

/**
 * Two stacks of one name in one place, which are one stack: deploying the one makes it of the other. What is not known before it is
 * deployed may be the same.
 */
export function deployedAsOne<T extends StackPlace>(stacks: readonly T[]): readonly [T, T] | undefined {
  const isSame = (a: string | undefined, b: string | undefined): boolean =>
    a === undefined || b === undefined || a === b;
  const byName = new Map<string, T[]>();
  for (const it of stacks) {
    const others = byName.get(it.name) ?? [];
    const other = others.find(
      ({ account, region }) => isSame(account, it.account) && isSame(region, it.region),
    );
    if (other) return [other, it];
    byName.set(it.name, [...others, it]);
  }
  return undefined;
}

/**
 * The tags of each stack by its template file: CloudFormation gives them to everything in the stack, and
 * no template has them.
 */
export function stackTagsOf(stacks: readonly StackArtifact[]): ReadonlyMap<string, JsonObject> {
  const all = stacks.flatMap(({ file, artifact }) => {
    const tags = isObject(artifact['properties']) ? artifact['properties']['tags'] : undefined;
    return isObject(tags) ? [[file, tags] as const] : [];
  });
  return new Map(all);
}

/** A stack that an assembly lists. */
export interface StackArtifact {
  readonly id: string;
  /** Its template, relative to the outermost folder. */
  readonly file: string;
  /** The folder of the assembly that it is in. */
  readonly folder: string;
  readonly artifact: JsonObject;
}

/**
 * The stacks that a cloud assembly lists, with those of the assemblies in it; none of a folder without such a list.
 *
 * @param prefix - where the folder is, below the outermost one
 */
export function stackArtifacts(directory: string, prefix = ''): StackArtifact[] {
  const file = join(directory, 'manifest.json');
  const manifest = existsSync(file) ? (readJson(file) as Json) : {};
  const artifacts = isObject(manifest) && isObject(manifest['artifacts']) ? manifest['artifacts'] : {};
  return Object.entries(artifacts).flatMap(([id, artifact]): StackArtifact[] => {
    if (!isObject(artifact)) return [];
    const properties = isObject(artifact['properties']) ? artifact['properties'] : {};
    const { directoryName: nested, templateFile } = properties;
    if (artifact['type'] === 'cdk:cloud-assembly' && typeof nested === 'string') {
      if (!/^[\w-]+$/.test(nested)) return []; // a folder of this assembly, never itself or another
      return stackArtifacts(join(directory, nested), `${prefix}${nested}/`);
    }
    if (typeof templateFile !== 'string') return [];
    return [{ id, file: `${prefix}${templateFile}`, folder: directory, artifact }];
  });
}

/** A stack's metadata: in the manifest, or in a file of its own. */
function metadataOf(directory: string, artifact: { readonly [key: string]: Json }): Json {
  const file = artifact['additionalMetadataFile'];
  if (typeof file !== 'string') return artifact['metadata'] ?? {};
  const path = join(directory, file);
  return existsSync(path) ? (readJson(path) as Json) : {};
}

function sourcesIn(metadata: Json): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entries of isObject(metadata) ? Object.values(metadata) : []) {
    const of = (type: string): JsonObject | undefined =>
      listOf(entries)
        .filter(isObject)
        .find((entry) => entry['type'] === type);
    const logicalId = of('aws:cdk:logicalId');
    const trace = of('aws:cdk:creationStack')?.['data'] ?? logicalId?.['trace'];
    const line = Array.isArray(trace) ? ownLine((trace as Json[]).map(String)) : undefined;
    if (logicalId && line !== undefined) found.set(String(logicalId['data']), line);
  }
  return found;
}

/** The innermost line of a trace that is the user's own, from the current folder. */
function ownLine(trace: readonly string[]): string | undefined {
  const places = trace.map(
    (frame) => /(?:^|[\s(])(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(frame)?.[1],
  );
  const line = places.find((place) => place !== undefined && !place.includes('node_modules'));
  const here = `${process.cwd()}${sep}`;
  return line?.startsWith(here) ? line.slice(here.length) : line;
}
