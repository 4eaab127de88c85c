import { Clients } from '../../../lib/targets/aws/clients';
import type { LiveTier } from '../../../lib/targets/aws/live-tiers';
import { membersOf } from '../../../lib/targets/aws/members';
import { FakeService } from './service';

/** As ECS has them: pages of a hundred tasks, of which a hundred are described at once. */
const PAGES = [100, 100, 50];
const described: number[] = [];
let service: FakeService;

beforeAll(async () => {
  service = await FakeService.start((call, body) => {
    const asked = JSON.parse([...body.keys()].join('')) as { nextToken?: string; tasks: readonly string[] };
    if (call === 'ListTasks') {
      const page = Number(asked.nextToken ?? 0);
      const taskArns = Array.from({ length: PAGES[page]! }, (_, i) => `arn:aws:ecs:::task/c/${page}-${i}`);
      const next = page + 1;
      return { status: 200, json: { taskArns, ...(next < PAGES.length && { nextToken: String(next) }) } };
    }
    const { tasks } = asked;
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

it('knows every task of a service that has hundreds', async () => {
  const live = {
    tier: { kind: 'service', name: 'Web', container: { name: 'web' } },
    physicalId: 'arn:aws:ecs:eu-west-1:111122223333:service/c/web',
    clients: new Clients({}),
  } as unknown as LiveTier;
  const members = await membersOf(live, new AbortController().signal);
  expect(new Set(members.map(({ name }) => name)).size).toBe(250);
  expect(described).toEqual([100, 100, 50]);
  // the image of the service's own container: its digest, or its name where ECS does not say the digest
  expect([...new Set(members.map(({ code }) => code))]).toEqual(['sha256:shop2', 'shop:2']);
});
