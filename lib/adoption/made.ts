import { isDeepStrictEqual } from 'node:util';
import type { FactorValue } from '../scale/kinds';
import { isSize } from '../scale/sizes';
import { classOf, propsOf, stackNameOf, type Child } from './child';
import { followersOf } from './followers';
import { Given, showProp, type Leaf } from './given';
import type { Group } from './groups';
import { codeFor } from './made-code';
import { variableFor } from './names';
import type { Made } from './observation';
import { isAsGood, isProved, prove, type Topology } from './proof';
import {
  freeName,
  isTriable,
  leafValues,
  otherValuesOf,
  proposalsFor,
  type Proposal,
  type Tried,
} from './proposals';
import { valueAt, type Reference } from './references';
import { releasesAmong } from './release';
import { OF_PROD, OF_STAGE, OPTIONS, optionName, type Member, type Trial } from './trial';
import type { Templates, TrialApps } from './trial-app';

/** Finds out how a group is made, and by which values it could be smaller. */
export function madeOf(group: Group, id: string, stagingId: string, trial: Trial): Made {
  const { apps, isStage, find } = trial;
  const isOne = group.length === 1;
  const variables = new Set<string>();
  const members = group.map((child): Member => {
    const variable = freeName(variableFor(child.id), variables);
    const given = new Given(propsOf(child), { ...(!isOne && { name: variable }), find: find(child) });
    return { child, given, variable };
  });
  const at = (values: Values): Templates =>
    apps.templates((app) => void makeAll(members, values, (child, props) => [app, child.id, props]));
  const base = at(new Map());
  const tried = members
    .flatMap(({ given }) => given.leaves)
    .filter((leaf) => !OPTIONS.includes(String(leaf.path[isOne ? 0 : 1])) && isTriable(leaf))
    // a number that is a member of an enum, such as RetentionDays, has no other between its members
    .filter(({ path, value }) => typeof value !== 'number' || !trial.member(String(path.at(-1)), value))
    .map((leaf) => tryLeaf(leaf, base, at));
  const releases = releasesAmong(
    members.flatMap(({ given }) => given.releases),
    base,
    (values) => templatesOr(() => at(values)),
  );
  const others = tried
    .filter(({ leaf, followers }) => followers.length === 0 && !isSize(String(leaf.value)))
    .map(({ leaf }) => ({ prop: showProp(leaf.path), why: 'no size in the templates follows it' }));
  const proposals = proposalsFor(tried, { elsewhere: elsewhereIn(trial.other, members), names: variables });
  const options = isOne ? optionsOf(members[0]!.given) : optionsOfAll(members, stagingId);
  const topology = topologyOf(members, proposals, { id, stagingId, options }, trial);
  const { kept, refused, generatesNames } = proved(apps, topology, proposals);
  const code = codeFor(trial, members, kept, releases);
  return {
    options: code.options(isOne ? members[0]!.given.props : options.prod),
    ...(isOne
      ? { props: code.props(members[0]!, OPTIONS).join(', ') }
      : { props: '', members: code.members(Object.keys(options.prod)) }),
    imports: code.imports,
    isStage,
    factors: kept,
    others: [...others, ...refused],
    following: tried.flatMap(({ followers }) => followers.map(({ key }) => key)),
    generatesNames,
    ...(releases[0] && { release: String(releases[0].value) }),
  };
}

/** How a group is made with values for factors: one construct at the place that is asked for, several in a stage there. */
function topologyOf(
  members: readonly Member[],
  proposals: readonly Proposal[],
  named: Omit<Topology, 'make'>,
  { apps, isStage }: Trial,
): Topology {
  const isOne = members.length === 1;
  return {
    ...named,
    make: (scope, name, values, more) => {
      const given = leavesAt(proposals, values);
      if (isOne)
        return makeAll(members, given, (_, props) => [
          scope,
          name,
          { ...without(props, OPTIONS), ...(isStage ? ofStage(more) : more) },
        ]) as never;
      const { stackName, ...ofAll } = more as { readonly stackName?: string };
      const stage = new apps.library.cdk.Stage(scope, name, ofAll);
      makeAll(members, given, (child, props) => [
        stage,
        child.id,
        { ...without(props, Object.keys(ofAll)), stackName: nameBelow(stackName, stackNameOf(child)) },
      ]);
      return stage;
    },
  };
}

type Values = ReadonlyMap<Leaf, number | string>;

/** What a constructor is called with. */
type Call = readonly [scope: unknown, id: string, props: object];

/**
 * Makes a group in the order of the app: each member is given what those before it have.
 *
 * @returns the last one
 */
function makeAll(
  members: readonly Member[],
  values: Values,
  call: (child: Child, props: Readonly<Record<string, unknown>>) => Call,
): object {
  const made = new Map<Child, object>();
  const resolved = ({ of, path }: Reference): unknown => valueAt(made.get(of)!, path);
  for (const { child, given } of members)
    made.set(child, new (classOf(child))(...call(child, given.with(values, resolved))));
  return made.get(members.at(-1)!.child)!;
}

/** What another group of the same classes has in the place of a leaf. */
function elsewhereIn(other: Group | undefined, members: readonly Member[]) {
  const leaves = (other ?? []).flatMap(
    (child, i) =>
      new Given(propsOf(child), members.length === 1 ? {} : { name: members[i]!.variable }).leaves,
  );
  return ({ path }: Leaf) => leaves.find((it) => it.path.join('\0') === path.join('\0'))?.value;
}

/** A stack's name in an environment: production's keep theirs. */
const nameBelow = (environment: string | undefined, name: string): string =>
  environment === undefined ? name : `${environment}-${name}`;

/** Gives a leaf another value, and sees what follows it. */
function tryLeaf(leaf: Leaf, base: Templates, at: (values: Values) => Templates): Tried {
  for (const value of otherValuesOf(leaf)) {
    const other = templatesOr(() => at(new Map([[leaf, value]])));
    if (!other) continue;
    const isSmaller = typeof value === 'number' && value < Number(leaf.value);
    const followers = isSmaller ? followersOf(base, other) : followersOf(other, base);
    if (followers.length > 0) return { leaf, followers };
  }
  return { leaf, followers: [] };
}

/** A construct refuses values that its author knows to be wrong: then another is tried. */
function templatesOr(make: () => Templates): Templates | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

const leavesAt = (
  proposals: readonly Proposal[],
  values: Readonly<Record<string, FactorValue>>,
): Map<Leaf, number | string> =>
  new Map(
    proposals.flatMap((it) => (Object.hasOwn(values, it.name) ? leafValues(it, values[it.name]!) : [])),
  );

const without = (props: Readonly<Record<string, unknown>>, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));

/** What a stage is given for what its function is given. */
const ofStage = ({ stackName: name, ...options }: { readonly stackName?: unknown }): object => ({
  ...options,
  ...(name !== undefined && { [OF_STAGE]: name }),
});

function optionsOf({ props }: Given): Topology['options'] {
  const prod = Object.fromEntries(
    Object.entries(props)
      .filter(([key]) => OPTIONS.includes(key))
      .map(([key, value]) => [optionName(key), value]),
  );
  return { prod, staging: without(prod, [OF_PROD]) };
}

/** The place that all members have is that of their environment. */
function optionsOfAll(members: readonly Member[], stagingId: string): Topology['options'] {
  const [first, ...rest] = members.map(({ given }) => given.props['env']);
  const isShared = first !== undefined && rest.every((it) => isDeepStrictEqual(it, first));
  const prod = isShared ? { env: first } : {};
  return { prod, staging: { ...prod, stackName: stagingId } };
}

/** The proposals that make twins, all together: one that alone makes none is left out. */
function proved(apps: TrialApps, topology: Topology, proposals: readonly Proposal[]) {
  const plain = prove(apps, topology, [], 'as-written');
  const generated = isProved(plain) ? plain : prove(apps, topology, [], 'generated');
  const hasOneName = plain.report?.checks?.isolation.findings.some(({ id }) => id === 'TWIN-ISO-020');
  const generatesNames = hasOneName === true && generated.report !== undefined;
  const names = generatesNames ? 'generated' : 'as-written';
  const base = generatesNames ? generated : plain;
  const test = (all: readonly Proposal[]) => prove(apps, topology, all, names);
  if (proposals.length === 0 || isAsGood(test(proposals), base))
    return { kept: proposals, refused: [], generatesNames };
  const kept: Proposal[] = [];
  const refused: { prop: string; why: string }[] = [];
  for (const proposal of proposals) {
    const proof = test([...kept, proposal]);
    if (isAsGood(proof, base)) kept.push(proposal);
    else
      for (const prop of proposal.props)
        refused.push({ prop, why: proof.thrown ?? proof.report!.forbidden[0]!.why });
  }
  return { kept, refused, generatesNames };
}
