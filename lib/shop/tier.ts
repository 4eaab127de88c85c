import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IDependable } from 'constructs';
import type { Network } from './network';
import type { ShopScale } from './scale';

/** What a data tier is made with. */
export interface TierProps {
  /** Where it lives. */
  readonly network: Network;
  /** How much of it there is. */
  readonly scale: ShopScale;
}

/** A tier that the services talk to. Its default port is the only one opened between them. */
export interface Backend extends ec2.IConnectable {
  /** Where it is: environment variables for each service. */
  readonly environment: Readonly<Record<string, string>>;
  /** How to get in: injected by ECS from Secrets Manager, never part of the template. */
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
  /** What must be up before a task can use it: an endpoint's name exists long before its instances do. */
  readonly ready: readonly IDependable[];
}
