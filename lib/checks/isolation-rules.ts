import { emailsIn, hostsIn, isOfAws, isWithin } from './hosts';
import {
  all,
  isEnvironmentOf,
  isForeign,
  isKeyOfRestore,
  isOwn,
  PART,
  whole,
  type Leaf,
  type Scan,
} from './leaf';
import { PRODUCTION } from './names';
import { arnsOutside, namesOfProduction, namesOutside } from './outside-resources';
import { coveredBy, wildcardsOverProduction } from './wildcards';

export interface LeafRule {
  readonly rule: string;
  /** What stands in every text that breaks the rule, so that it is asked of no other. @default - it is asked of all */
  readonly has?: string;
  /** The parts of the text that break the rule. */
  readonly finds: (leaf: Leaf, scan: Scan) => readonly string[];
  /** What such a part is, and what is allowed instead. */
  readonly says: string | ((part: string, scan: Scan) => string);
  readonly fix: string;
}

const ARN = new RegExp(String.raw`arn:${PART}:${PART}:${PART}:\d{12}:(?:\$\{[^}]*\}|[^\s"'\\,])*`, 'g');
const BUCKETS = [
  new RegExp(String.raw`arn:${PART}:s3:::(?!\*)(${PART})`, 'g'),
  new RegExp(String.raw`s3://(${PART})`, 'g'),
];
const DYNAMIC_REFERENCE = /\{\{resolve:(?:ssm|ssm-secure|secretsmanager):(?:\$\{[^}]*\}|[^}])*\}\}/g;
const ACCOUNTS = [
  /(?<![\w.-])(\d{12})\.dkr\.ecr\./g,
  /amazonaws\.com(?:\.cn)?\/(\d{12})\//g,
  /(?:account[\w-]*|"AWS)\\?["']?\s*[:=]\s*\\?["']?(\d{12})(?!\d)/gi,
];
const ID =
  /(?<![\w-])(?:vpc|subnet|sg|pcx|tgw|tgw-attach|tgw-rtb|vpce|rtb|eni|igw|nat|acl|eipalloc|fs|fsap)-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])/g;
const REGION = String.raw`(?:\$\{AWS::Region\}|[a-z]{2}(?:-[a-z]+)+-\d)`;
const ENDPOINT = new RegExp(
  String.raw`(?<![\w}.-])[\w.-]*\w\.(?:(?:${REGION}|[a-z]{3,4}\d)\.(?:rds|docdb|neptune|cache|memorydb|redshift|es|aoss|elb)|` +
    String.raw`(?:elb|execute-api|kafka|efs|mq|lambda-url)\.${REGION})\.(?:amazonaws\.com|on\.aws)|(?<![\w.-])d[0-9a-z]{12,13}\.cloudfront\.net`,
  'g',
);
const HOST =
  /(?<![\w}.-])(?:[a-z0-9_-]+\.)+(?:(?!js|ts|py|sh|md)[a-z]{2}|com|net|org|info|biz|dev|app|cloud|shop|store|tech|internal|intranet|corp|local|lan)(?![\w-]|\.\w)/gi;
const PROD_LABEL = new RegExp(String.raw`(?:^|[.-])${PRODUCTION}(?:[.-].*)?\.[a-z]+$`, 'i');

/** An export of the environment's own: the CDK names one `StackName:ExportsOutput…`. */
const isOwnExport = (name: string, { stackNames, exportNames }: Scan): boolean =>
  exportNames.includes(name) || stackNames.some((stack) => name.startsWith(`${stack}:`));

/** What the CDK copies across regions is named for its stack and region: `StagingDatauseast1RefCert…`. */
function isExportOf(exported: string, stackName: string): boolean {
  const prefix = stackName.replaceAll(/[^A-Za-z0-9]/g, '');
  const isRegion = /^[a-z]{2}(?:gov|iso[a-z]?)?(?:north|south|east|west|central)+\d/;
  return exported.startsWith(prefix) && isRegion.test(exported.slice(prefix.length));
}

const OF_SECRETS = ['AWS::SSM::Parameter', 'AWS::SecretsManager::Secret'];

/** What a dynamic reference reads is the stack's own, AWS's, or what the CDK copied from a stack in another region. */
function isOwnReference(reference: string, { stackNames, names }: Scan): boolean {
  const target = reference
    .replace(/^\{\{resolve:[\w-]+:/, '')
    .replace(/\}\}$/, '')
    .replace(/:SecretString.*$|:(?:\d+|\$\{[^}]*\})$/, '');
  const isMade = OF_SECRETS.some((type) => names.has(`${type} ${target}`));
  if (isMade || isOwn(target) || target.startsWith('/aws/service/')) return true;
  const [, consumer, exported] = /^\/cdk\/exports\/([^/]+)\/(.+)$/.exec(target) ?? [];
  return stackNames.includes(consumer ?? '') && stackNames.some((name) => isExportOf(exported ?? '', name));
}

const isOwnBucket = (name: string, { buckets, account }: Scan): boolean =>
  name === '' ||
  isOwn(name) ||
  buckets.has(name) ||
  name.includes('${AWS::AccountId}') ||
  (account !== undefined && name.includes(account)) ||
  /^prod-.+-starport-layer-bucket$|^(?:aws|amazon)-ssm-|^amazonlinux[-.]|^patch-baseline-snapshot-/.test(
    name,
  );

function foreignBuckets({ type, text, key }: Leaf, scan: Scan): string[] {
  const isName = /bucket(?:_?name)?$/i.test(key) && /^(?!true$|false$|\d+$)[a-z\d][\w.${}:-]{2,}$/.test(text);
  const isItsOwn = type === 'AWS::S3::Bucket' && key === 'BucketName';
  const named = text.includes(':') ? BUCKETS.flatMap((pattern) => all(text, pattern)) : [];
  return [...named, ...(isName && !isItsOwn ? [text] : [])].filter((name) => !isOwnBucket(name, scan));
}

function foreignAccounts({ path, text, key }: Leaf, scan: Scan): string[] {
  if (!/\d{12}/.test(text)) return [];
  const isPosition = /account/i.test(key) || (key === 'AWS' && path.includes('Principal'));
  const found =
    isPosition && /^\d{12}$/.test(text) ? [text] : ACCOUNTS.flatMap((pattern) => all(text, pattern));
  return found.filter((account) => isForeign(account, scan));
}

function hostedZones(leaf: Leaf): string[] {
  const { type, path, text, key } = leaf;
  const isNamed = key === 'HostedZoneName' && type.startsWith('AWS::Route53::');
  // The zone of an alias's target is AWS's: the one that all distributions or load balancers of a region share.
  const isZone = isNamed || (key === 'HostedZoneId' && !path.includes('AliasTarget'));
  if (isZone) return whole(leaf);
  return text.includes('hostedzone/') ? all(text, /hostedzone\/(Z[A-Z0-9]{5,})/g) : [];
}

const CREATED_FROM = new Set([
  'GlobalClusterIdentifier',
  'GlobalReplicationGroupId',
  'ReplicationSourceIdentifier',
  'SourceDBInstanceIdentifier',
]);

/** Properties that name whom a service calls or writes to, by type; user guides of the services. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'AWS::Budgets::Budget': ['Address'],
  'AWS::CE::AnomalySubscription': ['Address'],
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration': ['TeamsChannelId'],
  'AWS::Chatbot::SlackChannelConfiguration': ['SlackChannelId'],
  'AWS::Events::ApiDestination': ['InvocationEndpoint'],
  'AWS::KinesisFirehose::DeliveryStream': ['Url'],
  'AWS::NotificationsContacts::EmailContact': ['EmailAddress'],
  'AWS::SNS::Subscription': ['Endpoint'],
  'AWS::SNS::Topic': ['Endpoint'],
  'AWS::SSMContacts::ContactChannel': ['ChannelAddress'],
};

const isAddress = ({ type, key, path }: Leaf): boolean =>
  Object.hasOwn(ADDRESSES, type) && path[0] === 'Properties' && ADDRESSES[type]!.includes(key);

const isChannel = ({ type, text }: Leaf): boolean =>
  type.startsWith('AWS::Chatbot::') && text !== '' && !isOwn(text);

/** The first of several names. */
const namesInWords = ([first = '', ...more]: readonly string[]): string =>
  `"${first}"${more.length > 0 ? ` and ${more.length} more` : ''}`;

/** What no text of a staging may hold. */
export const LEAF_RULES: readonly LeafRule[] = [
  {
    rule: 'import',
    finds: (leaf, scan) =>
      leaf.key === 'Fn::ImportValue' && !isOwnExport(leaf.text, scan) ? [leaf.text] : [],
    says: "an export of a stack outside the environment; allowed are exports of the environment's own stacks",
    fix: 'Make what is imported part of the environment.',
  },
  {
    rule: 'stack-output',
    finds: ({ text, path, key }, { stackNames }) =>
      path.at(-2) === 'Fn::GetStackOutput' && key === 'StackName' && !stackNames.includes(text) ? [text] : [],
    says: "a stack outside the environment; allowed are outputs of the environment's own stacks",
    fix: 'Make what is read part of the environment.',
  },
  {
    rule: 'container-secret',
    finds: (leaf, { names }) => {
      const isSecret =
        ['ValueFrom', 'CredentialsParameter'].includes(leaf.key) ||
        (leaf.key !== '' && leaf.path.at(-1) === 'Value' && leaf.path.includes('RuntimeEnvironmentSecrets'));
      if (!isSecret) return [];
      const isMade = OF_SECRETS.some((type) => names.has(`${type} ${leaf.text}`));
      return isMade ? [] : whole(leaf);
    },
    says: 'a secret outside the stack; allowed are references to secrets and parameters of the stack',
    fix: "Create the secret in the stack, with a value of staging's own.",
  },
  {
    rule: 'dynamic-reference',
    has: '{{resolve:',
    finds: ({ text }, scan) => all(text, DYNAMIC_REFERENCE).filter((found) => !isOwnReference(found, scan)),
    says: 'which reads from outside the stack; allowed are secrets and parameters of the stack, by reference',
    fix: 'Create the secret or parameter in the stack and refer to it.',
  },
  {
    rule: 'prod-account',
    finds: ({ text }, { prodAccount, account }) =>
      prodAccount !== undefined && prodAccount !== account && text.includes(prodAccount)
        ? all(text, new RegExp(String.raw`(?<!\d)${prodAccount}(?!\d)`, 'g'))
        : [],
    says: "production's account; allowed are ${AWS::AccountId} and the account of the staging",
    fix: 'Refer to a resource of the stack, or to ${AWS::AccountId}.',
  },
  {
    rule: 'literal-arn',
    has: 'arn:',
    finds: (leaf, scan) =>
      isKeyOfRestore(leaf)
        ? [] // the key that the restored data is put under lives outside, by design
        : all(leaf.text, ARN).filter((arn) => isForeign(/:(\d{12}):/.exec(arn)?.[1], scan)),
    says: "an ARN in a fixed account; allowed are references to resources of the stack, ARNs with ${AWS::AccountId} or the account of the staging, and AWS's own",
    fix: 'Create the resource in the stack and refer to it.',
  },
  {
    rule: 'literal-account',
    finds: foreignAccounts,
    says: "a fixed account; allowed are ${AWS::AccountId}, the account of the staging and AWS's own",
    fix: 'Refer to ${AWS::AccountId}.',
  },
  {
    rule: 'zone-association',
    finds: (leaf) => (leaf.type === 'AWS::Route53::HostedZone' && leaf.key === 'VPCId' ? whole(leaf) : []),
    says: 'a VPC outside the stack that would resolve names of the staging; allowed are VPCs of the stack',
    fix: 'Associate the hosted zone with the VPC of the stack only.',
  },
  {
    rule: 'literal-id',
    has: '-',
    finds: ({ text }) => all(text, ID),
    says: 'a network resource outside the stack; allowed are references to resources of the stack',
    fix: 'Create the network in the stack and refer to it, without a look-up.',
  },
  {
    rule: 'hosted-zone',
    finds: hostedZones,
    says: 'a hosted zone outside the stack; allowed are references to hosted zones of the stack',
    fix: 'Create a private hosted zone in the stack and refer to it.',
  },
  {
    rule: 'literal-bucket',
    finds: foreignBuckets,
    says: "a bucket outside the stack; allowed are buckets of the stack, those with ${AWS::AccountId} in their name, and AWS's own",
    fix: 'Create the bucket in the stack and refer to it.',
  },
  {
    rule: 'outside-source',
    finds: (leaf) => (CREATED_FROM.has(leaf.key) ? whole(leaf) : []),
    says: 'a database outside the stack that this one would replicate; allowed are those of the stack, and snapshots',
    fix: 'Seed the staging from a snapshot instead.',
  },
  {
    rule: 'literal-endpoint',
    has: '.',
    finds: ({ text }) => all(text, ENDPOINT),
    says: 'the address of a resource outside the stack; allowed are attributes of resources of the stack',
    fix: "Take the address from the resource's attribute.",
  },
  {
    rule: 'outside-address',
    finds: (leaf) =>
      isAddress(leaf) &&
      (emailsIn(leaf.text).length > 0 || /^https?:|^\+?\d[\d -]{6,}$/.test(leaf.text) || isChannel(leaf))
        ? [leaf.text]
        : [],
    says: 'which gets messages from whatever happens in staging; allowed is what the environment makes, and what the option outside lists',
    fix: 'List it in outside: [{ address, reason }] where the staging is made, or give it a standIn.',
  },
  {
    rule: 'outside-resource',
    finds: (leaf, scan) => [...namesOutside(leaf, scan), ...arnsOutside(leaf, scan)],
    says: "a resource that the environment does not make; allowed are references to its own, their names, and what is AWS's",
    fix: 'Create the resource in the environment and refer to it, or pass its name in as a parameter.',
  },
  {
    rule: 'prod-domain',
    finds: ({ text }, { prodHosts }) => [
      ...(text.includes('.') ? all(text, HOST).filter((host) => PROD_LABEL.test(host)) : []),
      ...prodHosts.flatMap((pattern) => all(text, pattern)),
    ],
    says: "a host of production's; allowed are names of the environment's own",
    fix: 'Take the host name from the stack, or give the environment a name of its own.',
  },
  {
    rule: 'production-name',
    finds: namesOfProduction,
    says: "the name of a resource of production's; allowed are the environment's own, by reference",
    fix: 'Refer to the resource of the stack, so that its name follows.',
  },
  {
    rule: 'production-name',
    has: 'arn:',
    finds: wildcardsOverProduction,
    says: (arn, scan) =>
      `which matches ${namesInWords(coveredBy(arn, scan))} of production and no resource of the environment; allowed are wildcards that match its own, and those over everything`,
    fix: 'Refer to the resource of the stack, or let the name before the wildcard follow the stack.',
  },
  {
    rule: 'outside-host',
    finds: (leaf, { hosts }) => {
      const found = hostsIn(leaf.text).filter((host) => !isOfAws(host) && !isWithin(host, hosts));
      return found.length > 0 && isEnvironmentOf(leaf) ? found : [];
    },
    says: "a system outside the environment; allowed are the environment's own hosts, AWS's, and what the option outside lists",
    fix: 'List it in outside: [{ host, reason }] where the staging is made, or give it a standIn.',
  },
];
