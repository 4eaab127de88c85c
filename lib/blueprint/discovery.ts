import { isObject, listOf, type Json, type JsonObject } from '../json';
import { numberOf, textOf } from '../template/values';
import type { Resource, Resources } from './resources';

/** How the tasks of a service are found by other services, and which of those they find. */
export interface Discovery {
  /** The names that lead to its tasks. */
  readonly names: readonly DiscoveryName[];
  /** The namespace whose Service Connect names its own tasks find. @default - none */
  readonly connects?: string;
}

/** A name, and a port of it, that leads to the tasks of a service. */
export interface DiscoveryName {
  /** Such as `orders.local`, or `orders` of Service Connect. */
  readonly name: string;
  /** By DNS every task finds it, by Service Connect those of its namespace alone. */
  readonly by: 'dns' | 'service-connect';
  readonly namespace: string;
  /** The port that clients name. */
  readonly port: number;
  /** The port that a container of its tasks listens on. */
  readonly containerPort: number;
  /** What its requests are balanced by: `tcp` is balanced by connections. */
  readonly protocol: 'tcp' | 'http' | 'http2' | 'grpc';
  /** After so long a request is answered in place of a task that has not; 0 where it is not. */
  readonly requestTimeoutSeconds: number;
}

/**
 * Reads the names of an ECS service: of AWS Cloud Map, and of Service Connect.
 *
 * @param containers - the container definitions of its tasks
 * @returns undefined where it has none, and finds none but those of DNS
 */
export function discoveryOf(
  service: Resource,
  containers: readonly JsonObject[],
  resources: Resources,
): Discovery | undefined {
  const ports = containers
    .flatMap(({ PortMappings: mappings }) => listOf(mappings))
    .filter(isObject)
    .filter((it) => it['Protocol'] !== 'udp');
  const { ServiceConnectConfiguration: given, ServiceRegistries: registries } = service.properties;
  const byDns = listOf(registries)
    .filter(isObject)
    .flatMap((it) => dnsNames(it, ports, service, resources));
  const config = isObject(given) && String(given['Enabled']) === 'true' ? given : undefined;
  const connects = config && namespaceOf(config['Namespace'] ?? defaultOf(service, resources), service, resources); // prettier-ignore
  const connected = config ? connectedNames(config, ports, connects ?? '') : [];
  const names = [...byDns, ...connected];
  if (names.length === 0 && connects === undefined) return undefined;
  return { names, ...(connects !== undefined && { connects }) };
}

/** A name of Cloud Map leads to the addresses of the tasks, whatever port a client names. */
function dnsNames(
  registry: JsonObject,
  ports: readonly JsonObject[],
  service: Resource,
  resources: Resources,
): readonly DiscoveryName[] {
  const found = resources.referred(registry['RegistryArn'], service);
  const name = textOf(found?.properties['Name']);
  if (!found || name === undefined) return [];
  const { DnsConfig: dns, NamespaceId: id } = found.properties;
  const namespace = resources.referred((isObject(dns) ? dns['NamespaceId'] : undefined) ?? id, found);
  const suffix = namespace?.type.endsWith('DnsNamespace') ? textOf(namespace.properties['Name']) : undefined;
  if (suffix === undefined) return []; // it has no DNS, or is not in the templates
  const all = [registry, ...ports].flatMap((it) => numberOf(it['ContainerPort']) ?? []);
  return [...new Set(all)].map((port) => ({
    name: `${name}.${suffix}`,
    by: 'dns',
    namespace: suffix,
    port,
    containerPort: port,
    protocol: 'tcp',
    requestTimeoutSeconds: 0,
  }));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html */
function connectedNames(
  { Services: services }: JsonObject,
  ports: readonly JsonObject[],
  namespace: string,
): readonly DiscoveryName[] {
  return listOf(services)
    .filter(isObject)
    .flatMap((it) => {
      const mapping = ports.find(({ Name: name }) => name !== undefined && name === it['PortName']);
      const containerPort = numberOf(mapping?.['ContainerPort']);
      const known = textOf(it['DiscoveryName']) ?? textOf(it['PortName']);
      if (containerPort === undefined || known === undefined) return [];
      const { Timeout: timeout } = it;
      const protocol = PROTOCOLS.find((one) => one === mapping!['AppProtocol']) ?? 'tcp';
      const given = numberOf(isObject(timeout) ? timeout['PerRequestTimeoutSeconds'] : undefined);
      const requestTimeoutSeconds = protocol === 'tcp' ? 0 : (given ?? REQUEST_TIMEOUT_SECONDS);
      return listOf(it['ClientAliases'])
        .filter(isObject)
        .map((alias): DiscoveryName => ({
          name: textOf(alias['DnsName']) ?? `${known}.${namespace}`,
          by: 'service-connect',
          namespace,
          port: numberOf(alias['Port']) ?? containerPort,
          containerPort,
          protocol,
          requestTimeoutSeconds,
        }));
    });
}

const PROTOCOLS = ['http', 'http2', 'grpc'] as const;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html */
const REQUEST_TIMEOUT_SECONDS = 15;

/** What a service connects to that does not say: the default of its cluster. */
function defaultOf(service: Resource, resources: Resources): Json | undefined {
  const defaults = resources.referred(service.properties['Cluster'], service)?.properties[
    'ServiceConnectDefaults'
  ];
  return isObject(defaults) ? defaults['Namespace'] : undefined;
}

/** The name of a namespace: by its name, its ARN, or its resource. */
function namespaceOf(value: Json | undefined, service: Resource, resources: Resources): string {
  const found = resources.referred(value, service);
  return (
    textOf(found?.properties['Name'] ?? value)
      ?.split('/')
      .at(-1) ??
    found?.logicalId ??
    ''
  );
}
