import { Stack, Stage, type App, type Environment } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Outside } from '../checks/outside';
import type { BoundScale, Factors } from '../scale/definition';
import type { Names } from './instances/names';

/** What an environment is given beside its scale. */
export interface EnvironmentOptions {
  /** The AWS account and region. @default - decided when it is deployed */
  readonly env?: Environment;
  /** The stack's name, when it is not the id. @default - the id */
  readonly stackName?: string;
  /** The stack's description. @default - none */
  readonly description?: string;
  /** Tags of the stack: every environment has the same keys. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** An environment that was built. */
export interface BuiltEnvironment<F extends Factors = Factors, D = unknown> {
  /** The id that it was given: its name. */
  readonly id: string;
  readonly role: 'production' | 'staging';
  /** The name of the production that it is compared with: absent of the first production. */
  readonly twinOf?: string;
  readonly bound: BoundScale<F, D>;
  readonly options: EnvironmentOptions;
  /** What the parameters of its templates are given. @default - not known */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The factors that have to be at production's size where another one is. @default - none, or a production */
  readonly growing?: Readonly<Record<string, readonly string[]>>;
  /** What it may reach outside. */
  readonly outside: readonly Outside[];
  /** Whether it is a production that begins with snapshots of the first: the definition alone does not make that. @default false */
  readonly isRestored?: true;
  /** The construct that the definition made. */
  readonly root: IConstruct;
}

/** Makes an environment of a definition in an app. */
export type MakeEnvironment<F extends Factors, D> = (
  app: App,
  id: string,
  bound: BoundScale<F, D>,
  options: EnvironmentOptions,
) => IConstruct;

/** The construct that holds an environment and nothing else: its stage, or its stack. */
export function topOf(root: IConstruct): IConstruct {
  return Stage.isStage(root) ? root : Stack.of(root);
}

/** What an environment is given on purpose, as texts that its templates may hold. */
export function declaredIn({ tags = {}, description }: EnvironmentOptions, standIns: Names): Names {
  const texts = Object.entries(tags).map(([key, value]) => [`tag.${key}`, value] as const);
  return new Map([
    ...texts,
    ...(description === undefined ? [] : [['description', description] as const]),
    ...standIns,
  ]);
}
