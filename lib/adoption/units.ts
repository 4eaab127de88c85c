import { messageOf } from '../error';
import type { FactorValue } from '../scale/kinds';
import type { FindMember } from './enums';
import { followersOf } from './followers';
import { Given, memberName, showProp, type Leaf } from './given';
import { stagingIdFor } from './names';
import type { Made, Unit } from './observation';
import { isAsGood, isProved, prove, type Topology } from './proof';
import {
  isTriable,
  leafCode,
  leafValues,
  otherValuesOf,
  proposalsFor,
  type Proposal,
  type Tried,
} from './proposals';
import type { Templates, TrialApps } from './trial-app';

/** A construct at the top of an app, with what its constructor was called with. */
export interface Child {
  readonly construct: object;
  readonly id: string;
  readonly given: readonly unknown[] | undefined;
  /** Where its class is written. @default - not known */
  readonly file?: string;
}

/** What is known of the classes and values of an app. */
export interface Known {
  /** Where a class is exported; undefined where it is nowhere. */
  readonly find: (constructor: Constructor) => Unit['exported'];
  readonly member: FindMember;
  readonly isStage: (construct: object) => boolean;
}

type Constructor = new (scope: unknown, id: string, props?: object) => never;

/** What every environment may be given beside its scale: `EnvironmentOptions` and what `prod` takes. */
const OPTIONS = ['env', 'stackName', 'stageName', 'description', 'tags'];
/** What production alone is given: two environments are two stacks. */
const OF_PROD = 'stackName';
/** What `stackName` is of a stage: its stacks are named after it. */
const OF_STAGE = 'stageName';

const optionName = (key: string): string => (key === OF_STAGE ? OF_PROD : key);

/** Finds out of each stack and stage at the top of an app how it is made, and by which values it could be smaller. */
export function unitsOf(children: readonly Child[], apps: TrialApps, known: Known): Unit[] {
  const taken = new Set(
    children.flatMap(({ id, construct }) => [id, String((construct as { stackName?: string }).stackName)]),
  );
  return children.map((child): Unit => {
    const constructor = child.construct.constructor as Constructor;
    const exported = known.find(constructor);
    const base = {
      id: child.id,
      stagingId: stagingIdFor(child.id, taken),
      className: constructor.name,
      ...(exported && { exported }),
    };
    const obstacle = obstacleOf(child, children, exported);
    if (obstacle !== undefined) return { ...base, obstacle };
    const given = new Given(propsOf(child));
    try {
      return {
        ...base,
        made: madeOf(child, base.stagingId, given, { apps, known, elsewhere: otherOf(child, children) }),
      };
    } catch (error) {
      const [why] = messageOf(error).split('\n');
      return { ...base, obstacle: `made once more, it throws: ${why}` };
    }
  });
}

const propsOf = ({ given = [] }: Child): Readonly<Record<string, unknown>> => (given[2] ?? {}) as never;

/** What a class of the AWS CDK itself has. */
const JSII = Symbol.for('jsii.rtti');

/** Why a construct cannot be made by a function of its id and its values. */
function obstacleOf(
  child: Child,
  children: readonly Child[],
  exported: Unit['exported'],
): string | undefined {
  const { given, construct } = child;
  const { name } = construct.constructor;
  if (given === undefined) return `how ${name} was called could not be seen`;
  if (given.length > 3 || given[1] !== child.id)
    return `${name} is not called as new ${name}(scope, id, props)`;
  if (Object.hasOwn(construct.constructor, JSII))
    return 'what is in it is made outside of a class: write it as a class in a module of its own';
  if (!exported) return `${name} is exported by no module of the app: move it to one of its own`;
  const main = productionAmong(child, children);
  if (main !== child) return `it is another ${name}, of which ${main.id} is taken for production`;
  const { obstacles } = new Given(propsOf(child));
  return obstacles.length === 0 ? undefined : obstacles.join('; ');
}

const likeIt = (child: Child, children: readonly Child[]): Child[] =>
  children.filter(({ construct }) => construct.constructor === child.construct.constructor);

/** Of several of one class the one that is called production, or that has the larger numbers. */
function productionAmong(child: Child, children: readonly Child[]): Child {
  const same = likeIt(child, children);
  const size = (it: Child): number =>
    new Given(propsOf(it)).leaves.reduce((sum, { value }) => sum + (Number(value) || 0), 0);
  return same.find(({ id }) => /prod/i.test(id)) ?? same.toSorted((a, b) => size(b) - size(a))[0]!;
}

/** What another instance of the same class has in the place of a leaf. */
function otherOf(child: Child, children: readonly Child[]) {
  const other = likeIt(child, children).find((it) => it !== child);
  const leaves = other ? new Given(propsOf(other)).leaves : [];
  return ({ path }: Leaf) => leaves.find((it) => it.path.join('\0') === path.join('\0'))?.value;
}

interface Trial {
  readonly apps: TrialApps;
  readonly known: Known;
  /** What another instance has in the place of a leaf. */
  readonly elsewhere: (leaf: Leaf) => number | string | undefined;
}

function madeOf(child: Child, stagingId: string, given: Given, { apps, known, elsewhere }: Trial): Made {
  const isStage = known.isStage(child.construct);
  const Class = child.construct.constructor as Constructor;
  const at = (values: ReadonlyMap<Leaf, number | string>): Templates =>
    apps.templates((app) => void new Class(app, child.id, given.with(values)));
  const base = at(new Map());
  const isOption = ({ path }: Leaf): boolean => OPTIONS.includes(String(path[0]));
  const tried = given.leaves
    .filter((leaf) => !isOption(leaf) && isTriable(leaf))
    .map((leaf) => tryLeaf(leaf, base, at));
  const others = tried
    .filter(({ followers }) => followers.length === 0)
    .map(({ leaf }) => ({ prop: showProp(leaf.path), why: 'no size in the templates follows it' }));
  const proposals = proposalsFor(tried, elsewhere);
  const options = optionsOf(given);
  const topology: Topology = {
    id: child.id,
    stagingId,
    options,
    make: (scope, id, values, more) =>
      new Class(scope, id, {
        ...without(given.with(leavesAt(proposals, values)), OPTIONS),
        ...(isStage ? ofStage(more) : more),
      }),
  };
  const { kept, refused, generatesNames } = proved(apps, topology, proposals);
  return {
    ...codeOf(given, kept, known.member),
    isStage,
    factors: kept,
    others: [...others, ...refused],
    following: tried.flatMap(({ followers }) => followers.map(({ key }) => key)),
    generatesNames,
  };
}

/** Gives a leaf another value, and sees what follows it. */
function tryLeaf(
  leaf: Leaf,
  base: Templates,
  at: (values: ReadonlyMap<Leaf, number | string>) => Templates,
): Tried {
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

/** How the unit is made, as code in which the factors are names. */
function codeOf(
  given: Given,
  factors: readonly Proposal[],
  member: FindMember,
): Pick<Made, 'options' | 'props' | 'imports'> {
  const names = new Map(factors.flatMap(leafCode));
  const imports: Record<string, string> = {};
  const code = ([key, value]: readonly [string, unknown]): readonly [string, string] => [
    key,
    given.codeOf([key], value, { names, member, imported: (name, from) => (imports[name] = from) }),
  ];
  const entries = Object.entries(given.props).filter(([, value]) => value !== undefined);
  const options = entries
    .filter(([key]) => OPTIONS.includes(key))
    .map(code)
    .map(([key, it]) => [optionName(key), it] as const);
  const props = entries
    .filter(([key]) => !OPTIONS.includes(key))
    .map(code)
    .map(([key, it]) => (key === it ? key : `${memberName(key)}: ${it}`));
  return { options: Object.fromEntries(options), props: props.join(', '), imports };
}
