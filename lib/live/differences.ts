import { isObject, type Json } from '../json';
import type { RunningResource } from '../targets/observe';
import { keyOf, type Path } from '../template/differences';
import { isSame } from './declared';
import { pairResources, type Couple, type RunningPair, type RunningSide } from './pairing';
import { Permissions } from './permission';
import { placeIn } from './place';
import type { Drift, LiveDifference, LiveState } from './report';

/** What the manifest does not explain, and how much was compared to find it. */
export interface Compared {
  readonly compared: number;
  readonly differences: readonly LiveDifference[];
  readonly states: readonly LiveState[];
}

/** Compares a stack of both environments with each other: what runs, by what may differ. @param drifts - of both */
export function compareStacks(pair: RunningPair, drifts: readonly Drift[]): Compared {
  const comparison = new Comparison(pair, drifts);
  comparison.compareResources();
  comparison.compareMembers();
  comparison.compareParameters();
  return comparison;
}

class Comparison implements Compared {
  compared = 0;
  readonly differences: LiveDifference[] = [];
  readonly states: LiveState[] = [];
  private readonly permissions: Permissions;

  constructor(
    private readonly pair: RunningPair,
    private readonly drifts: readonly Drift[],
  ) {
    this.permissions = new Permissions(pair.stacks);
  }

  compareResources(): void {
    const { couples, alone } = pairResources(this.pair, this.permissions);
    for (const { resource, side } of alone) this.alone(resource, side);
    for (const couple of couples) {
      if (couple.prod.exists && couple.staging.exists) this.compare(couple);
      else if (couple.isShared && couple.prod.exists !== couple.staging.exists) this.gone(couple);
    }
  }

  private alone(resource: RunningResource, side: 'prod' | 'staging'): void {
    const { environment, stack } = this.pair[side];
    this.compared++;
    this.differences.push({
      ...placeIn(stack, resource, []),
      [side]: 'there',
      why: `it is deployed in ${environment} alone, and twin.json does not explain that`,
      fix: DEPLOY,
    });
  }

  /** Of what both stacks have, one was deleted by hand. */
  private gone(couple: Couple): void {
    const side = couple.prod.exists ? 'prod' : 'staging';
    this.compared++;
    this.differences.push({
      ...this.placeOf(couple, []),
      [side]: 'there',
      ...this.explained(`it runs in ${this.pair[side].environment} alone`, couple, []),
    });
  }

  private compare(couple: Couple): void {
    const byPath = ({ properties }: RunningResource) =>
      new Map(properties.map((it) => [keyOf(it.path), it] as const));
    const [prod, staging] = [byPath(couple.prod), byPath(couple.staging)];
    for (const [key, { path }] of new Map([...prod, ...staging])) {
      const [p, s] = [prod.get(key), staging.get(key)];
      if (p?.moves ?? s?.moves) continue; // its bounds are compared
      // where one of the two has nothing, it has what is there by itself
      const values = { prod: p ? p.value : s?.default, staging: s ? s.value : p?.default };
      // of what a service did not say, or nobody was allowed to ask, there is no difference to name
      if (values.prod === undefined || values.staging === undefined) continue;
      const why = this.whyNot(['Resources', couple.id, ...path], values);
      if (why === undefined) continue;
      this.differences.push({
        ...this.placeOf(couple, path),
        ...values,
        ...this.explained(why, couple, path),
      });
    }
    const names = new Set([...couple.prod.states, ...couple.staging.states].map(({ name }) => name));
    for (const name of names) this.compareState(name, couple);
  }

  /** A member that one side has more is called by its own name. */
  private placeOf({ prod, staging, id }: Couple, path: Path) {
    const isOfStaging = staging.logicalId !== id;
    return isOfStaging
      ? placeIn(this.pair.staging.stack, staging, path)
      : placeIn(this.pair.prod.stack, prod, path);
  }

  private compareState(name: string, couple: Couple): void {
    const stateOf = ({ states }: RunningResource) => states.find((it) => it.name === name);
    const [prod, staging] = [stateOf(couple.prod), stateOf(couple.staging)];
    const shown = {
      ...this.placeOf(couple, []),
      state: name,
      ...definedOf({ prod: prod?.value, staging: staging?.value }),
    };
    this.states.push(shown);
    if (prod === undefined || staging === undefined || prod.judged === 'any') return;
    const { judged, beside } = prod;
    if (beside && this.permissions.at(['Resources', couple.id, ...beside]).is !== 'same') return;
    this.compared++;
    const isPlurality = judged === 'plurality';
    const isKept = isPlurality
      ? pluralityOf(prod.value) === pluralityOf(staging.value)
      : this.isAlike(prod.value, staging.value);
    if (isKept) return;
    this.differences.push({ ...shown, why: isPlurality ? PLURALITY : UNEXPLAINED, fix: ALIGN });
  }

  /** A member that twin.json has and that is not deployed is no drift: the stack was deployed from another template. */
  compareMembers(): void {
    for (const side of ['prod', 'staging'] as const) {
      const { environment, stack } = this.pair[side];
      const deployed = [...stack.deployedResources.keys()];
      const ids = new Set(side === 'prod' ? deployed.map((id) => this.permissions.stagingId(id)) : deployed);
      for (const id of this.permissions.membersOf(side).filter((it) => !ids.has(it))) {
        this.compared++;
        this.differences.push({
          stack: stack.path,
          logicalId: id,
          type: 'Resources',
          path: [],
          why: `it is a member of ${environment} by twin.json, and is not deployed`,
          fix: DEPLOY,
        });
      }
    }
  }

  compareParameters(): void {
    const { prod, staging } = this.pair;
    if (prod.stack.isNested) return; // the stack around it gives them
    const names = new Set([...prod.stack.parameters.keys()].map((id) => this.permissions.stagingId(id)));
    for (const id of new Set([...names, ...staging.stack.parameters.keys()])) {
      if (id === BOOTSTRAP) continue;
      const prodId = [...prod.stack.parameters.keys()].find((it) => this.permissions.stagingId(it) === id);
      const values = {
        prod: prodId === undefined ? undefined : prod.stack.parameters.get(prodId),
        staging: staging.stack.parameters.get(id),
      };
      if (values.prod === undefined && values.staging === undefined) continue; // secret in both
      const why = this.whyNot(['Parameters', id, 'Default'], values);
      if (why === undefined) continue;
      this.differences.push({
        stack: staging.stack.path,
        logicalId: id,
        type: 'Parameters',
        path: [],
        ...definedOf(values),
        why: `${why}; a parameter is given at deployment, where no template has it`,
        fix: 'Give both stacks the same value, or write it into the code.',
      });
    }
  }

  /** Why two values may not stand at a place; undefined when they may. */
  private whyNot(
    path: Path,
    { prod, staging }: { readonly prod: Json | undefined; readonly staging: Json | undefined },
  ): string | undefined {
    const permission = this.permissions.at(path);
    if (permission.is === 'any') return undefined;
    this.compared++;
    if (permission.is === 'same') return this.isAlike(prod, staging) ? undefined : UNEXPLAINED;
    const { factor, prod: p, staging: s } = permission;
    if (prod !== undefined && staging !== undefined && isSame(p, prod) && isSame(s, staging))
      return undefined;
    const { prod: one, staging: other } = this.pair;
    return `the scale factor "${factor}" gives ${show(p)} in ${one.environment} and ${show(s)} in ${other.environment}`;
  }

  /** Whether two values are alike where each environment's account and Region are its own. */
  private isAlike(prod: Json | undefined, staging: Json | undefined): boolean {
    const neutral = (value: Json, { account, stack }: RunningSide): Json => {
      if (isObject(value) && typeof value['Ref'] === 'string') return { Ref: value['Ref'] };
      if (typeof value !== 'string') return value;
      return value.replaceAll(account, '<account>').replaceAll(stack.region, '<region>');
    };
    if (prod === undefined || staging === undefined) return prod === staging;
    const p =
      isObject(prod) && typeof prod['Ref'] === 'string'
        ? { Ref: this.permissions.stagingId(prod['Ref']) }
        : prod;
    return isSame(neutral(p, this.pair.prod), neutral(staging, this.pair.staging));
  }

  /** What a person is to do about a difference: where one of the two has drifted, that says it. */
  private explained(why: string, couple: Couple, path: Path) {
    const drifted = (['prod', 'staging'] as const).filter((side) =>
      this.hasDrifted(this.pair[side], couple[side], path),
    );
    const names = drifted.map((side) => this.pair[side].environment);
    if (names.length > 0) return { why, fix: `See the drift of ${names.join(' and of ')}.` };
    const isScaled = this.permissions.at(['Resources', couple.id, ...path]).is === 'scaled';
    return { why, fix: isScaled ? DEPLOY : ALIGN };
  }

  private hasDrifted(
    { environment, stack }: RunningSide,
    { logicalId }: RunningResource,
    path: Path,
  ): boolean {
    return this.drifts.some(
      (it) =>
        it.environment === environment &&
        it.stack === stack.path &&
        it.logicalId === logicalId &&
        keyOf(it.path) === keyOf(path),
    );
  }
}

/** The CDK's own: the version of what every account is bootstrapped with. */
const BOOTSTRAP = 'BootstrapVersion';

const UNEXPLAINED = 'no scale factor explains it';
const PLURALITY =
  'none stays none, one stays one and several stay several: what only shows with a second must still show';
const ALIGN = 'Bring both to the same: in the code where it says so, and deploy both.';
const DEPLOY =
  'Run cdk synth for the release that is deployed, or deploy both environments from this assembly.';

const show = (value: Json): string => JSON.stringify(value);

const pluralityOf = (value: number | string): string =>
  Number(value) === 0 ? 'none' : Number(value) === 1 ? 'one' : 'several';

function definedOf<T>({ prod, staging }: { readonly prod: T | undefined; readonly staging: T | undefined }) {
  return { ...(prod !== undefined && { prod }), ...(staging !== undefined && { staging }) };
}
