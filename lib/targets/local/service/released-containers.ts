import type { Container, ServiceTier } from '../../../blueprint/blueprint';
import type { ServiceCommand } from '../config';
import type { Names } from '../names/names';
import { commandWith, containerCommands } from './container-commands';
import type { ContainerRelease } from './task-container';

/** What runs of a service here, with its variables. */
export function releasedContainers(
  tier: ServiceTier,
  given: ServiceCommand,
  names: Names,
): readonly ContainerRelease[] {
  const { stack } = tier;
  return containerCommands(tier, given).running.map((it) => ({
    container: it.container,
    command: commandWith(it, (value) => names.text(stack, value)),
    environment: environmentOf(stack, it.container, names),
  }));
}

/** The variables of a container, resolved. */
export function environmentOf(stack: string, container: Container, names: Names): Record<string, string> {
  const environment = Object.entries(container.environment).map(([name, value]) => [
    name,
    names.text(stack, value),
  ]);
  const secrets = Object.entries(container.secrets).map(([name, from]) => [name, names.secret(stack, from)]);
  return {
    PGSSLMODE: 'disable', // PostgreSQL has no TLS here
    ...names.withLocalPorts(Object.fromEntries(environment) as Record<string, string>),
    ...(Object.fromEntries(secrets) as Record<string, string>),
  };
}
