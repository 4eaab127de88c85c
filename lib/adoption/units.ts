import { messageOf } from '../error';
import { classOf, propsOf, stackNameOf, type Child, type Constructor } from './child';
import type { FindMember } from './enums';
import { Given } from './given';
import { groupsLike, groupsOf, productionAmong, type Group } from './groups';
import { madeOf } from './made';
import { stagingIdFor } from './names';
import type { Unit } from './observation';
import { referencesIn, type FindReference } from './references';
import type { TrialApps } from './trial-app';

/** What is known of the classes and values of an app. */
export interface Known {
  /** Where a class is exported; undefined where it is nowhere. */
  readonly find: (constructor: Constructor) => Unit['exported'];
  readonly member: FindMember;
  readonly isStage: (construct: object) => boolean;
  /** Whether the app is written in TypeScript. */
  readonly isTyped: boolean;
}

/** Finds out of each stack and stage at the top of an app how it is made, and by which values it could be smaller. */
export function unitsOf(children: readonly Child[], apps: TrialApps, known: Known): Unit[] {
  const taken = new Set(children.flatMap((child) => [child.id, stackNameOf(child)]));
  const stacks = children.filter(({ construct }) => !known.isStage(construct));
  const inStacks = referencesIn(stacks);
  const find = (child: Child): FindReference =>
    known.isStage(child.construct) ? () => undefined : inStacks(child);
  const groups = groupsOf(children, find);
  return groups.flatMap((group) => unitsOfGroup(group, { groups, taken, find, apps, known }));
}

interface Sight {
  readonly groups: readonly Group[];
  /** Ids and names of stacks. */
  readonly taken: Set<string>;
  readonly find: (child: Child) => FindReference;
  readonly apps: TrialApps;
  readonly known: Known;
}

/** One unit of a group that can be made, and otherwise one of each member, with why not. */
function unitsOfGroup(group: Group, sight: Sight): Unit[] {
  const { known, taken, groups, find, apps } = sight;
  const exported = (child: Child): Unit['exported'] => known.find(classOf(child));
  const units = group.map((child): Unit => {
    const at = exported(child);
    return {
      id: child.id,
      stagingId: stagingIdFor(child.id, taken),
      className: classOf(child).name,
      ...(at && { exported: at }),
    };
  });
  const obstacles = group.map((child) => obstacleOf(child, group, sight));
  const blocked = group.flatMap(({ id }, i) => (obstacles[i] === undefined ? [] : [id]));
  if (blocked.length > 0)
    return units.map((unit, i) => ({
      ...unit,
      obstacle: obstacles[i] ?? `it shares constructs with ${blocked.join(', ')}: see there`,
    }));
  const id = group.length === 1 ? group[0]!.id : freeId(taken);
  const stagingId = stagingIdFor(id, taken);
  const other = groupsLike(group, groups).find((it) => it !== group);
  try {
    const made = madeOf(group, id, stagingId, {
      apps,
      find,
      member: known.member,
      isTyped: known.isTyped,
      isStage: known.isStage(group[0]!.construct),
      exported: (child) => exported(child)!,
      ...(other && { other }),
    });
    for (const name of [id, stagingId]) taken.add(name);
    return [{ ...units[0]!, id, stagingId, made }];
  } catch (error) {
    const [why] = messageOf(error).split('\n');
    return units.map((unit) => ({ ...unit, obstacle: `made once more, it throws: ${why}` }));
  }
}

/** What production is called that is made of several stacks. */
function freeId(taken: ReadonlySet<string>): string {
  const ids = ['Prod', ...Array.from({ length: 99 }, (_, i) => `Prod${i + 2}`)];
  return ids.find((it) => !taken.has(it))!;
}

/** What a class of the AWS CDK itself has. */
const JSII = Symbol.for('jsii.rtti');

/** Why a construct cannot be made by a function of its id and its values. */
function obstacleOf(child: Child, group: Group, { groups, known, find }: Sight): string | undefined {
  const { given } = child;
  const Class = classOf(child);
  if (given === undefined) return `how ${Class.name} was called could not be seen`;
  if (given.length > 3 || given[1] !== child.id)
    return `${Class.name} is not called as new ${Class.name}(scope, id, props)`;
  if (Object.hasOwn(Class, JSII))
    return 'what is in it is made outside of a class: write it as a class in a module of its own';
  if (!known.find(Class))
    return `${Class.name} is exported by no file but the entry, if at all: move it to a file of its own, and export it`;
  const main = productionAmong(group, groups);
  if (main !== group)
    return `it is another ${Class.name}, of which ${main[group.indexOf(child)]!.id} is taken for production`;
  const { obstacles } = new Given(propsOf(child), { find: find(child) });
  return obstacles.length === 0 ? undefined : obstacles.join('; ');
}
