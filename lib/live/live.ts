import { pathOf } from '../template/constructs';
import { didYouMean, TwinError } from '../error';
import { equalJson, isObject, type Json } from '../json';
import { Assembly, pairsIn } from '../parity/assembly';
import { environment as environmentIn } from '../parity/environment';
import type { ManifestPair } from '../parity/manifest';
import { stacksOn } from '../parity/side-stacks';
import { plural } from '../report/words';
import type { Observe, RunningEnvironment, RunningStack, StackToFind } from '../targets/observe';
import { compareStacks } from './differences';
import { driftOf } from './drift';
import type { RunningPair } from './pairing';
import type { LiveReport, LiveSide, NotLookedAt } from './report';
import { stackAt, templateDifferences } from './templates';

/** What is looked at, and how. */
export interface LiveProps {
  /** The cloud assembly that both environments were deployed from. */
  readonly assembly: string;
  /** The second environment. @default - the only one that the assembly compares with production */
  readonly staging?: string | undefined;
  readonly prod: SideProps;
  readonly second: SideProps;
  /** For stacks of which the assembly does not say where they are. @default - that of the credentials */
  readonly region?: string | undefined;
  readonly observe: Observe;
  readonly signal: AbortSignal;
}

/** How one of the two is found. */
export interface SideProps {
  /** A profile of the credentials. @default - those of the process */
  readonly profile?: string | undefined;
  /** Names of stacks that are called otherwise than in the assembly, by their paths. @default - none is */
  readonly stacks: ReadonlyMap<string, string>;
  /** The flags that set both, for messages. */
  readonly flags: { readonly profile: string; readonly region: string; readonly stack: string };
}

/**
 * Compares two environments as they run: each with the templates that it was deployed from, and both with each other by what the
 * manifest permits. It reads, and changes nothing.
 *
 * @throws TwinError for an assembly that cannot be used, stacks that are not there, and when there is nothing to compare
 */
export async function live(props: LiveProps): Promise<LiveReport> {
  const assembly = new Assembly(props.assembly);
  const { definition, pair } = pairOf(assembly, props.staging);
  assembly.checkDeployments(pair);
  const { observe, region, signal } = props;
  const look = (
    side: 'prod' | 'staging',
    { profile, flags, stacks }: SideProps,
  ): Promise<RunningEnvironment> =>
    observe({ stacks: stacksOf(assembly, pair, side, stacks, flags.stack), profile, region, flags, signal });
  const prod = await look('prod', props.prod);
  const staging = await look('staging', props.second);
  const pairs = runningPairs(pair, prod, staging);
  const members = memberPairs(pair, pairs, prod, staging);
  const drifts = [...driftOf(pair.prod, prod), ...driftOf(pair.staging, staging)];
  const compared = [...pairs, ...members].map((it) => compareStacks(it, drifts));
  const running = compared.flatMap((it) => it.differences);
  const isRenamed = areRenamed(assembly, pairs);
  const inTemplates = isRenamed ? [] : templateDifferences(definition, pair, { prod, staging }, running);
  const differences = [...running, ...inTemplates];
  const count = compared.reduce((sum, it) => sum + it.compared, 0);
  if (count === 0) throw nothingToCompare(pair, prod);
  return {
    verdict: differences.length === 0 ? 'twins' : 'not-twins',
    prod: pair.prod,
    staging: pair.staging,
    role: environmentIn(definition, pair.staging).role,
    compared: count,
    sides: { prod: sideOf(prod), staging: sideOf(staging) },
    drifts,
    differences,
    states: compared.flatMap((it) => it.states),
    notes: [
      ...notesOf(assembly, pair, 'prod', prod),
      ...notesOf(assembly, pair, 'staging', staging),
      ...(isRenamed ? [RENAMED] : []),
    ],
    notLookedAt: notLookedAt(pair, prod, staging),
  };
}

/** Names in templates follow the names of stacks. */
const RENAMED =
  'The templates of stacks that are called otherwise than in the assembly are not compared with each other: the assembly of a rehearsal is in .twin/<rehearsal>.';

/** Whether a stack was found under another name than the assembly's. */
const areRenamed = (assembly: Assembly, pairs: readonly RunningPair[]): boolean =>
  pairs.some(({ stacks, prod, staging }) => {
    const isOther = (file: string, { name }: RunningStack): boolean =>
      (assembly.deployment(file)?.name ?? name) !== name;
    return isOther(stacks.prod, prod.stack) || isOther(stacks.staging, staging.stack);
  });

/** What the assembly compares with production. */
function pairOf(assembly: Assembly, name: string | undefined) {
  const pairs = pairsIn(assembly);
  const names = pairs.map(({ pair }) => pair.staging);
  const [only, ...others] = name === undefined ? pairs : pairs.filter(({ pair }) => pair.staging === name);
  if (only && others.length === 0) return only;
  throw new TwinError({
    code: 'usage',
    message: only
      ? `the assembly compares ${names.join(' and ')} with production; one of them can be looked at`
      : `the assembly compares no environment "${name}" with production; ${didYouMean(name ?? '', names)}`,
    fix: `Name one with --staging, such as --staging ${names[0]}.`,
  });
}

/** The stacks that are deployed by themselves, under the names that they were given. */
function stacksOf(
  assembly: Assembly,
  pair: ManifestPair,
  side: 'prod' | 'staging',
  renamed: ReadonlyMap<string, string>,
  flag: string,
): StackToFind[] {
  const planned = stacksOn(pair, side).flatMap(({ path, file }) => {
    const deployment = assembly.deployment(file);
    return deployment ? [{ ...deployment, path }] : [];
  });
  const paths = planned.map(({ path }) => path);
  for (const path of renamed.keys()) {
    if (paths.includes(path) || (path === '' && paths.length === 1)) continue;
    throw new TwinError({
      code: 'usage',
      message:
        path === ''
          ? `${flag} names one stack, and the environment has ${paths.length}: ${paths.join(', ')}`
          : `${flag} names the stack "${path}", which the environment does not have; ${didYouMean(path, paths)}`,
      fix: `Name each with its path, such as ${flag} ${paths[0] || 'Data'}=<name>.`,
    });
  }
  return planned.map(({ path, name, account, region }) => {
    const given = renamed.get(path) ?? (paths.length === 1 ? renamed.get('') : undefined);
    return { path, name: given ?? name, account, region };
  });
}

function runningPairs(
  { prod, staging, stacks: all }: ManifestPair,
  p: RunningEnvironment,
  s: RunningEnvironment,
): RunningPair[] {
  return all.flatMap((stacks) => {
    const [one, other] = [stackAt(p, stacks.path), stackAt(s, stacks.path)];
    if (!one || !other) return []; // a nested stack that is not deployed is a difference of the stack around it
    if (one.id === other.id) throw sameStack(one, prod, staging);
    return [
      {
        stacks,
        prod: { environment: prod, account: p.account, stack: one },
        staging: { environment: staging, account: s.account, stack: other },
      },
    ];
  });
}

/** The stacks that one of the two has more, each beside the other's last member: one that both have. */
function memberPairs(
  { stackMembers = [], unsharedStacks = [] }: ManifestPair,
  pairs: readonly RunningPair[],
  p: RunningEnvironment,
  s: RunningEnvironment,
): RunningPair[] {
  const environments = { prod: p, staging: s };
  return unsharedStacks.flatMap(({ path, side }): RunningPair[] => {
    const other = side === 'prod' ? 'staging' : 'prod';
    const last = stackMembers.find((it) => it[side].includes(path))?.[other].at(-1);
    const like = pairs.find(({ stacks }) => stacks.path === last);
    const stack = stackAt(environments[side], path);
    return like && stack ? [{ ...like, [side]: { ...like[side], stack } }] : [];
  });
}

const sameStack = ({ name }: RunningStack, prod: string, staging: string): TwinError =>
  new TwinError({
    code: 'same-stack',
    message: `the stack ${name} would be compared with itself: it was found for ${prod} and for ${staging}`,
    fix: 'Name the stack of each, with --prod-stack and --staging-stack, or its account with --prod-profile and --staging-profile.',
  });

const nothingToCompare = ({ prod, staging }: ManifestPair, { stacks }: RunningEnvironment): TwinError => {
  const count = stacks.reduce((sum, { deployedResources: all }) => sum + all.size, 0);
  return new TwinError({
    code: 'nothing-to-compare',
    message: `nothing of ${prod} and ${staging} can be compared: of the ${plural(count, 'resource')} that ${prod} has, none is a database, a cache or a service`,
    fix: 'Compare the templates with twin parity; cdk drift compares each stack with its own.',
  });
};

const sideOf = ({ account, stacks }: RunningEnvironment): LiveSide => ({
  account,
  stacks: stacks.map(({ name, region, deployed }) => ({ name, region, deployed })),
});

/** What a reader has to know beside the findings. */
function notesOf(
  assembly: Assembly,
  pair: ManifestPair,
  side: 'prod' | 'staging',
  { stacks }: RunningEnvironment,
): string[] {
  return stacks.flatMap(({ path, name, status, drift, template }) => {
    const file = stacksOn(pair, side).find((it) => pathOf(it.path) === pathOf(path))?.file;
    const others = file === undefined ? [] : otherResources(assembly.template(file), template);
    return [
      ...(status.endsWith('_IN_PROGRESS') ? [`${name} is ${status}: what was seen may change.`] : []),
      ...(status.endsWith('_FAILED')
        ? [`${name} is ${status}: its last deployment did not come to its end.`]
        : []),
      ...(drift?.status === 'DRIFTED' && drift.found.length === 0
        ? [`CloudFormation found drift of ${name} on ${drift.at.slice(0, 10)}: cdk drift has the details.`]
        : []),
      ...(others.length > 0
        ? [
            `${name} was deployed from another template than this assembly's (${plural(others.length, 'resource')}, such as ${others[0]}).`,
          ]
        : []),
    ];
  });
}

/** The logical ids of which two templates say something else. */
function otherResources(assembled: unknown, deployed: unknown): string[] {
  const resourcesOf = (template: unknown) =>
    isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  const [a, b] = [resourcesOf(assembled), resourcesOf(deployed)];
  const what = (entry: Json | undefined) =>
    isObject(entry) ? { type: entry['Type'] ?? '', properties: entry['Properties'] ?? {} } : null;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (id) => !isUsageRecord(a[id] ?? b[id]) && !equalJson(what(a[id]), what(b[id])),
  );
}

const isUsageRecord = (entry: Json | undefined): boolean =>
  isObject(entry) && entry['Type'] === 'AWS::CDK::Metadata';

function notLookedAt(pair: ManifestPair, prod: RunningEnvironment, staging: RunningEnvironment): NotLookedAt {
  const types: Record<string, number> = {};
  for (const { stacks } of [prod, staging])
    for (const { deployedResources, resources } of stacks) {
      const seen = new Set(resources.map(({ logicalId }) => logicalId));
      for (const [logicalId, { type }] of deployedResources)
        if (!seen.has(logicalId) && !SEEN_OTHERWISE.has(type)) types[type] = (types[type] ?? 0) + 1;
    }
  const sorted = Object.entries(types).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const only = (name: string, of: RunningEnvironment, other: RunningEnvironment): string[] =>
    of.unseen.filter((it) => !other.unseen.includes(it)).map((it) => `${name}: ${it}`);
  const refused = [
    ...prod.unseen.filter((it) => staging.unseen.includes(it)),
    ...only(pair.prod, prod, staging),
    ...only(pair.staging, staging, prod),
  ];
  return { types: Object.fromEntries(sorted), refused };
}

/** Nested stacks are looked into, and the CDK's usage record is nothing that runs. */
const SEEN_OTHERWISE = new Set(['AWS::CloudFormation::Stack', 'AWS::CDK::Metadata']);
