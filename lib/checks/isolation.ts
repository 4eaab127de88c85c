import { relatedTypes } from '../aws/types';
import { isObject, type Json, type JsonObject } from '../json';
import { DEPLOYMENT } from '../template/deployment';
import { SECTIONS } from '../template/model';
import type { Breach, CheckFinding } from './finding';
import { emailsIn, hostsIn, hostsOf, isOfAws, isWithin } from './hosts';
import { byFirstWord, unnamedIn, type GivenName } from './names';
import { patternOf, withoutOutside, type Outside } from './outside';
import { ruleId } from './rules';
import { LEAF_RULES, type LeafRule } from './isolation-rules';
import { Leaves, Place } from './leaves';
import { restoreKeyFinding } from './restore-key';
import { isSeed, type IsolationContext, type Leaf, type Scan } from './leaf';
import { asString, textOf } from '../template/text';

/** What staging reaches outside: a host, an address of the Internet, an e-mail address. */
export interface Reach {
  readonly text: string;
  /** The logical ids of the entries that hold it. */
  readonly in: readonly string[];
}

/** What a template says of the outside. */
export interface Isolation {
  readonly findings: readonly CheckFinding[];
  /** Hosts and addresses that are neither the environment's nor AWS's. */
  readonly reaches: readonly Reach[];
  /** What of the outside that may be reached is named, with the logical ids of the entries that do. */
  readonly named: ReadonlyMap<Outside, readonly string[]>;
}

/**
 * What in the template of a staging reaches out of the environment: into production, or into what production uses too.
 * A reference to something in the same stack is fine, and so is what AWS itself owns.
 *
 * @param template - one synthesized CloudFormation template, with what its assembly says of the stack beside it
 */
export function isolationOf(template: unknown, context: IsolationContext): Isolation {
  const reaches = new Map<string, Set<string>>();
  const named = new Map<Outside, string[]>();
  if (!isObject(template)) return { findings: [], reaches: [], named };
  const scan = scanOf(template, context);
  const places = new Map<string, Place<Judged>>();
  const findings = [...SECTIONS, DEPLOYMENT].flatMap((section) =>
    Object.entries(sectionOf(template, section)).flatMap(([id, entry]) => {
      // Roles and buckets are the bootstrap's; topics get the events of the stack, as a resource's would.
      if (section === DEPLOYMENT && id !== 'notificationArns') return [];
      const seen = ({ named: entries, reached }: Judged): void => {
        for (const it of entries) named.set(it, [...new Set([...(named.get(it) ?? []), id])]);
        for (const text of reached) reaches.set(text, (reaches.get(text) ?? new Set()).add(id));
      };
      return findingsIn(section, id, entry, scan, places, seen);
    }),
  );
  return { findings, reaches: [...reaches].map(([text, ids]) => ({ text, in: [...ids] })), named };
}

/** The findings of {@link isolationOf} alone. */
export const isolationFindings = (template: unknown, context: IsolationContext): readonly CheckFinding[] =>
  isolationOf(template, context).findings;

function scanOf(template: JsonObject, context: IsolationContext): Scan {
  const names = new Set([...resourceNames(template), ...(context.resourceNames ?? [])]);
  const buckets = new Set(
    [...names].flatMap((name) => (name.startsWith(BUCKET) ? [name.slice(BUCKET.length)] : [])),
  );
  const hosts = [...hostsOf(template), ...(context.hosts ?? [])];
  const {
    account,
    prodAccount,
    stackNames,
    exportNames = [],
    prodNames = [],
    prodNamesNear = prodNames,
    unnamed = unnamedIn(template),
    prodHosts = [],
    prodKeys = [],
    region,
    outside = [],
  } = context;
  const isOnlyTheirs = ({ type, name }: GivenName): boolean => !names.has(`${type} ${name}`);
  return {
    stackNames,
    exportNames,
    account,
    prodAccount,
    region,
    prodKeys,
    prodNames: byFirstWord(prodNames.filter(isOnlyTheirs)),
    prodNamesNear: prodNamesNear.filter(isOnlyTheirs),
    unnamed,
    prodHosts: prodHosts
      .filter((host) => !hosts.includes(host))
      .map((host) => patternOf({ host, reason: '' })),
    hosts,
    outside,
    defaults: defaultsOf(template),
    buckets,
    names,
    resources: new Set(Object.keys(sectionOf(template, 'Resources'))),
  };
}

/** What a text names outside, for people to know: it may be reached. */
function reachedBy({ text, key, path }: Leaf, { hosts }: Scan): string[] {
  if (key.endsWith('Description') || path.includes('Tags')) return [];
  return [...hostsIn(text).filter((host) => !isOfAws(host) && !isWithin(host, hosts)), ...emailsIn(text)];
}

function sectionOf(template: JsonObject, section: string): JsonObject {
  const entries = template[section];
  return isObject(entries) ? entries : {};
}

/** What stands for a parameter when it is deployed without a value: hiding a literal in a default is no way out. */
function defaultsOf(template: JsonObject): ReadonlyMap<string, string> {
  const parameters = Object.entries(sectionOf(template, 'Parameters'));
  return new Map(
    parameters.flatMap(([name, parameter]): [string, string][] =>
      isObject(parameter) &&
      typeof parameter['Default'] === 'string' &&
      parameter['Default'] !== '' &&
      !asString(parameter['Type']).startsWith(READ_FROM_SSM) // what is there is the name of what is read
        ? [[name, textOf(parameter['Default'])!]]
        : [],
    ),
  );
}

const BUCKET = 'AWS::S3::Bucket ';

/** The names of the resources that a template makes, as far as they are given, each after its type. */
export function resourceNames(template: unknown): string[] {
  if (!isObject(template)) return [];
  return Object.values(sectionOf(template, 'Resources')).flatMap((entry) => {
    if (!isObject(entry) || !isObject(entry['Properties'])) return [];
    const type = asString(entry['Type']);
    return Object.entries(entry['Properties']).flatMap(([property, value]) => {
      // What names another resource is no name of its own.
      const isOwn = /(?:Name|Identifier|Id)$/.test(property) && relatedTypes(type, [property]).length === 0;
      const name = isOwn ? textOf(value) : undefined;
      return name === undefined ? [] : [`${type} ${name}`];
    });
  });
}

function findingsIn(
  section: string,
  id: string,
  entry: Json,
  scan: Scan,
  places: Map<string, Place<Judged>>,
  seen: (judged: Judged) => void,
): CheckFinding[] {
  const isResource = section === 'Resources' && isObject(entry);
  const type = isResource ? asString(entry['Type']) : section;
  if (type === 'AWS::CDK::Metadata') return [];
  const at = { check: 'isolation', logicalId: id, type } as const;
  const top = places.get(type) ?? Place.of<Judged>(type);
  places.set(type, top);
  const found: CheckFinding[] = [];
  const leaves = new Leaves<Judged>(scan.defaults, ({ place, text, value, key, isDenied }) => {
    const said = place.said(text, { key, isDenied }, () =>
      judged({ type, path: place.path, text, key, value, isDenied }, scan),
    );
    seen(said);
    for (const { rule, says, fix, match } of said.broken)
      found.push({
        ...at,
        id: ruleId('isolation', rule),
        rule,
        path: place.path,
        value,
        message: `got "${match}", ${typeof says === 'string' ? says : says(match, scan)}`,
        fix,
      });
  });
  if (isResource)
    leaves.in(entry['Properties'] ?? {}, top.below('Properties'), { key: 'Properties', isDenied: false });
  else leaves.in(entry, top);
  const whole = isResource
    ? resourceFinding(type, entry, scan)
    : section === 'Parameters'
      ? parameterFinding(id, entry)
      : [];
  return [
    ...whole.map((finding) => ({ ...at, id: ruleId('isolation', finding.rule), ...finding })),
    ...found,
  ];
}

/** What is said of a text and its place. */
interface Judged {
  readonly broken: readonly (LeafRule & { readonly match: string })[];
  /** What of the outside it names that may be reached. */
  readonly named: readonly Outside[];
  readonly reached: readonly string[];
}

/** Every rule that a text breaks, the most precise one first: an account inside of an ARN is one finding. */
function judged(given: Leaf, scan: Scan): Judged {
  if (isSeed(given)) return { broken: [], named: [], reached: [] };
  const { rest, named } = withoutOutside(given.text, scan.outside);
  const leaf = named.length > 0 ? { ...given, text: rest } : given;
  const reached = reachedBy(leaf, scan);
  if (named.length > 0 && leaf.text === '') return { broken: [], named, reached };
  const broken: (LeafRule & { readonly match: string })[] = [];
  for (const rule of LEAF_RULES) {
    if (rule.has !== undefined && !leaf.text.includes(rule.has)) continue;
    for (const match of rule.finds(leaf, scan)) {
      if (!broken.some((b) => includesEither(b.match, match))) broken.push({ ...rule, match });
    }
  }
  return { broken, named, reached };
}

function includesEither(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one.includes(other) || other.includes(one);
}

/** Types that tie a network or an account to another. */
const REACHES_OUT =
  /^AWS::(?:EC2::(?:VPCPeeringConnection|VPNConnection|TransitGateway\w*(?:Attachment|Connect))|RAM::\w+|Route53Resolver::ResolverRuleAssociation|NetworkManager::\w*(?:Attachment|Peering)|VpcLattice::ServiceNetwork\w+Association)$/;

/** Whether both networks of a peering are the stack's. */
const isPeeringWithin = (
  type: string,
  { VpcId, PeerVpcId, PeerOwnerId }: JsonObject,
  { resources }: Scan,
): boolean =>
  type === 'AWS::EC2::VPCPeeringConnection' &&
  PeerOwnerId === undefined &&
  [VpcId, PeerVpcId].every((it) => isObject(it) && resources.has(asString(it['Ref'])));

function resourceFinding(type: string, entry: JsonObject, scan: Scan): Breach[] {
  const properties = isObject(entry['Properties']) ? entry['Properties'] : {};
  if (REACHES_OUT.test(type) && !isPeeringWithin(type, properties, scan)) {
    return [
      {
        rule: 'forbidden-type',
        path: ['Type'],
        value: type,
        message: `got ${type}, which ties the environment to a network or an account outside of it; none is allowed`,
        fix: 'Leave it out of the topology, or make the other side part of the environment.',
      },
    ];
  }
  return restoreKeyFinding(type, properties, scan);
}

const READ_FROM_SSM = 'AWS::SSM::Parameter::Value<';

/** A parameter that is read from SSM is read from outside; but the CDK's own is only compared, and AWS publishes some. */
function parameterFinding(id: string, entry: Json): Breach[] {
  const type = isObject(entry) ? asString(entry['Type']) : '';
  const name = isObject(entry) ? asString(entry['Default']) : '';
  const isCdks = id === 'BootstrapVersion' && name.startsWith('/cdk-bootstrap/');
  if (!type.startsWith(READ_FROM_SSM) || isCdks || name.startsWith('/aws/service/')) return [];
  return [
    {
      rule: 'ssm-parameter',
      path: ['Type'],
      value: type,
      message: `got a parameter of type ${type}, which is read from outside the stack; allowed are plain types, and the names that AWS publishes under /aws/service/`,
      fix: 'Create what the parameter holds in the stack and refer to it.',
    },
  ];
}
