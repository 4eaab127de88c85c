import { isObject, listOf, type Json } from '../json';
import { textOf } from '../template/values';
import { protocolOf } from './balancers';
import type { ListenerTls } from './load-balancing';
import type { Resource, Resources } from './resources';

/**
 * Reads how a listener encrypts.
 *
 * @param balancer - the attributes of its load balancer
 * @returns undefined for one that does not
 */
export function listenerTls(
  listener: Resource,
  balancer: Readonly<Record<string, Json>>,
  resources: Resources,
): ListenerTls | undefined {
  const protocol = protocolOf(listener);
  if (protocol !== 'https' && protocol !== 'tls') return undefined;
  const { properties } = listener;
  const more = resources
    .ofType('AWS::ElasticLoadBalancingV2::ListenerCertificate')
    .filter((it) => resources.referred(it.properties['ListenerArn'], it) === listener);
  const names = [listener, ...more].flatMap((it) => namesOf(it, resources));
  const { AlpnPolicy: policy, MutualAuthentication: mutual } = properties;
  const mode = isObject(mutual) ? (textOf(mutual['Mode']) ?? 'off') : 'off';
  return {
    names: [...new Set(names)],
    alpn:
      protocol === 'tls'
        ? (NETWORK_ALPN[textOf(listOf(policy)[0]) ?? ''] ?? [])
        : String(balancer['routing.http2.enabled']) === 'false'
          ? ['http/1.1']
          : ['h2', 'http/1.1'],
    asksClients: mode !== 'off',
    ...versionsOf(properties['SslPolicy']),
  };
}

/**
 * The versions of TLS that a security policy permits, which its name says: `TLS13` that TLS 1.3 is among them, and `1-2` that 1.2 is the
 * first. One without the latter begins with 1.0: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
function versionsOf(policy: Json = DEFAULT_POLICY): Pick<ListenerTls, 'versions'> {
  const known = POLICY.exec(textOf(policy) ?? '');
  if (!known) return {};
  const { family, least = '0' } = known.groups!;
  return { versions: { least: Number(least), most: family === 'TLS13' ? 3 : 2 } };
}

const POLICY = /^ELBSecurityPolicy-(?:(?<family>TLS13|TLS|FS)-(?:1-(?<least>[0-3])-)?(?:.+-)?)?20\d\d-\d\d$/;
/** That of listeners that name none, unless the console makes them. */
const DEFAULT_POLICY = 'ELBSecurityPolicy-2016-08';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html#alpn-policies */
const NETWORK_ALPN: Readonly<Record<string, readonly string[]>> = {
  HTTP1Only: ['http/1.1', 'http/1.0'],
  HTTP2Only: ['h2'],
  HTTP2Optional: ['http/1.1', 'http/1.0', 'h2'],
  HTTP2Preferred: ['h2', 'http/1.1', 'http/1.0'],
};

/** The names of the certificates that the templates have. */
const namesOf = (owner: Resource, resources: Resources): readonly string[] =>
  listOf(owner.properties['Certificates'])
    .filter(isObject)
    .map((it) => resources.referred(it['CertificateArn'], owner))
    .flatMap((it) => {
      if (it?.type !== 'AWS::CertificateManager::Certificate') return [];
      return [it.properties['DomainName'], ...listOf(it.properties['SubjectAlternativeNames'])];
    })
    .filter((it) => typeof it === 'string');
