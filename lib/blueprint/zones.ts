import { equalJson, isObject, listOf, type Json } from '../json';
import type { Resource, Resources } from './resources';

/**
 * The Availability Zones of a service's subnets, each once: by name where the template has it, and otherwise numbered, because
 * `{"Fn::Select": [0, {"Fn::GetAZs": ""}]}` is known when it is deployed. A subnet that is not in the templates is taken to be in a
 * zone of its own, as those of a VPC that is looked up are.
 *
 * @returns undefined where the template names no subnets
 */
export function zonesOf(service: Resource, resources: Resources): readonly string[] | undefined {
  const { NetworkConfiguration: network } = service.properties;
  const config = isObject(network) ? network['AwsvpcConfiguration'] : undefined;
  const subnets = listOf(isObject(config) ? config['Subnets'] : undefined);
  const zones: Json[] = [];
  for (const subnet of subnets) {
    const { AvailabilityZone: zone = subnet } = resources.referred(subnet, service)?.properties ?? {};
    if (!zones.some((it) => equalJson(it, zone))) zones.push(zone);
  }
  if (zones.length === 0) return undefined;
  return zones.map((zone, i) => (isName(zone) ? zone : `zone ${i + 1}`));
}

const isName = (zone: Json): zone is string =>
  typeof zone === 'string' && /^[a-z]+(-[a-z]+)+-\d[a-z]$/.test(zone);
