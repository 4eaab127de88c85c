import type { FactorKind } from './kinds';
import { partsOf } from './sizes';

/**
 * The kind of factor that a property of a template is, by its name and the value it has in production: how much, and of
 * what. Undefined for what is no size.
 */
export function kindOfProperty(property: string, value: unknown): FactorKind | undefined {
  if (typeof value === 'string') {
    const parts = partsOf(value);
    if (parts) return parts.service === 'cache' ? 'cacheNode' : 'instanceClass';
  }
  if (numberOf(value) === undefined || isNoAmount(property) || /Percent/.test(property)) return undefined;
  return AMOUNTS.find(([words]) => words.test(property))?.[1] ?? 'count';
}

/**
 * Whether a property says which, not how much: a port, a version, a protocol, a code, a rank or an id. No other number of
 * it is a smaller one, whatever its digits.
 */
export const isNoAmount = (property: string): boolean => NO_AMOUNT.test(property);

/**
 * Whether a property says what something is, so that no number of it follows a scale: a port, a version, a protocol, a
 * network, a kind, a cipher, a share. Ranks and ids may count members.
 */
export const isNoScale = (property: string): boolean => NO_SCALE.test(property);

/** A number, also one that is written as a text, as CloudFormation takes both; zeros before it are of an id or an account. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Codes that are answered or looked up: a program is text, and what it says may be an amount. */
const CODE = '(?<!^|Function|Inline|Source|Script|Handler)Code';
/** What keys and ciphers have to be. */
const SECURITY =
  '(?:Key|Cipher)(?:Spec|Size|Length)|Algorithms?|(?:Phase[12])?DHGroupNumbers|CipherSuites?|(?:Ssl|SSL|Security|Tls|TLS)Policy';
const NO_SCALE = new RegExp(
  String.raw`(?:Port|Version|VersionNumber|Protocol|${CODE}|Runtime|Asn|Cidr|CidrBlock|CidrIp|CidrIpv6|NetmaskLength|PrefixLength|Vlan|Family|Type|Percent|Percentage(?:AboveBaseCapacity)?|${SECURITY})$|^(?:port|version|protocol|asn|cidr)$|_(?:PORT|VERSION|PROTOCOL|CODE)$|^(?:PORT|VERSION)$`,
);
const NO_AMOUNT = new RegExp(
  String.raw`${NO_SCALE.source}|(?:Ports|Revision|Priority|Precedence|Order|RuleNumber|Rank|Index|Id)$|^(?:priority|[ugp]id|[UGP]id|RunAsUser|RunAsGroup|From|To)$|_ID$`,
);

/** What property names of the CloudFormation resource specification measure, the more special words first. */
const AMOUNTS: readonly (readonly [words: RegExp, kind: FactorKind])[] = [
  [/Periods$|Retries$|Attempts$/, 'count'],
  [/Concurren/, 'concurrency'],
  [/Shards?(?:Count)?$|^NumNodeGroups$|Partitions?(?:Count)?$/, 'shards'],
  [/Replicas?(?:Count|PerNodeGroup)?$|^ReplicationFactor$/, 'replicas'],
  [
    /Iops$|IOPS|Throughput|CapacityUnits?$|RequestUnits$|PerSecond$|Bandwidth|Bitrate|(?:Rate|Burst)Limit$/i,
    'throughput',
  ],
  [/Memory/i, 'memory'],
  [/(?:^|[a-z])Age(?:In[A-Z][a-z]+)?$/, 'duration'],
  [
    /Timeout|Period|Duration|TTL|TimeToLive|Delay|Interval|Retention|Cooldown|Lifetime|Warmup|Validity|Latency|(?:Days|Hours|Minutes|Seconds|Millis(?:econds)?)$/i,
    'duration',
  ],
  [/Storage|VolumeSize|DiskSize|Size(?:In)?G(?:i?B)s?$|^Size$/i, 'storage'],
];
