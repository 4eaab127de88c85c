import { isAccountOfAws, namedByArn, relatedTypes } from '../aws/types';
import type { Json } from '../json';
import { emailsIn, hostsIn, isOfAws, isWithin } from './hosts';
import type { GivenName } from './names';
import { patternOf, type Outside } from './outside';

/** What is known of a staging beside its template. */
export interface IsolationContext {
  /** The names of the environment's own stacks: what they export may be imported. */
  readonly stackNames: readonly string[];
  /** Names of exports of the environment's own stacks that do not begin with `StackName:`. @default - none */
  readonly exportNames?: readonly string[];
  /** Names of the resources of the environment's other stacks, each after its type. @default - none */
  readonly resourceNames?: readonly string[];
  /** The account that the staging is in: its id may stand in a template. @default - every literal account is foreign */
  readonly account?: string;
  /** Production's account: flagged wherever it stands, unless staging is in it too. @default - not known */
  readonly prodAccount?: string;
  /** The names that production gives to its resources. @default - not known */
  readonly prodNames?: readonly GivenName[];
  /** The hosts that production makes. @default - those with "prod" in a label */
  readonly prodHosts?: readonly string[];
  /** The hosts and zones that the environment's other stacks make. @default - none */
  readonly hosts?: readonly string[];
  /** What it may reach outside. @default - nothing */
  readonly outside?: readonly Outside[];
}

/** The context, with what the template says of itself. */
export interface Scan extends Required<Omit<IsolationContext, 'account' | 'prodAccount'>> {
  readonly account: string | undefined;
  readonly prodAccount: string | undefined;
  readonly defaults: ReadonlyMap<string, string>;
  readonly buckets: ReadonlySet<string>;
  /** The logical ids of the template's resources. */
  readonly resources: ReadonlySet<string>;
  /** The names of all resources of the environment, each after its type. */
  readonly names: ReadonlySet<string>;
}

/** A text in an entry, and where. */
export interface Leaf {
  readonly type: string;
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** The property that the text is the value of; for a pair such as `{ Name, Value }` the name. */
  readonly key: string;
  readonly value: Json;
}

export interface LeafRule {
  readonly rule: string;
  /** The parts of the text that break the rule. */
  readonly finds: (leaf: Leaf, scan: Scan) => readonly string[];
  /** What such a part is, and what is allowed instead. */
  readonly says: string;
  readonly fix: string;
}

/** Restoring production's data is the one thing that a staging may reach out for. */
export const isSeed = ({ type, path }: Leaf): boolean =>
  Object.hasOwn(RESTORES, type) && path.length > 1 && RESTORES[type]!.includes(String(path[1]));

export const RESTORES: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBCluster': ['SnapshotIdentifier', 'SourceDBClusterIdentifier'],
  'AWS::DocDB::DBCluster': ['SnapshotIdentifier', 'SourceDBClusterIdentifier'],
  'AWS::ElastiCache::ReplicationGroup': ['SnapshotName', 'SnapshotArns'],
  'AWS::Neptune::DBCluster': ['SnapshotIdentifier'],
  // Which stays under the key of its snapshot: the Amazon RDS API takes no other one.
  'AWS::RDS::DBInstance': ['DBSnapshotIdentifier'],
};

/** Whether a text refers to a resource or a parameter: what only begins with the stack's name is nobody's for that. */
const isOwn = (text: string): boolean => /\$\{(?!!|AWS::)/.test(text);

/** Every match of a pattern: its first group, or all of it. */
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((m) => m[1] ?? m[0]);

/** A part of an ARN or a bucket's name: `${AWS::Partition}` is one character of it. */
const PART = String.raw`(?:\$\{[^}]*\}|[^:/\s"'\\,])*`;
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
const PROD_LABEL = /(?:^|[.-])(?:prod|prd|production)(?:[.-].*)?\.[a-z]+$/i;

/** A text that is, as a whole, no reference to the stack. */
const whole = ({ text }: Leaf): string[] => (text === '' || isOwn(text) ? [] : [text]);

const isForeign = (account: string | undefined, scan: Scan): boolean =>
  account !== undefined && account !== scan.account && !isAccountOfAws(account);

const isKeyOfRestore = ({ type, path }: Leaf): boolean =>
  Object.hasOwn(RESTORES, type) && path[1] === 'KmsKeyId';

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
  const named = BUCKETS.flatMap((pattern) => all(text, pattern));
  return [...named, ...(isName && !isItsOwn ? [text] : [])].filter((name) => !isOwnBucket(name, scan));
}

function foreignAccounts({ path, text, key }: Leaf, scan: Scan): string[] {
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
  return isZone ? whole(leaf) : all(text, /hostedzone\/(Z[A-Z0-9]{5,})/g);
}

const CREATED_FROM = new Set([
  'GlobalClusterIdentifier',
  'GlobalReplicationGroupId',
  'ReplicationSourceIdentifier',
  'SourceDBInstanceIdentifier',
]);

/** What AWS made: its own keys, policies and roles, defaults, capacity providers, and every service's principal. */
const OF_AWS = new RegExp(
  [
    String.raw`^(?:\*|\$LATEST|\d+|FARGATE(?:_SPOT)?|none)$`,
    String.raw`^default(?:$|[.:])|/default$`,
    String.raw`^(?:arn:.*:)?alias/aws/|^aws/`,
    String.raw`^arn:${PART}:iam::aws:|:role/aws-service-role/`,
    String.raw`^arn:${PART}:\w+:::aws-sdk:`,
    String.raw`\.amazonaws\.com(?:\.cn)?$`,
    // Policies of CloudFront that AWS keeps are known by such ids, and nothing else is.
    String.raw`^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
  ].join('|'),
);

/** Who may call a function, and what is allowed at most: neither reaches out of the staging. */
const INWARD = new Set(['Principal', 'SourceArn', 'PermissionsBoundary']);

/** A text that names another resource, and none of the environment's. */
function namesOutside(leaf: Leaf, scan: Scan): string[] {
  const { type, path, text, key } = leaf;
  // Of a choice the place is that of what is chosen.
  const below = path.slice(1).filter((step, i, steps) => step !== 'Fn::If' && steps[i - 1] !== 'Fn::If');
  const types = path[0] === 'Properties' ? relatedTypes(type, below) : [];
  if (
    types.length === 0 ||
    text === '' ||
    key === '' ||
    /[\s{}]/.test(text.replaceAll(/\$\{[^}]*\}/g, '')) || // a document, such as the definition of a state machine
    isKeyOfRestore(leaf) ||
    INWARD.has(key) ||
    isOwn(text) ||
    OF_AWS.test(text)
  )
    return [];
  if (types.includes('AWS::S3::Bucket')) return []; // which has a rule of its own
  const isOwnName = [...scan.names].some((named) => {
    const [ofType, name] = [named.slice(0, named.indexOf(' ')), named.slice(named.indexOf(' ') + 1)];
    const isIt = name !== '' && (text === name || text.endsWith(`:${name}`) || text.endsWith(`/${name}`));
    return isIt && (types.includes(ofType) || types.includes('*'));
  });
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(text)?.[1];
  return isOwnName || (account !== undefined && !isForeign(account, scan) && account !== scan.account)
    ? []
    : [text];
}

const OWN_ARN = new RegExp(
  String.raw`arn:${PART}:([\w-]+):${PART}:(\$\{AWS::AccountId\}|\d{12}):((?:\$\{[^}]*\}|[^\s"'\\,])+)`,
  'g',
);

/** ARNs in the environment's own account of resources that it does not make: what a policy allows, and what programs are given. */
function arnsOutside({ text, key, path }: Leaf, { names, account, stackNames }: Scan): string[] {
  const isInward = INWARD.has(key) || key.endsWith('SourceArn') || path.some((step) => step === 'Principal');
  if (isInward) return [];
  return [...text.matchAll(OWN_ARN)].flatMap(([arn, service, owner, last]) => {
    if (owner !== '${AWS::AccountId}' && owner !== account) return [];
    const named = namedByArn(service!, last!);
    if (!named || isOwn(arn) || OF_AWS.test(arn) || KEPT_BY_AWS.test(named.name)) return [];
    if (named.type === 'AWS::ECR::Repository') return []; // images come from where releases are
    // What is called by the stack's name is meant to be the environment's, whoever makes it.
    if (/\$\{AWS::Stack(?:Name|Id)\}/.test(arn) || stackNames.some((it) => named.name.includes(it)))
      return [];
    // What stands behind the name is a part of the resource, or everything below it.
    const name = named.name.replace(/^\//, '').replace(/-\?{6}$|[/:]\*$/, '');
    if (/[*?]/.test(name) || name === '') return []; // nobody knows which it means
    const isMade = [...names].some((own) => {
      const [type, given] = [own.slice(0, own.indexOf(' ')), own.slice(own.indexOf(' ') + 1)];
      const other = given.replace(/^\//, '');
      const isLike = lastOf(type).endsWith(lastOf(named.type));
      const isPart =
        name.startsWith(`${other}/`) || name.startsWith(`${other}:`) || name.endsWith(`/${other}`);
      return isLike && (name === other || isPart || other.startsWith(`${name}/`));
    });
    return isMade ? [] : [arn];
  });
}

const lastOf = (type: string): string => type.split('::').at(-1)!;

/** Names that AWS and the AWS CDK keep for what they make in an account. */
const KEPT_BY_AWS = /^\/?(?:aws[/-]|aws-service-role\/|cdk-)/;

/**
 * A name of a resource of production's that is not also one of the environment's. One that is an ordinary word is looked for
 * where programs read names only, and as a whole.
 */
function namesOfProduction(leaf: Leaf, { prodNames, names }: Scan): string[] {
  const { text, path, key } = leaf;
  if (path.includes('Tags') || key.endsWith('Description')) return [];
  const found = prodNames.filter(({ type, name }) => {
    if (names.has(`${type} ${name}`)) return false;
    if (/^[a-z]*$/.test(name) || name.length < 6) return text === name && isEnvironmentOf(leaf);
    return text.includes(name) && patternOf({ id: name, reason: '' }).test(text);
  });
  return found.map(({ name }) => name);
}

/** Whether a text is in the environment variables of a program: a task, a function, a job. What builds it is none. */
const isEnvironmentOf = ({ type, path }: Leaf): boolean =>
  type !== 'AWS::CodeBuild::Project' &&
  path.some((step) => /^(?:Runtime)?Environment(?:Variables)?$/.test(String(step)));

/** Where services are told whom to call or to write to, by type; user guides of the services. */
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
      const isMade = OF_SECRETS.some((type) => names.has(`${type} ${leaf.text}`));
      return isSecret && !isMade ? whole(leaf) : [];
    },
    says: 'a secret outside the stack; allowed are references to secrets and parameters of the stack',
    fix: "Create the secret in the stack, with a value of staging's own.",
  },
  {
    rule: 'dynamic-reference',
    finds: ({ text }, scan) => all(text, DYNAMIC_REFERENCE).filter((found) => !isOwnReference(found, scan)),
    says: 'which reads from outside the stack; allowed are secrets and parameters of the stack, by reference',
    fix: 'Create the secret or parameter in the stack and refer to it.',
  },
  {
    rule: 'prod-account',
    finds: ({ text }, { prodAccount, account }) =>
      prodAccount !== undefined && prodAccount !== account
        ? all(text, new RegExp(String.raw`(?<!\d)${prodAccount}(?!\d)`, 'g'))
        : [],
    says: "production's account; allowed are ${AWS::AccountId} and the account of the staging",
    fix: 'Refer to a resource of the stack, or to ${AWS::AccountId}.',
  },
  {
    rule: 'literal-arn',
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
      ...all(text, HOST).filter((host) => PROD_LABEL.test(host)),
      ...prodHosts.flatMap((host) => all(text, patternOf({ host, reason: '' }))),
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
    rule: 'outside-host',
    finds: (leaf, { hosts }) =>
      isEnvironmentOf(leaf)
        ? hostsIn(leaf.text).filter((host) => !isOfAws(host) && !isWithin(host, hosts))
        : [],
    says: "a system outside the environment; allowed are the environment's own hosts, AWS's, and what the option outside lists",
    fix: 'List it in outside: [{ host, reason }] where the staging is made, or give it a standIn.',
  },
];
