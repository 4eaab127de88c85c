import { own } from '../json';
import type { FactorKind } from '../scale/kinds';
import type { Reason } from './findings';
import type { Cause, Definition, ManifestEnvironment } from './manifest';
import { namesOf, placeholdersOf, readExpression, unwritten, type Expression, type Values } from './text';

/** Where factors count things: none of them stays none, one stays one, many stay many. */
const COUNTS: ReadonlySet<FactorKind> = new Set(['count', 'replicas', 'shards', 'concurrency']);

/** What placeholders stand for in the two environments. */
export interface SideValues {
  readonly prod: Values;
  readonly staging: Values;
}

/** Which texts explain a difference: what their placeholders may be, and which cause they tell. */
export class TextLaw {
  /** @param illegal - the factors that do not keep their rules */
  constructor(
    private readonly definition: Definition,
    private readonly prod: ManifestEnvironment,
    private readonly values: SideValues,
    private readonly illegal: ReadonlySet<string>,
  ) {}

  /** Why a text explains nothing by a cause; undefined when it does. */
  wrong(text: string, by: Cause, factor: string): Reason | undefined {
    const written = placeholdersOf(text);
    if (written.length === 0) return disagrees('its text follows nothing');
    const expressions = written.map(readExpression);
    const unread = expressions.indexOf(undefined);
    if (unread >= 0) return disagrees(`"${written[unread]}" is no expression`);
    const all = expressions as Expression[];
    const unknown = all.flatMap(namesOf).find((name) => this.causeOf(name) === undefined);
    if (unknown !== undefined) return disagrees(`"${unknown}" stands for nothing in both environments`);
    const causes = all.map(({ name }) => this.causeOf(name));
    const multiplied = all.flatMap(({ times = [] }) => times).find((name) => this.causeOf(name) !== 'scale');
    if (multiplied !== undefined) return disagrees(`"${multiplied}" is no factor`);
    const cause = (['scale', 'declared', 'naming'] as const).find((it) => causes.includes(it))!;
    if (cause !== by) return disagrees(`its text follows what is ${cause}`);
    const scaled = all.filter((_, i) => causes[i] === 'scale');
    const names =
      by === 'scale'
        ? scaled.flatMap(namesOf).flatMap((name) => this.factorsOf(name))
        : all.map((it) => it.name);
    if (by !== 'naming' && !names.includes(factor)) return disagrees('its text follows another one');
    return scaled.map((expression) => this.wrongExpression(expression)).find((wrong) => wrong !== undefined);
  }

  /** What a name in a text stands for; undefined for what does not stand for something in both environments. */
  causeOf(name: string): Cause | undefined {
    const { prod, staging } = this.values;
    if (!prod.has(name) || !staging.has(name)) return undefined;
    if (/^generated\.\d+$/.test(name)) return 'naming';
    if (own(this.prod.expressions, name) !== undefined) return 'scale';
    return own(this.prod.declared, name) === undefined ? 'naming' : 'declared';
  }

  /** The factors that an expression's name comes from. */
  private factorsOf(name: string): readonly string[] {
    return own(this.definition.derived, name)?.from ?? [name.split('.', 1)[0]!];
  }

  /** What is wrong with an expression of the scale, beside its values. */
  private wrongExpression(expression: Expression): Reason | undefined {
    const { name, factor = 1, offset = 0, limit } = expression;
    const names = namesOf(expression);
    const from = names.flatMap((it) => this.factorsOf(it));
    if ([...names, ...from].some((it) => this.illegal.has(it)))
      return { rule: 'shape-rule', why: 'the factor does not keep its rules' };
    const isItself = names.length === 1 && factor === 1 && offset === 0 && limit === undefined;
    const isDerived = names.some((it) => Object.hasOwn(this.definition.derived, it));
    const unproven = from.find((it) => this.definition.unproven.includes(it));
    if (unproven !== undefined && !(isItself && !isDerived))
      return {
        rule: 'undecided',
        why: `${unproven} was tried with no other value, so that only its own may stand here`,
      };
    if (factor <= 0) return disagrees(`"${name}" must rise`);
    const [p, s] = [this.values.prod, this.values.staging].map((it) => unwritten(expression, it));
    if (typeof p !== 'number' || typeof s !== 'number') return undefined;
    const isCounted =
      !isDerived &&
      names.every((it) => COUNTS.has(own(this.definition.factors, it)?.kind ?? 'memory')) &&
      [factor, offset].every(Number.isInteger);
    if (pluralOf(p, isCounted) === pluralOf(s, isCounted)) return undefined;
    return {
      rule: 'shape-rule',
      why: `none must stay none, one one, and many many, and it makes ${p} and ${s}`,
    };
  }
}

export const disagrees = (why: string): Reason => ({ rule: 'manifest', why });

/** None, one or many; of what is not counted only whether there is any. */
export const pluralOf = (n: number, isCounted: boolean): number =>
  n === 0 ? 0 : n === 1 && isCounted ? 1 : 2;
