import type { App, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Outside } from '../checks/outside';
import type { Factors, Scale, ScaleDefinition, ScaleValues } from '../scale/definition';
import type { Proportion } from '../scale/proportions';
import type { EnvironmentOptions } from './environments';
import type { ExpiryWarning } from './lifecycle/self-destruct';

/** What derived values can be. */
type DerivedResult = number | string;

/** A value that follows from those of factors. */
export interface Derived<F extends Factors, N extends keyof F, V> {
  /** The factors that it follows from. */
  readonly from: readonly N[];
  /** The value at theirs. */
  readonly value: (values: Pick<ScaleValues<F>, N>) => V & DerivedResult;
  /** Why it may be larger than production's. @default - it may not */
  readonly largerBecause?: string;
}

/** Derived values by name: N has the factors of each, D the type of each. */
export type DerivedProps<
  F extends Factors,
  N extends Readonly<Record<string, keyof F>>,
  D extends Readonly<Record<string, unknown>>,
> = { readonly [K in keyof N & keyof D]: Derived<F, N[K], D[K]> };

/** What an environment is made with: a plain value for each factor and each derived value. */
export type Values<F extends Factors, D, G> = Scale<F, G> & { readonly [K in keyof D]: Widened<D[K]> };

/**
 * The type of a derived value, not the literal that its function may return. TypeScript checks a class before it has looked
 * into functions without annotations, and takes what they return as unknown then: that must fit anything.
 */
type Widened<V> = unknown extends V ? never : V extends number ? number : string;

/**
 * A class that is an environment. What it takes as its scope is what it gets: the app for a Stack or a Stage, a stack for
 * any other construct.
 */
export type EnvironmentClass<P, E extends Construct> = new (
  scope: E extends Stack | Stage ? App : Stack,
  id: string,
  props: P,
) => E;

/** A function that makes an environment: for classes that take their values one by one. */
export type EnvironmentFunction<V, E> = (
  scope: App,
  id: string,
  values: V,
  options: EnvironmentOptions,
) => E & (Stack | Stage);

/** What all environments of a topology have in common. */
export type TwinsProps<
  F extends Factors,
  N extends Readonly<Record<string, keyof F>>,
  D extends Readonly<Record<string, unknown>>,
  G,
  P extends TakesScale | undefined,
  E extends Construct,
> = {
  /** The factors that may differ; or what `defineScale` made of them. */
  readonly scale: F | ScaleDefinition<F, G>;
  /** Values that follow from factors in another way than in a rising line. @default - none */
  readonly derived?: DerivedProps<F, N, D>;
  /** What must keep its proportion across tiers. @default - none, or those of `defineScale` */
  readonly proportions?: readonly Proportion<ScaleValues<F>>[];
  /**
   * The one definition: a function that makes a stack or a stage, or a class that takes `scale`. A class that is neither
   * a Stack nor a Stage gets a stack around it.
   */
  // P is inferred from the class, and then it must take these values: an intersection does both.
  readonly environment:
    | (EnvironmentClass<P, E> &
        (new (scope: never, id: string, props: WithScale<NoInfer<P>, NoInfer<Values<F, D, G>>>) => unknown))
    | EnvironmentFunction<NoInfer<Values<F, D, G>>, E>;
  /**
   * The id of the environment's construct in its stack, for a class that is neither a Stack nor a Stage; give the one
   * that it has when stacks exist already, so that logical ids stay.
   *
   * @default 'Default' - which the CDK leaves out of logical ids
   */
  readonly constructId?: string;
  /**
   * Whether production is deployed only as what was given GO by `twin rehearse`: otherwise its synthesis fails.
   *
   * @default - it is deployed as it is
   */
  readonly requireRehearsal?: boolean | RequiredRehearsal;
} & SharedProps<P, E>;

/** Which rehearsals count. */
export interface RequiredRehearsal {
  /** How old a GO may be, in hours. @default 24 */
  readonly maxAgeHours?: number;
  /** The folder of rehearsals, from the folder that the app runs in. @default '.twin' */
  readonly root?: string;
}

/** The third parameter of a class that is an environment. */
export interface TakesScale {
  readonly scale?: unknown;
}
type WithScale<P, V> = Omit<NonNullable<P>, 'scale'> & { readonly scale: V };

/** What P is when there is no class: nothing else has such a property. */
export interface NoClass extends TakesScale {
  readonly noClass: never;
}

/**
 * The definition's other props: given once, because a difference between environments would be no scale factor. They are
 * asked for when a class needs more than its scale and the options; a function closes over what it needs.
 */
// NoClass comes first: whoever asks for E before the function was looked at makes it a mere Construct.
type SharedProps<P, E> = P extends NoClass
  ? { readonly props?: undefined }
  : Given<Omit<NonNullable<P>, 'scale' | (E extends Stack | Stage ? keyof EnvironmentOptions : never)>>;
type Given<P> = Record<never, never> extends P ? { readonly props?: P } : { readonly props: P };

/** What production is given. */
export interface ProdProps<F extends Factors> extends EnvironmentOptions {
  /** A value for every factor. */
  readonly scale: ScaleValues<F>;
  /**
   * What the parameters of its templates are given when it is deployed, such as with `cdk deploy --parameters`: a parameter that
   * decides what exists needs a value here.
   *
   * @default - not known before it is deployed
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * What its data tiers are restored from, by construct path inside the environment: of a production beside the first, whose
   * snapshots these are. What is taken out later replaces the database.
   *
   * @default - they begin empty
   */
  readonly restoreFrom?: Readonly<Record<string, Snapshot>>;
  /** Whether its stacks are protected from deletion; undefined leaves them as they are. @default true */
  readonly terminationProtection?: boolean;
}

/** What a staging is given. */
export interface StagingProps<F extends Factors> extends EnvironmentOptions {
  /** Values for the factors that differ. @default - production's */
  readonly scale?: Partial<ScaleValues<F>>;
  /**
   * What the parameters of its templates are given when it is deployed: `twin rehearse` deploys it with them.
   *
   * @default - not known before it is deployed
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /** When it deletes itself: UTC, `yyyy-mm-ddThh:mm:ss`. */
  readonly expires: string;
  /** Who is told before it deletes itself. @default - nobody */
  readonly warning?: ExpiryWarning;
  /** What its data tiers are restored from, by construct path inside the environment. @default - they begin empty */
  readonly restoreFrom?: Readonly<Record<string, Snapshot>>;
  /**
   * What it may reach outside, each with its reason: a shared certificate, a partner's API, whoever gets its alarms. A stand-in
   * is put in its place in staging alone, wherever the templates name it.
   *
   * @default - nothing
   */
  readonly outside?: readonly Outside[];
  /**
   * What becomes of a physical name that production gives to a resource too. `generated` leaves it out, so that CloudFormation
   * generates one; where a name is required it ends with the name of the stack.
   *
   * @default 'as-written'
   */
  readonly physicalNames?: 'as-written' | 'generated';
  /** The production that it is a twin of. @default - the first */
  readonly twinOf?: string;
}

/** What a data tier is restored from. */
export type Snapshot =
  | {
      /** Of an Aurora, DocumentDB or Neptune cluster: the snapshot's name, or its ARN when another account shares it. */
      readonly snapshot: string;
      /** The ARN of staging's own long-lived key: without one the restored data stays under production's. */
      readonly kmsKeyArn: string;
    }
  | {
      /** Of such a cluster: the cluster that it is a clone of, by its identifier, or its ARN when another account shares it. */
      readonly clone: string;
      /** The ARN of staging's own long-lived key. */
      readonly kmsKeyArn: string;
    }
  | {
      /**
       * Of an RDS instance that is in no cluster: the snapshot's name, or its ARN when another account shares it. The data stays
       * under the snapshot's key: copy it under staging's own before.
       */
      readonly instanceSnapshot: string;
    }
  | {
      /** Of an ElastiCache replication group: a backup in the same account. */
      readonly cacheSnapshot: string;
    }
  | {
      /** Of an ElastiCache replication group: backups (RDB files) in S3, by ARN, one for each shard. */
      readonly cacheSnapshotArns: readonly string[];
    };
