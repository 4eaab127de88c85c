import { Clients } from '../../../lib/targets/aws/clients';
import { detailsOf, everIn, goneDetails, stacksIn } from '../../../lib/targets/aws/handle';
import { inventoryOf } from '../../../lib/targets/aws/inventory';
import type { Handle } from '../../../lib/targets/target';
import { FakeService, type Answer } from './service';

const { signal } = new AbortController();
const idOf = (stack: string, uuid: number): string =>
  `arn:aws:cloudformation:eu-west-1:111122223333:stack/${stack}/${uuid}`;
const vpc = (id: string): string => `arn:aws:ec2:eu-west-1:111122223333:vpc/${id}`;

/** What CloudFormation has of deleted stacks: what each has deleted, and what it has kept. */
interface Deleted {
  readonly deleted: string;
  readonly kept?: string;
}

/** What is found, where the Tagging API still lists resources that are gone, as it does for hours. */
async function found(
  handle: Handle,
  stacks: Readonly<Record<string, Deleted>>,
  tagged: readonly string[],
): Promise<{ found: readonly string[]; looked: readonly string[] }> {
  const answer = (call: string, inner: string): Answer => ({
    status: 200,
    xml: `<${call}Response><${call}Result>${inner}</${call}Result></${call}Response>`,
  });
  const service = await FakeService.start((call, query) => {
    const stack = stacks[query.get('StackName') ?? ''];
    if (call === 'GetResources')
      return {
        status: 200,
        json: { ResourceTagMappingList: tagged.map((ResourceARN) => ({ ResourceARN, Tags: [] })) },
      };
    if (call === 'DescribeLogGroups') return { status: 200, json: { logGroups: [] } };
    if (call === 'DescribeStacks')
      return answer(
        call,
        `<Stacks><member><StackId>${query.get('StackName')}</StackId><StackName>any</StackName><StackStatus>DELETE_COMPLETE</StackStatus></member></Stacks>`,
      );
    if (call === 'DescribeStackEvents')
      return answer(
        call,
        `<StackEvents><member><ResourceStatus>DELETE_COMPLETE</ResourceStatus><PhysicalResourceId>${stack?.deleted}</PhysicalResourceId></member></StackEvents>`,
      );
    if (call === 'ListStackResources')
      return answer(
        call,
        stack?.kept === undefined
          ? ''
          : `<StackResourceSummaries><member><ResourceType>AWS::RDS::DBCluster</ResourceType><ResourceStatus>DELETE_SKIPPED</ResourceStatus><PhysicalResourceId>${stack.kept}</PhysicalResourceId></member></StackResourceSummaries>`,
      );
    return answer(call, '');
  });
  try {
    const clients = new Clients({ attempts: 1 });
    const { found: all, looked } = await inventoryOf(handle, () => clients, [clients], signal);
    return { found: all.map(({ what }) => what), looked };
  } finally {
    service.close();
  }
}

const [first, second, scratch] = [idOf('Staging', 1), idOf('Staging', 2), idOf('twin-1-scrub', 3)];
const ref = { path: '', name: 'Staging', region: 'eu-west-1' };
const handle: Handle = {
  target: 'aws',
  name: 'r1',
  ...detailsOf([{ ...ref, id: second }]),
  ...goneDetails({ name: 'Staging', id: first }),
  ...goneDetails({ name: 'twin-1-scrub', id: scratch }),
};
const stacks = {
  [first]: { deleted: 'vpc-1' },
  [second]: { deleted: 'vpc-2' },
  [scratch]: { deleted: 'vpc-3' },
};

it('takes nothing for a leftover that any stack of the environment has deleted, whatever its tag says', async () => {
  const tagged = ['vpc-1', 'vpc-2', 'vpc-3'].map(vpc);
  const { found: all, looked } = await found(handle, stacks, tagged);
  expect(all).toEqual([]);
  for (const id of [first, second, scratch]) expect(looked).toContain(`the stack ${id} and its resources`);
});

it('finds what none of them has deleted, and what a stack that is gone has kept', async () => {
  const kept = { ...stacks, [scratch]: { deleted: 'vpc-3', kept: 'database0' } };
  expect((await found(handle, kept, [vpc('vpc-4')])).found).toEqual([
    'AWS::RDS::DBCluster database0',
    vpc('vpc-4'),
  ]);
});

it('remembers every stack once, and nothing of one in the place of another', () => {
  expect(everIn(handle)).toEqual([
    { ...ref, id: second },
    { ...ref, id: first },
    { ...ref, name: 'twin-1-scrub', id: scratch },
  ]);
  const again = { ...handle, ...goneDetails({ name: 'Staging', id: second }) };
  expect(everIn(again)).toEqual(everIn(handle));
  expect(goneDetails({ name: 'Staging', id: undefined })).toEqual({});
  const next = { ...handle, ...detailsOf([{ ...ref, region: undefined, id: undefined }]) };
  expect(stacksIn(next)).toEqual([{ ...ref, region: undefined, id: undefined }]);
});
