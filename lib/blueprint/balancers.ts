import { isObject, listOf, type Json, type JsonObject } from '../json';
import { numberOf, textOf } from '../template/values';
import type { Address, BalancedPort, Balancer, Listener } from './blueprint';
import type { Resource, Resources } from './resources';
import { targetGroupOf } from './target-groups';

/**
 * Reads the load balancing of a service.
 *
 * @param balanced - the entries under `LoadBalancers` of the service
 * @returns undefined when the templates have none of its target groups
 */
export function balancerOf(
  balanced: readonly JsonObject[],
  service: Resource,
  resources: Resources,
): Balancer | undefined {
  const found = balanced.flatMap((entry) => {
    const resource = resources.referred(entry['TargetGroupArn'], service);
    return resource ? [{ entry, resource }] : [];
  });
  if (found.length === 0) return undefined;
  const listener = found
    .map(({ resource }) => listenerOf(resource, resources))
    .find((it) => it !== undefined);
  return {
    loadBalancer: listener && loadBalancerOf(listener, resources),
    listener: listener && portOf(listener),
    ports: found.map(({ entry, resource }): BalancedPort => ({
      group: targetGroupOf(resource),
      container: textOf(entry['ContainerName']) ?? 'unknown',
      port: numberOf(entry['ContainerPort']),
    })),
  };
}

/** The listener that forwards to a target group, by itself or by a rule: of several the one with TLS, which clients use. */
function listenerOf(group: Resource, resources: Resources): Resource | undefined {
  const forwards = (owner: Resource, actions: Json | undefined): boolean =>
    groupsOf(actions).some(({ arn }) => resources.referred(arn, owner) === group);
  const direct = resources
    .ofType('AWS::ElasticLoadBalancingV2::Listener')
    .filter((it) => forwards(it, it.properties['DefaultActions']));
  const byRule = resources
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .filter((it) => forwards(it, it.properties['Actions']))
    .map((rule) => resources.referred(rule.properties['ListenerArn'], rule))
    .filter((it) => it !== undefined);
  const all = [...direct, ...byRule];
  return all.find((it) => protocolOf(it) === 'https') ?? all[0];
}

/** The protocol of a listener. */
export function protocolOf({ properties }: Resource): Listener['protocol'] {
  return PROTOCOLS[textOf(properties['Protocol'])?.toUpperCase() ?? ''] ?? 'http';
}

/** QUIC is carried by UDP. */
const PROTOCOLS: Readonly<Record<string, Listener['protocol']>> = {
  HTTPS: 'https',
  TCP: 'tcp',
  TLS: 'tls',
  UDP: 'udp',
  TCP_UDP: 'tcp_udp',
  QUIC: 'udp',
  TCP_QUIC: 'tcp_udp',
};

/** The protocol and the port of a listener. */
export function portOf(listener: Resource): Listener {
  const protocol = protocolOf(listener);
  return { protocol, port: numberOf(listener.properties['Port']) ?? (protocol === 'https' ? 443 : 80) };
}

function loadBalancerOf(listener: Resource, resources: Resources): Address | undefined {
  const found = resources.referred(listener.properties['LoadBalancerArn'], listener);
  return found && { stack: found.stack, logicalId: found.logicalId };
}

/** The target groups that actions forward to: one, or several with weights. */
export function groupsOf(actions: Json | undefined): { readonly arn: Json; readonly weight: number }[] {
  return listOf(actions)
    .filter(isObject)
    .flatMap(({ TargetGroupArn: one, ForwardConfig: forward }) => {
      const several = listOf(isObject(forward) ? forward['TargetGroups'] : undefined).filter(isObject);
      if (several.length === 0) return one === undefined ? [] : [{ arn: one, weight: 1 }];
      return several.map((it) => ({
        arn: it['TargetGroupArn'] ?? null,
        weight: numberOf(it['Weight']) ?? 1,
      }));
    });
}
