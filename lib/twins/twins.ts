import { attachCustomSynthesis, Stack, Stage, Token, Validations, App } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { checkCdkVersion } from '../cdk-version';
import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import type { Definition } from '../parity/manifest';
import { ParityPlugin } from '../parity/plugin';
import { ScaleDefinition, type BoundScale, type Factors } from '../scale/definition';
import { StagingChecks } from './check';
import { heldAt } from './clock';
import type { DerivedProps, NoClass, ProdProps, StagingProps, TakesScale, TwinsProps } from './definition';
import { topOf, type BuiltEnvironment, type EnvironmentOptions } from './environments';
import { makeEphemeral, restore } from './ephemeral';
import { experiment, type Findings } from './experiments';
import { stacksOf } from './instance';
import { definitionOf, environmentOf, writeManifest } from './manifest';
import { register } from './shape';

/**
 * One definition, several environments: production, and stagings that differ from it in nothing but declared scale
 * factors. Every synth compares them and fails on any other difference.
 *
 * @example
 * const twins = new Twins(app, {
 *   scale: { readers: replicas({ reason: 'Two readers already show stale reads.', max: 15 }) },
 *   environment: (scope, id, { readers }, options) => new ShopStack(scope, id, { ...options, readers }),
 * });
 * twins.prod('Prod', { scale: { readers: 3 } });
 * twins.staging('Staging', { scale: { readers: 2 }, expires: '2026-12-01T18:00:00' });
 */
export class Twins<
  const F extends Factors,
  E extends Construct,
  P extends TakesScale | undefined = NoClass,
  const N extends Readonly<Record<string, keyof F>> = Record<never, never>,
  D extends Readonly<Record<string, unknown>> = Record<never, never>,
  G = Record<never, never>,
> {
  readonly #app: App;
  readonly #scale: ScaleDefinition<F, unknown>;
  readonly #make: Make<E>;
  readonly #environments: BuiltEnvironment<F>[] = [];
  /** Everything is made at one time, so that a construct that reads the clock gives all environments the same. */
  readonly #instant = Date.now();
  #findings: Findings | undefined;

  /**
   * @throws TwinError `cdk-version` for an aws-cdk-lib that is too old, `definition` for a definition that lacks something, and what `defineScale` throws
   */
  constructor(app: App, definition: TwinsProps<F, N, D, G, P, E>) {
    checkCdkVersion();
    checkDefinition(app, definition);
    this.#app = app;
    this.#scale = scaleOf(definition) as unknown as ScaleDefinition<F, unknown>;
    this.#make = makerOf(definition) as Make<E>;
    AppTwins.of(app).add({
      definition: (outdir) => this.definition(outdir),
      stagingStacks: () => stagingStacks(this.#environments),
      ids: () => this.#environments.map(({ id }) => id),
    });
  }

  /**
   * Production. Its stacks get termination protection, unless told otherwise; nothing else is changed about them.
   *
   * @returns what the definition made: the environment
   * @throws TwinError `scale` when a value is illegal or missing
   */
  prod(id: string, props: ProdProps<F>): E {
    checkProps('prod', id, props);
    const { scale, terminationProtection = true, ...options } = props;
    const environment = this.build(id, 'production', this.#scale.bindProduction(id, scale), options);
    if (terminationProtection) for (const stack of topStacks(environment)) stack.terminationProtection = true;
    return environment;
  }

  /**
   * A staging: production, only smaller, and short-lived.
   *
   * @returns what the definition made: the environment
   * @throws TwinError `scale` when a value breaks a shape rule, `no-production` when there is nothing to be a twin of
   */
  staging(id: string, props: StagingProps<F>): E {
    checkProps('staging', id, props);
    const { scale = {}, expires, restoreFrom = {}, twinOf, ...options } = props;
    const prod = this.production(id, twinOf);
    checkTags(prod, id, options);
    const bound = this.#scale.bindScaled(id, prod.bound.values, scale);
    const environment = this.build(id, 'staging', bound, options, prod.id);
    for (const stack of topStacks(environment)) makeEphemeral(stack, { expires });
    restore(environment, restoreFrom);
    return environment;
  }

  private production(id: string, twinOf: string | undefined): BuiltEnvironment<F> {
    const all = this.#environments.filter(({ role }) => role === 'production');
    const found = twinOf === undefined ? all[0] : all.find((environment) => environment.id === twinOf);
    if (found) return found;
    const why =
      twinOf === undefined
        ? 'no production was made before it'
        : `there is no production "${twinOf}"; ${didYouMean(
            twinOf,
            all.map((e) => e.id),
          )}`;
    throw new TwinError({
      code: 'no-production',
      message: `"${id}" has nothing to be a twin of: ${why}`,
      fix: 'Call prod before staging.',
    });
  }

  private build(
    id: string,
    role: BuiltEnvironment['role'],
    bound: BoundScale<F, unknown>,
    options: EnvironmentOptions,
    twinOf?: string,
  ): E {
    AppTwins.of(this.#app).checkId(id);
    const root = heldAt(this.#instant, () => this.#make(this.#app, id, bound.scale, options));
    this.#environments.push({ id, role, bound, options, root, ...(twinOf !== undefined && { twinOf }) });
    this.#findings = undefined;
    register(root, () => this.findings());
    return root;
  }

  /** Runs the experiments, once for all environments that were made. */
  private findings(): Findings {
    return (this.#findings ??= experiment({
      app: this.#app,
      scale: this.#scale,
      environments: this.#environments,
      make: (app, id, bound, options) => this.#make(app, id, bound.scale, options),
      instant: this.#instant,
    }));
  }

  /** What the manifest says of this definition. There is nothing to compare without a staging. */
  private definition(outdir: string): Definition {
    const isAlone = this.#environments.every(({ role }) => role === 'production');
    this.#findings = undefined; // templates that were synthesized again may be others
    const findings = isAlone ? undefined : this.findings();
    const environments = this.#environments.map((environment) => {
      const observed = findings?.observed.find((it) => it.environment.id === environment.id);
      return [environment.id, observed ? environmentOf(observed) : unobserved(environment)] as const;
    });
    return definitionOf(outdir, this.#scale, findings, Object.fromEntries(environments));
  }
}

/** What is known of an environment that was not compared. */
function unobserved<F extends Factors>({
  role,
  bound,
}: BuiltEnvironment<F>): Definition['environments'][string] {
  const { values, expressions, proportions } = bound;
  return {
    role,
    scale: values,
    expressions: Object.fromEntries(expressions),
    names: {},
    declared: {},
    proportions,
  };
}

/** One `Twins`, as its app sees it. */
interface OneTwins {
  definition(outdir: string): Definition;
  stagingStacks(): ReturnType<typeof stagingStacks>;
  ids(): readonly string[];
}

/** All `Twins` of an app: they share its manifest and its plugins. */
class AppTwins {
  static readonly #apps = new WeakMap<App, AppTwins>();

  static of(app: App): AppTwins {
    const known = this.#apps.get(app) ?? new AppTwins(app);
    this.#apps.set(app, known);
    return known;
  }

  readonly #all: OneTwins[] = [];

  private constructor(app: App) {
    attachCustomSynthesis(app, {
      onSynthesize: ({ outdir }) => {
        checkOneStackEach(app);
        writeManifest(
          outdir,
          this.#all.map((twins) => twins.definition(outdir)),
        );
      },
    });
    Validations.of(app).addPlugins(
      new ParityPlugin(() => app.outdir),
      new StagingChecks(() => new Map(this.#all.flatMap((twins) => [...twins.stagingStacks()]))),
    );
  }

  add(twins: OneTwins): void {
    this.#all.push(twins);
  }

  /** An environment is known by its id. */
  checkId(id: string): void {
    if (!this.#all.some((twins) => twins.ids().includes(id))) return;
    throw new TwinError({
      code: 'environment-id',
      message: `the app has an environment "${id}" already`,
      fix: 'Give every environment an id of its own.',
    });
  }
}

/** Two stacks of one name in one place are one stack: deploying the one makes it of the other. */
function checkOneStackEach(app: App): void {
  const stacks = stacksOf(app).filter(({ nestedStackParent }) => nestedStackParent === undefined);
  const known = ({ account, region }: Stack): string[] =>
    [account, region].map((it) => (Token.isUnresolved(it) ? '' : it));
  for (const [i, one] of stacks.entries()) {
    const other = stacks.slice(i + 1).find((it) => {
      const [a, b] = [known(one), known(it)];
      return (
        it.stackName === one.stackName && a.every((where, k) => where === b[k] || where === '' || b[k] === '')
      );
    });
    if (!other) continue;
    throw new TwinError({
      code: 'same-stack',
      message: `${one.node.path} and ${other.node.path} are both deployed as the stack "${one.stackName}"`,
      fix: 'Give each environment a stackName of its own, or none: whichever is deployed last would replace the other.',
    });
  }
}

/** A definition as its constructor takes it, whatever a JavaScript app gives. */
interface GivenDefinition {
  readonly scale: unknown;
  readonly derived?: unknown;
  readonly proportions?: unknown;
  readonly environment: unknown;
  readonly constructId?: string;
  readonly props?: object;
}

function checkDefinition(app: unknown, definition: unknown): asserts definition is GivenDefinition {
  const wrong = (message: string, fix: string): TwinError =>
    new TwinError({ code: 'definition', message, fix });
  if (!App.isApp(app))
    throw wrong('Twins was not given an App of the AWS CDK', 'Write new Twins(app, { ... }).');
  if (!isObject(definition))
    throw wrong('Twins was given no definition', 'Write new Twins(app, { scale, environment }).');
  if (!isObject(definition['scale']))
    throw wrong(
      'the definition has no scale',
      'Give it scale: { readers: replicas({ reason }) }, or what defineScale made.',
    );
  if (typeof definition['environment'] !== 'function')
    throw wrong(
      'the definition has no environment: a function or a class is expected',
      'Give it environment: (scope, id, values, options) => new ShopStack(scope, id, { ...options, ...values }).',
    );
}

function checkProps(method: string, id: unknown, props: unknown): void {
  const isScale =
    isObject(props) && (isObject(props['scale']) || (method === 'staging' && props['scale'] === undefined));
  if (typeof id === 'string' && id !== '' && isScale) return;
  throw new TwinError({
    code: 'environment-props',
    message: `twins.${method} was given ${typeof id !== 'string' || id === '' ? 'no id' : 'no values for the scale factors'}`,
    fix: `Write twins.${method}('${method === 'prod' ? 'Prod' : 'Staging'}', { scale: { ... }${method === 'prod' ? '' : ", expires: '2026-12-01T18:00:00'"} }).`,
  });
}

/** A tag that only one side has is a difference that nobody declared. */
function checkTags(
  prod: Pick<BuiltEnvironment, 'id' | 'options'>,
  id: string,
  options: EnvironmentOptions,
): void {
  const [p, s] = [Object.keys(prod.options.tags ?? {}), Object.keys(options.tags ?? {})];
  const odd = [...p.filter((key) => !s.includes(key)), ...s.filter((key) => !p.includes(key))];
  if (odd.length === 0) return;
  throw new TwinError({
    code: 'tags',
    message: `${prod.id} and ${id} do not have the same tags: ${odd.join(', ')} ${odd.length === 1 ? 'is' : 'are'} given to one of them`,
    fix: 'Give every environment the same tags; their values may differ.',
  });
}

function scaleOf(definition: GivenDefinition): ScaleDefinition<Factors, unknown> {
  const { scale, derived = {}, proportions = [] } = definition;
  // Another copy of this library may have made it, such as that of cdk-twin/shop.
  const isDefined =
    isObject(scale) && typeof (scale as { bindProduction?: unknown }).bindProduction === 'function';
  const given = (isDefined ? scale : { factors: scale, derived: {}, proportions: [] }) as unknown as {
    factors: Factors;
    derived: object;
    proportions: readonly never[];
  };
  return new ScaleDefinition(given.factors, [...given.proportions, ...(proportions as readonly never[])], {
    ...given.derived,
    ...(derived as DerivedProps<Factors, never, never>),
  });
}

/** Makes an environment, with the values of a scale. */
type Make<E> = (app: App, id: string, scale: unknown, options: EnvironmentOptions) => E;

/** How a definition's environments are made. */
function makerOf(definition: GivenDefinition) {
  const { environment, constructId = 'Default', props = {} } = definition;
  const isClass =
    typeof environment === 'function' &&
    Construct.isConstruct((environment as { prototype?: unknown }).prototype);
  const make = environment as (...given: unknown[]) => unknown;
  const Class = environment as new (...given: unknown[]) => Construct;
  const isItself = isClass && (Class.prototype instanceof Stack || Class.prototype instanceof Stage);
  return (app: App, id: string, scale: unknown, options: EnvironmentOptions): IConstruct => {
    if (!isClass) return checkMade(app, id, make(app, id, scale, options));
    if (isItself) {
      if (Class.prototype instanceof Stage) checkStageOptions(id, options);
      return new Class(app, id, { ...options, ...props, scale });
    }
    return new Class(new Stack(app, id, { ...options }), constructId, { ...props, scale });
  };
}

/** What a function made: a stack or a stage, where it was asked to make it. */
function checkMade(app: App, id: string, made: unknown): IConstruct {
  const fix =
    'Write environment: (scope, id, values, options) => new ShopStack(scope, id, { ...options, ...values }).';
  if (!Stack.isStack(made) && !Stage.isStage(made)) {
    throw new TwinError({
      code: 'environment',
      message: `the function that makes "${id}" returned ${made === undefined ? 'nothing' : 'neither a stack nor a stage'}`,
      fix,
    });
  }
  if (made.node.scope === app && made.node.id === id) return made;
  throw new TwinError({
    code: 'environment',
    message: `the function that makes "${id}" made "${made.node.path}" in ${made.node.scope === app ? 'its scope' : 'another scope than it was given'}; expected is its scope, with the id that it was given`,
    fix,
  });
}

/** A stage has no name or description of its own to give to its stacks. */
function checkStageOptions(id: string, { stackName, description, tags }: EnvironmentOptions): void {
  if (stackName === undefined && description === undefined && tags === undefined) return;
  throw new TwinError({
    code: 'stage-options',
    message: `"${id}" is a stage of several stacks, which take neither a stackName nor a description nor tags from it`,
    fix: 'Leave them out, or make the stage in a function that hands them on.',
  });
}

/** The stacks of an environment that are not nested in another. */
const topStacks = (root: IConstruct): Stack[] =>
  stacksOf(topOf(root)).filter(({ nestedStackParent }) => nestedStackParent === undefined);

type Placed = Pick<BuiltEnvironment, 'id' | 'role' | 'twinOf' | 'root'>;

/** Every stack of every staging by its construct path, with the names of the stacks beside it. */
function stagingStacks(environments: readonly Placed[]) {
  return new Map(
    environments
      .filter(({ role }) => role === 'staging')
      .flatMap((environment) => {
        const own = stacksOf(topOf(environment.root));
        const prod = environments.find(({ id }) => id === environment.twinOf);
        const [prodStack] = prod ? stacksOf(topOf(prod.root)) : [];
        const prodAccount = prodStack?.account;
        const known = {
          stackNames: own.map(({ stackName }) => stackName),
          ...(prodAccount !== undefined && !Token.isUnresolved(prodAccount) && { prodAccount }),
        };
        return own.map((stack) => [stack.node.path, known] as const);
      }),
  );
}
