import type { Json, JsonObject } from '../json';
import type { Path } from '../template/differences';

/** Looks at what runs of an environment. It reads, and changes nothing. */
export type Observe = (question: Question) => Promise<RunningEnvironment>;

/** What is to be looked at, and with whose credentials. */
export interface Question {
  /** The stacks that are deployed by themselves; those that are nested in them are found. */
  readonly stacks: readonly StackToFind[];
  /** A profile of the credentials. @default - those of the process */
  readonly profile?: string | undefined;
  /** For stacks that do not say where they are. @default - that of the process, or the profile's */
  readonly region?: string | undefined;
  /** The flags by which a person chooses both, for messages. */
  readonly flags: { readonly profile: string; readonly region: string; readonly stack: string };
  readonly signal: AbortSignal;
}

/** A stack to look at. */
export interface StackToFind {
  /** Its path inside the environment; empty when it is the environment. */
  readonly path: string;
  readonly name: string;
  /** @default - the credentials decide */
  readonly account?: string | undefined;
  /** @default - the credentials decide */
  readonly region?: string | undefined;
}

/** What runs of an environment. */
export interface RunningEnvironment {
  readonly account: string;
  readonly stacks: readonly RunningStack[];
  /** What could not be looked at, each with the reason. */
  readonly unseen: readonly string[];
}

/** A deployed stack, with what its services say of its resources. */
export interface RunningStack {
  readonly path: string;
  readonly name: string;
  readonly id: string;
  /** Whether another stack of the environment made it. */
  readonly isNested: boolean;
  readonly region: string;
  /** When it was last deployed: ISO 8601, UTC. */
  readonly deployed: string;
  /** Such as `UPDATE_COMPLETE`. */
  readonly status: string;
  /** What the deployment service itself found when it last looked for drift; undefined when it never did. */
  readonly drift?: {
    readonly status: string;
    readonly at: string;
    /** What it found, where nothing was deployed since. */
    readonly found: readonly FoundDrift[];
  };
  /** As it was deployed. */
  readonly template: JsonObject;
  /** The values of its parameters, some of them given at deployment; undefined for a secret one. */
  readonly parameters: ReadonlyMap<string, string | undefined>;
  /** Every resource that the stack has, by its logical id. */
  readonly deployedResources: ReadonlyMap<string, DeployedResource>;
  /** Those that were looked at. */
  readonly resources: readonly RunningResource[];
}

/** What the deployment service found of a resource that is not as it was deployed. */
export interface FoundDrift {
  readonly logicalId: string;
  readonly type: string;
  /** What is otherwise; none where the whole of it is gone. */
  readonly changes: readonly {
    /** From the resource down: `['Properties', 'Description']`. */
    readonly path: Path;
    readonly deployed?: Json;
    readonly running?: Json;
  }[];
}

/** A resource that a stack has made. */
export interface DeployedResource {
  readonly type: string;
  readonly physicalId: string;
}

/** A resource as its service describes it. */
export interface RunningResource {
  readonly logicalId: string;
  /** The logical id of the resource that uses it, where several may use one, and each another as it runs. @default - it is its own */
  readonly usedBy?: string;
  readonly type: string;
  /** Whether it is still there. */
  readonly exists: boolean;
  /** What the template says, or could say, as it runs. */
  readonly properties: readonly RunningProperty[];
  /** What no template says. */
  readonly states: readonly RunningState[];
  /** Members that it has and no stack of the environment made, each in one phrase. */
  readonly strays: readonly string[];
}

/** A property as it runs. */
export interface RunningProperty {
  /** From the resource down: `['Properties', 'DBInstanceClass']`. */
  readonly path: Path;
  /** Null where nothing is set. What the same stack made is `{ Ref: <logical id> }`. */
  readonly value: Json;
  /** What it is where the template leaves it out. @default - the service decides */
  readonly default?: Json;
  /** Set where a template may say the beginning alone: `17` for `17.9`. */
  readonly isVersion?: true;
  /** What it may be, where autoscaling moves it. @default - what the template says */
  readonly moves?: { readonly min: number; readonly max: number };
}

/** Something that no template says, such as pending maintenance. */
export interface RunningState {
  /** Such as `pending maintenance`. */
  readonly name: string;
  readonly value: number | string;
  /**
   * What both environments must have: the `same`, the same `plurality` (none, one, several), or `any`.
   */
  readonly judged: 'same' | 'plurality' | 'any';
  /** The property beside which it is judged: where that may differ, it may. @default - it is judged by itself */
  readonly beside?: Path;
}
