import { TwinError } from '../error';
import { equalJson } from '../json';
import { at } from '../template/differences';
import { modelOf, SECTIONS, type Model } from '../template/model';
import { fullSide, unlikeMembers, type UnlikeMember } from './alike';
import { changedFault, type Fault } from './findings';
import { Law } from './law';
import { locate, type Side } from './locate';
import {
  REWRITE,
  type Definition,
  type ManifestPair,
  type ManifestStacks,
  type Members,
  type StackMembers,
  type UnsharedStack,
} from './manifest';
import { sharedMembers } from './shared-members';
import { stacksOn, type StackFile } from './side-stacks';

/** Where the stacks of an environment are members: each is an entry there, by its path. */
const STACKS = 'Stacks';

/** What is found of one stack that is a member. */
type Located = ReturnType<typeof locate>;

/**
 * Verifies that there are as many stacks in both environments as factors say, and that what one of them has more is like the others.
 *
 * @param pair - with the stacks that are compared
 * @param whole - the same pair with all of its stacks
 * @param read - gives the template of a file
 * @throws TwinError `allowlist-pair` when members are no stacks of the pair
 */
export function verifyStackMembers(
  definition: Definition,
  pair: ManifestPair,
  whole: ManifestPair,
  read: (file: string) => Side,
): Located[] {
  const groups = whole.stackMembers ?? [];
  checkUnshared(whole, groups);
  const asked = new Set(pair.stacks.map(({ path }) => path));
  const isAsked = ({ prod, staging }: StackMembers): boolean =>
    [...prod, ...staging].some((path) => asked.has(path));
  const found = groups.filter(isAsked);
  if (found.length === 0) return [];
  const sides = { prod: sideOf(whole, 'prod', read), staging: sideOf(whole, 'staging', read) };
  const members = found.map((it): Members => ({ ...it, path: [STACKS] }));
  const law = new Law(definition, whole, { ...NOTHING, members });
  const models = { prod: sides.prod.model(), staging: sides.staging.model() };
  const faults = [
    ...sharedMembers(members, 'prod'),
    ...sharedMembers(members, 'staging'),
    ...members.flatMap((it) => law.faultsOfMembers(it, models[fullSide(it)], [STACKS])),
    ...(['prod', 'staging'] as const).flatMap((side) => [
      ...unlikeMembers(models[side], { members, ids: [] }, side).map((unlike) =>
        unlikeFault(unlike, side, models[side], law.called[side]),
      ),
      ...members.flatMap((it) => elsewhere(it, side, sides[side].files, law.called[side])),
    ]),
  ];
  return [
    ...(whole.unsharedStacks ?? []).flatMap((it) => locateUnshared(it, members, read)),
    ...faults.map((fault) => locateFault(fault, [sides.prod.files, sides.staging.files], read)),
  ];
}

/** One side of a pair as one document of all of its stacks. */
function sideOf(pair: ManifestPair, side: 'prod' | 'staging', read: (file: string) => Side) {
  const files = new Map(stacksOn(pair, side).map((it) => [it.path, it]));
  return {
    files,
    model: (): Model => {
      const stacks = [...files].map(([path, { file }]) => {
        const { template, origin } = read(file);
        const { top, ...sections } = modelOf(template, origin);
        return [path, { ...top, ...sections }] as const;
      });
      return { ...EMPTY, top: { [STACKS]: Object.fromEntries(stacks) } };
    },
  };
}

const EMPTY = Object.fromEntries(SECTIONS.map((section) => [section, {}])) as Omit<Model, 'top'>;

/** What the manifest says of no template. */
const NOTHING: ManifestStacks = {
  path: '',
  prod: '',
  staging: '',
  env: { prod: {}, staging: {} },
  ids: [],
  keys: [],
  generated: [],
  members: [],
  places: [],
  refused: [],
};

function unlikeFault(
  { members: { factor, ...sides }, index, path }: UnlikeMember,
  side: 'prod' | 'staging',
  model: Model,
  called: string,
): Fault {
  const members = sides[side].map(String);
  const place = [STACKS, members[index]!, ...path];
  return {
    path: place,
    prod: undefined,
    staging: undefined,
    [side]: at(model, place),
    rule: 'unlike-member',
    why: `the stacks that ${factor} makes must be alike in ${called}, but ${members[index]!} is not like ${members[index === 0 ? 1 : 0]!}`,
    fix: 'Make every one of these stacks the same: the other environment has fewer of them, and may have none like this one.',
  };
}

/** A member that is where none of those is that both have. */
function elsewhere(
  { factor, prod, staging }: Members,
  side: 'prod' | 'staging',
  files: ReadonlyMap<string, StackFile>,
  called: string,
): Fault[] {
  const all = { prod, staging }[side];
  const shared = Math.min(prod.length, staging.length);
  const envOf = (path: string | number) => ({ ...files.get(String(path))?.env });
  const places = all.slice(0, shared).map(envOf);
  return all.slice(shared).flatMap((path): Fault[] => {
    if (places.some((place) => equalJson(place, envOf(path)))) return [];
    return [
      {
        path: [STACKS, path],
        prod: undefined,
        staging: undefined,
        rule: 'unlike-member',
        why: `the stacks that ${factor} makes must be alike in ${called}, but ${path} is in another account or region than those that both environments have`,
        fix: 'Deploy these stacks to where some of them are in both environments.',
      },
    ];
  });
}

/** A stack that only one of the two has: permitted by its factor, as it was synthesized. */
function locateUnshared(
  { path, side, file }: UnsharedStack,
  members: readonly Members[],
  read: (file: string) => Side,
): Located[] {
  const { factor } = members.find(({ [side]: all }) => all.includes(path)) ?? {};
  if (factor === undefined) return []; // nobody asked for those
  const it = read(file);
  const only = { path: ['Stack', path], prod: undefined, staging: undefined, [side]: path };
  const findings = {
    permitted: [{ ...only, by: 'scale' as const, factor }],
    forbidden: it.isChanged === true ? [changedFault(it.origin)] : [],
  };
  return [locate(path, findings, it, it)];
}

function locateFault(
  { path: [, stack, ...path], ...fault }: Fault,
  sides: readonly ReadonlyMap<string, StackFile>[],
  read: (file: string) => Side,
): Located {
  const name = String(stack ?? '');
  const { file } = sides.map((files) => files.get(name)).find((it) => it !== undefined) ?? {};
  const side: Side = file === undefined ? { origin: '', template: {} } : read(file);
  return locate(
    name,
    { permitted: [], forbidden: [{ ...fault, path: path.length > 0 ? path : ['Stack', name] }] },
    side,
    side,
  );
}

/** A stack that one of the two has more is a member, and one that both have is no such stack. */
function checkUnshared(
  { prod, staging, stacks, unsharedStacks = [] }: ManifestPair,
  groups: readonly StackMembers[],
): void {
  const shared = new Set(stacks.map(({ path }) => path));
  const sideMembers = (side: 'prod' | 'staging') =>
    groups.flatMap((group) =>
      group[side].map((path, i) => ({
        path,
        isShared: i < Math.min(group.prod.length, group.staging.length),
      })),
    );
  const isWrong = (['prod', 'staging'] as const).some((side) => {
    const more = unsharedStacks.filter((it) => it.side === side).map(({ path }) => path);
    const members = sideMembers(side);
    return (
      members.some(({ path, isShared }) => (isShared ? !shared.has(path) : !more.includes(path))) ||
      more.some((path) => shared.has(path) || !members.some((it) => it.path === path && !it.isShared))
    );
  });
  if (!isWrong) return;
  throw new TwinError({
    code: 'allowlist-pair',
    message: `twin.json counts stacks of ${prod} and ${staging} that it does not compare`,
    fix: REWRITE,
  });
}
