import { equalJson, type Json } from '../json';
import { isDeclared } from '../parity/illegal-names';
import { onlyAs } from '../parity/law';
import { explainLifecycle } from '../parity/lifecycle';
import type {
  Cause,
  ManifestStacks,
  Members,
  PermittedPlace,
  RefusedPlace,
  RenamedKey,
} from '../parity/manifest';
import { isNestedTemplate, NESTED_TEMPLATE } from '../parity/nested-template';
import type { ParityRule } from '../parity/rules';
import type { Match } from '../parity/match';
import { fillsTo, literal, placeholder, type Values } from '../parity/text';
import { likeStaging } from '../parity/verify';
import { at, differences, keyOf, type Difference, type Path } from '../template/differences';
import { DEPLOYMENT } from '../template/deployment';
import { logicIn } from '../template/logic';
import type { Model } from '../template/model';
import { askedNames } from './asked-names';
import { withAssetsOf } from './canonical';
import type { Findings } from './experiments';
import type { Fit, Misfit, MisfitRule, FittedMembers, FittedPlace, Steps } from './fitted';
import { literalReferences } from './literal-references';
import { writeMembers } from './members-writer';
import { misplaced } from './placed-stacks';
import { decode, envOf, pathIn, renamedIds, type Side } from './side';
import { generatedIn, RANDOM, type Part } from './text-fit';

/** Writes what the manifest says of one stack and its twin. */
export class StacksWriter {
  private readonly generated: Match[] = [];
  /** The name of each generated word. */
  readonly #names = new Map<string, string>();
  /** What placeholders stand for in staging, generated words among them. */
  readonly #stagingValues: Map<string, number | string>;
  /** Staging's logical ids by production's, where they are others. */
  readonly #renamed: ReadonlyMap<string, string>;
  private readonly refused: RefusedPlace[] = [];
  /** Where members stand that one of the two alone has. */
  private readonly unshared: Path[] = [];

  constructor(
    private readonly path: string,
    private readonly index: number,
    private readonly prod: Side,
    private readonly staging: Side,
    private readonly fit: Fit,
    private readonly findings: Findings,
    private readonly plain: number,
    private readonly factorOf: (expression: string) => string,
    values: Values,
    /** What the second of the two is. */
    private readonly role: 'staging' | 'production',
  ) {
    this.#stagingValues = new Map(values);
    this.#renamed = renamedIds(prod, staging);
  }

  write(prod: string, staging: string): ManifestStacks {
    const ids = [...this.#renamed].map(([one, other]): Match => ({ prod: one, staging: other }));
    const keys = this.renamedKeys();
    const members = this.fit.members.flatMap((it) => this.membersOf(it));
    const places = this.fit.places.flatMap((it) => this.placeOf(it));
    for (const misfit of this.fit.misfits) this.refuse(misfit);
    const misplacedBy = misplaced(this.findings, this.index);
    if (misplacedBy !== undefined)
      this.refuseAt([DEPLOYMENT, 'environment'], 'switch', misplacedBy, PLACE_FIX, true);
    for (const id of this.randomIds())
      this.refuseAt(['Resources', id], 'random', `its logical id: ${RANDOM}`, FIXES.random, true);
    for (const { steps, text, owner } of literalReferences(this.fit, this.findings, this.index, [
      this.prod.observation,
      this.staging.observation,
    ]))
      this.refuseAt(
        pathIn(steps, this.staging) ?? pathIn(steps, this.prod) ?? [],
        'literal-name',
        `it refers to "${text}", which is ${owner}'s, in every environment`,
        'Let each environment refer to its own: nothing that one environment made may be kept for the next.',
        true,
      );
    for (const { steps, text, owner } of askedNames(this.fit, this.findings, this.index, [
      this.prod.observation,
      this.staging.observation,
    ]))
      this.refuseAt(
        pathIn(steps, this.staging) ?? pathIn(steps, this.prod) ?? [],
        'own-name',
        `it compares with "${text}", which is ${owner}'s alone`,
        'Compare with what follows the stack, such as its name by reference, or leave the comparison out: what is deployed may not ask which environment it is.',
        true,
      );
    const found: ManifestStacks = {
      path: this.path,
      prod,
      staging,
      env: { prod: envOf(this.prod.stack), staging: envOf(this.staging.stack) },
      ids,
      keys,
      generated: this.generated,
      members,
      places,
      refused: this.refused,
    };
    return { ...found, places: [...places, ...this.rest(found)], refused: this.refused };
  }

  /** Staging's logical ids of resources that have another one when the same is made twice. */
  private randomIds(): string[] {
    const [before, again] = this.findings.neutral.slice(-2).map(({ stacks }) => {
      const { pairing } = this.findings;
      const own = stacks.find(({ stack }) => pairing.of(stack) === pairing.of(this.prod.stack.stack));
      return new Map([...(own?.elements ?? [])].map(([id, element]) => [pairing.of(element).index, id]));
    });
    return [...this.staging.ids].flatMap(([index, id]) =>
      before?.get(index) === again?.get(index) || this.prod.ids.get(index) === id ? [] : [id],
    );
  }

  private renamedKeys(): RenamedKey[] {
    return this.fit.keys.flatMap(({ steps, keys, parts }) => {
      const [prod, staging] = [this.prod, this.staging].map((side) => keys[side.observation]);
      const path = pathIn(steps, this.prod, this.staging);
      if (prod === undefined || staging === undefined || prod === staging || !path) return [];
      const text = this.textOf(parts, prod, staging);
      return text === undefined
        ? []
        : [{ path, prod: decode(prod, this.prod), staging: decode(staging, this.staging), text }];
    });
  }

  private membersOf(fitted: FittedMembers): Members[] {
    const { steps, count, rivals } = fitted;
    const path = pathIn(steps, this.prod, this.staging);
    if (!path) return [];
    if (rivals.length > 0) {
      this.refuseAt(path, 'undecided', undecided(count.name, rivals), UNDECIDED_FIX);
      return [];
    }
    const { prod, staging, role, factorOf } = this;
    const { members, unshared } = writeMembers(fitted, path, {
      prod,
      staging,
      role,
      factorOf,
      construct: (index) => this.findings.pairing.at(index),
      canonical: (its, side) => this.canonical(its, side),
    });
    this.unshared.push(...unshared);
    return [members];
  }

  private placeOf({ steps, parts, rivals }: FittedPlace): PermittedPlace[] {
    const [prodPath, path] = [pathIn(steps, this.prod), pathIn(steps, this.staging)];
    if (!prodPath || !path) return [];
    const [prod, staging] = [at(this.prod.model, prodPath), at(this.staging.model, path)];
    const expression = parts.find((part) => part.is === 'scale')?.expression;
    const decides = this.decidesIn(path, parts);
    if (decides !== undefined) {
      this.refuseAt(
        path,
        'decides',
        `${decides} decides here what exists, and not how much of it`,
        "Keep it out of CloudFormation's conditions, mappings and selections.",
      );
      return [];
    }
    if (equalJson(prod, staging) && !expression) return [];
    if (rivals.length > 0 && !equalJson(prod, staging)) {
      this.refuseAt(path, 'undecided', undecided(expression!.name, rivals), UNDECIDED_FIX);
      return [];
    }
    const canonical = this.canonical(steps, this.prod);
    const fitted = this.textOf(parts, canonical, this.canonical(steps, this.staging));
    if (fitted === undefined || prod === undefined || staging === undefined) return [];
    // What is published under another hash is something else.
    const text = withAssetsOf(fitted, String(prod), String(canonical));
    const cause = causeOf(parts, this.factorOf);
    if (!fillsTo(text, this.#stagingValues, staging)) {
      // Its lifecycle has changed it, or somebody afterwards.
      this.refuseAt(path, 'other-value', onlyAs(cause.factor, text), WHERE_GIVEN);
      return [];
    }
    return [{ path, ...cause, text, prod: this.renamed(prod), staging }];
  }

  /** What decides in CloudFormation's own logic; where an environment is may choose its entry of a mapping. */
  private decidesIn(path: Path, parts: readonly Part[]): string | undefined {
    const logic = logicIn(path);
    if (logic === undefined) return undefined;
    for (const part of parts) {
      if (part.is === 'scale') return this.factorOf(part.expression.name);
      if (part.is === 'literal' || logic === 'value') continue;
      const isPlace =
        part.is === 'name' && part.keys.some((key) => /^(?:account|region)(?:\.of-|$)/.test(key));
      if (!isPlace || logic !== 'look-up') return 'what the environment is called';
    }
    return undefined;
  }

  /** A value of production's with staging's logical ids. */
  private renamed(value: Json): Json {
    if (this.#renamed.size === 0 || typeof value !== 'string') return value;
    return value.replaceAll(/[A-Za-z0-9]+/g, (word) => this.#renamed.get(word) ?? word);
  }

  /** The text of a place, with its generated words listed. */
  private textOf(
    parts: readonly Part[],
    prod: Json | undefined,
    staging: Json | undefined,
  ): string | undefined {
    const words = (
      [
        ['prod', prod, this.prod],
        ['staging', staging, this.staging],
      ] as const
    ).map(([, value, side]) =>
      typeof value === 'string'
        ? generatedIn(parts, { ...this.findings.observations[side.observation]!, text: value })
        : [],
    );
    const [p, s] = words;
    if (!p || !s) return undefined;
    let next = 0;
    return parts
      .map((part) => {
        if (part.is === 'literal') return literal(decode(part.text, this.staging));
        if (part.is === 'scale') return placeholder(part.expression);
        if (part.is === 'name') return placeholder({ name: part.keys[0]! });
        const name = this.wordNamed(p[next]!, s[next]!);
        next++;
        return placeholder({ name });
      })
      .join('');
  }

  private wordNamed(prod: string, staging: string): string {
    const word = `${prod}\0${staging}`;
    const known = this.#names.get(word);
    if (known !== undefined) return known;
    const name = `generated.${this.generated.push({ prod, staging }) - 1}`;
    this.#names.set(word, name);
    this.#stagingValues.set(name, staging);
    return name;
  }

  /** What stands at a place of one side, with tokens. */
  private canonical(steps: Steps, { observation }: Side): Json | undefined {
    const model = this.findings.observations[observation]!.documents.get(this.index)!;
    const path = steps.map((step) => step[observation]!);
    return at(model, path);
  }

  private refuse({ steps, rule, why, seen, isScarce, isRare }: Misfit): void {
    const stagingPath = pathIn(steps, this.staging);
    const path = stagingPath ?? pathIn(steps, this.prod, this.staging);
    if (!path) return;
    // Few instances have what one of the two leaves out: that it is like its fellows is enough. What the first production has
    // is made again under another name; what a larger one has more is not.
    const isUnseen = isScarce || (this.role === 'production' && isRare);
    if (isUnseen && this.unshared.some((member) => member.every((step, i) => path[i] === step))) return;
    const told = [this.prod.observation, this.plain, ...this.findings.observations.keys()]
      .filter((i, n, all) => all.indexOf(i) === n && !this.findings.observations[i]!.isPassive)
      .slice(0, 4)
      .map((i) => `${this.labelOf(i)}: ${show(seen[i])}`);
    // What being ephemeral sets on staging hides no difference that the definition makes; what both were given after they
    // were made is none.
    const [prod, staging, plain] = [this.prod.observation, this.staging.observation, this.plain].map(
      (i) => seen[i],
    );
    const lifecycle = this.lifecycleOf({ path, prod: plain, staging }, this.prod.model, this.staging.model);
    const isHidden = !equalJson(prod, plain) && (!equalJson(prod, staging) || lifecycle !== undefined);
    this.refuseAt(path, rule, `${why} (${told.join('; ')})`, FIXES[rule], isHidden);
  }

  private labelOf(observation: number): string {
    if (observation === this.plain) return this.findings.observations[this.staging.observation]!.label;
    const { label, isNeutral, scale } = this.findings.observations[observation]!;
    if (!isNeutral) return label;
    const values = [...scale]
      .filter(([name]) => !name.endsWith('.size'))
      .slice(0, 3)
      .map(([name, value]) => `${name} ${value}`);
    return values.length > 0 ? `with ${values.join(', ')}` : label;
  }

  private refuseAt(path: Path, rule: ParityRule, why: string, fix: string, evenIfEqual = false): void {
    this.refused.push({ path, rule, why, fix, ...(evenIfEqual && { evenIfEqual: true as const }) });
  }

  /** What the fit does not explain: staging's lifecycle, and the addresses of nested stacks. */
  private rest(found: ManifestStacks): PermittedPlace[] {
    const { model, staging } = likeStaging(found, this.prod.model, this.staging.model);
    const explained = new Set(found.places.map(({ path }) => keyOf(path)));
    const places: PermittedPlace[] = [];
    const [p, s] = [this.prod, this.staging].map((it) => this.findings.observations[it.observation]!.names);
    const called = { prod: p!, staging: s! };
    differences(model, staging, (difference) => {
      if (explained.has(keyOf(difference.path))) return true;
      const life = this.lifecycleOf(difference, model, staging);
      const isNested = isNestedTemplate(difference, called);
      if (life === undefined && !isNested) return false;
      const { path, prod, staging: other } = difference;
      const values = {
        ...(prod !== undefined && { prod }),
        ...(other !== undefined && { staging: other }),
      };
      places.push(
        life === undefined
          ? { path, by: 'naming', factor: NESTED_TEMPLATE, ...values }
          : { path, by: 'lifecycle', factor: life, ...values },
      );
      return true;
    });
    return places;
  }

  /** What being ephemeral explains: nothing of a production. */
  private lifecycleOf(difference: Difference, prod: Model, staging: Model): string | undefined {
    return this.role === 'staging' ? explainLifecycle(difference, prod, staging) : undefined;
  }
}

const IN_SCALE =
  'Make both environments alike here; let what differs be a scale factor, a rising linear function of one, or a value that the definition declares as derived.';

/** What to do about a misfit, by the rule that it breaks. */
const FIXES: Readonly<Record<MisfitRule, string>> = {
  switch: IN_SCALE,
  undecided: IN_SCALE,
  'own-name':
    'Let nothing here depend on which environment it is: make both alike, or declare a scale factor with a reason and use its value.',
  random:
    'Make it of what the construct is given alone: of no random source, and of nothing that a module keeps from one environment to the next.',
};

const PLACE_FIX = 'Make the stack of the env and the name that the environment is given, whatever its scale.';

const WHERE_GIVEN = 'Change the value where the environment is made, and not afterwards.';

const undecided = (name: string, rivals: readonly string[]): string =>
  `it follows ${[name, ...rivals].join(' and ')} alike in everything that was tried`;

const UNDECIDED_FIX =
  'Give one of these factors more legal values, or make one factor of them: it cannot be told which one decides here.';

/** The cause that a place's parts tell, and its factor or rule. */
function causeOf(
  parts: readonly Part[],
  factorOf: (expression: string) => string,
): { by: Cause; factor: string } {
  const scaled = parts.find((part) => part.is === 'scale');
  if (scaled) return { by: 'scale', factor: factorOf(scaled.expression.name) };
  const keys = parts.flatMap((part) => (part.is === 'name' ? [part.keys[0]!] : []));
  const declared = keys.find(isDeclared);
  if (declared !== undefined) return { by: 'declared', factor: declared };
  const [key] = keys;
  return { by: 'naming', factor: key === undefined ? 'generated name' : RULES[key.split('.')[0]!]! };
}

const RULES: Readonly<Record<string, string>> = {
  name: 'name',
  stackName: 'stack name',
  account: 'account',
  region: 'region',
};

function show(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value).replaceAll(/\uE001\d+\uE002/g, '…');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
