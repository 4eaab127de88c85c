import type { App } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Outside } from '../../checks/outside';
import type { BoundScale, Factors, ScaleDefinition } from '../../scale/definition';
import type { Contents } from '../../template/contents';
import { documentsOf } from './canonical';
import {
  declaredIn,
  topOf,
  type BuiltEnvironment,
  type EnvironmentOptions,
  type MakeEnvironment,
} from '../environments';
import { fitStack } from './fit';
import type { Fit, Observation } from './fitted';
import type { SourcesOf } from './follow';
import { Laboratory, readInstance, type Given, type Instance } from '../instances/instance';
import { anonymizer, neutralName, type Names } from '../instances/names';
import { watchingVariables } from '../instances/machine-variables';
import { readOpened } from '../instances/open-assets';
import { Pairing } from './pairing';
import { stackGroups, type StackGroups } from './stack-groups';
import { putStandIns, standInNames, standInsIn } from '../instances/stand-ins';
import { TriedValues, tryOut, underAnotherName } from './trials';

/** What an experiment is about: one definition, and the environments that it was made into. */
export interface Subject<F extends Factors, D> {
  readonly app: App;
  readonly scale: ScaleDefinition<F, D>;
  readonly environments: readonly BuiltEnvironment<F, D>[];
  readonly make: MakeEnvironment<F, D>;
  /** When the environments were made. */
  readonly instant: number;
  /** What the assets of the app's assembly hold. */
  readonly contents: Contents;
}

/** An environment beside what the experiments made of it. */
export interface Observed {
  readonly environment: BuiltEnvironment;
  /** As it will be deployed. */
  readonly real: Instance;
  /** As it is without its lifecycle, or what it is restored from; the first production itself. */
  readonly plain: Instance;
}

/** What the experiments found. */
export interface Findings {
  readonly pairing: Pairing;
  readonly observed: readonly Observed[];
  readonly neutral: readonly Instance[];
  /** In the order of observations: real ones first, then plain ones, then neutral ones. */
  readonly observations: readonly Observation[];
  readonly tried: Pick<TriedValues<Factors, unknown>, 'refused' | 'unproven'>;
  /** The environment variables of the machine that the definition's own code read. */
  readonly variables: readonly string[];
  /** Which stacks there are, and which of them come and go. */
  readonly stacks: StackGroups;
  /** What the stack with an index has in common in all of them. */
  readonly fit: (stack: number) => Fit;
}

/** How many neutral instances with other values there are at least. */
const NEUTRAL = 3;

/**
 * Instantiates a topology again, each time with something changed: under neutral names and at other scales, and a staging
 * without its lifecycle. What every place of the templates follows is seen from that.
 */
export function experiment<F extends Factors, D>(subject: Subject<F, D>): Findings {
  const { app, scale, environments, make, instant, contents } = subject;
  const standIns = environments.flatMap(({ outside }) => standInsIn(outside));
  const givenTo = ({ options, outside }: BuiltEnvironment<F, D>): Given =>
    givenIn(options, standInNames(standIns, outside));
  const { instances, assets } = readOpened(contents, (held) =>
    environments.map((it) => readInstance(it.id, topOf(it.root), it.bound.expressions, givenTo(it), held)),
  );
  const laboratory = new Laboratory(app, instant, assets);
  const observed = environments.map((environment, i): Observed => {
    const { id, bound, options, role, outside, isRestored = false } = environment;
    const real = instances[i]!;
    const again = (): Instance =>
      laboratory.make(
        `${id} without ${isRestored ? 'what it is restored from' : 'its lifecycle'}`,
        (other) => standingIn(topOf(make(other, id, bound, options)), outside),
        bound.expressions,
        givenTo(environment),
      );
    return { environment, real, plain: role === 'staging' || isRestored ? again() : real };
  });
  const prods = environments.filter(({ role }) => role === 'production');
  const stagings = environments.filter(({ role }) => role === 'staging');
  const known = [...prods, ...stagings].map(({ bound }) => bound.values);
  const tried = new TriedValues(scale, known);
  const called = ({ environment, longer }: Pattern<F, D>, n: number) => {
    const { id, options, outside } = neutralOf(environment, n, longer);
    return (bound: BoundScale<F, D>): Instance =>
      laboratory.make(
        `an instance called ${id}`,
        (other) => standingIn(topOf(make(other, id, bound, options)), outside),
        bound.expressions,
        givenIn(options, standInNames(standIns, outside)),
      );
  };
  const models = patternsOf([...prods, ...stagings]);
  // Production but for its name, and that once more: so a name's doing, and chance, is told from the scale's.
  const likeProduction = called({ environment: prods[0]!, longer: 0 }, models.length);
  const { result: renamed, read } = watchingVariables(() =>
    underAnotherName(() => likeProduction(tried.usualScale)),
  );
  const neutral = models.flatMap((pattern, n) => tryOut(tried, () => tried.at(n), called(pattern, n)) ?? []);
  // After those with other values: what they left behind, in a list that is shared, shows in it.
  const again = likeProduction(tried.usualScale);
  const sourcesOf = (expression: string): readonly string[] => scale.factorsOf(expression);
  const seenIn = (more: readonly Instance[] = []): Findings =>
    findings(observed, [...neutral, ...more, renamed, again], tried, sourcesOf, read);
  for (let more = 0; ; more++) {
    const found = seenIn();
    const n = neutral.length + 1;
    const values = () => (more === MOST_DECIDING ? undefined : deciding(found, tried, sourcesOf, n, more));
    const next = tryOut(tried, values, called(models[n % models.length]!, n));
    if (next) neutral.push(next);
    else if (!hasSwitch(found)) return found;
    // Whether a staging's name or its values throw the switch: the same values under another name tell.
    else
      return seenIn(
        stagings.map((it, i) =>
          underAnotherName(() => called({ environment: it, longer: 0 }, MANY + i)(it.bound)),
        ),
      );
  }
}

/** More than there are other neutral instances: each has a name of its own. */
const MANY = 100;

/** Whether something differs that follows neither a name nor a factor. */
const hasSwitch = ({ stacks, fit }: Findings): boolean =>
  stacks.all.some((stack) =>
    fit(stack).misfits.some(({ rule }) => rule === 'switch' || rule === 'undecided'),
  );

/** The values of one more instance that decides what places follow; undefined when nothing is left to decide. */
function deciding<F extends Factors, D>(
  found: Findings,
  tried: TriedValues<F, D>,
  sourcesOf: SourcesOf,
  n: number,
  more: number,
): BoundScale<F, D> | undefined {
  const { observations } = found;
  const fits = [found.stacks, ...found.stacks.all.map((stack) => found.fit(stack))];
  const pairs = fits.flatMap(({ rivals }) =>
    rivals.map(([one, other]) => [sourcesOf(one)[0]!, sourcesOf(other)[0]!] as const),
  );
  // One of two factors stays where it is and the other moves.
  if (pairs.length > 0) return tried.apart(n, oneOfEach(pairs, more));
  const isSeen = (name: string, value: number): boolean =>
    observations.some(({ scale }) => scale.get(name) === value);
  return tried.further(
    n,
    fits.flatMap(({ wanted }) => wanted),
    isSeen,
  );
}

/** What an environment is given. */
function givenIn(options: EnvironmentOptions, standIns: Names): Given {
  const { env: { account, region } = {}, stackName } = options;
  return {
    names: declaredIn(options, standIns),
    env: `${account}/${region}`,
    isNamed: stackName !== undefined,
  };
}

/** How many instances more may decide what places follow. */
const MOST_DECIDING = 4;

/** One factor of each pair, another one every time, so that the two of a pair are told apart. */
function oneOfEach(pairs: readonly (readonly [string, string])[], time: number): ReadonlySet<string> {
  const still = new Set<string>();
  const moving = new Set<string>();
  for (const pair of pairs) {
    const [one, other] = (time % 2 === 0 ? pair.toSorted() : pair.toSorted().toReversed()) as [
      string,
      string,
    ];
    const [stays, moves] = still.has(other) || moving.has(one) ? [other, one] : [one, other];
    still.add(stays);
    moving.add(moves);
  }
  return still;
}

function findings(
  observed: readonly Observed[],
  neutral: readonly Instance[],
  tried: Findings['tried'],
  sourcesOf: SourcesOf,
  variables: Findings['variables'],
): Findings {
  const pairing = new Pairing();
  const stagings = observed.filter(({ real, plain }) => real !== plain);
  const instances = [...observed.map(({ real }) => real), ...stagings.map(({ plain }) => plain), ...neutral];
  // Production first, so that what is said of a construct is said by production's ids.
  for (const { top, names } of [...instances].sort(byProduction(observed))) pairing.add(top, names);
  const isNeutral = (i: number): boolean => i >= instances.length - neutral.length;
  const realNames = instances.filter((_, i) => !isNeutral(i)).flatMap(({ names }) => [...names.values()]);
  const observations = instances.map((instance, i): Observation => {
    const present = new Set(instance.top.node.findAll().map((node) => pairing.of(node).index));
    return {
      label: instance.label,
      documents: documentsOf(instance, pairing),
      names: instance.names,
      anonymous: anonymizer([...instance.names.values(), ...realNames]),
      scale: instance.expressions,
      isNeutral: isNeutral(i),
      isPassive: stagings.some(({ real }) => real === instance),
      has: (index) => present.has(index),
    };
  });
  const stacks = stackGroups(observations, (index) => pairing.at(index), sourcesOf);
  const fits = new Map<number, Fit>();
  return {
    pairing,
    observed,
    neutral,
    observations,
    tried,
    variables,
    stacks,
    fit: (stack) => {
      const fit = fits.get(stack) ?? fitStack(stack, observations, (index) => pairing.at(index), sourcesOf);
      fits.set(stack, fit);
      return fit;
    },
  };
}

const byProduction = (observed: readonly Observed[]) => {
  const rank = (instance: Instance): number =>
    observed.some(({ real, plain }) => real === instance && plain === instance) ? 0 : 1;
  return (a: Instance, b: Instance): number => rank(a) - rank(b);
};

/** Which environment an instance is like, but for its name and values. */
interface Pattern<F extends Factors, D> {
  readonly environment: BuiltEnvironment<F, D>;
  /** How many characters longer its name is. */
  readonly longer: number;
}

/** Which environments' names the neutral ones look like: names are cut by their length. */
function patternsOf<F extends Factors, D>(environments: readonly BuiltEnvironment<F, D>[]): Pattern<F, D>[] {
  const patterns = environments.flatMap((environment, i) => [
    { environment, longer: 0 },
    ...(i === 1 ? [{ environment, longer: 0 }] : []),
  ]);
  while (patterns.length < NEUTRAL) patterns.push({ environment: environments[0]!, longer: 0 });
  const isOneLength = new Set(patterns.map(({ environment }) => environment.id.length)).size === 1;
  return isOneLength
    ? patterns.map((pattern, i) => (i === patterns.length - 1 ? { ...pattern, longer: 3 } : pattern))
    : patterns;
}

/** An environment with its stand-ins: they belong to what it is given, and not to its lifecycle. */
function standingIn(top: IConstruct, outside: readonly Outside[]): IConstruct {
  putStandIns(top, standInsIn(outside));
  return top;
}

/** An environment's options with names that say nothing. */
function neutralOf(
  { id, options, outside }: Pick<BuiltEnvironment, 'id' | 'options' | 'outside'>,
  n: number,
  longer: number,
): Pick<BuiltEnvironment, 'id' | 'options' | 'outside'> {
  const neutral = (text: string, salt: number): string => neutralName(text, 7 * n + salt, longer);
  const { env, stackName, description, tags } = options;
  return {
    id: neutral(id, 1),
    outside: outside.map((it) =>
      it.standIn === undefined ? it : { ...it, standIn: neutral(it.standIn, 5) },
    ),
    options: {
      ...(env && { env }),
      ...(stackName !== undefined && { stackName: neutral(stackName, 2) }),
      ...(description !== undefined && { description: neutral(description, 3) }),
      ...(tags && {
        tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, neutral(value, 4)])),
      }),
    },
  };
}
