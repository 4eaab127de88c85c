import type { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { BoundScale, Factors } from '../scale/definition';

/** An environment that was built: what the manifest is written from. */
export interface BuiltEnvironment<F extends Factors = Factors> {
  /** The id that it was given: its name. */
  readonly id: string;
  readonly role: 'production' | 'staging';
  /** The name of the production that a staging is a twin of. */
  readonly twinOf?: string;
  readonly bound: BoundScale<F>;
  /** The construct that paths inside the environment begin at. */
  readonly root: IConstruct;
  /** Its stacks, nested ones included. */
  stacks(): readonly Stack[];
}
