import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sha256 } from '../digest';
import { TwinError } from '../error';
import type { JsonObject } from '../json';
import {
  assemblyLists,
  deploymentsOf,
  sourcesOf,
  stackArtifacts,
  type AssemblyList,
  type Deployment,
  type Sources,
  type StackArtifact,
} from '../template/assembly';
import { Contents } from '../template/contents';
import { ASSETS, besideTemplate, publishedFor, type OwnStacks } from '../template/deployment';
import { asSynthesized } from '../template/model';
import { readJson, readText } from '../template/read';
import type { Side } from './locate';
import { checkDeployments } from './deployments';
import { changedIn } from './written';
import {
  isOfStaging,
  MANIFEST_FILE,
  pairsOf,
  type Manifest,
  type ManifestPair,
  type StagingPair,
  type Warning,
} from './manifest';
import { checkManifest } from './schema';
import { filesIn, stacksOn } from './side-stacks';

/** A cloud assembly with a twin.json. Each of its files is read once, when it is asked for. */
export class Assembly {
  /** The assembly of a folder; the same one when it is one already. */
  static of(assembly: string | Assembly): Assembly {
    return typeof assembly === 'string' ? new Assembly(assembly) : assembly;
  }

  readonly #templates = new Map<string, { readonly template: unknown; readonly text: string }>();
  readonly #sides = new Map<string, Side>();
  #manifest: Manifest | undefined;
  #lists: readonly AssemblyList[] | undefined;
  #stacks: readonly StackArtifact[] | undefined;
  #deployments: readonly Deployment[] | undefined;
  #sources: Sources | undefined;
  #changed: readonly string[] | undefined;
  #own: ReadonlyMap<string, OwnStacks> | undefined;
  #open: ReadonlySet<string> | undefined;
  readonly #contents: Contents;

  /**
   * @param directory - the folder that `cdk synth` wrote, usually `cdk.out`
   * @param isOurs - whether it was written by this process, so that its manifest needs no check
   */
  constructor(
    readonly directory: string,
    private readonly isOurs = false,
  ) {
    this.#contents = new Contents(directory);
  }

  /**
   * What may differ in it.
   *
   * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used
   */
  get manifest(): Manifest {
    return (this.#manifest ??= this.readManifest());
  }

  /**
   * A template that the manifest names.
   *
   * @throws TwinError `manifest` when it is not in the assembly
   */
  template(file: string): unknown {
    return this.read(file).template;
  }

  /** A template as parity takes it, and, for a difference that nothing explains, where its construct was made. */
  side(file: string): Side {
    const known = this.#sides.get(file);
    if (known) return known;
    const side = this.sideOf(file);
    this.#sides.set(file, side);
    return side;
  }

  private sideOf(file: string): Side {
    const { template, text } = this.read(file);
    const { templates } = this.manifest;
    return {
      origin: join(this.directory, file),
      file: join(this.directory, file),
      template: asSynthesized(template, this.beside(file)),
      isChanged: !this.isOurs && templates[file] !== sha256(text),
      sourceOf: (logicalId) => (this.#sources ??= sourcesOf(this.stacks)).get(file)?.get(logicalId),
    };
  }

  /** What the assembly says of a stack; undefined for one that is nested in another. */
  private beside(file: string): JsonObject | undefined {
    const stack = this.stacks.find((it) => it.file === file);
    if (!stack) return undefined;
    const open = (this.#open ??= openAssets(this.manifest));
    return besideTemplate(
      stack,
      this.ownStacks(file),
      (path, asset) => (open.has(asset) ? this.#contents.textsOf(path) : undefined) ?? this.contents(path),
    );
  }

  /** What was changed since it was synthesized, beside the templates: its lists, and what is published for a pair's stacks. */
  changed(pair: ManifestPair): readonly string[] {
    if (this.isOurs) return [];
    const { artifacts, assets } = this.manifest.assembly;
    const files = new Set(filesIn(pair));
    const published = this.stacks
      .filter(({ file }) => files.has(file))
      .flatMap((stack) => publishedFor(stack, this.ownStacks(stack.file)));
    return [
      ...(this.#changed ??= changedIn(this.directory, this.lists, artifacts)),
      ...[...new Set(published)]
        .filter((path) => assets[path] !== this.contents(path))
        .map((path) => resolve(this.directory, path)),
    ];
  }

  /** What an asset holds; what this process has just written is known. */
  private contents(path: string): string {
    const known = this.isOurs ? this.manifest.assembly.assets[path] : undefined;
    return known ?? this.#contents.of(path);
  }

  /** The stacks of the environment that a template is of. */
  private ownStacks(file: string): OwnStacks {
    this.#own ??= new Map(
      pairsOf(this.manifest).flatMap(({ pair }) =>
        (['prod', 'staging'] as const).flatMap((side) => {
          const own = new Map(stacksOn(pair, side).map((it) => [it.file, it.path]));
          return [...own.keys()].map((of) => [of, own] as const);
        }),
      ),
    );
    return this.#own.get(file) ?? new Map();
  }

  /** How the stack of a template is deployed; undefined for one that is nested in another. */
  deployment(file: string): Deployment | undefined {
    return this.deployments.find((it) => it.file === file);
  }

  /** Checks that its own list deploys a pair's stacks as what `twin.json` was written for. */
  checkDeployments(pair: ManifestPair): void {
    checkDeployments(join(this.directory, 'manifest.json'), this.deployments, pair);
  }

  private get deployments(): readonly Deployment[] {
    return (this.#deployments ??= deploymentsOf(this.stacks));
  }

  /** What its own list says of its stacks. */
  private get stacks(): readonly StackArtifact[] {
    return (this.#stacks ??= stackArtifacts(this.lists));
  }

  private get lists(): readonly AssemblyList[] {
    return (this.#lists ??= assemblyLists(this.directory));
  }

  private read(file: string) {
    const known = this.#templates.get(file);
    if (known) return known;
    const path = join(this.directory, file);
    if (!existsSync(path)) {
      throw new TwinError({
        code: 'manifest',
        message: `${join(this.directory, MANIFEST_FILE)} names the template "${file}", which is not in the assembly`,
        fix: 'Run cdk synth again: twin.json belongs to other templates.',
      });
    }
    const text = readText(path);
    const read = { text, template: readJson(path, text) };
    this.#templates.set(file, read);
    return read;
  }

  private readManifest(): Manifest {
    if (statSync(this.directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new TwinError({
        code: 'assembly',
        message: `there is no cloud assembly at "${this.directory}"`,
        fix: 'Run cdk synth first, or name the folder that it wrote with --assembly.',
      });
    }
    const file = join(this.directory, MANIFEST_FILE);
    if (!existsSync(file)) {
      throw new TwinError({
        code: 'manifest',
        message: `${file} is missing: the assembly was not made with Twins`,
        fix: 'Run cdk synth with an app that uses Twins, or compare two files with --prod and --staging.',
      });
    }
    const json = readJson(file);
    return this.isOurs ? (json as Manifest) : checkManifest(json, file);
  }
}

/** The assets that a manifest compares text by text: it says what may differ in them, or may not. */
const openAssets = (manifest: Manifest): ReadonlySet<string> =>
  new Set(
    pairsOf(manifest).flatMap(({ pair }) =>
      pair.stacks.flatMap(({ places, refused }) =>
        [...places, ...refused].flatMap(({ path: [section, asset, held, ...files] }) =>
          section === ASSETS && held === 'contents' && files.length > 0 ? [String(asset)] : [],
        ),
      ),
    ),
  );

/** The productions of a cloud assembly that nothing is compared with: each is the only environment of its `Twins`. */
export const aloneIn = ({ manifest }: Assembly): readonly string[] =>
  manifest.definitions.flatMap(({ pairs, environments }) =>
    pairs.length === 0 ? Object.keys(environments) : [],
  );

/** What should be looked at in a cloud assembly, and is no difference. */
export const warningsIn = (assembly: Assembly): readonly Warning[] => [
  ...aloneIn(assembly).map((name): Warning => ({
    rule: 'not-compared',
    text: `${name} has no staging and no second production: it was compared with nothing, and nothing is proved of it`,
    fix: 'Make one with twins.staging(...) or twins.prod(...), and run cdk synth again.',
  })),
  ...assembly.manifest.definitions.flatMap(({ warnings = [] }) => warnings),
];

/**
 * The pairs of a cloud assembly that has more than a production.
 *
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used, or compares nothing
 */
export function pairsIn(assembly: Assembly): ReturnType<typeof pairsOf> {
  const { directory, manifest } = assembly;
  const pairs = pairsOf(manifest);
  if (pairs.length > 0) return pairs;
  const all = aloneIn(assembly);
  throw new TwinError({
    code: 'manifest',
    message: `nothing was compared: ${join(directory, MANIFEST_FILE)} has no staging and no second production${all.length > 0 ? `, only ${all.join(' and ')}` : ''}`,
    fix: 'Make one with twins.staging(...) or twins.prod(...), and run cdk synth again.',
  });
}

/**
 * The pairs of a cloud assembly whose second environment is a staging.
 *
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used, or has no staging
 */
export function stagingPairsIn({ directory, manifest }: Assembly): readonly StagingPair[] {
  const stagings = pairsOf(manifest)
    .map(({ pair }) => pair)
    .filter(isOfStaging);
  if (stagings.length > 0) return stagings;
  const all = manifest.definitions.flatMap(({ environments }) => Object.keys(environments));
  throw new TwinError({
    code: 'manifest',
    message: `${join(directory, MANIFEST_FILE)} has no staging${all.length > 0 ? `, only ${all.join(' and ')}` : ''}`,
    fix: 'Make one with twins.staging(...) and run cdk synth again.',
  });
}
