import { classOf, stackNameOf, type Child } from './child';
import { memberName, type Leaf, type Words } from './given';
import type { MadeMember } from './observation';
import { leafCode, type Proposal } from './proposals';
import { pathCode } from './references';
import { releaseCode } from './release';
import { OPTIONS, optionName, type Member, type Trial } from './trial';

/** Writes how a group is made, as code in which the factors are names. */
export function codeFor(
  { member, exported, isTyped }: Trial,
  members: readonly Member[],
  factors: readonly Proposal[],
  releases: readonly Leaf[],
) {
  const imports: Record<string, string> = {};
  const sizeAs = ({ path, value }: Leaf, code: string): string => {
    if (!isTyped) return code;
    const found = member(String(path.at(-1)), value);
    if (!found) return `${code}!`;
    imports[found.name] = found.module;
    return `${code} as ${found.name}`;
  };
  const names = new Map([
    ...factors.flatMap((it) => leafCode(it, sizeAs)),
    ...releases.map((leaf) => [leaf, releaseCode(leaf)] as const),
  ]);
  const referred = new Set<Child>();
  const variableOf = (child: Child): string => members.find((it) => it.child === child)!.variable;
  const words: Words = {
    names,
    member,
    imported: (name, from) => {
      if ((imports[name] ??= from) !== from)
        throw new Error(`${imports[name]} and ${from} both have a ${name}`); // a unit that is not made says why
    },
    reference: ({ of, path }) => {
      referred.add(of);
      return pathCode(variableOf(of), path);
    },
  };
  const props = ({ given }: Member, omitted: readonly string[]): string[] =>
    Object.keys(given.props)
      .filter((key) => given.props[key] !== undefined && !omitted.includes(key))
      .map((key) => [key, given.propCode(key, words)] as const)
      .map(([key, it]) => (key === it ? key : `${memberName(key)}: ${it}`));
  return {
    imports,
    props,
    options: (of: object): Record<string, string> =>
      Object.fromEntries(
        Object.entries(of)
          .filter(([key, value]) => value !== undefined && OPTIONS.includes(key))
          .map(([key]) => [optionName(key), members[0]!.given.propCode(key, words)]),
      ),
    members: (omitted: readonly string[]): MadeMember[] =>
      members
        .map((it) => ({ ...it, props: props(it, ['stackName', ...omitted]) }))
        .map(({ child, variable, props: code }) => ({
          id: child.id,
          stackName: stackNameOf(child),
          className: classOf(child).name,
          exported: exported(child),
          props: code,
          ...(referred.has(child) && { variable }),
        })),
  };
}
