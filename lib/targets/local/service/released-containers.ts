import { existsSync, readFileSync } from 'node:fs';
import type { Container, ServiceTier } from '../../../blueprint/blueprint';
import type { ServiceCommand } from '../../../config/types';
import type { AssetFile } from '../emulator/assets';
import { withoutAws } from '../emulator/clients';
import type { Discovery } from '../discovery/discovery';
import { withAddress, withAddresses } from '../discovery/reachable';
import type { Names } from '../names/names';
import type { OwnFiles } from '../process/own-files';
import { withAuthority } from '../tls/variables';
import { commandWith, containerCommands } from './container-commands';
import { environmentFileVariables } from './environment-files';
import type { ContainerRelease } from './task-container';

/** What the variables of containers come from. */
export interface Variables {
  /** The values of the template. */
  readonly names: Names;
  /** The files that the templates name as objects of S3. */
  readonly assets: readonly AssetFile[];
  /** The names by which services find each other. */
  readonly discovery: Discovery;
  /** The paths at which programs read the certificates of Amazon RDS. */
  readonly certificateFiles: readonly string[];
  /** The file with the certificate of the environment's authority. */
  readonly authority: string;
  /** What tasks get for the data tiers that stand, unless their containers say otherwise. */
  readonly ofTiers: Readonly<Record<string, string>>;
  /** What leads them to an emulator of AWS, or nowhere: never to AWS, whatever their containers say. */
  readonly aws: Readonly<Record<string, string>>;
}

/** What runs of a service here, with its variables. */
export function releasedContainers(
  tier: ServiceTier,
  given: ServiceCommand,
  variables: Variables,
): readonly ContainerRelease[] {
  const { stack } = tier;
  const found = variables.discovery.namesFor(tier);
  return containerCommands(tier, given).running.map((it) => ({
    container: it.container,
    command: commandWith(it, (value) => withAddress(variables.names.text(stack, value), found)),
    environment: environmentOf(tier, it.container, variables),
  }));
}

/** Files that the programs of a service find in place of those of this machine: the names of other services, and whom they trust. */
export function ownFilesOf(tier: ServiceTier, variables: Variables): OwnFiles {
  const { discovery, authority, certificateFiles } = variables;
  const lines = discovery.namesFor(tier).map(({ name, address }) => `${address} ${name}`);
  const trusted = existsSync(authority) ? certificateFiles : [];
  return {
    ...(lines.length > 0 && {
      [HOSTS]: [readFileSync(HOSTS, 'utf8').trimEnd(), ...new Set(lines), ''].join('\n'),
    }),
    ...Object.fromEntries(trusted.map((path) => [path, readFileSync(authority, 'utf8')])),
  };
}

const HOSTS = '/etc/hosts';

/** The variables of a container of a service, resolved. */
export function environmentOf(
  tier: ServiceTier,
  container: Container,
  { names, assets, discovery, authority, ofTiers, aws }: Variables,
): Record<string, string> {
  const { stack } = tier;
  const fromFiles = environmentFileVariables({
    container,
    assets,
    text: (value) => names.text(stack, value),
  });
  const environment = Object.entries(container.environment).map(([name, value]) => [
    name,
    names.text(stack, value),
  ]);
  const secrets = Object.entries(container.secrets).map(([name, from]) => [name, names.secret(stack, from)]);
  const own = {
    ...withoutAws(
      names.withLocalPorts(
        withAuthority(
          { ...fromFiles, ...(Object.fromEntries(environment) as Record<string, string>) },
          authority,
        ),
      ),
    ),
    ...withoutAws(Object.fromEntries(secrets) as Record<string, string>),
  };
  return { ...ofTiers, ...withAddresses(own, discovery.namesFor(tier)), ...aws };
}
