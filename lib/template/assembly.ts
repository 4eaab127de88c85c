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
  return new Map(
    stacks.map(({ file, list, artifact }) => [file, sourcesIn(metadataOf(list.folder, artifact))]),
  );
}

/** The user's own files that constructs of an assembly's stacks were made in, as far as it says, by their full paths. */
export function sourceFilesOf(stacks: readonly StackArtifact[]): string[] {
  const frames = stacks.flatMap(({ list, artifact }) => {
    const metadata = metadataOf(list.folder, artifact);
    return Object.values(isObject(metadata) ? metadata : {})
      .flatMap((entries) => listOf(entries).filter(isObject))
      .flatMap(({ data, trace }) => [data, trace])
      .flatMap((lines) => (Array.isArray(lines) ? (lines as Json[]).map(String) : []));
  });
  const places = frames.flatMap((frame) => ownPlace(frame) ?? []);
  return [...new Set(places.map((place) => place.replace(/:\d+:\d+$/, '')))];
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

/** What one folder of an assembly lists. */
export interface AssemblyList {
  readonly folder: string;
  /** The folder below the outermost one: empty, or ending with a slash. */
  readonly prefix: string;
  /** Everything that is listed, by id. */
  readonly artifacts: JsonObject;
  /** The lists of assets among that, by their files in the folder. */
  readonly assetLists: Readonly<Record<string, Json>>;
}

/**
 * The lists of a cloud assembly, and those of the assemblies in it, with each file read once; none of a folder without such a list.
 *
 * @param prefix - where the folder is, below the outermost one
 */
export function assemblyLists(folder: string, prefix = ''): AssemblyList[] {
  const file = join(folder, 'manifest.json');
  const manifest = existsSync(file) ? (readJson(file) as Json) : {};
  const artifacts = isObject(manifest) && isObject(manifest['artifacts']) ? manifest['artifacts'] : {};
  const listed = Object.values(artifacts).filter(isObject);
  const assetFiles = listed
    .flatMap((it) => assetListOf(it) ?? [])
    .filter((it) => existsSync(join(folder, it)));
  const nested = listed.flatMap((artifact) => {
    const directoryName = propertyOf(artifact, 'directoryName');
    if (artifact['type'] !== 'cdk:cloud-assembly' || typeof directoryName !== 'string') return [];
    return /^[\w-]+$/.test(directoryName) ? [directoryName] : []; // a folder of this assembly, never itself or another
  });
  const assetLists = Object.fromEntries(assetFiles.map((it) => [it, readJson(join(folder, it)) as Json]));
  return [
    { folder, prefix, artifacts, assetLists },
    ...nested.flatMap((it) => assemblyLists(join(folder, it), `${prefix}${it}/`)),
  ];
}

/** The file of an artifact that is a list of assets, in the folder of its assembly. */
export function assetListOf(artifact: Json | undefined): string | undefined {
  const file = propertyOf(artifact, 'file');
  const isList = isObject(artifact) && artifact['type'] === 'cdk:asset-manifest';
  return isList && typeof file === 'string' ? file : undefined;
}

/** A property of an artifact. */
export function propertyOf(artifact: Json | undefined, name: string): Json | undefined {
  const properties = isObject(artifact) ? artifact['properties'] : undefined;
  return isObject(properties) ? properties[name] : undefined;
}

/** A stack that an assembly lists. */
export interface StackArtifact {
  readonly id: string;
  /** Its template, relative to the outermost folder. */
  readonly file: string;
  /** The list that it is in. */
  readonly list: AssemblyList;
  readonly artifact: JsonObject;
}

/** The stacks that a cloud assembly lists, with those of the assemblies in it. */
export const stackArtifacts = (assembly: string | readonly AssemblyList[]): StackArtifact[] =>
  (typeof assembly === 'string' ? assemblyLists(assembly) : assembly).flatMap((list) =>
    Object.entries(list.artifacts).flatMap(([id, artifact]): StackArtifact[] => {
      const templateFile = propertyOf(artifact, 'templateFile');
      if (!isObject(artifact) || typeof templateFile !== 'string') return [];
      return [{ id, file: `${list.prefix}${templateFile}`, list, artifact }];
    }),
  );

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
  const line = trace.map((frame) => ownPlace(frame)).find((place) => place !== undefined);
  const here = `${process.cwd()}${sep}`;
  return line?.startsWith(here) ? line.slice(here.length) : line;
}

/** Where a frame of a trace is, as `/file:line:column`; undefined for code of packages and of Node itself. */
function ownPlace(frame: string): string | undefined {
  const place = /(?:^|[\s(])(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(frame)?.[1];
  return place?.includes('node_modules') ? undefined : place;
}
