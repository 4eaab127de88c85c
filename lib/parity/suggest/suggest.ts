import type { FactorValue } from '../../scale/kinds';
import type { FactorList, ListedFactor } from '../factor-list';
import { groupsOf, numbersOf, type Candidate, type Templates } from './candidates';
import type { FactorReport, Forbidden, ParityReport, Permitted } from '../report';
import { showFactorValue } from '../reports/parts';
import { plural } from '../../report/words';
import { namesIn } from './names';

/** An allowlist that is suggested for two stacks, with what it permits. */
export interface Suggestion {
  /** The allowlist, each of its factors with a question for a reason. */
  readonly list: FactorList;
  /** What each of its factors permits, in the same order. */
  readonly groups: readonly SuggestedGroup[];
  /** What `ephemeral` permits, if it is suggested. */
  readonly lifecycle: readonly Permitted[];
  /** What `names` permit, if they are suggested. */
  readonly naming: readonly Permitted[];
  /** What no kind of factor permits. */
  readonly left: readonly Forbidden[];
}

/** The differences that one suggested factor permits. */
export interface SuggestedGroup {
  readonly entry: ListedFactor;
  readonly places: readonly Permitted[];
  /** The distinct values that it was found with: `6 -> 2`. */
  readonly values: readonly string[];
}

/** Two stacks that are compared by one allowlist after another. */
export interface Compared extends Templates {
  readonly by: (list: FactorList) => ParityReport;
}

/**
 * The allowlist under which two stacks are as near to twins as factors can make them: one factor for each group of
 * differences that is alike, by a kind whose shape rule the values keep, smallest group first. Each is tried before it is
 * suggested, by the comparison that reads it back.
 *
 * @param given - an allowlist that is there already: only what it leaves is suggested. @default - none
 */
export function suggestAllowlist(compared: Compared, given: FactorList = NOTHING): Suggestion {
  const base = compared.by(given);
  const facts = factsOf(compared, given, base);
  const trial = new Trial(compared, { ...given, ...facts });
  trial.round(numbersOf(trial.report.forbidden));
  const groups = groupsOf(trial.report.forbidden, compared);
  const rounds = Math.max(0, ...groups.map(({ length }) => length));
  for (let i = 0; i < rounds; i++) {
    const open = groups.filter((kinds) => !kinds.slice(0, i).some((it) => trial.has(it)));
    trial.round(open.flatMap((kinds) => kinds[i] ?? []));
  }
  const suggested = trial.groups().toSorted((a, b) => a.places.length - b.places.length);
  const added = (by: Permitted['by']): Permitted[] => {
    const before = new Set(base.permitted.map(placeKey));
    return trial.report.permitted.filter((it) => it.by === by && !before.has(placeKey(it)));
  };
  return {
    list: { version: 1, factors: suggested.map(({ entry }) => entry), ...facts },
    groups: suggested,
    lifecycle: facts.ephemeral === true ? added('lifecycle') : [],
    naming: facts.names ? added('naming') : [],
    left: trial.left(),
  };
}

/** Whether an allowlist is needed at all, and any is of use. */
export const hasAny = ({ list }: Suggestion): boolean =>
  list.factors.length > 0 || list.ephemeral === true || list.names !== undefined;

const NOTHING: FactorList = { version: 1, factors: [] };

type Facts = Pick<FactorList, 'ephemeral' | 'names'>;

/** What is no factor: whether staging is ephemeral, and what both are called; only where that permits something. */
function factsOf({ by }: Compared, given: FactorList, base: ParityReport): Facts {
  const count = (report: ParityReport, cause: Permitted['by']): number =>
    report.permitted.filter((it) => it.by === cause).length;
  const life = given.ephemeral === undefined ? by({ ...given, ephemeral: true }) : undefined;
  const ephemeral: Facts = life && count(life, 'lifecycle') > 0 ? { ephemeral: true } : {};
  const candidates = given.names ? [] : namesIn((life ?? base).forbidden);
  const [best] = candidates
    .map((names) => ({ names, places: count(by({ ...given, ...ephemeral, names }), 'naming') }))
    .toSorted((a, b) => b.places - a.places);
  // one text alone may differ in a word that is no name
  return best && best.places > 1 ? { ...ephemeral, names: best.names } : ephemeral;
}

/** Candidates that are tried together, under names of their own, and kept as far as they permit something. */
class Trial {
  report: ParityReport;
  readonly #kept: (readonly [name: string, candidate: Candidate])[] = [];
  /** Why a rule forbids what was tried, by place. */
  readonly #reasons = new Map<string, string>();
  #tried = 0;

  constructor(
    private readonly compared: Compared,
    private readonly list: FactorList,
  ) {
    this.report = compared.by(list);
  }

  round(candidates: readonly Candidate[]): void {
    if (candidates.length === 0) return;
    const named = candidates.map((it) => [`candidate ${this.#tried++}`, it] as const);
    const all = this.compare([...this.#kept, ...named]);
    const useful = new Set(all.permitted.map(({ factor }) => factor));
    for (const entry of all.forbidden) this.explain(entry);
    this.#kept.push(...named.filter(([name]) => useful.has(name)));
    this.report = this.compare(this.#kept);
  }

  has(candidate: Candidate): boolean {
    return this.#kept.some(([, it]) => it === candidate);
  }

  groups(): SuggestedGroup[] {
    return this.#kept.map(([name, candidate]) => {
      const found = this.report.factors.filter((it) => it.name === name);
      return {
        entry: { ...candidate.factor, reason: question(candidate, found) },
        places: this.report.permitted.filter(({ factor }) => factor === name),
        values: found.map(({ prod, staging }) => `${showFactorValue(prod)} -> ${showFactorValue(staging)}`),
      };
    });
  }

  /** What is left, with what forbids it by the kind that is nearest to it. */
  left(): Forbidden[] {
    return this.report.forbidden.map((entry) => {
      const why = this.#reasons.get(placeKey(entry));
      return why === undefined ? entry : { ...entry, why };
    });
  }

  private compare(named: readonly (readonly [name: string, candidate: Candidate])[]): ParityReport {
    const factors = named.map(([name, { factor }]): ListedFactor => ({ ...factor, name, reason: 'tried' }));
    return this.compared.by({ ...this.list, factors: [...this.list.factors, ...factors] });
  }

  private explain(entry: Forbidden): void {
    const key = placeKey(entry);
    const why = entry.why.replaceAll(/candidate \d+: /g, '');
    if (why !== entry.why && !this.#reasons.has(key)) this.#reasons.set(key, why);
  }
}

const placeKey = ({
  stack,
  type,
  logicalId,
  path,
}: Pick<Forbidden, 'stack' | 'type' | 'logicalId' | 'path'>): string =>
  JSON.stringify([stack, type, logicalId, path]);

/** What a reader has to answer; an allowlist with a question for a reason is refused. */
function question(
  { factor: { path }, called = 'it' }: Candidate,
  [first, ...others]: readonly FactorReport[],
): string {
  const show = (value: FactorValue | null | undefined): string => showFactorValue(value ?? null);
  const more = others.length === 0 ? '' : `, and so on for ${plural(others.length, 'other value')}`;
  const may =
    path === undefined ? `there be ${show(first?.staging)} of them` : `${called} be ${show(first?.staging)}`;
  return `why may ${may} where production has ${show(first?.prod)}${more}?`;
}
