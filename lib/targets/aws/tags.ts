import type { Handle } from '../target';

/** The tag by which everything of an environment is found. Its value is the handle's name. */
export const TAG = 'cdk-twin:environment';

/** The tag of stacks that says who stood them up. */
export const OWNER = 'cdk-twin:owner';

/** The tags of the stacks of an environment, and so of all that they make. */
export const tagsOfStacks = ({ name, owner }: Handle): Readonly<Record<string, string>> => ({
  [TAG]: name,
  ...(owner !== undefined && { [OWNER]: owner }),
});

/** Whose credentials stand an environment up, as a value of a tag: IAM allows a comma in names, tags do not. */
export const ownerOf = (arn: string): string =>
  arn.replaceAll(/[^\p{L}\p{N}\s_.:/=+@-]/gu, '-').slice(0, 256);

/** When a copy was made: what its service says may be the time of its data. ISO 8601, UTC. */
const MADE_AT = 'cdk-twin:made-at';

/** The tags of a copy of a snapshot. */
export const tagsOfCopy = (environment: string): Readonly<Record<string, string>> => ({
  [TAG]: environment,
  [MADE_AT]: new Date().toISOString(),
});

/** When a copy was made, by its tags; undefined where they do not say. */
export function madeAt(tags: ReadonlyMap<string, string>): Date | undefined {
  const at = tags.get(MADE_AT);
  return at === undefined ? undefined : new Date(at);
}
