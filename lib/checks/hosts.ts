import { isObject, listOf, type Json, type JsonObject } from '../json';
import { textOf } from '../template/text';

/** A host in a text, or an address of the Internet Protocol. */
const URL_HOST = /\b[a-z][a-z\d+.-]*:\/\/(?:[^\s/@"']*@)?((?:\$\{[^}]*\}|[\w.-])+)/gi;
const PLAIN_HOST = /^((?:\$\{[^}]*\}\.)?(?:[a-z\d](?:[\w-]*[a-z\d])?\.)+[a-z]{2,})(?::\d+)?(?:\/\S*)?$/i;
const IP =
  /(?<![\w.-])((?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})(?![\w-]|\.\d|\/\d)/g;
const EMAIL = /[\w.+-]+@(?:[a-z\d-]+\.)+[a-z]{2,}/gi;

/** The hosts that a text names: in URLs, and as a whole when it can be nothing else. */
export function hostsIn(text: string): string[] {
  if (!text.includes('.') && !text.includes('://')) return []; // which is most texts
  const inUrls = [...text.matchAll(URL_HOST)].map(([, host]) => host!);
  const plain = PLAIN_HOST.exec(text)?.[1];
  const named = [...inUrls, ...(plain !== undefined && isTopLevel(plain) ? [plain] : [])];
  const addresses = [...text.matchAll(IP)].map(([, ip]) => ip!);
  return [...new Set([...named.map(literalPart).filter((host) => host !== ''), ...addresses])].filter(
    (host) => !isNearby(host),
  );
}

/** The e-mail addresses in a text that is no URL. */
export const emailsIn = (text: string): string[] =>
  !text.includes('@') || text.includes('://') ? [] : [...text.matchAll(EMAIL)].map(([email]) => email);

/**
 * What of a host is written and not referred to: a name below `${AWS::StackName}.pay.example.com` is in the zone
 * `pay.example.com`. Empty when that is no name of its own.
 */
function literalPart(host: string): string {
  const written = host.replace(/^.*\$\{[^}]*\}\.?/s, '').replace(/\.$/, '');
  const isWhole = !host.includes('${') && /^[\d.]+$/.test(written);
  return isWhole || /^(?:[\w-]+\.)+[a-z][a-z\d-]*$/i.test(written) ? written.toLowerCase() : '';
}

/** The machine itself, the metadata of the instance or task that runs there, and addresses that mean any. */
const isNearby = (host: string): boolean =>
  /^(?:127\.|0\.0\.0\.0$|169\.254\.)|(?:^|\.)localhost$|^host\.docker\.internal$/.test(host);

const GENERIC = new Set(
  'com net org info biz dev app cloud shop store tech internal intranet corp local lan online xyz'.split(' '),
);
/** Ends of file names and of modules that are countries too. */
const FILES = new Set([
  'py',
  'sh',
  'md',
  'rs',
  'pl',
  'so',
  'ps',
  'cc',
  'ml',
  'am',
  'is',
  'in',
  'to',
  'do',
  'id',
  'at',
  'no',
]);
/** Made when it is first asked for: it takes milliseconds, which no command needs that looks at no host. */
let countries: Intl.DisplayNames | undefined;
const isCountry = (code: string): boolean => {
  countries ??= new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  return code === 'eu' || code === 'uk' || countries.of(code.toUpperCase()) !== undefined;
};

/** Whether a dotted word that is in no URL ends as hosts do: file names and modules have dots too. */
function isTopLevel(host: string): boolean {
  const end = host.toLowerCase().split('.').at(-1)!;
  if (GENERIC.has(end)) return true;
  if (end.length !== 2) return false;
  return isCountry(end) && (!FILES.has(end) || host.split('.').length > 2);
}

/** Hosts of AWS's own: its endpoints and consoles. What one of its services gives to one resource has a rule of its own. */
export const isOfAws = (host: string): boolean =>
  /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|aws|aws\.amazon\.com|on\.aws|api\.aws|amazontrust\.com|awsapps\.com|cloudfront\.net)$/.test(
    host,
  );

/** Where a template names the hosts and zones that it makes. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::DomainName': ['DomainName'],
  'AWS::ApiGatewayV2::DomainName': ['DomainName'],
  'AWS::AppSync::DomainName': ['DomainName'],
  'AWS::CloudFront::Distribution': ['DistributionConfig.Aliases'],
  'AWS::Cognito::UserPoolDomain': ['Domain'],
  'AWS::Route53::HostedZone': ['Name'],
  'AWS::Route53::RecordSet': ['Name'],
  'AWS::Route53::RecordSetGroup': ['RecordSets.Name'],
  'AWS::ServiceDiscovery::PrivateDnsNamespace': ['Name'],
  'AWS::ServiceDiscovery::PublicDnsNamespace': ['Name'],
};

/** The hosts and zones that a template makes, as far as they are written. */
export function hostsOf(template: unknown): string[] {
  const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  return Object.values(resources).flatMap((entry) => {
    if (!isObject(entry) || !isObject(entry['Properties'])) return [];
    const { Properties: properties, Type: type } = entry as { Properties: JsonObject; Type: Json };
    const places = Object.hasOwn(MADE, String(type)) ? MADE[String(type)]! : [];
    return places
      .flatMap((place) => valuesAt(properties, place.split('.')))
      .flatMap((value) => textOf(value) ?? [])
      .map((text) => text.replace(/\.$/, '').toLowerCase())
      .filter((host) => /^(?:[\w*-]+\.)+[a-z][\w-]*$/.test(host));
  });
}

function valuesAt(value: Json | undefined, [key, ...rest]: readonly string[]): readonly Json[] {
  if (Array.isArray(value))
    return listOf(value).flatMap((item) => valuesAt(item, key === undefined ? [] : [key, ...rest]));
  if (key === undefined) return value === undefined ? [] : [value];
  return isObject(value) ? valuesAt(value[key], rest) : [];
}

/** Whether a host is one of these, or below one. */
export const isWithin = (host: string, zones: Iterable<string>): boolean =>
  [...zones].some((zone) => host === zone || host.endsWith(`.${zone.replace(/^\*\./, '')}`));
