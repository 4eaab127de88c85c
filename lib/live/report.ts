import type { Json } from '../json';
import type { Path } from '../template/differences';

/** What a look at two running environments found. */
export interface LiveReport {
  /** `twins` when the manifest explains every difference of what runs. */
  readonly verdict: 'twins' | 'not-twins';
  readonly prod: string;
  readonly staging: string;
  /** What the second is: a staging, or a production that is compared with the first. */
  readonly role: 'staging' | 'production';
  /** How many values were compared with each other. */
  readonly compared: number;
  readonly sides: { readonly prod: LiveSide; readonly staging: LiveSide };
  /** What runs otherwise than its own template says. */
  readonly drifts: readonly Drift[];
  /** What runs otherwise in the two, and the manifest does not explain. */
  readonly differences: readonly LiveDifference[];
  /** How both run, where nothing else judges it. */
  readonly states: readonly LiveState[];
  readonly notes: readonly string[];
  readonly notLookedAt: NotLookedAt;
}

/** Whether the environments run as twins, and each as its template says. */
export const isSound = ({ verdict, drifts }: LiveReport): boolean =>
  verdict === 'twins' && drifts.length === 0;

/** Where an environment runs. */
export interface LiveSide {
  readonly account: string;
  readonly stacks: readonly {
    readonly name: string;
    readonly region: string;
    /** ISO 8601, UTC. */
    readonly deployed: string;
  }[];
}

/** Where something is. */
export interface LivePlace {
  /** The stack's path inside its environment; empty when it is the environment. */
  readonly stack: string;
  readonly logicalId: string;
  /** The resource type; for a parameter of the stack `Parameters`. */
  readonly type: string;
  /** From the resource down; empty for the whole of it. */
  readonly path: Path;
  /** The construct, inside its environment; absent when the template does not have it. */
  readonly construct?: string;
}

/** Something that runs otherwise than the template of its own stack says. */
export interface Drift extends LivePlace {
  readonly environment: string;
  /** What the template says; absent for what it does not have. */
  readonly deployed?: Json;
  /** What runs; absent for what is gone. */
  readonly running?: Json;
  readonly why: string;
  readonly fix: string;
}

/** Something that runs otherwise in the two environments. */
export interface LiveDifference extends LivePlace {
  /** What no template says, such as `pending maintenance`. @default - the path names it */
  readonly state?: string;
  /** What runs; absent when nothing does. */
  readonly prod?: Json;
  readonly staging?: Json;
  readonly why: string;
  readonly fix: string;
}

/** How a resource runs in both. */
export interface LiveState extends LivePlace {
  readonly state: string;
  readonly prod?: number | string;
  readonly staging?: number | string;
}

/** What was not looked at. */
export interface NotLookedAt {
  /** The resource types, with how many resources of each there are in both. */
  readonly types: Readonly<Record<string, number>>;
  /** What a service refused or did not have, each with the reason. */
  readonly refused: readonly string[];
}
