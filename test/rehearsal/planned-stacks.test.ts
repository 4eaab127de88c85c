import { findInStacks, type StackProps } from '../../lib/rehearsal/planned-stacks';

const schedule = (at: string) => ({
  SelfDestructSchedule1234ABCD: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ScheduleExpression: `at(${at})` },
  },
});

const staging = (name: string, at = '2026-12-01T18:00:00') => ({
  stacks: [
    { path: '', name, template: { Resources: { Queue: { Type: 'AWS::SQS::Queue' }, ...schedule(at) } } },
  ],
});

const find = (
  stagings: Parameters<typeof findInStacks>[0],
  { isDeployed = true, nameContext = 'rehearsal' }: Partial<StackProps> = {},
) =>
  findInStacks(stagings, {
    suffix: '20261129-182111-1-42-0',
    nameContext,
    now: new Date('2026-11-29T18:00:00Z'),
    isDeployed,
  });

const NOTHING = { refusals: [], warnings: [] };

it.each([
  'Staging-20261129-182111-1-42-0',
  'staging20261129182111', // cut, and without hyphens
])('has nothing to say of a stack that is named after the rehearsal: %s', (name) => {
  expect(find([staging(name), staging(name)])).toEqual(NOTHING);
});

it('warns where no stack is named after the rehearsal, with the key that the app does not read', () => {
  expect(find([staging('Staging'), staging('Staging')], { nameContext: 'rehersal' })).toEqual({
    refusals: [],
    warnings: [
      'no stack is named after -c rehersal=20261129-182111-1-42-0: rehearsals at the same time would be one environment (Staging), unless the app reads that key',
    ],
  });
});

it('refuses releases that would stand beside each other', () => {
  expect(find([staging('Staging-1-41-0'), staging('Staging-1-42-0')]).refusals).toEqual([
    'the releases would be stacks beside each other, Staging-1-41-0 and Staging-1-42-0: the app names them after the release, and not after -c rehearsal=20261129-182111-1-42-0',
  ]);
  const more = { stacks: [...staging('Staging').stacks, ...staging('New').stacks] };
  expect(find([staging('Staging'), more]).refusals).toEqual([]);
});

it('refuses what has expired where it is deployed, and warns of it elsewhere', () => {
  const over = staging('Staging-20261129-182111', '2026-11-29T18:00:00');
  const text =
    'the stack Staging-20261129-182111 expires at 2026-11-29T18:00:00 UTC, which is over: it would never delete itself';
  expect(find([over, over])).toEqual({ refusals: [text], warnings: [] });
  expect(find([over], { isDeployed: false })).toEqual({ refusals: [], warnings: [text] });
  expect(find([staging('A'), staging('B')], { isDeployed: false })).toEqual(NOTHING);
});
