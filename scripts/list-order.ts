import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';
import { CORRECTIONS } from './list-order-corrections';

/** What is known of a list. */
export interface ListContext {
  readonly specification: SpecDatabase;
  /** The resource type, and the list as `Property` or `Definition.Property`. */
  readonly type: string;
  readonly path: string;
  /** The property that is the list. */
  readonly name: string;
  readonly element: PropertyType;
  /** What the registry's schema says of the order; undefined where it says nothing. */
  readonly registry: 'unordered' | 'ordered' | 'enumerated' | undefined;
}

/** Order means something, or nothing, or nothing where every item has a value of its own in the member of that name. */
export type ListOrder = 'kept' | 'none' | { readonly unique: string };

/**
 * Whether the order of a list means anything. The registry is the authority, but it takes many lists for ordered that are not, and some
 * for unordered in which the first item counts more: where nothing says that it means nothing, the order is kept.
 */
export function orderOf(list: ListContext): ListOrder {
  const { type, path, name, element, registry } = list;
  const corrected = CORRECTIONS[`${type}.${path}`];
  if (corrected !== undefined) return corrected;
  if (element.type === 'tag') return 'none';
  const members = membersOf(list);
  const rank = Object.keys(members).find((it) => RANK.test(it));
  if (rank !== undefined && (registry !== 'unordered' || rank === 'Order')) return { unique: rank };
  const key = keyOfPairs(members);
  if (key !== undefined) return registry === 'unordered' ? 'none' : { unique: key };
  const [only, ...others] = Object.keys(members);
  const isWord =
    isText(element) || (only !== undefined && others.length === 0 && isText(members[only]!.type));
  const known = IDENTITIES.find(([of, member]) => of.test(name) && members[member] !== undefined);
  if (known !== undefined) return { unique: known[1] };
  if (MEMBERSHIP.test(name)) return 'none';
  if (SEQUENCE.test(name)) return 'kept';
  // What a dashboard shows stands in the order in which it is shown.
  if (type.startsWith('AWS::QuickSight::')) return registry === 'unordered' ? 'none' : 'kept';
  if (registry === 'unordered' || (isWord && SET.test(name))) return 'none';
  if (registry === 'enumerated' && isWord) return 'none';
  const identity = registry === 'ordered' ? undefined : identityOf(name, members);
  return identity === undefined ? 'kept' : { unique: identity };
}

/** Members that rank an item, whatever its place in the list. */
const RANK = /^(?:Priority|RulePriority|Order|RuleNumber|Precedence|DeviceIndex)$/;

/** Lists that are worked through from their start, or in which the first item counts most. */
const SEQUENCE =
  /(?:^|[a-z])(?:Commands?|Entry[Pp]oints?|Arg(?:ument)?s|Dns\w*|NameServers|NtpServers|Orders?|Priorit(?:y|ies)|Precedence|Preferences?|Sequences?|Steps|Stages|Layers|InstanceTypes|CacheBehaviors|Transform\w*|Messages?\w*|Prompts?\w*|MountOptions|Columns|PartitionKeys|KeySchema|Fields|FieldList|Activities|Rules|Hierarchy|Path|Processors|Workflows|Phases|Strateg(?:y|ies)|PreferredAvailabilityZones|PreferredCacheClusterAZs|TunnelOptions\w*|Overrides|BootstrapActions|InitContainers|Tasks|Children|TransitionEvents|TargetCapacityTypes|DistributionSegments)$/;

/** Lists whose names say what may pass, and no more. */
const MEMBERSHIP =
  /^(?:Allow(?:ed)?(?=[A-Z])|Deni(?:ed|es)(?=[A-Z])|Exclude[ds]?(?=[A-Z]|$)|Include[ds]?(?=[A-Z]|$)|Supported|Enabled|EnableCloudwatchLogsExports|Disabled|Trusted|Cached|Whitelisted|Blocked|Expose[ds]?)/;

/** Lists of what is referred to by id, and of words that no service ranks. */
const SET =
  /(?:SecurityGroups?|SecurityGroupIds?(?:List)?|SubnetIds?|Subnets|VpcIds|Arns|ARNs|RouteTableIds|NetworkInterfaceIds|InstanceIds|AccountIds|Accounts|Regions|AvailabilityZones|AvailabilityZoneIds|Cidrs|CidrBlocks|CidrAllowList|Principals|Permissions|TagKeys|EventCategories|EventTypes|ResourceTypes|AlarmActions|OKActions|InsufficientDataActions|NotificationARNs|Scopes|Audiences?|CallbackURLs|LogoutURLs|CNAMEs|Aliases|SubjectAlternativeNames|SSLProtocols|CountryCodes|AsnList|GeoLocations|Origins|Methods|QueryStringCacheKeys|NonKeyAttributes|ReadAttributes|WriteAttributes|UsernameAttributes|ResourceRecords|RegularExpressionList|RegexPatternStrings|BinaryMediaTypes|AuthorizationScopes|Users|Groups|Roles|Usernames|SourceIds|Addresses|VPCSecurityGroups|LogGroups|LogTypes|ResourceList|EndpointTypes|Types|ByMonth|HealthCheckIds|IdpIdentifiers|SecurityGroupNames|DBSecurityGroups|LoadBalancerNames|TargetGroupArns|CapacityProviders|EnabledMfas|PolicyNames|Instances|AlarmNames|Alarms|Certificates|TargetGroups|LoadBalancers|Architectures|CompatibleRuntimes|OptionalFields|UserNames|UserGroupIds|VpcEndpointIds|SecondaryGids)$/;

type Members = Readonly<Record<string, Property>>;

function membersOf({ specification, element }: ListContext): Members {
  return element.type === 'ref' ? specification.get('typeDefinition', element.reference.$ref).properties : {};
}

const isText = (type: PropertyType): boolean =>
  type.type === 'string' || type.type === 'integer' || type.type === 'number';

/** The member that is the key where items are a key with its value: what a list of them says is a map. */
function keyOfPairs(members: Members): string | undefined {
  const names = Object.keys(members);
  const key = names.find((name) =>
    /(?:^Key|^Name|(?:Parameter|Variable|Attribute|Property|Option|Header|Field)(?:Key|Name))$/.test(name),
  );
  const isPair = names.length <= 4 && names.some((name) => /(?:Value|Values|ValueFrom)$/.test(name));
  return key !== undefined && isPair && isText(members[key]!.type) ? key : undefined;
}

/** The member by which a service knows the items of a list of its own, such as the indexes of a table by their names. */
function identityOf(list: string, members: Members): string | undefined {
  const one = list
    .replace(/ies$/, 'y')
    .replace(/(?<=s|x|ch)es$/, '')
    .replace(/s$|List$|Configurations?$/g, '');
  const last = one.match(/[A-Z][a-z0-9]+$/)?.[0] ?? one;
  const names = ['Id', `${one}Id`, `${one}Name`, `${last}Id`, `${last}Name`, 'Name', 'Key'];
  return names.find((name) => members[name]?.required === true && isText(members[name].type));
}

/** The same where the list is called otherwise: API references of Amazon EC2 and Amazon ECS. */
const IDENTITIES: readonly (readonly [list: RegExp, member: string])[] = [
  [/BlockDeviceMappings$/, 'DeviceName'],
  [/TagSpecifications$/, 'ResourceType'],
  [/CapacityProviderStrategy$/, 'CapacityProvider'],
];
