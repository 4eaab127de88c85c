import type { DeploymentWaits, ServiceTier } from '../../../lib/blueprint/blueprint';
import {
  isRolledBackUnderWay,
  mostWaitMinutes,
  releasesOf,
  waitMinutesOf,
} from '../../../lib/targets/aws/service-waits';

/** A service of which nothing else is asked. */
const service = (name: string, strategy: string, waits?: DeploymentWaits): ServiceTier =>
  ({ name, kind: 'service', deployment: { strategy, ...(waits && { waits }) } }) as unknown as ServiceTier;

const PAUSE = {
  type: 'PAUSE',
  stages: ['POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'],
  timeoutMinutes: 30,
  onTimeout: 'ROLLBACK',
} as const;
const rolling = service('Worker', 'ECS/ROLLING');
const web = service('Web', 'ECS/BLUE_GREEN', { bakeMinutes: 10, hooks: [PAUSE] });
const api = service('Api', 'ECS/CANARY', { bakeMinutes: 25, hooks: [] });

it('waits at least as long as the slowest service, and at most for one after the other', () => {
  expect(waitMinutesOf([rolling])).toBe(0);
  expect(waitMinutesOf([rolling, web, api])).toBe(25);
  expect(mostWaitMinutes([rolling])).toBe(0);
  expect(mostWaitMinutes([rolling, web, api])).toBe(10 + 25 + 2 * 30);
});

it('says nothing of rolling updates', () => {
  expect(releasesOf([rolling])).toEqual({ refusals: [], warnings: [] });
});

it.each(['CODE_DEPLOY', 'EXTERNAL'])(
  'refuses a service of the controller %s, which no release is brought to',
  (by) => {
    expect(releasesOf([service('Web', by)]).refusals).toEqual([
      expect.stringContaining(
        `Web is released by the deployment controller ${by}, and not by CloudFormation`,
      ),
    ]);
  },
);

it('names a pause that nothing answers, and a bake time that is not known', () => {
  const unknown = service('Shop', 'ECS/BLUE_GREEN', { bakeMinutes: undefined, hooks: [] });
  expect(releasesOf([web, unknown])).toEqual({
    refusals: [],
    waitMinutes: 10,
    warnings: [
      'each release of Web waits for an answer at POST_SCALE_UP, POST_TEST_TRAFFIC_SHIFT, for 30 min, then ECS does ROLLBACK; aws.pauses.Web of twin.config.ts can give it',
      'Shop is released by ECS/BLUE_GREEN, and its template gives no BakeTimeInMinutes: how long it waits is not known',
    ],
  });
  expect(releasesOf([web], { Web: 'continue' }).warnings).toEqual([]);
});

it('is rolled back under way where both releases run side by side for a while', () => {
  expect([rolling, web, api].map(isRolledBackUnderWay)).toEqual([false, true, true]);
  expect(isRolledBackUnderWay(service('Web', 'ECS/BLUE_GREEN', { bakeMinutes: 0, hooks: [PAUSE] }))).toBe(
    false,
  );
  expect(isRolledBackUnderWay(service('Web', 'ECS/ROLLING', { bakeMinutes: 0, hooks: [PAUSE] }))).toBe(false);
});
