import { showMinute } from '../duration';
import type { Json } from '../json';
import type {
  FoundDrift,
  RunningEnvironment,
  RunningProperty,
  RunningResource,
  RunningStack,
} from '../targets/observe';
import { declaredAt, isSame } from './declared';
import { placeIn } from './place';
import type { Drift } from './report';

/** What runs in an environment otherwise than the templates say that its stacks were deployed from. */
export function driftOf(environment: string, { account, stacks }: RunningEnvironment): Drift[] {
  return stacks.flatMap((stack) => [
    ...stack.resources.flatMap((resource) => {
      const found = resource.exists ? driftIn(resource, stack, account) : [deleted(stack)];
      return found.map((it): Drift => ({ environment, ...placeIn(stack, resource, it.path), ...it }));
    }),
    ...byCloudFormation(stack).map(({ resource, ...it }): Drift => ({
      environment,
      ...placeIn(stack, resource, it.path),
      ...it,
    })),
  ]);
}

/** What CloudFormation's own detection found where nothing was looked at: what was, is seen as it runs now. */
function byCloudFormation({
  drift,
  resources,
  name,
}: RunningStack): (Found & { readonly resource: FoundDrift })[] {
  const { at, found = [] } = drift ?? {};
  const why = `CloudFormation's drift detection found it on ${showMinute(new Date(at ?? 0))}`;
  return found.flatMap((resource): (Found & { readonly resource: FoundDrift })[] => {
    const seen = resources.find(({ logicalId }) => logicalId === resource.logicalId);
    if (resource.changes.length === 0)
      return seen ? [] : [{ resource, ...deleted({ name }), why: `${why}: it is gone` }];
    return resource.changes
      .filter(({ path }) => !seen?.properties.some((it) => it.path[1] === path[1]))
      .map((it) => ({ resource, ...it, why, fix: UNDO }));
  });
}

/** A drift that does not know yet of what. */
type Found = Pick<Drift, 'path' | 'deployed' | 'running' | 'why' | 'fix'>;

const deleted = ({ name }: Pick<RunningStack, 'name'>): Found => ({
  path: [],
  deployed: 'there',
  why: `the stack ${name} has it, and its service does not: it was deleted outside CloudFormation`,
  fix: 'Bring it back with cdk deploy --revert-drift. Where CloudFormation does not see that it is gone: deploy without it, then with it.',
});

function driftIn(resource: RunningResource, stack: RunningStack, account: string): Found[] {
  const changed = resource.properties.flatMap((property): Found[] => {
    const drift = changeOf(property, resource, stack, account);
    return drift ? [drift] : [];
  });
  const strays = resource.strays.map((stray): Found => ({
    path: [],
    running: 'there',
    why: `${stray}: it was added outside CloudFormation`,
    fix: 'Remove it, or make it in the code.',
  }));
  return [...changed, ...strays];
}

function changeOf(
  property: RunningProperty,
  { logicalId }: RunningResource,
  stack: RunningStack,
  account: string,
): Found | undefined {
  const { path, value, moves, isVersion = false } = property;
  if (moves) {
    if (Number(value) >= moves.min && Number(value) <= moves.max) return undefined;
    const range = `${moves.min} to ${moves.max}`;
    return {
      path,
      deployed: range,
      running: value,
      why: 'it is outside the bounds of its autoscaling',
      fix: UNDO,
    };
  }
  const declared = declaredAt(stack, account, logicalId, path);
  const expected: Json | undefined = declared.is === 'value' ? declared.value : property.default;
  if (declared.is === 'unknown' || expected === undefined || isSame(expected, value, isVersion))
    return undefined;
  const why = isVersion
    ? 'the version was changed outside CloudFormation: by hand, or by an automatic minor version upgrade'
    : 'it was changed outside CloudFormation';
  return { path, deployed: expected, running: value, why, fix: isVersion ? PIN : UNDO };
}

const UNDO = 'Undo it, by hand or with cdk deploy --revert-drift, or make it in the code and deploy.';
const PIN = 'Write the version that runs into the code, and deploy both environments with it.';
