import type { StackEnv } from '../checks/staging';
import type { ManifestPair, ManifestStacks } from './manifest';

/** A stack of one side of a pair. */
export interface StackFile {
  /** The stack's path inside its environment. */
  readonly path: string;
  /** The template, relative to the manifest. */
  readonly file: string;
  readonly env: StackEnv;
  /** The stack around it, by its path, and the logical id of the resource that it is there. @default - it is not nested */
  readonly nestedIn?: { readonly path: string; readonly logicalId: string };
}

/** All stacks of one side of a pair: those that both have, and the members that it has more. */
export const stacksOn = (
  { stacks, unsharedStacks = [] }: Pick<ManifestPair, 'stacks' | 'unsharedStacks'>,
  side: 'prod' | 'staging',
): readonly StackFile[] => [
  ...stacks.map((it) => sideOf(it, side)),
  ...unsharedStacks.filter((it) => it.side === side).map(({ side: _side, ...it }) => it),
];

const sideOf = ({ path, env, nestedIn, ...files }: ManifestStacks, side: 'prod' | 'staging'): StackFile => ({
  path,
  file: files[side],
  env: env[side],
  ...(nestedIn && { nestedIn: { path: nestedIn.path, logicalId: nestedIn[side] } }),
});

/** The templates of both sides of a pair. */
export const filesIn = (pair: Pick<ManifestPair, 'stacks' | 'unsharedStacks'>): readonly string[] =>
  (['prod', 'staging'] as const).flatMap((side) => stacksOn(pair, side).map(({ file }) => file));
