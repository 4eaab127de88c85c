import { Annotations, type App, type Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { AppTwins } from './app-twins';
import { RESTORE_CONTEXT, restoreRequestOf } from '../aws/restore-request';
import { checkCdkVersion } from '../cdk-version';
import type { Outside } from '../checks/outside';
import { didYouMean, TwinError } from '../error';
import { FULL_SIZE } from '../full-size';
import { isObject } from '../json';
import type { Definition } from '../parity/manifest';
import { ScaleDefinition, type BoundScale, type Factors, type ScaleValues } from '../scale/definition';
import { heldAt } from './instances/clock';
import type { DerivedProps, NoClass, ProdProps, StagingProps, TakesScale, TwinsProps } from './definition';
import { topOf, type BuiltEnvironment, type EnvironmentOptions } from './environments';
import { makeEphemeral, restore, snapshotsFor } from './lifecycle/ephemeral';
import { experiment, type Findings } from './experiments/experiments';
import { growingIn, withoutFullSize } from './full-size';
import { checkDefinition, checkProps, checkTags, type GivenDefinition } from './given';
import { generateNames } from './lifecycle/generated-names';
import { stacksOf } from './instances/instance';
import { makerOf, type Make } from './maker';
import { definitionOf, environmentOf } from './manifest/manifest';
import { register } from './shape';
import type { ExpiryWarning } from './lifecycle/self-destruct';
import { requirementOf, unrehearsed, unrehearsedBecause } from './required-rehearsal';
import { putStandIns, standInsIn } from './instances/stand-ins';

/**
 * One definition, several environments: production, and stagings or further productions that differ from it in nothing but
 * declared scale factors. Every synth compares them and fails on any other difference.
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
  /** Why production is deployed without the rehearsal that it requires. */
  #unrehearsed: string | undefined;

  /**
   * @throws TwinError `cdk-version` for an aws-cdk-lib that is too old, `definition` for a definition that lacks something, and what `defineScale` throws
   */
  constructor(app: App, definition: TwinsProps<F, N, D, G, P, E>) {
    checkCdkVersion();
    checkDefinition(app, definition);
    this.#app = app;
    this.#scale = scaleOf(definition) as unknown as ScaleDefinition<F, unknown>;
    this.#make = makerOf(definition) as Make<E>;
    const requirement = requirementOf(definition.requireRehearsal);
    if (requirement) this.#unrehearsed = unrehearsedBecause(app);
    AppTwins.of(app).add({
      definition: (outdir) => this.definition(outdir),
      ids: () => this.#environments.map(({ id }) => id),
      guarded: () =>
        requirement && this.#unrehearsed === undefined
          ? this.productions().map(({ id, root }) => ({
              id,
              stacks: topStacks(root).map(({ node }) => node.path),
              ...requirement,
            }))
          : [],
    });
  }

  /**
   * Production. Its stacks get termination protection, unless told otherwise; nothing else is changed about them. Every
   * further production is compared with the first: its values may be larger or smaller, of the same shape.
   *
   * @returns what the definition made: the environment
   * @throws TwinError `scale` when a value is illegal or missing, or does not keep the first production's shape
   */
  prod(id: string, props: ProdProps<F>): E {
    checkProps('prod', id, props);
    const { scale, terminationProtection = true, parameters, restoreFrom = {}, ...options } = props;
    const [first] = this.productions();
    if (first) checkTags(first, id, options);
    else if (Object.keys(restoreFrom).length > 0) throw restoredFirst(id);
    const bound = first
      ? this.#scale.bindBeside(id, { id: first.id, values: first.bound.values }, scale)
      : this.#scale.bindProduction(id, scale);
    const environment = this.build(id, 'production', bound, options, {
      ...(first && { twinOf: first.id }),
      ...(Object.keys(restoreFrom).length > 0 && { isRestored: true }),
      ...(parameters && { parameters }),
    });
    restore(environment, restoreFrom);
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
    const {
      scale = {},
      expires,
      warning,
      restoreFrom = {},
      outside = [],
      physicalNames = 'as-written',
      twinOf,
      parameters,
      ...options
    } = props;
    const prod = this.production(id, twinOf);
    checkTags(prod, id, options);
    const full: unknown = this.#app.node.tryGetContext(FULL_SIZE);
    const { values } = prod.bound;
    const broken = (it: Partial<ScaleValues<F>>): number => this.#scale.brokenBy(values, it);
    const own = withoutFullSize(scale, full, Object.keys(values), broken);
    const bound = this.#scale.bindScaled(id, values, own);
    const growing = growingIn(own, broken);
    const environment = this.build(id, 'staging', bound, options, {
      twinOf: prod.id,
      outside: warning ? [...outside, warned(warning)] : outside,
      ...(Object.keys(growing).length > 0 && { growing }),
      ...(parameters && { parameters }),
    });
    for (const stack of topStacks(environment)) {
      makeEphemeral(stack, { expires, ...(warning && { warning }) });
      if (Date.parse(`${expires}Z`) <= this.#instant) warnOfExpiry(stack, expires);
    }
    if (physicalNames === 'generated') generateNames(topOf(environment), topOf(prod.root));
    const request = restoreRequestOf(this.#app.node.tryGetContext(RESTORE_CONTEXT));
    restore(environment, { ...(request && snapshotsFor(environment, request)), ...restoreFrom });
    return environment;
  }

  private productions(): BuiltEnvironment<F>[] {
    return this.#environments.filter(({ role }) => role === 'production');
  }

  private production(id: string, twinOf: string | undefined): BuiltEnvironment<F> {
    const all = this.productions();
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
    of: Partial<Pick<BuiltEnvironment, 'twinOf' | 'outside' | 'growing' | 'parameters' | 'isRestored'>>,
  ): E {
    AppTwins.of(this.#app).checkId(id);
    const root = heldAt(this.#instant, () => this.#make(this.#app, id, bound.scale, options));
    putStandIns(topOf(root), standInsIn(of.outside ?? []));
    this.#environments.push({ id, role, bound, options, root, outside: [], ...of });
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
      contents: AppTwins.of(this.#app).contents,
    }));
  }

  /** What the manifest says of this definition. One production has nothing to be compared with. */
  private definition(outdir: string): Definition {
    const isAlone = this.#environments.every(({ twinOf }) => twinOf === undefined);
    this.#findings = undefined; // templates that were synthesized again may be others
    const findings = isAlone ? undefined : this.findings();
    const environments = this.#environments.map((environment) => {
      const observed = findings?.observed.find((it) => it.environment.id === environment.id);
      return [environment.id, observed ? environmentOf(observed) : unobserved(environment)] as const;
    });
    const found = definitionOf(outdir, this.#scale, findings, Object.fromEntries(environments));
    if (this.#unrehearsed === undefined) return found;
    return { ...found, warnings: [...(found.warnings ?? []), unrehearsed(this.#unrehearsed)] };
  }
}

/** What is known of an environment that was not compared. */
function unobserved<F extends Factors>({
  role,
  bound,
  parameters,
}: BuiltEnvironment<F>): Definition['environments'][string] {
  const { values, expressions, proportions } = bound;
  return {
    role,
    scale: values,
    expressions: Object.fromEntries(expressions),
    names: {},
    declared: {},
    proportions,
    ...(parameters && { parameters }),
  };
}

const restoredFirst = (id: string): TwinError =>
  new TwinError({
    code: 'restore-from',
    message: `"${id}" is the first production: there is none whose snapshots it could be restored from`,
    fix: 'Give restoreFrom to a staging, or to a production beside the first.',
  });

const warned = ({ topicArn }: ExpiryWarning): Outside => ({
  arn: topicArn,
  reason: 'it is warned before the staging deletes itself',
});

/** No error: what is over has to be synthesised too, to be torn down. */
function warnOfExpiry(stack: Stack, expires: string): void {
  Annotations.of(stack).addWarningV2(
    'cdk-twin:expired',
    `expires is ${expires}, which is over: a schedule in the past is never carried out, so that the stack stays until it is destroyed`,
  );
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

/** The stacks of an environment that are not nested in another. */
const topStacks = (root: IConstruct): Stack[] =>
  stacksOf(topOf(root)).filter(({ nestedStackParent }) => nestedStackParent === undefined);
