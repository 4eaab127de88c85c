import type { PropertyDifference, Stack, StackResourceDrift } from '@aws-sdk/client-cloudformation';
import { parseJson, type Json } from '../../json';
import type { FoundDrift, RunningStack } from '../observe';
import type { Sight } from './observe-sight';
import { allPages } from './pages';

/**
 * What CloudFormation found when it was last asked to look for drift of a stack, by `cdk drift` for example: nothing is started here.
 *
 * @returns undefined where it never was
 */
export async function lastDrift(stack: Stack, sight: Sight): Promise<RunningStack['drift']> {
  const { StackId, StackName, DriftInformation: drift, LastUpdatedTime: updated } = stack;
  const time = drift?.LastCheckTimestamp;
  if (time === undefined) return undefined;
  const last = { status: drift?.StackDriftStatus ?? '', at: time.toISOString() };
  const isOld = updated !== undefined && updated > time;
  if (last.status !== 'DRIFTED' || isOld) return { ...last, found: [] };
  const found = await sight.mayFail(`the drift that CloudFormation found of ${StackName}`, [], () =>
    allPages(async (NextToken) => {
      const page = await sight.ask('cloudformation').describeStackResourceDrifts({
        StackName: StackId,
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
        NextToken,
      });
      return { items: page.StackResourceDrifts, next: page.NextToken };
    }),
  );
  return { ...last, found: found.map(foundOf) };
}

const foundOf = ({
  LogicalResourceId: logicalId = '',
  ResourceType: type = '',
  StackResourceDriftStatus: status,
  PropertyDifferences: changes = [],
}: StackResourceDrift): FoundDrift => ({
  logicalId,
  type,
  changes: status === 'DELETED' ? [] : changes.map(changeOf),
});

/** A path is a pointer into the properties, such as `/Tags/0/Value`; a value is a text, or the text of JSON. */
const changeOf = ({
  PropertyPath: pointer = '',
  ExpectedValue: deployed,
  ActualValue: running,
  DifferenceType: kind,
}: PropertyDifference): FoundDrift['changes'][number] => ({
  path: ['Properties', ...pointer.split('/').slice(1)],
  ...(kind !== 'ADD' && { deployed: valueOf(deployed) }),
  ...(kind !== 'REMOVE' && { running: valueOf(running) }),
});

const valueOf = (text = ''): Json => parseJson(text) ?? text;
