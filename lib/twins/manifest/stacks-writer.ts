import { equalJson, type Json } from '../../json';
import { onlyAs } from '../../parity/law';
import { explainLifecycle, SEED } from '../../parity/lifecycle';
import type {
  ManifestStacks,
  Members,
  PermittedPlace,
  RefusedPlace,
  RenamedKey,
} from '../../parity/manifest';
import { isNestedTemplate, NESTED_TEMPLATE } from '../../parity/nested-template';
import type { ParityRule } from '../../parity/rules';
import type { Match } from '../../parity/match';
import { fillsTo, literal, placeholder, type Values } from '../../parity/text';
import { isListed, likeStaging, placesOf } from '../../parity/verify';
import { at, differences, keyOf, type Difference, type Path } from '../../template/differences';
import { logicIn } from '../../template/logic';
import type { Model } from '../../template/model';
import { AssetHashes } from './asset-hashes';
import { withAssetsOf } from '../experiments/canonical';
import { causeOf } from './cause';
import type { Findings } from '../experiments/experiments';
import type { Fit, Misfit, FittedMembers, FittedPlace, Steps } from '../experiments/fitted';
import { writeMembers } from './members-writer';
import { FIXES } from '../experiments/misfits';
import { around, decode, envOf, pathIn, renamedIds, type Side } from './side';
import { generatedIn, type Part } from '../experiments/text-fit';
import { toldOf } from './told';
import { wrongInBoth } from './wrong-in-both';

/** Writes what the manifest says of one stack and its twin. */
export class StacksWriter {
  private readonly generated: Match[] = [];
  /** The name of each generated word. */
  readonly #names = new Map<string, string>();
  /** What placeholders stand for in staging, generated words among them. */
  readonly #stagingValues: Map<string, number | string>;
  /** Staging's logical ids by production's, where they are others. */
  readonly #renamed: ReadonlyMap<string, string>;
  readonly #hashes: AssetHashes;
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
    this.#hashes = new AssetHashes(fit.places, prod, staging, (one, other) => this.wordNamed(one, other));
  }

  write(prod: string, staging: string): ManifestStacks {
    const ids = [...this.#renamed].map(([one, other]): Match => ({ prod: one, staging: other }));
    const keys = this.renamedKeys();
    const members = this.fit.members.flatMap((it) => this.membersOf(it));
    const places = this.fit.places.flatMap((it) => this.placeOf(it));
    for (const misfit of this.fit.misfits) this.refuse(misfit);
    this.refused.push(...wrongInBoth(this.index, this.prod, this.staging, this.fit, this.findings));
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
    // What is published under another hash is something else, but for an asset that differs as it may.
    const text = this.#hashes.inText(withAssetsOf(fitted, String(prod), String(canonical)));
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
    const isRandom = rule === 'random';
    const path =
      stagingPath ??
      pathIn(steps, this.prod, this.staging) ??
      (isRandom ? around(steps, this.staging) : undefined);
    if (!path || (isRandom && this.refused.some((it) => it.rule === rule && equalJson(it.path, path))))
      return;
    // Few instances have what one of the two leaves out: that it is like its fellows is enough. What the first production has
    // is made again under another name; what a larger one has more is not.
    const isUnseen = isScarce || (this.role === 'production' && isRare);
    if (isUnseen && this.unshared.some((member) => member.every((step, i) => path[i] === step))) return;
    const told = toldOf(seen, this.findings.observations, this.prod, this.staging, this.plain);
    // What being ephemeral sets on staging hides no difference that the definition makes; what both were given after they
    // were made is none.
    const [prod, staging, plain] = [this.prod.observation, this.staging.observation, this.plain].map(
      (i) => seen[i],
    );
    const lifecycle = this.lifecycleOf({ path, prod: plain, staging }, this.prod.model, this.staging.model);
    const isHidden = !equalJson(prod, plain) && (!equalJson(prod, staging) || lifecycle !== undefined);
    // What instances leave to each other is wrong though the two have the same.
    this.refuseAt(path, rule, `${why} (${told.join('; ')})`, FIXES[rule], isHidden || isRandom);
  }

  private refuseAt(path: Path, rule: ParityRule, why: string, fix: string, evenIfEqual = false): void {
    this.refused.push({ path, rule, why, fix, ...(evenIfEqual && { evenIfEqual: true as const }) });
  }

  /** What the fit does not explain: staging's lifecycle, the addresses of nested stacks, and the hashes of assets. */
  private rest(found: ManifestStacks): PermittedPlace[] {
    const { model, staging } = likeStaging(found, this.prod.model, this.staging.model);
    const explained = placesOf(found.places);
    const places: PermittedPlace[] = [];
    const [p, s] = [this.prod, this.staging].map((it) => this.findings.observations[it.observation]!.names);
    const called = { prod: p!, staging: s! };
    const explain = (difference: Difference): boolean => {
      if (explained.has(keyOf(difference.path))) return true;
      const life = this.lifecycleOf(difference, model, staging);
      const { path, prod, staging: other } = difference;
      const text = this.#hashes.textOf(prod, other);
      if (life === undefined && text === undefined && !isNestedTemplate(difference, called)) return false;
      const values = {
        ...(prod !== undefined && { prod }),
        ...(other !== undefined && { staging: other }),
      };
      places.push(
        life !== undefined
          ? { path, by: 'lifecycle', factor: life, ...values }
          : text !== undefined
            ? { path, ...causeOf([{ is: 'generated' }], this.factorOf), text, ...values }
            : { path, by: 'naming', factor: NESTED_TEMPLATE, ...values },
      );
      return true;
    };
    differences(model, staging, explain, (difference) => isListed(difference, explained));
    return places;
  }

  /** What being ephemeral explains: of a production only what it is restored from. */
  private lifecycleOf(difference: Difference, prod: Model, staging: Model): string | undefined {
    const life = explainLifecycle(difference, prod, staging);
    return this.role === 'staging' || life === SEED ? life : undefined;
  }
}

const WHERE_GIVEN = 'Change the value where the environment is made, and not afterwards.';

const undecided = (name: string, rivals: readonly string[]): string =>
  `it follows ${[name, ...rivals].join(' and ')} alike in everything that was tried`;

const UNDECIDED_FIX =
  'Give one of these factors more legal values, or make one factor of them: it cannot be told which one decides here.';
