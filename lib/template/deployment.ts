import { isAbsolute, posix } from 'node:path';
import { isObject, listOf, type Json, type JsonObject } from '../json';
import { assetListOf, propertyOf, type StackArtifact } from './assembly';
import type { Texts } from './contents';
import { keyOf, type Path } from './differences';
import { STACK_TAGS } from './model';

/** Where what the command line of the AWS CDK deploys a stack with is compared: no template has it. */
export const DEPLOYMENT = 'Deployment';
/** And where the assets are that are published for it. */
export const ASSETS = 'Assets';

/** Whether a place stands beside the template: in the assembly, and in no template. */
export const isBesideTemplate = ([section]: Path): boolean =>
  section === STACK_TAGS || section === DEPLOYMENT || section === ASSETS;

/** Where the stacks are listed that a stack waits for. */
export const isDependencies = (path: Path): boolean => keyOf(path) === keyOf([DEPLOYMENT, 'dependencies']);

/** The stacks of one environment: their paths inside it by their templates. */
export type OwnStacks = ReadonlyMap<string, string>;

/**
 * What an assembly says of a stack beside its template, as it is compared: its tags, how it is deployed, and what is published
 * for it. Whatever the AWS CDK may write there in the future is compared too.
 *
 * @param contents - tells what an asset holds
 */
export function besideTemplate(stack: StackArtifact, own: OwnStacks, contents: ContentsOf): JsonObject {
  const { artifact } = stack;
  const properties = isObject(artifact['properties']) ? artifact['properties'] : {};
  const tags = properties['tags'];
  return {
    ...(isObject(tags) && { [STACK_TAGS]: tags }),
    [DEPLOYMENT]: deploymentOf(stack, properties, own),
    [ASSETS]: assetsOf(stack, own, contents),
  };
}

/**
 * What an asset holds, by its path and its name: a digest, or its texts where those are compared one by one.
 */
export type ContentsOf = (path: string, asset: string) => string | Texts;

/** The folders and files that are published for a stack, its own templates excepted, relative to the outermost folder. */
export function publishedFor(stack: StackArtifact, own: OwnStacks): string[] {
  return listedFor(stack).flatMap(({ source }) => {
    const path = pathOf(source);
    return path === undefined || isTemplate(path, stack, own) ? [] : [fromOutermost(path, stack)];
  });
}

/**
 * Not a matter of how a stack is deployed: where its template is, and its names, which are compared as names; its tags, which stand
 * beside this; what the lifecycle sets, and the checks of the tear-down judge; what only repeats the dependencies.
 */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'templateFile',
  'stackName',
  'tags',
  'terminationProtection',
  'validateOnSynth',
  'additionalDependencies',
  'stackTemplateAssetObjectUrl',
]);

function deploymentOf(stack: StackArtifact, properties: JsonObject, own: OwnStacks): JsonObject {
  const kept = Object.entries(properties).filter(([key]) => !ELSEWHERE.has(key));
  const url = properties['stackTemplateAssetObjectUrl'];
  const arns = properties['notificationArns'];
  const dependencies = dependenciesOf(stack, own);
  return {
    ...Object.fromEntries(kept),
    ...(Array.isArray(arns) && { notificationArns: [...(arns as string[])].sort() }),
    ...(typeof url === 'string' && { templateBucket: url.replace(/[^/]*$/, '') }),
    ...(dependencies.length > 0 && { dependencies }),
  };
}

/** The stacks that are deployed before it: those of its environment by their paths. */
function dependenciesOf({ artifact, list: { artifacts, prefix } }: StackArtifact, own: OwnStacks): string[] {
  return listOf(artifact['dependencies'])
    .map(String)
    .filter((id) => assetListOf(artifacts[id]) === undefined)
    .map((id) => {
      const file = propertyOf(artifacts[id], 'templateFile');
      return (typeof file === 'string' ? own.get(`${prefix}${file}`) : undefined) ?? id;
    })
    .sort();
}

/** The hashes that everything is published under for a stack, its templates among them. */
export const hashesFor = (stack: StackArtifact): string[] =>
  listedFor(stack).flatMap(({ id }) => HASH.exec(id)?.[0] ?? []);

/** An image that has a name has it before its hash. */
const HASH = /[0-9a-f]{64}$/;

/** An asset as its list has it. */
interface ListedAsset {
  readonly kind: 'file' | 'image';
  /** What it is published under, mostly a hash. */
  readonly id: string;
  readonly name: string | undefined;
  readonly source: JsonObject;
  readonly destinations: readonly Json[];
}

const KINDS = { files: 'file', dockerImages: 'image' } as const;

function listedFor({ artifact, list: { artifacts, assetLists } }: StackArtifact): ListedAsset[] {
  const files = listOf(artifact['dependencies']).flatMap((id) => assetListOf(artifacts[String(id)]) ?? []);
  return files.flatMap((file) => {
    const list = assetLists[file];
    return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((key) => {
      const entries = isObject(list) && isObject(list[key]) ? list[key] : {};
      return Object.entries(entries).flatMap(([id, entry]): ListedAsset[] => {
        if (!isObject(entry)) return [];
        const { displayName: name, source, destinations } = entry;
        return [
          {
            kind: KINDS[key],
            id,
            name: typeof name === 'string' ? name : undefined,
            source: isObject(source) ? source : {},
            destinations: isObject(destinations) ? Object.values(destinations) : [],
          },
        ];
      });
    });
  });
}

/** The assets of a stack by what they are called, in the order of their list where they are called nothing. */
function assetsOf(stack: StackArtifact, own: OwnStacks, contents: ContentsOf): JsonObject {
  const found: Record<string, Json> = {};
  for (const { kind, id, name, source, destinations } of listedFor(stack)) {
    const { path: _path, directory: _directory, packaging: _packaging, ...rest } = source;
    const path = pathOf(source);
    if (path !== undefined && isTemplate(path, stack, own)) continue;
    const known = name === undefined ? kind : insideStack(name, stack);
    let called = known;
    for (let n = 2; Object.hasOwn(found, called); n++) called = `${known} ${n}`;
    found[called] = {
      kind,
      hash: id,
      ...rest,
      ...(path !== undefined && { contents: contents(fromOutermost(path, stack), called) }),
      destinations: destinations.map((it) => (isObject(it) ? withoutHash(it, id) : it)),
    };
  }
  return found;
}

/** A name that is a construct's whole path begins with that of its stack. */
function insideStack(name: string, { artifact }: StackArtifact): string {
  const path = artifact['displayName'];
  return typeof path === 'string' && name.startsWith(`${path}/`) ? name.slice(path.length + 1) : name;
}

function pathOf({ path, directory }: JsonObject): string | undefined {
  const it = path ?? directory;
  return typeof it === 'string' ? it : undefined;
}

/** Templates are published as assets too; they are compared by themselves. */
const isTemplate = (path: string, stack: StackArtifact, own: OwnStacks): boolean =>
  own.has(fromOutermost(path, stack));

/** A path of a list of assets, from the outermost folder of the assembly. */
const fromOutermost = (path: string, { list }: StackArtifact): string =>
  isAbsolute(path) ? path : posix.normalize(`${list.prefix}${path}`);

/** Where an asset goes, but for what is made of its hash: an archive that something was bundled into may have another ending. */
function withoutHash(destination: JsonObject, id: string): JsonObject {
  const hash = HASH.exec(id)?.[0] ?? id;
  const entries = Object.entries(destination).map(([key, value]): [string, Json] => {
    const isName = (key === 'objectKey' || key === 'imageTag') && typeof value === 'string';
    return [key, isName ? value.replace(hash, '<hash>').replace(/(?<=<hash>)\.\w+$/, '') : value];
  });
  return Object.fromEntries(entries);
}
