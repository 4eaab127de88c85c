import { TwinError } from '../error';
import { isObject, type Json } from '../json';
import type { Factor } from '../scale/kinds';
import { blindSpotOf } from '../scale/blind-spots';
import type { Match } from './match';
import { NESTED_TEMPLATE } from './nested-template';
import { isOfStaging, REWRITE, type Definition, type ManifestPair, type ManifestStacks } from './manifest';
import type { FactorReport, Forbidden, ParityReport, Permitted } from './report';
import { SECTIONS, modelOf, type Model } from '../template/model';
import { changedFault, type Fault } from './findings';
import { locate, ruleOf, type Side } from './locate';
import { differingParameters } from './differing-parameters';
import { decidedOtherwise, type Decided, type SideFacts } from './decided';
import { parityRuleId } from './rules';
import { environment, firstProduction } from './environment';
import { factsOfEnvironment, givenAtDeployment, type GivenParameter } from './side-facts';
import { filesIn, stacksOn, type StackFile } from './side-stacks';
import { verifyStackMembers } from './stack-members';
import { likeStaging, verifyStacks } from './verify';

/**
 * Compares an environment with its production, by their manifest.
 *
 * @param read - gives the template of a file that the manifest names
 * @param beside - what was changed beside the templates since they were synthesized, and the whole pair, where only some of its
 * stacks are compared: what surrounds a nested stack gives it its parameters
 * @throws TwinError when the manifest or a template is malformed, or they do not belong together
 */
export function comparePair(
  definition: Definition,
  pair: ManifestPair,
  read: (file: string) => Side,
  {
    changed = [],
    around = pair,
  }: { readonly changed?: readonly string[]; readonly around?: ManifestPair } = {},
): ParityReport {
  checkPair(definition, pair);
  const all = pair.stacks.map((stacks): StackPair => {
    const [prod, staging] = [read(stacks.prod), read(stacks.staging)];
    const models = {
      prod: modelOf(prod.template, prod.origin),
      staging: modelOf(staging.template, staging.origin),
    };
    return { stacks, prod, staging, models };
  });
  const templateOf = (file: string): unknown => read(file).template;
  const facts = {
    prod: factsOfEnvironment(definition, around, 'prod', templateOf),
    staging: factsOfEnvironment(definition, around, 'staging', templateOf),
  };
  const compared = withKnownIds(definition, pair, all).map((it) =>
    compareStacks(definition, pair, it, facts),
  );
  const members = verifyStackMembers(definition, pair, around, read);
  const found = [...compared.flatMap((stack) => stack.permitted), ...members.flatMap((it) => it.permitted)];
  const unseen = found.filter(
    ({ factor }) => factor === NESTED_TEMPLATE && !areNestedCompared(pair, compared),
  );
  const permitted = found.filter((finding) => !unseen.includes(finding));
  const given = compared.flatMap((stack) => stack.given);
  return {
    ...report(
      { prod: pair.prod, staging: pair.staging, role: environment(definition, pair.staging).role },
      compared.reduce((sum, stack) => sum + stack.compared, 0),
      factorReports(definition, pair, permitted),
      permitted,
      [
        ...unseen.map(unseenFault),
        ...compared.flatMap((stack) => stack.forbidden),
        ...members.flatMap((it) => it.forbidden),
        ...changed.map((what) => ofNoStack(changedFault(what))),
      ],
    ),
    ...(given.length > 0 && { given }),
  };
}

/** What is known of the stacks of an environment, by their paths. */
type Facts = ReadonlyMap<string, SideFacts>;

/** A template that stands on both sides, or twice, would be compared with itself. */
function checkPair(definition: Definition, pair: ManifestPair): void {
  const { prod, staging } = pair;
  const files = filesIn(pair);
  const isTwice = new Set(files).size < files.length;
  const isStaging = environment(definition, staging).role === 'staging';
  const isProduction = environment(definition, prod).role === 'production';
  // Of two productions the first is the measure of the other.
  const isMeasure = isProduction && (isStaging || prod === firstProduction(definition));
  const wrong = isTwice
    ? 'by a template that it names twice'
    : isMeasure
      ? `${isStaging ? 'without' : 'with'} what the checks of a staging take as known`
      : 'the wrong way round';
  if (!isTwice && isMeasure && isStaging === isOfStaging(pair)) return;
  throw new TwinError({
    code: 'allowlist-pair',
    message: `twin.json pairs ${prod} and ${staging} ${wrong}`,
    fix: REWRITE,
  });
}

/**
 * Stacks with the logical ids that a stack has on both sides: any other text is renamed nowhere. Where only some of the
 * stacks are given, nothing is known of the others' ids.
 */
function withKnownIds(definition: Definition, pair: ManifestPair, all: readonly StackPair[]): StackPair[] {
  const whole = definition.pairs.find(({ prod, staging }) => prod === pair.prod && staging === pair.staging);
  if (whole && whole.stacks.length > all.length) return [...all];
  const idsOf = (side: 'prod' | 'staging') =>
    all.map(({ models }) => new Set(SECTIONS.flatMap((section) => Object.keys(models[side][section]))));
  const [prods, stagings] = [idsOf('prod'), idsOf('staging')];
  const isKnown = ({ prod, staging }: Match): boolean =>
    prods.some((ids, i) => ids.has(prod) && stagings[i]!.has(staging));
  return all.map((it) => ({ ...it, stacks: { ...it.stacks, ids: it.stacks.ids.filter(isKnown) } }));
}

/** Whether there is a pair of stacks for each nested stack. */
function areNestedCompared(pair: ManifestPair, compared: readonly StackReport[]): boolean {
  const isNested = ({ path }: StackFile): boolean =>
    pair.stacks.some(
      (other) => other.path !== path && (other.path === '' || path.startsWith(`${other.path}/`)),
    );
  return (
    stacksOn(pair, 'staging').filter(isNested).length >= compared.reduce((sum, { nested }) => sum + nested, 0)
  );
}

function unseenFault({ by: _by, factor: _factor, ...located }: Permitted): Forbidden {
  return {
    ...located,
    ...ruleOf('nested-stack'),
    why: 'the nested stack differs, and is not compared itself',
    fix: 'Compare the whole assembly, with twin parity --assembly.',
  };
}

/** A report with its verdict. */
export function report(
  names: Pick<ParityReport, 'prod' | 'staging' | 'role'>,
  compared: number,
  factors: readonly FactorReport[],
  permitted: readonly Permitted[],
  forbidden: readonly Forbidden[],
): ParityReport {
  return {
    verdict: forbidden.length === 0 ? 'twins' : 'not-twins',
    ...names,
    compared,
    factors,
    permitted,
    forbidden,
  };
}

/** A stack on both sides. */
interface StackPair {
  readonly stacks: ManifestStacks;
  readonly prod: Side;
  readonly staging: Side;
  readonly models: { readonly prod: Model; readonly staging: Model };
}

/** One stack's part of a report. */
interface StackReport {
  readonly compared: number;
  /** How many stacks are nested in it. */
  readonly nested: number;
  readonly permitted: readonly Permitted[];
  readonly forbidden: readonly Forbidden[];
  /** The parameters that are given when it is deployed. */
  readonly given: readonly GivenParameter[];
}

function compareStacks(
  definition: Definition,
  pair: ManifestPair,
  { stacks, prod, staging, models: { prod: p, staging: s } }: StackPair,
  facts: { readonly prod: Facts; readonly staging: Facts },
): StackReport {
  const verified = verifyStacks(definition, pair, stacks, p, s);
  const changed = [prod, staging].filter(({ isChanged }) => isChanged === true);
  const faults = changed.map(({ origin }) => changedFault(origin));
  const known = { prod: facts.prod.get(stacks.path)!, staging: facts.staging.get(stacks.path)! };
  const decided = decidedOtherwise(likeProduction(stacks, p, s, known.prod), {
    model: s,
    facts: known.staging,
  });
  const differing = differingParameters(definition, pair, staging.template);
  const found = {
    permitted: [...verified.permitted, ...differing.permitted],
    forbidden: [...verified.forbidden, ...faults, ...decided, ...differing.forbidden],
  };
  const given = givenAtDeployment(staging.template, known.staging);
  const renamed = new Map(stacks.ids.map((match) => [match.prod, match.staging]));
  const idsIn = (model: Model, rename: (id: string) => string): string[] =>
    SECTIONS.flatMap((section) => Object.keys(model[section]).map((id) => `${section} ${rename(id)}`));
  const ids = new Set([...idsIn(p, (id) => renamed.get(id) ?? id), ...idsIn(s, (id) => id)]);
  const isNestedStack = (entry: Json): boolean =>
    isObject(entry) && entry['Type'] === 'AWS::CloudFormation::Stack';
  const nested = Object.values(s.Resources).filter(isNestedStack).length;
  return { compared: ids.size, nested, given, ...locate(stacks.path, found, prod, staging) };
}

/** Production with staging's logical ids, those of its parameters too. */
function likeProduction(stacks: ManifestStacks, prod: Model, staging: Model, facts: SideFacts): Decided {
  const ids = new Map(stacks.ids.map((match) => [match.prod, match.staging]));
  const renamed = <T>(values: ReadonlyMap<string, T> | undefined): ReadonlyMap<string, T> =>
    new Map([...(values ?? [])].map(([id, value]) => [ids.get(id) ?? id, value]));
  return {
    model: likeStaging({ ...stacks, members: [] }, prod, staging).model,
    facts: { ...facts, parameters: renamed(facts.parameters), outer: renamed(facts.outer) },
  };
}

const ofNoStack = ({ rule, why, fix }: Fault): Forbidden => ({
  stack: '',
  logicalId: '',
  type: 'Manifest',
  path: [],
  rule,
  id: parityRuleId(rule),
  why,
  fix,
});

function factorReports(
  definition: Definition,
  pair: ManifestPair,
  permitted: readonly Permitted[],
): FactorReport[] {
  const [prod, staging] = [
    environment(definition, pair.prod).scale,
    environment(definition, pair.staging).scale,
  ];
  const { growing = {} } = environment(definition, pair.staging);
  const places = new Map<string, number>();
  for (const { by, factor } of permitted)
    if (by === 'scale') places.set(factor, (places.get(factor) ?? 0) + 1);
  return Object.entries(definition.factors).map(([name, { kind, reason }]: [string, Factor]) => {
    const [p, s] = [prod[name], staging[name]];
    const isRehearsed = isOfStaging(pair) && p !== undefined && s !== undefined;
    const blindSpot = isRehearsed ? blindSpotOf(kind, p, s) : undefined;
    return {
      name,
      kind,
      reason,
      prod: p ?? null,
      staging: s ?? null,
      places: places.get(name) ?? 0,
      ...(blindSpot !== undefined && { blindSpot }),
      ...(blindSpot !== undefined && growing[name] && { growing: growing[name] }),
    };
  });
}
