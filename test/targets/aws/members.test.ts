import { Clients } from '../../../lib/targets/aws/clients';
import type { LiveTier } from '../../../lib/targets/aws/live-tiers';
import { membersOf, stateOf } from '../../../lib/targets/aws/members';
import { FakeService } from './service';

/** As ECS has them: pages of a hundred tasks, of which a hundred are described at once. */
const PAGES = [100, 100, 50];
const described: number[] = [];
const stopped = (id: string, more: object): object => ({
  taskArn: `arn:aws:ecs:::task/c/${id}`,
  lastStatus: 'STOPPED',
  ...more,
});
/** As ECS describes them: times are seconds. */
const STOPPED = [
  stopped('later', {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason:
      'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:::targetgroup/t/1)',
    stoppingAt: 1_700_000_060,
  }),
  stopped('oom', {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    stoppingAt: 1_700_000_000,
    containers: [
      { name: 'proxy', exitCode: 0 },
      { name: 'web', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ],
  }),
  stopped('fresh', {
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotPullContainerError: not found',
    stoppedAt: 1_700_000_090,
  }),
  stopped('code-of-tomorrow', {
    stopCode: 'SomethingElse',
    stoppedReason: 'it did',
    stoppedAt: 1_700_000_095,
  }),
  stopped('old', {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
    containers: [{ name: 'web', exitCode: 137 }],
  }),
  stopped('killed', { stopCode: 'UserInitiated', stoppedReason: 'cdk-twin' }),
  stopped('spot', { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }),
];
let again = 0;
let service: FakeService;

beforeAll(async () => {
  service = await FakeService.start((call, body) => {
    const asked = JSON.parse([...body.keys()].join('')) as {
      nextToken?: string;
      desiredStatus?: string;
      tasks: readonly string[];
    };
    if (call === 'ListTasks' && asked.desiredStatus === 'STOPPED')
      return { status: 200, json: { taskArns: ['arn:aws:ecs:::task/c/stopped'] } };
    if (call === 'ListTasks') {
      const page = Number(asked.nextToken ?? 0);
      const taskArns = Array.from({ length: PAGES[page]! }, (_, i) => `arn:aws:ecs:::task/c/${page}-${i}`);
      const next = page + 1;
      return { status: 200, json: { taskArns, ...(next < PAGES.length && { nextToken: String(next) }) } };
    }
    const { tasks } = asked;
    if (tasks[0]!.endsWith('stopped'))
      return {
        status: 200,
        json: { tasks: [...STOPPED, ...Array.from({ length: again }, () => STOPPED[1])] },
      };
    described.push(tasks.length);
    const containers = [
      { name: 'proxy', image: 'envoy:1', imageDigest: 'sha256:envoy' },
      { name: 'web', image: 'shop:2', ...(tasks.length === 100 && { imageDigest: 'sha256:shop2' }) },
    ];
    return {
      status: 200,
      json: { tasks: tasks.map((taskArn) => ({ taskArn, lastStatus: 'RUNNING', containers })) },
    };
  });
});
afterAll(() => service.close());

const web = (): LiveTier =>
  ({
    tier: { kind: 'service', name: 'Web', container: { name: 'web' } },
    physicalId: 'arn:aws:ecs:eu-west-1:111122223333:service/c/web',
    clients: new Clients({}),
  }) as unknown as LiveTier;

it('reports the tasks that ended by themselves or were replaced, and none that was ended on purpose', async () => {
  const incidents = async () => {
    const state = await stateOf(web(), new AbortController().signal);
    return state.skipped ? undefined : state.incidents;
  };
  expect(await incidents()).toEqual([
    {
      at: '2023-11-14T22:13:20.000Z',
      what: 'oom stopped: Essential container in task exited: OutOfMemoryError: Container killed due to memory usage: exit code 137',
    },
    {
      at: '2023-11-14T22:14:20.000Z',
      what: 'later stopped: Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:::targetgroup/t/1)',
    },
    { at: '2023-11-14T22:14:50.000Z', what: 'fresh stopped: CannotPullContainerError: not found' },
    { at: '2023-11-14T22:14:55.000Z', what: 'code-of-tomorrow stopped: it did' },
  ]);
  again = 30;
  const many = await incidents();
  expect(many).toHaveLength(21);
  expect(many!.at(-1)!.what).toBe('and 14 more, the last: code-of-tomorrow stopped: it did');
});

it('knows every task of a service that has hundreds', async () => {
  described.length = 0;
  const members = await membersOf(web(), new AbortController().signal);
  expect(new Set(members.map(({ name }) => name)).size).toBe(250);
  expect(described).toEqual([100, 100, 50]);
  // the image of the service's own container: its digest, or its name where ECS does not say the digest
  expect([...new Set(members.map(({ code }) => code))]).toEqual(['sha256:shop2', 'shop:2']);
});
