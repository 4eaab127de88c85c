import { TwinError } from '../../error';
import { isObject, type Json, type JsonObject } from '../../json';
import { constructOf } from '../../template/constructs';
import type { DeployedResource, RunningProperty, RunningResource, RunningState } from '../observe';
import type { Clients } from './clients';
import { isNotThere } from './failed-call';

/** Looks at the resources of some types. */
export type Describe = (sight: Sight) => Promise<readonly RunningResource[]>;

interface SightProps {
  readonly template: JsonObject;
  readonly resources: ReadonlyMap<string, DeployedResource>;
  /** The physical ids of all that the environment's stacks have. */
  readonly ours: ReadonlySet<string>;
  /** Takes what could not be looked at. */
  readonly unseen: string[];
  readonly clients: Clients;
  readonly signal: AbortSignal;
}

/** A resource of a stack with what its template says. */
export interface Declared extends DeployedResource {
  readonly logicalId: string;
  readonly properties: JsonObject;
}

/** A stack as those see it who describe its resources. */
export class Sight {
  constructor(private readonly props: SightProps) {}

  /** Whether a stack of the environment made it. */
  isOurs(physicalId: string): boolean {
    return [...this.props.ours].some((it) => isName(it, physicalId));
  }

  /** The resources of some types. */
  of(...types: readonly string[]): Declared[] {
    const { resources, template } = this.props;
    const entries = isObject(template['Resources']) ? template['Resources'] : {};
    return [...resources].flatMap(([logicalId, it]): Declared[] => {
      if (!types.includes(it.type)) return [];
      const entry = entries[logicalId];
      const properties = isObject(entry) ? entry['Properties'] : undefined;
      return [{ logicalId, ...it, properties: isObject(properties) ? properties : {} }];
    });
  }

  /** A client that reads. */
  ask<N extends Parameters<Clients['reads']>[0]>(service: N): ReturnType<typeof this.props.clients.reads<N>> {
    return this.props.clients.reads(service, this.props.signal);
  }

  /** What a name or an ARN is in the template: a reference, where the stack made what it names. */
  named(physicalId: string | undefined): Json {
    const { resources } = this.props;
    const found = [...resources].find(([, it]) => isName(it.physicalId, physicalId));
    return found ? { Ref: found[0] } : (physicalId ?? null);
  }

  /** The same for people: the construct, where the stack made it. */
  shown(physicalId: string | undefined): string {
    const name = this.named(physicalId);
    if (!isObject(name)) return String(name ?? '');
    const id = String(name['Ref']);
    const { Resources: entries } = this.props.template;
    return constructOf(isObject(entries) ? entries[id] : undefined) ?? id;
  }

  /** What may be refused or be missing without an end to it all: it is said not to have been looked at. */
  async mayFail<T>(what: string, otherwise: T, look: () => Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof TwinError) || error.code !== 'aws') throw error;
      this.props.unseen.push(`${what}: ${error.message}`);
      return otherwise;
    }
  }
}

/** Databases spell names in lower case, whatever CloudFormation was given. */
const isName = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** What is said of a resource that its service describes. */
export const running = (
  { logicalId, type }: Pick<Declared, 'logicalId' | 'type'>,
  properties: readonly RunningProperty[],
  { states = [], strays = [] }: Partial<Pick<RunningResource, 'states' | 'strays'>> = {},
): RunningResource => ({ logicalId, type, exists: true, properties, states, strays });

/** What is said of a resource that its service does not know. */
export const gone = ({ logicalId, type }: Declared): RunningResource => ({
  logicalId,
  type,
  exists: false,
  properties: [],
  states: [],
  strays: [],
});

/** A property that runs with a value; none for one of which the service says nothing. */
export function property(
  path: string,
  value: Json | undefined,
  more: Omit<RunningProperty, 'path' | 'value'> = {},
): RunningProperty[] {
  return value === undefined ? [] : [{ path: ['Properties', ...path.split('.')], value, ...more }];
}

/** The same where the template says something of it: how it is counted or named is for the template to choose. */
export const declaredProperty = (
  { properties }: Declared,
  name: string,
  value: Json | undefined,
  more: Omit<RunningProperty, 'path' | 'value'> = {},
): RunningProperty[] => (properties[name] === undefined ? [] : property(name, value, more));

/** A state; none where there is nothing to say. */
export const state = (
  name: string,
  value: number | string | undefined,
  judged: RunningState['judged'],
  beside?: RunningState['beside'],
): RunningState[] =>
  value === undefined || value === '' ? [] : [{ name, value, judged, ...(beside && { beside }) }];

/** What a service describes; undefined when it knows nothing of that name. */
export async function ifThere<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}
