import {
  attachCustomSynthesis,
  Stack,
  Stage,
  Token,
  Validations,
  type App,
  type Environment,
} from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { didYouMean, TwinError } from '../error';
import { ParityPlugin } from '../parity/plugin';
import type { BoundScale, Factors, Scale, ScaleDefinition, ScaleValues } from '../scale/definition';
import { StagingChecks } from './check';
import type { BuiltEnvironment } from './environments';
import { makeEphemeral, seed, type Seed } from './ephemeral';
import { writeManifest } from './manifest';
import { remember } from './shape';

/** A construct class that a topology can be: it takes a scale, and whatever else every environment shares. */
export type EnvironmentClass<
  F extends Factors,
  P extends { readonly scale: Scale<F> },
  E extends Construct = Construct,
> = new (scope: Construct, id: string, props: P) => E;

/** What all environments of a topology have in common. */
export type TwinsProps<F extends Factors, P extends { readonly scale: Scale<F> }, E extends Construct> = {
  /** The factors that may differ. */
  readonly scale: ScaleDefinition<F>;
  /** The one definition. A Stack or a Stage is an environment by itself; any other construct gets a stack around it. */
  readonly environment: EnvironmentClass<F, P, E>;
  /**
   * The id of the environment's construct in its stack; give the one that it has when stacks exist already, so that
   * logical ids stay.
   *
   * @default 'Default' - which the CDK leaves out of logical ids
   */
  readonly constructId?: string;
} & SharedProps<Omit<P, 'scale'>>;

/** The definition's other props: given once, because a difference between environments would be no scale factor. */
type SharedProps<P> = Record<never, never> extends P ? { readonly props?: P } : { readonly props: P };

/** What one environment is given. */
export interface EnvironmentOptions {
  /** The AWS account and region. @default - decided when it is deployed */
  readonly env?: Environment;
  /** The stack's name, when it is not the id. @default - the id */
  readonly stackName?: string;
  /** The stack's description. @default - none */
  readonly description?: string;
}

/** What production is given. */
export interface ProdProps<F extends Factors> extends EnvironmentOptions {
  /** A value for every factor. */
  readonly scale: ScaleValues<F>;
}

/** What a staging is given. */
export interface StagingProps<F extends Factors> extends EnvironmentOptions {
  /** Values for the factors that differ. @default - production's */
  readonly scale?: Partial<ScaleValues<F>>;
  /** When it deletes itself: UTC, `yyyy-mm-ddThh:mm:ss`. */
  readonly expires: string;
  /** What its data tiers are restored from, by construct path inside the environment. @default - they begin empty */
  readonly seeds?: Readonly<Record<string, Seed>>;
  /** The production that it is a twin of. @default - the first */
  readonly of?: string;
}

/**
 * One definition, several environments: production, and stagings that differ from it in nothing but declared scale
 * factors. Every synth compares them and fails on any other difference.
 *
 * @example
 * const twins = new Twins(app, { scale: shopScale, environment: Environment, props: { release: '1.42.0' } });
 * twins.prod('Prod', { scale: production });
 * twins.staging('StagingEphemeral', { scale: staging, expires: '2026-12-01T18:00:00' });
 */
export class Twins<F extends Factors, P extends { readonly scale: Scale<F> }, E extends Construct> {
  readonly #environments: BuiltEnvironment<F>[] = [];

  /**
   * @throws TwinError `twins-twice` when the app has twins already
   */
  constructor(
    private readonly app: App,
    private readonly definition: TwinsProps<F, P, E>,
  ) {
    if (APPS.has(app)) {
      throw new TwinError({
        code: 'twins-twice',
        message: 'this app has Twins already; one app holds the environments of one definition',
        fix: 'Call prod and staging of the first one, or make another App.',
      });
    }
    APPS.add(app);
    attachCustomSynthesis(app, {
      onSynthesize: ({ outdir }) => writeManifest(outdir, definition.scale, this.#environments),
    });
    Validations.of(app).addPlugins(
      new ParityPlugin(() => app.outdir),
      new StagingChecks(() => stagingStacks(this.#environments)),
    );
  }

  /**
   * Production.
   *
   * @returns the construct that the definition made: the environment
   * @throws TwinError `scale` when a value is illegal or missing
   */
  prod(id: string, { scale, ...options }: ProdProps<F>): E {
    const bound = this.definition.scale.bindProduction(id, scale);
    const environment = this.build(id, 'production', bound, options);
    for (const stack of topStacks(environment)) stack.terminationProtection = true;
    return environment;
  }

  /**
   * A staging: production, only smaller, and short-lived.
   *
   * @returns the construct that the definition made: the environment
   * @throws TwinError `scale` when a value breaks a shape rule, `no-production` when there is nothing to be a twin of
   */
  staging(id: string, { scale = {}, expires, seeds = {}, of, ...options }: StagingProps<F>): E {
    const prod = this.production(id, of);
    const bound = this.definition.scale.bindScaled(id, prod.bound.values, scale);
    const environment = this.build(id, 'staging', bound, options, prod.id);
    for (const stack of topStacks(environment)) makeEphemeral(stack, { expires });
    seed(environment, seeds);
    return environment;
  }

  private production(id: string, of: string | undefined): BuiltEnvironment<F> {
    const all = this.#environments.filter(({ role }) => role === 'production');
    const found = of === undefined ? all[0] : all.find((environment) => environment.id === of);
    if (found) return found;
    const why =
      of === undefined
        ? 'no production was made before it'
        : `there is no production "${of}"; ${didYouMean(
            of,
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
    bound: BoundScale<F>,
    options: EnvironmentOptions,
    twinOf?: string,
  ): E {
    const { environment: Definition } = this.definition;
    if (Definition.prototype instanceof Stage) checkStageOptions(id, options);
    const isItself = Definition.prototype instanceof Stack || Definition.prototype instanceof Stage;
    // The type says that the shared props and the scale are all that the definition asks for; Omit loses that.
    const props = {
      ...this.definition.props,
      ...(isItself && options),
      scale: bound.scale,
    } as unknown as P;
    const root = isItself
      ? new Definition(this.app, id, props)
      : new Definition(new Stack(this.app, id, options), this.definition.constructId ?? 'Default', props);
    const stacks = (): Stack[] =>
      topScope(root)
        .node.findAll()
        .filter((node) => Stack.isStack(node));
    const built: BuiltEnvironment<F> = {
      id,
      role,
      bound,
      root,
      stacks,
      ...(twinOf !== undefined && { twinOf }),
    };
    this.#environments.push(built);
    remember(built);
    return root;
  }
}

/** A stage has no name or description of its own to give to its stacks. */
function checkStageOptions(id: string, { stackName, description }: EnvironmentOptions): void {
  if (stackName === undefined && description === undefined) return;
  throw new TwinError({
    code: 'stage-options',
    message: `"${id}" is a stage of several stacks, which take neither a stackName nor a description from it`,
    fix: 'Leave them out, or name the stacks in the stage.',
  });
}

const APPS = new WeakSet<App>();

/** The construct that holds an environment and nothing else: its stage, or its stack. */
function topScope(root: IConstruct): IConstruct {
  return Stage.isStage(root) ? root : Stack.of(root);
}

/** The stacks of an environment that are not nested in another. */
function topStacks(root: IConstruct): Stack[] {
  return topScope(root)
    .node.findAll()
    .filter((node): node is Stack => Stack.isStack(node) && node.nestedStackParent === undefined);
}

/** Every stack of every staging by its construct path, with the names of the stacks beside it. */
function stagingStacks(environments: readonly BuiltEnvironment[]) {
  return new Map(
    environments
      .filter(({ role }) => role === 'staging')
      .flatMap((environment) => {
        const own = environment.stacks();
        const prod = environments.find(({ id }) => id === environment.twinOf);
        const prodAccount = prod?.stacks()[0]?.account;
        const known = {
          stackNames: own.map(({ stackName }) => stackName),
          ...(prodAccount !== undefined && !Token.isUnresolved(prodAccount) && { prodAccount }),
        };
        return own.map((stack) => [stack.node.path, known] as const);
      }),
  );
}
