import { isObject, type Json } from '../json';
import type { ManifestStacks } from '../parity/manifest';
import type { RunningResource, RunningStack, RunningState } from '../targets/observe';
import { keyOf, type Path } from '../template/differences';
import { isSame } from './declared';
import { Permissions } from './permission';
import { placeIn } from './place';
import type { Drift, LiveDifference, LiveState } from './report';

/** One stack of both environments, as it runs. */
export interface RunningPair {
  readonly stacks: ManifestStacks;
  readonly prod: RunningSide;
  readonly staging: RunningSide;
}

/** A stack of one of the two. */
export interface RunningSide {
  readonly environment: string;
  readonly account: string;
  readonly stack: RunningStack;
}

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
    const { prod, staging } = this.pair;
    const ofStaging = (id: string, usedBy: string | undefined): RunningResource | undefined =>
      staging.stack.resources.find((it) => it.logicalId === id && it.usedBy === usedBy);
    const paired = new Set<RunningResource>();
    for (const p of prod.stack.resources) {
      const id = this.permissions.stagingId(p.logicalId);
      const usedBy = p.usedBy === undefined ? undefined : this.permissions.stagingId(p.usedBy);
      const s = ofStaging(id, usedBy);
      if (s) paired.add(s);
      else if (!this.permissions.mayBeAlone('Resources', id)) this.alone(p, prod);
      const other = s ?? ofStaging(this.permissions.likeness(id) ?? '', usedBy);
      if (s && p.exists !== s.exists) this.gone(p, s);
      if (other && p.exists && other.exists) this.compare(p, other, s !== undefined);
    }
    for (const s of staging.stack.resources)
      if (!paired.has(s) && !this.permissions.mayBeAlone('Resources', s.logicalId)) this.alone(s, staging);
  }

  private alone(resource: RunningResource, { environment, stack }: RunningSide): void {
    this.compared++;
    const { prod } = this.pair;
    this.differences.push({
      ...placeIn(stack, resource, []),
      [environment === prod.environment ? 'prod' : 'staging']: 'there',
      why: `it is deployed in ${environment} alone, and twin.json does not explain that`,
      fix: DEPLOY,
    });
  }

  /** Of what both stacks have, one was deleted by hand. */
  private gone(p: RunningResource, s: RunningResource): void {
    const { prod, staging } = this.pair;
    this.compared++;
    this.differences.push({
      ...placeIn(prod.stack, p, []),
      [p.exists ? 'prod' : 'staging']: 'there',
      ...this.explained(`it runs in ${(p.exists ? prod : staging).environment} alone`, p, s, []),
    });
  }

  private compare(p: RunningResource, s: RunningResource, isSameMember: boolean): void {
    const [staging, prod] = [new Map(s.properties.map((it) => [keyOf(it.path), it])), this.pair.prod];
    const paths = new Map([...p.properties, ...s.properties].map((it) => [keyOf(it.path), it]));
    const production = new Map(p.properties.map((it) => [keyOf(it.path), it]));
    for (const [key, { path }] of paths) {
      const [pv, sv] = [production.get(key), staging.get(key)];
      if (pv?.moves ?? sv?.moves) continue; // its bounds are compared
      // where one of the two has nothing, it has what is there by itself
      const values = { prod: pv ? pv.value : sv?.default, staging: sv ? sv.value : pv?.default };
      // of what a service did not say, or nobody was allowed to ask, there is no difference to name
      if (values.prod === undefined || values.staging === undefined) continue;
      const why = this.whyNot(['Resources', s.logicalId, ...path], values);
      if (why !== undefined)
        this.differences.push({
          ...placeIn(prod.stack, p, path),
          ...definedOf(values),
          ...this.explained(why, p, s, path),
        });
    }
    const states = new Map(s.states.map((it) => [it.name, it]));
    for (const state of p.states) this.compareState(state, states.get(state.name), p, s);
    if (!isSameMember) return;
    for (const state of s.states)
      if (!p.states.some(({ name }) => name === state.name)) this.compareState(undefined, state, p, s);
  }

  private compareState(
    prod: RunningState | undefined,
    staging: RunningState | undefined,
    p: RunningResource,
    s: RunningResource,
  ): void {
    const { name, judged, beside } = (prod ?? staging)!;
    const values = { prod: prod?.value, staging: staging?.value };
    const shown = { ...placeIn(this.pair.prod.stack, p, []), state: name, ...definedOf(values) };
    this.states.push(shown);
    if (judged === 'any' || prod === undefined || staging === undefined) return;
    if (beside && this.permissions.at(['Resources', s.logicalId, ...beside]).is !== 'same') return;
    this.compared++;
    const isKept =
      judged === 'plurality'
        ? pluralityOf(prod.value) === pluralityOf(staging.value)
        : this.isAlike(prod.value, staging.value);
    if (isKept) return;
    const why =
      judged === 'plurality'
        ? 'none stays none, one stays one and several stay several: what only shows with a second must still show'
        : 'no scale factor explains it';
    this.differences.push({ ...shown, why, fix: ALIGN });
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
    if (permission.is === 'same')
      return this.isAlike(prod, staging) ? undefined : 'no scale factor explains it';
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
  private explained(why: string, p: RunningResource, s: RunningResource, path: Path) {
    const { prod, staging } = this.pair;
    const drifted = [
      ...(this.hasDrifted(prod, p, path) ? [prod.environment] : []),
      ...(this.hasDrifted(staging, s, path) ? [staging.environment] : []),
    ];
    const isScaled = this.permissions.at(['Resources', s.logicalId, ...path]).is === 'scaled';
    if (drifted.length === 0) return { why, fix: isScaled ? DEPLOY : ALIGN };
    return { why, fix: `See the drift of ${drifted.join(' and of ')}.` };
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

const ALIGN = 'Bring both to the same: in the code where it says so, and deploy both.';
const DEPLOY =
  'Run cdk synth for the release that is deployed, or deploy both environments from this assembly.';

const show = (value: Json): string => JSON.stringify(value);

const pluralityOf = (value: number | string): string =>
  Number(value) === 0 ? 'none' : Number(value) === 1 ? 'one' : 'several';

function definedOf<T>({ prod, staging }: { readonly prod: T | undefined; readonly staging: T | undefined }) {
  return { ...(prod !== undefined && { prod }), ...(staging !== undefined && { staging }) };
}
