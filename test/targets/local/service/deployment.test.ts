import { Deployment } from '../../../../lib/targets/local/service/deployment';

const deploymentOf = (tasks: number, minimumHealthyPercent: number, maximumPercent: number): Deployment =>
  new Deployment({
    name: 'Web',
    tasks,
    deployment: { minimumHealthyPercent, maximumPercent, onFailure: 'roll-back', strategy: 'ECS/ROLLING' },
  });

/** The steps of a rolling update in which nothing fails. */
function stepsOf(deployment: Deployment, tasks: number): string[] {
  const steps: string[] = [];
  for (let fresh = 0, old = tasks; !deployment.isDone(fresh, old);) {
    const { start, stop } = deployment.next(fresh, old);
    fresh += start;
    old -= stop;
    steps.push(`+${start} -${stop}`);
  }
  return steps;
}

it.each([
  [2, 100, 200, ['+2 -2']],
  [2, 50, 100, ['+0 -1', '+1 -1', '+1 -0']],
  [4, 50, 100, ['+0 -2', '+2 -2', '+2 -0']],
  [4, 100, 150, ['+2 -2', '+2 -2']],
  [3, 0, 100, ['+0 -3', '+3 -0']],
  [1, 0, 100, ['+0 -1', '+1 -0']],
  [3, 100, 150, ['+1 -1', '+1 -1', '+1 -1']],
])('brings %i tasks with at least %i and at most %i %%', (tasks, least, most, steps) => {
  expect(stepsOf(deploymentOf(tasks, least, most), tasks)).toEqual(steps);
});

it('says where the percentages permit nothing', () => {
  expect(() => deploymentOf(2, 100, 100).next(0, 2)).toThrow(
    'Web cannot be updated: of its 2 tasks at least 100 % must be healthy, and at most 100 % may run',
  );
  expect(deploymentOf(2, 100, 100).next(0, 0)).toEqual({ start: 2, stop: 0 }); // the first release
});

it.each([
  [1, 3],
  [2, 3],
  [10, 5],
  [1000, 200],
])('of %i tasks gives up with the failure number %i', (tasks, threshold) => {
  const deployment = deploymentOf(tasks, 100, 200);
  let failures = 1;
  while (deployment.mayGoOn(false)) failures += 1;
  expect(failures).toBe(threshold);
});

it('gives up at once on tasks that run and are not healthy', () => {
  expect(deploymentOf(2, 100, 200).mayGoOn(true)).toBe(false);
});
