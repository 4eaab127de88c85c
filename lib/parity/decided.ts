import { equalJson, type Json } from '../json';
import { decisionsOf, type Decision, type Sections } from '../template/decisions';
import { showPath, type Path } from '../template/differences';
import { distinct, isKnown, type DeploymentFacts, type Hinge } from '../template/evaluate';
import type { Model } from '../template/model';
import type { Fault } from './findings';
import { isFactOfRegion } from './illegal-names';

/** What is known of one side before it is deployed. */
export interface SideFacts extends DeploymentFacts {
  /** What the parameters of a nested stack hang on in the stack around it, by name. @default - it is not nested */
  readonly outer?: ReadonlyMap<string, readonly Hinge[]>;
}

/** One stack on both sides, with what is known of it. */
export interface Decided {
  readonly model: Model;
  readonly facts: SideFacts;
}

/**
 * What two templates leave to their deployment, though it decides what exists: conditions, look-ups and the like that hang on a
 * parameter without a value, on the stack's own name or on an account that is not known.
 */
export function leftOpen(prod: Decided, staging: Decided): readonly Fault[] {
  return pairsOf(prod, staging).flatMap((pair) => {
    // a macro makes the same of two equal templates, and is noted
    const hinges = openIn(pair, prod.facts, staging.facts, ({ kind }) => kind !== 'macro');
    return hinges.length === 0 ? [] : [openFault(pair, hinges, GIVE_VALUES)];
  });
}

/** The macros of the account's own that a template hands itself, or a part of itself, to. */
export function macrosOf({ model, facts }: Decided): readonly string[] {
  const all = [...decisionsOf(sectionsOf(model), facts).values()].flatMap(({ outcome }) => outcome.unknown);
  return [...new Set(all.flatMap(({ kind, name }) => (kind === 'macro' ? [name] : [])))];
}

/**
 * What is decided otherwise for two environments of an assembly, though their templates are equal, or is left to their deployment. An
 * environment's name decides nothing, even if it decides the same today.
 */
export function decidedOtherwise(prod: Decided, staging: Decided): readonly Fault[] {
  return pairsOf(prod, staging).flatMap((pair) => {
    const asked = [pair.prod, pair.staging].flatMap((it) => it?.outcome.hangsOn.filter(isName) ?? []);
    const open = openIn(pair, prod.facts, staging.facts, () => true);
    const hinges = distinct([...asked, ...open]);
    if (hinges.length > 0) return [openFault(pair, hinges, fixOf(hinges))];
    return differingFault(pair);
  });
}

/** A decision on both sides; on one alone where the templates differ. */
interface Pair {
  readonly prod: Decision | undefined;
  readonly staging: Decision | undefined;
}

function pairsOf(prod: Decided, staging: Decided): Pair[] {
  const [p, s] = [prod, staging].map(({ model, facts }) => decisionsOf(sectionsOf(model), facts)) as [
    ReadonlyMap<string, Decision>,
    ReadonlyMap<string, Decision>,
  ];
  return [...new Set([...s.keys(), ...p.keys()])].map((key) => ({ prod: p.get(key), staging: s.get(key) }));
}

const sectionsOf = ({ top, ...sections }: Model): Sections => {
  const transform = top['Transform'];
  return { ...sections, ...(transform !== undefined && { Transform: transform }) };
};

/** What tells one stack from every other. */
const isName = ({ kind, name }: Hinge): boolean =>
  kind === 'pseudo' && /^AWS::(?:StackName|StackId|NotificationARNs)$/.test(name);

function openIn(
  pair: Pair,
  prod: SideFacts,
  staging: SideFacts,
  counts: (hinge: Hinge) => boolean,
): readonly Hinge[] {
  const of = (decision: Decision | undefined, here: SideFacts, there: SideFacts): readonly Hinge[] =>
    decision?.outcome.unknown.filter((hinge) => counts(hinge) && isOpen(hinge, decision, here, there)) ?? [];
  return distinct([...of(pair.prod, prod, staging), ...of(pair.staging, staging, prod)]);
}

/** Whether an unknown value may be another one on the other side. */
function isOpen({ kind, name }: Hinge, decision: Decision, here: SideFacts, there: SideFacts): boolean {
  if (kind === 'parameter')
    return here.outer?.get(name)?.some((hinge) => isOpen(hinge, decision, here, there)) ?? true;
  if (kind === 'macro') return true;
  if (kind === 'import') return decision.kind !== 'stored value';
  if (kind !== 'pseudo') return false; // the environment's own: both sides make it alike
  // Both sides are where the command line is, unless one of them says where it is.
  if (/^AWS::(?:Region|Partition|URLSuffix)$/.test(name)) return there.pseudo?.[name] !== undefined;
  return true;
}

function openFault({ prod, staging }: Pair, hinges: readonly Hinge[], fix: string): Fault {
  const decision = (staging ?? prod)!;
  return {
    rule: 'left-open',
    path: decision.path,
    prod: undefined,
    staging: undefined,
    why: `${WHAT[decision.kind]} is left to the deployment: it hangs on ${inWords(hinges)}${decidesIn(decision)}`,
    fix,
    hangsOn: hinges.map(hingeInWords),
  };
}

const WHAT: Readonly<Record<Decision['kind'], string>> = {
  condition: 'whether it holds',
  'look-up': 'what is looked up',
  choice: 'which item is taken',
  'stored value': 'what is read from Parameter Store',
  macro: 'what a macro makes of the template',
  loop: 'what the loop makes',
};

const inWords = (hinges: readonly Hinge[]): string => hinges.map(hingeInWords).join(' and ');

const hingeInWords = ({ kind, name }: Hinge): string =>
  kind === 'pseudo' ? name : `the ${NOUN[kind]} "${name}"`;

const NOUN: Readonly<Record<Exclude<Hinge['kind'], 'pseudo'>, string>> = {
  parameter: 'parameter',
  resource: 'value',
  import: 'import',
  macro: 'macro',
  mapping: 'mapping',
};

/** The entries and places that a condition decides: the first few of them. */
function decidesIn({ kind, decides }: Decision): string {
  if (kind !== 'condition') return '';
  const places = decides.map((path) => placeIn(path));
  const [some, more] = [places.slice(0, 3), places.length - 3];
  return `, and it decides ${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const placeIn = (path: Path): string => showPath(path[0] === 'Resources' ? path.slice(1) : path);

const GIVE_VALUES =
  'Give what the two are deployed with: --prod-parameters <file> and --staging-parameters <file>.';

function fixOf(hinges: readonly Hinge[]): string {
  const [first] = hinges;
  if (first!.kind === 'parameter')
    return `Give its value to every environment, with parameters: { ${first!.name}: ... }, or use a scale factor instead of a parameter.`;
  if (first!.kind === 'macro') return 'Let the topology make what the macro would make.';
  if (isName(first!))
    return 'Let the topology do the same in every environment, whatever its stack is called.';
  return 'Give env to both environments, or do the same in both.';
}

/** Decisions that are known, and fall otherwise. */
function differingFault({ prod, staging }: Pair): Fault[] {
  if (!prod || !staging || !isKnown(prod.outcome) || !isKnown(staging.outcome)) return [];
  if (equalJson(prod.outcome.value, staging.outcome.value)) return [];
  if (isFactOfPlace(prod, staging)) return [];
  const hinges = distinct([...prod.outcome.hangsOn, ...staging.outcome.hangsOn]);
  return [
    {
      rule: 'deployed-differently',
      path: staging.path,
      prod: shown(prod),
      staging: shown(staging),
      why: `${WHAT[staging.kind]} hangs on ${inWords(hinges)}, and falls otherwise in the two${decidesIn(staging)}`,
      fix: 'Let the topology decide it alike for both, or declare a scale factor with a reason and use its value.',
    },
  ];
}

/** What AWS calls a thing of its own in one region or account: an image, an account, a hosted zone. */
function isFactOfPlace({ kind, outcome: prod }: Decision, { outcome: staging }: Decision): boolean {
  const isPlace = ({ kind: of, name }: Hinge): boolean =>
    of === 'pseudo' && /^AWS::(?:AccountId|Region|Partition|URLSuffix)$/.test(name);
  return (
    kind === 'look-up' &&
    [...prod.hangsOn, ...staging.hangsOn].every(isPlace) &&
    [prod.value, staging.value].every(
      (it) => typeof it === 'string' && (isFactOfRegion(it) || IMAGE.test(it)),
    )
  );
}

const IMAGE = /^ami-[0-9a-f]{8,17}$/;

const shown = (decision: Decision | undefined): Json | undefined =>
  decision && isKnown(decision.outcome) ? decision.outcome.value : undefined;
