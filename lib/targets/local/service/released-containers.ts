import type { Container, ServiceTier } from '../../../blueprint/blueprint';
import type { ServiceCommand } from '../../../config/types';
import type { Names } from '../names/names';
import { withAuthority } from '../tls/variables';
import { commandWith, containerCommands } from './container-commands';
import type { ContainerRelease } from './task-container';

/** What the variables of containers come from. */
export interface Variables {
  /** The values of the template. */
  readonly names: Names;
  /** The file with the certificate of the environment's authority. */
  readonly authority: string;
  /** What tasks get for the data tiers that stand, unless their containers say otherwise. */
  readonly ofTiers: Readonly<Record<string, string>>;
}

/** What runs of a service here, with its variables. */
export function releasedContainers(
  tier: ServiceTier,
  given: ServiceCommand,
  variables: Variables,
): readonly ContainerRelease[] {
  const { stack } = tier;
  return containerCommands(tier, given).running.map((it) => ({
    container: it.container,
    command: commandWith(it, (value) => variables.names.text(stack, value)),
    environment: environmentOf(stack, it.container, variables),
  }));
}

/** The variables of a container, resolved. */
export function environmentOf(
  stack: string,
  container: Container,
  { names, authority, ofTiers }: Variables,
): Record<string, string> {
  const environment = Object.entries(container.environment).map(([name, value]) => [
    name,
    names.text(stack, value),
  ]);
  const secrets = Object.entries(container.secrets).map(([name, from]) => [name, names.secret(stack, from)]);
  return {
    ...ofTiers,
    ...names.withLocalPorts(withAuthority(Object.fromEntries(environment), authority)),
    ...(Object.fromEntries(secrets) as Record<string, string>),
  };
}
