import { blueprintOf } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { isObject, listOf } from '../../json';
import { stackArtifacts, type StackArtifact } from '../../template/assembly';
import type { Deployment } from '../target';

/** A stack of an environment, as the assembly says that it is deployed. */
export interface PlannedStack {
  /** Its path inside the environment; empty when it is the environment. */
  readonly path: string;
  /** What the CDK selects it by, such as `Staging/Data`. */
  readonly hierarchicalId: string;
  readonly name: string;
  /** Its own tags, which CloudFormation gives to everything in it. */
  readonly tags: Readonly<Record<string, string>>;
  /** What its parameters are given; others have their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Undefined where the credentials decide. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Whether CloudFormation is given a role of its own to work with, as the bootstrap has one. */
  readonly hasRole: boolean;
}

/** The stacks of a deployment in the order in which they are deployed; nested stacks are parts of theirs. */
export const stacksOf = (deployment: Deployment): PlannedStack[] =>
  artifactsOf(deployment).map(({ artifact, path, parameters }) => ({
    ...planned(artifact, path),
    parameters,
  }));

/** The same as the assembly lists them. */
export function artifactsOf({ assembly, environment }: Deployment) {
  const stacks = new Map(blueprintOf(assembly, environment).stacks.map((stack) => [stack.name, stack]));
  const own = stackArtifacts(assembly).filter((artifact) => stacks.has(nameOf(artifact)));
  if (own.length === 0) throw new Error(`${assembly} lists no stack of ${environment}`);
  return inOrder(own).map((artifact) => {
    const { path, parameters = {} } = stacks.get(nameOf(artifact))!;
    return { artifact, path, parameters };
  });
}

/** The Region of a stack, or of one that is nested in it, by its path; undefined where the credentials decide. */
export function regionOf(stacks: readonly PlannedStack[], path: string): string | undefined {
  const around = ({ path: outer }: PlannedStack): boolean =>
    outer === '' || outer === path || path.startsWith(`${outer}/`);
  return stacks.find(around)?.region;
}

/** The accounts of an environment, as far as its assembly names them. */
export const accountsOf = (deployment: Deployment): ReadonlySet<string> =>
  new Set(stacksOf(deployment).flatMap(({ account }) => account ?? []));

function planned(artifact: StackArtifact, path: string): Omit<PlannedStack, 'parameters'> {
  const { environment, displayName, properties } = artifact.artifact;
  const [, account, region] =
    /^aws:\/\/([^/]+)\/(.+)$/.exec(typeof environment === 'string' ? environment : '') ?? [];
  const known = (it: string | undefined): string | undefined => (it?.startsWith('unknown-') ? undefined : it);
  return {
    path,
    hierarchicalId: typeof displayName === 'string' ? displayName.replace(/ \(.*\)$/, '') : artifact.id,
    name: nameOf(artifact),
    tags: tagsOf(artifact),
    account: known(account),
    region: known(region),
    hasRole: isObject(properties) && typeof properties['cloudFormationExecutionRoleArn'] === 'string',
  };
}

function tagsOf({ artifact: { properties } }: StackArtifact): Record<string, string> {
  const tags = isObject(properties) && isObject(properties['tags']) ? properties['tags'] : {};
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]));
}

function nameOf({ id, artifact: { properties } }: StackArtifact): string {
  const name = isObject(properties) ? properties['stackName'] : undefined;
  return typeof name === 'string' ? name : id;
}

/** Each after those that it depends on. */
function inOrder(artifacts: readonly StackArtifact[]): StackArtifact[] {
  const sorted: StackArtifact[] = [];
  const visit = (artifact: StackArtifact, path: readonly StackArtifact[]): void => {
    if (sorted.includes(artifact)) return;
    if (path.includes(artifact)) throw inACircle(artifact);
    const needs = listOf(artifact.artifact['dependencies']);
    for (const other of artifacts) if (needs.includes(other.id)) visit(other, [...path, artifact]);
    sorted.push(artifact);
  };
  for (const artifact of artifacts) visit(artifact, []);
  return sorted;
}

const inACircle = ({ id }: StackArtifact): TwinError =>
  new TwinError({
    code: 'assembly',
    message: `the stack ${id} depends on itself`,
    fix: 'Run cdk synth again.',
  });
