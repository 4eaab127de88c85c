import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkStaging, type CheckReport, type StagingChecks } from '../checks/staging';
import { didYouMean, TwinError } from '../error';
import { isObject, type JsonObject } from '../json';
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
import { asDeployed } from '../template/deployed';
import { besideTemplate, publishedFor, type OwnStacks } from '../template/deployment';
import { asSynthesized } from '../template/model';
import { readJson, readText } from '../template/read';
import { comparePair, type Side } from './compare';
import { checkDeployments } from './deployments';
import { changedIn } from './written';
import { sha256 } from './digest';
import { environment, firstProduction } from './environment';
import {
  isOfStaging,
  MANIFEST_FILE,
  pairsOf,
  type Definition,
  type Manifest,
  type ManifestStacks,
  type ManifestPair,
  type StagingPair,
  type Warning,
} from './manifest';
import type { ParityReport } from './report';
import { checkManifest } from './schema';
import { factsOfSide } from './side-facts';

/** A cloud assembly with a twin.json. Each of its files is read once, when it is asked for. */
export class Assembly {
  /** The assembly of a folder; the same one when it is one already. */
  static of(assembly: string | Assembly): Assembly {
    return typeof assembly === 'string' ? new Assembly(assembly) : assembly;
  }

  readonly #templates = new Map<string, { readonly template: unknown; readonly text: string }>();
  #manifest: Manifest | undefined;
  #lists: readonly AssemblyList[] | undefined;
  #stacks: readonly StackArtifact[] | undefined;
  #deployments: readonly Deployment[] | undefined;
  #sources: Sources | undefined;
  #changed: readonly string[] | undefined;
  #own: ReadonlyMap<string, OwnStacks> | undefined;
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
    return stack && besideTemplate(stack, this.ownStacks(file), (path) => this.contents(path));
  }

  /** What was changed since it was synthesized, beside the templates: its lists, and what is published for a pair's stacks. */
  changed({ stacks }: ManifestPair): readonly string[] {
    if (this.isOurs) return [];
    const { artifacts, assets } = this.manifest.assembly;
    const files = new Set(stacks.flatMap(({ prod, staging }) => [prod, staging]));
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
      pairsOf(this.manifest).flatMap(({ pair: { stacks } }) =>
        (['prod', 'staging'] as const).flatMap((side) => {
          const own = new Map(stacks.map((it) => [it[side], it.path]));
          return stacks.map((it) => [it[side], own] as const);
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

/**
 * Compares every staging of a cloud assembly with its production, and every further production with the first, from the
 * files alone.
 *
 * @param assembly - the folder that `cdk synth` wrote, usually `cdk.out`
 * @param options - `stack` is the name or the path of the one stack to compare, with those nested in it. @default - all
 * @returns one report for each of them
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used, `unknown-stack`, and what
 * {@link comparePair} throws
 */
export function parityOfAssembly(
  assembly: string | Assembly,
  { stack }: { readonly stack?: string } = {},
): readonly ParityReport[] {
  const it = Assembly.of(assembly);
  const pairs = pairsIn(it);
  const reports =
    stack === undefined
      ? pairs.map((of) => reportOf(it, of))
      : stacksCalled(it, pairs, stack).map(([of, stacks]) => reportOf(it, of, stacks));
  for (const definition of it.manifest.definitions) checkCoverage(definition, it.directory);
  return reports;
}

/**
 * The stacks of each pair that a name is about, with those that are nested in them.
 *
 * @throws TwinError `unknown-stack` when there are none
 */
function stacksCalled(assembly: Assembly, pairs: readonly Pair[], name: string) {
  const namesOf = ({ prod, staging }: ManifestPair, stacks: ManifestStacks): string[] => [
    ...(stacks.path === '' ? [] : [stacks.path]),
    ...[prod, staging].map((it) => [it, stacks.path].filter((part) => part !== '').join('/')),
    ...[stacks.prod, stacks.staging].flatMap((file) => assembly.deployment(file)?.name ?? []),
  ];
  const found = pairs.flatMap((of): [Pair, readonly ManifestStacks[]][] => {
    const { pair } = of;
    // The name of an environment is about all of its stacks.
    const isAll = name === pair.prod || name === pair.staging;
    const called = pair.stacks.filter((it) => isAll || namesOf(pair, it).includes(name));
    const stacks = pair.stacks.filter(({ path }) => called.some((it) => isInStack(path, it.path)));
    return stacks.length === 0 ? [] : [[of, stacks]];
  });
  if (found.length > 0) return found;
  const known = pairs.flatMap(({ pair }) => pair.stacks.flatMap((it) => namesOf(pair, it)));
  const near = didYouMean(name, [...new Set(known)]);
  const all = pairs.flatMap(({ pair }) =>
    pair.stacks.map((it) => namesOf(pair, it).find((at) => at.startsWith(pair.staging))!),
  );
  throw new TwinError({
    code: 'unknown-stack',
    message: `${assembly.directory} compares no stack "${name}"${near.startsWith('did') ? `; ${near}` : ''}`,
    fix: `Name one of its stacks: ${[...new Set(all)].join(', ')}.`,
  });
}

/** Whether a stack is another one, or nested in it. */
const isInStack = (path: string, outer: string): boolean =>
  path === outer || outer === '' || path.startsWith(`${outer}/`);

/** Every environment but the first production is compared with one: what is left out of the pairs would go unseen. */
function checkCoverage(definition: Definition, directory: string): void {
  const compared = new Set(definition.pairs.map(({ staging }) => staging));
  const first = firstProduction(definition);
  const left = Object.keys(definition.environments).find((name) => name !== first && !compared.has(name));
  if (left === undefined) return;
  throw new TwinError({
    code: 'manifest',
    message: `${join(directory, MANIFEST_FILE)} has the environment "${left}" and compares it with nothing`,
    fix: 'Run cdk synth again: twin.json is written, never edited.',
  });
}

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

/** The same of an assembly that this process has just written. */
export const warningsOfWritten = (directory: string): readonly Warning[] =>
  warningsIn(new Assembly(directory, true));

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

/** What {@link parityOfAssembly} finds in an assembly that this process has just written: it may have one production alone. */
export function parityOfWritten(directory: string): readonly ParityReport[] {
  const assembly = new Assembly(directory, true);
  return pairsOf(assembly.manifest).map((of) => reportOf(assembly, of));
}

type Pair = ReturnType<typeof pairsOf>[number];

/** What is found of one environment, or of some stacks of it. */
function reportOf(assembly: Assembly, { definition, pair }: Pair, stacks = pair.stacks): ParityReport {
  assembly.checkDeployments(pair);
  const compared = comparePair(definition, { ...pair, stacks }, (file) => assembly.side(file), {
    changed: assembly.changed(pair),
    around: pair.stacks,
  });
  const part = { stacks: stacks.map(({ path }) => path), of: pair.stacks.length };
  const report = stacks.length === pair.stacks.length ? compared : { ...compared, part };
  if (!isOfStaging(pair)) return report;
  return { ...report, checks: checksOf(assembly, definition, pair, new Set(stacks.map(({ path }) => path))) };
}

/** What the checks find in some stacks of a staging, with what is known of all of them. */
function checksOf(
  assembly: Assembly,
  definition: Definition,
  { checks, stacks, ...pair }: StagingPair,
  asked: ReadonlySet<string>,
): StagingChecks {
  const factsOf = (side: 'prod' | 'staging') => {
    const { parameters } = environment(definition, pair[side]);
    return factsOfSide(
      stacks.map((it) => ({
        path: it.path,
        template: assembly.template(it[side]),
        env: it.env[side],
      })),
      parameters && new Map(Object.entries(parameters)),
    );
  };
  const facts = { prod: factsOf('prod'), staging: factsOf('staging') };
  const sideOf = ({ path, ...it }: ManifestStacks, side: 'prod' | 'staging') => {
    const { file, sourceOf, template: written } = assembly.side(it[side]);
    // what is not deployed reaches nobody and leaves nothing
    const template = isObject(written) ? asDeployed(written, facts[side].get(path)!) : written;
    const deployment = assembly.deployment(it[side]);
    return {
      path,
      env: it.env[side],
      template,
      ...(deployment && { deployment }),
      ...(file !== undefined && { file }),
      ...(sourceOf && { sourceOf }),
    };
  };
  const found = checkStaging(
    checks,
    stacks.map((it) => sideOf(it, 'staging')),
    stacks.map((it) => sideOf(it, 'prod')),
  );
  if (asked.size === stacks.length) return found;
  const only = (report: CheckReport): CheckReport => {
    const findings = report.findings.filter(({ stack }) => asked.has(stack));
    const acknowledged = report.acknowledged.filter(({ stack }) => asked.has(stack));
    return { ...report, findings, acknowledged, result: findings.length === 0 ? 'passed' : 'failed' };
  };
  return { ...found, isolation: only(found.isolation), tearDown: only(found.tearDown) };
}

/**
 * Compares two stacks of a cloud assembly, with those that are nested in them.
 *
 * @param prod - production's template, relative to the folder
 * @param staging - staging's template, relative to the folder
 * @returns undefined when the manifest does not pair them
 */
export function parityOfStacks(directory: string, prod: string, staging: string): ParityReport | undefined {
  if (!existsSync(join(directory, MANIFEST_FILE))) return undefined;
  const assembly = new Assembly(directory, true);
  for (const of of pairsOf(assembly.manifest)) {
    const { pair } = of;
    const match = pair.stacks.find((it) => it.prod === prod && it.staging === staging);
    const stacks = match ? pair.stacks.filter(({ path }) => isInStack(path, match.path)) : [];
    if (stacks.length > 0) return reportOf(assembly, of, stacks);
  }
  return undefined;
}
