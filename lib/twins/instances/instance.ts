import { App, Aspects, CfnElement, PropertyInjectors, Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { TwinError } from '../../error';
import type { JsonObject } from '../../json';
import { stackArtifacts } from '../../template/assembly';
import { besideTemplate, hashesFor, type ContentsOf } from '../../template/deployment';
import { asSynthesized } from '../../template/model';
import { heldAt } from './clock';
import { spellings, type Names } from './names';
import { quietly } from './quietly';
import { regionNames } from './region-names';

/** An environment's constructs after synthesis, with their templates. */
export interface Instance {
  /** What it is called in messages. */
  readonly label: string;
  /** Its stage, or its one stack. */
  readonly top: IConstruct;
  readonly names: Names;
  /** What its scale gives, by expression. */
  readonly expressions: ReadonlyMap<string, number | string>;
  readonly stacks: readonly InstanceStack[];
  readonly given: Given;
}

/** What an environment is given beside its scale. */
export interface Given {
  /** What it is given on purpose, as texts that its templates may hold. */
  readonly names: Names;
  /** Where it is to be deployed. */
  readonly env: string;
  /** Whether it is given the name of its stack. */
  readonly isNamed: boolean;
}

/** A stack of an instance. */
export interface InstanceStack {
  readonly stack: Stack;
  readonly template: unknown;
  /** The construct of each logical id. */
  readonly elements: ReadonlyMap<string, CfnElement>;
  /** The hashes of the stack's assets, and of what they hold. */
  readonly assets: ReadonlySet<string>;
  /** Where its assets lie, by what they are called. */
  readonly paths: ReadonlyMap<string, string>;
}

/** How an environment comes about, in whichever app. */
export type Make = (app: App) => IConstruct;

/** What experiments do with assets: nothing is bundled for one, and nothing is copied that nobody reads. */
export interface ExperimentAssets {
  readonly areCopied: boolean;
  /** What they hold, as far as that is compared. */
  readonly contents: ContentsOf;
}

/**
 * Makes environments of a topology in apps of their own, like the user's but for what costs time and says nothing:
 * nothing is bundled or copied, nothing is printed, and no file stays.
 */
export class Laboratory {
  constructor(
    private readonly app: App,
    /** The moment at which every instance is made. */
    readonly instant: number,
    private readonly assets: ExperimentAssets,
  ) {}

  /**
   * Makes an environment and synthesizes it.
   *
   * @throws whatever the topology throws, and TwinError `outside-construct` when it uses a construct of the user's app
   */
  make(label: string, make: Make, expressions: Instance['expressions'], given: Given): Instance {
    const outdir = mkdtempSync(join(tmpdir(), 'twin-'));
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // nobody reads where a construct of an experiment was made
    try {
      return quietly(() =>
        heldAt(this.instant, () => {
          const app = this.emptyApp(outdir);
          const top = make(app);
          app.synth({ skipValidation: true });
          return readInstance(label, top, expressions, given, this.assets.contents);
        }),
      );
    } catch (error) {
      throw outsideConstruct(error) ?? error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** An app with the context, aspects, tags and injectors of the user's. */
  private emptyApp(outdir: string): App {
    const hook = Symbol.for('@aws-cdk/core.App#initHook');
    const hooks = globalThis as { [hook]?: unknown };
    const onInit = hooks[hook];
    delete hooks[hook]; // whoever wants to know of apps wants to know of the user's
    try {
      const app = new App({
        outdir,
        autoSynth: false,
        analyticsReporting: false,
        performanceReporting: false,
        treeMetadata: false,
        stackTraces: false,
        builtinCloudFormationValidation: false,
        context: this.app.node.getAllContext() as Record<string, unknown>,
        // After what the command line gives: that is for the app that will be deployed.
        postCliContext: {
          ...WITHOUT_SIDE_EFFECTS,
          'aws:cdk:disable-asset-staging': !this.assets.areCopied,
        },
      });
      for (const { aspect, priority } of Aspects.of(this.app).applied)
        Aspects.of(app).add(aspect, { priority });
      copyInjectors(this.app, app);
      return app;
    } finally {
      if (onInit !== undefined) hooks[hook] = onInit;
    }
  }
}

/** What is written beside templates costs as much as they do, and nobody reads it. */
const WITHOUT_SIDE_EFFECTS = {
  'aws:cdk:bundling-stacks': [],
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
  'aws:cdk:disable-logicalId-metadata': true,
  'aws:cdk:disable-stack-trace': true,
  'aws:cdk:disable-creation-stack-traces': true,
  '@aws-cdk/core:enableAdditionalMetadataCollection': false,
  '@aws-cdk/core:validateAgainstDefaultRules': false,
  '@aws-cdk/core:annotationsInValidationReport': false,
};

function copyInjectors(from: App, to: App): void {
  if (!PropertyInjectors.hasPropertyInjectors(from)) return;
  const injectors = PropertyInjectors.of(from);
  for (const name of injectors.supportedClasses()) {
    const injector = injectors.for(name);
    if (injector) PropertyInjectors.of(to).add(injector);
  }
}

/** The CDK's own words for a construct that belongs to another app. */
function outsideConstruct(error: unknown): TwinError | undefined {
  const text = error instanceof Error ? error.message : '';
  const isOutside =
    /across apps|Cannot (?:add children|set context).*(?:during synthesis|after children)/i.test(text);
  if (!isOutside) return undefined;
  return new TwinError({
    code: 'outside-construct',
    message: `the environment uses a construct that was made outside of it: ${text.split('\n')[0]!.trim()}`,
    fix: 'Make or import that construct inside the function or class that makes the environment, such as Vpc.fromLookup(this, ...).',
    cause: error,
  });
}

/**
 * Reads what an environment was synthesized to.
 *
 * @param contents - tells what an asset holds
 */
export function readInstance(
  label: string,
  top: IConstruct,
  expressions: Instance['expressions'],
  given: Given,
  contents: ContentsOf,
): Instance {
  const { outdir } = top.node.root as App;
  const all = stacksOf(top);
  const fileOf = (stack: Stack): string => relative(outdir, templatePath(stack)).split(sep).join('/');
  const own = new Map(all.map((it) => [fileOf(it), insideOf(it, top)]));
  const artifacts = new Map(stackArtifacts(outdir).map((it) => [it.file, it]));
  const stacks = all.map((stack) => {
    const artifact = artifacts.get(fileOf(stack)); // of nested stacks there is none
    if (!artifact) return readStack(stack, undefined, new Set(), new Map());
    const assets = new Set(hashesFor(artifact));
    const paths = new Map<string, string>();
    const beside = besideTemplate(artifact, own, (path, asset) => {
      const whole = resolve(outdir, path);
      paths.set(asset, whole);
      const held = contents(whole, asset);
      if (typeof held === 'string') assets.add(held);
      return held;
    });
    return readStack(stack, beside, assets, paths);
  });
  return { label, top, expressions, names: namesOf(top, stacks, given.names), stacks, given };
}

/** The stacks of an environment, nested ones included. */
export const stacksOf = (top: IConstruct): Stack[] =>
  top.node.findAll().filter((node): node is Stack => Stack.isStack(node));

/** Where the template of a synthesised stack lies. */
export const templatePath = (stack: Stack): string => join(Stage.of(stack)!.outdir, stack.templateFile);

function readStack(
  stack: Stack,
  beside: JsonObject | undefined,
  assets: InstanceStack['assets'],
  paths: InstanceStack['paths'],
): InstanceStack {
  const all = stack.node.findAll().filter((node) => CfnElement.isCfnElement(node) && node.stack === stack);
  const elements = new Map(
    all.map((node) => [String(stack.resolve((node as CfnElement).logicalId)), node as CfnElement]),
  );
  const template: unknown = JSON.parse(readFileSync(templatePath(stack), 'utf8'));
  return { stack, template: asSynthesized(template, beside), elements, assets, paths };
}

/** A stack's path inside its environment; empty when it is the environment. */
const insideOf = (stack: Stack, top: IConstruct): string =>
  stack.node.path.slice(top.node.path.length).replace(/^\//, '');

/** What AWS calls its own where the stacks of an environment are: in the region of each by itself, where there are several. */
function regionNamesIn(top: IConstruct, stacks: readonly InstanceStack[]): [what: string, text: string][] {
  const tops = stacks.filter(({ stack }) => stack.nestedStackParent === undefined);
  return tops.flatMap(({ stack }) => {
    if (Token.isUnresolved(stack.region)) return [];
    const own = stacks.filter((it) => it.stack === stack || it.stack.node.scopes.includes(stack));
    const inside = insideOf(stack, top).replaceAll(/[^\w-]/g, '-');
    return regionNames(own, stack.region).map(([what, text]): [string, string] => [
      inside === '' ? what : `${what}@${inside}`,
      text,
    ]);
  });
}

/** Everything that an environment is called, and where it is. */
function namesOf(top: IConstruct, stacks: readonly InstanceStack[], given: Names): Names {
  const names = new Map<string, string>(spellings('name', top.node.id));
  for (const { stack } of stacks.filter((it) => it.stack.nestedStackParent === undefined)) {
    const inside = insideOf(stack, top).replaceAll(/[^\w-]/g, '-');
    for (const [key, text] of spellings(inside === '' ? 'stackName' : `stackName.${inside}`, stack.stackName))
      names.set(key, text);
    const { account, region } = stack;
    if (!Token.isUnresolved(account)) names.set('account', account);
    if (!Token.isUnresolved(region)) names.set('region', region);
    if (inside === '') continue;
    // Where its other stacks are need not be where this one is, such as one that certificates of CloudFront are in.
    if (!Token.isUnresolved(account)) names.set(`account.of-${inside}`, account);
    if (!Token.isUnresolved(region)) names.set(`region.of-${inside}`, region);
  }
  for (const [key, text] of regionNamesIn(top, stacks)) names.set(key, text);
  for (const [key, text] of given) names.set(key, text);
  return names;
}
