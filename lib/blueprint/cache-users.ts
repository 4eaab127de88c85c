import { isObject, listOf, type Json } from '../json';
import { textOf } from '../template/values';
import type { CacheTier, CacheUser } from './blueprint';
import type { Resource, Resources } from './resources';

/**
 * The users of a cache, by the groups that it names.
 *
 * @returns `hasUsers` where a group or a user is in no template, or says what is known only once it is deployed
 */
export function usersOf(
  groups: readonly Json[],
  cache: Resource,
  resources: Resources,
): Pick<CacheTier, 'users' | 'hasUsers'> {
  if (groups.length === 0) return {};
  const users = groups.flatMap((named) => {
    const group = find(named, cache, 'UserGroup', resources);
    return group
      ? listOf(group.properties['UserIds']).map((id) => userOf(find(id, group, 'User', resources)))
      : [undefined];
  });
  return users.every((it) => it !== undefined) ? { users } : { hasUsers: true };
}

/** A group or a user, which others refer to or call by its id. */
function find(
  named: Json,
  from: Resource,
  what: 'User' | 'UserGroup',
  resources: Resources,
): Resource | undefined {
  const id = textOf(named);
  return (
    resources.referred(named, from) ??
    resources
      .ofType(`AWS::ElastiCache::${what}`)
      .find(({ properties }) => id !== undefined && textOf(properties[`${what}Id`]) === id)
  );
}

function userOf(user: Resource | undefined): CacheUser | undefined {
  if (!user) return undefined;
  const { UserName, AccessString, AuthenticationMode: mode, Passwords } = user.properties;
  const [name, access] = [textOf(UserName), textOf(AccessString)];
  if (name === undefined || access === undefined) return undefined;
  const passwords = listOf(isObject(mode) ? mode['Passwords'] : Passwords);
  return { stack: user.stack, name, access, passwords };
}
