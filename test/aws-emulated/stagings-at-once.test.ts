import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { emulated } from './emulated';
import { makeProject, type Project } from './project';
import { SECOND } from './two-stagings-app';

const here = emulated('at-once');

let count = 0;

const REHEARSE = ['rehearse', '--to', '1.42.0', '--target', 'aws'];

/** An app whose candidate is rehearsed in two stagings. */
const project = (commands = [{ name: 'our own tests', run: 'test -n "$TWIN_URL"' }]): Project =>
  makeProject(
    join(here.folder, `project-${++count}`),
    {
      baseline: '1.41.0',
      environment: 'Staging',
      environments: [SECOND],
      synth: { command: 'node synth.cjs' },
      checks: { commands },
      drills: { failover: ['Orders'], killTask: ['Web'] },
      gates: {},
    },
    'test/aws-emulated/two-stagings-app.ts',
  );

async function stacksLeft(): Promise<string[]> {
  const { StackSummaries = [] } = await here.emulator.use(CloudFormation).listStacks({});
  return StackSummaries.flatMap(({ StackName: name = '', StackStatus: status }) =>
    status === 'DELETE_COMPLETE' || !/^Staging\w*-\d{8}/.test(name) ? [] : [`${name} ${status}`],
  );
}

/** The stagings in the order in which a step of them began, and ended. */
const orderOf = (stderr: string, step: string): string[] =>
  [...stderr.matchAll(new RegExp(`^ +[\\d.]+ s  (\\w+) +${step}(: done)?`, 'gm'))].map(
    ([, name, done]) => `${name}${done ?? ''}`,
  );

it('stand at the same time, are broken at the same time, and leave nothing of each other', async () => {
  const { exitCode, stdout, stderr } = await project().run([...REHEARSE, '--json']);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  const all = JSON.parse(stdout) as Evidence[];
  expect(
    all.map(({ verdict, parity, tearDown, drills }) => [
      parity.staging,
      verdict,
      tearDown.leftovers,
      drills.map(({ outcome }) => outcome),
    ]),
  ).toEqual(['Staging', SECOND].map((name) => [name, 'GO', [], ['passed', 'passed']]));
  expect(orderOf(stderr, 'stand up').slice(0, 2).toSorted()).toEqual(['Staging', SECOND]);
  expect(await stacksLeft()).toEqual([]);
});

it('are both torn down on Ctrl-C, while both stand up', async () => {
  const both =
    /^(?=[^]*  Staging  [^]* CREATE_IN_PROGRESS )(?=[^]*  StagingSharded  [^]* CREATE_IN_PROGRESS )/;
  const { exitCode, stdout, stderr } = await project().run(REHEARSE, 'SIGINT', both);
  expect(stdout.match(/ {2}- stopped by SIGINT before it was judged\n/g)).toHaveLength(2);
  expect({ exitCode, stderr: exitCode === 1 ? '' : stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(await stacksLeft()).toEqual([]);
});

it('are both finished by twin down where their process was killed', async () => {
  const { run } = project();
  expect((await run(REHEARSE, 'SIGKILL', /baseline$/m)).exitCode).toBeNull();
  expect(await stacksLeft()).toHaveLength(2);
  const { exitCode, stdout, stderr } = await run(['down']);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.match(/is torn down: no leftovers\n/g)).toHaveLength(2);
  expect(await stacksLeft()).toEqual([]);
});

it('come to their own verdicts where a check fails in one of them', async () => {
  const one = [{ name: 'one of them fails', run: '[ "$TWIN_RELEASE" != 1.42.0 ] || mkdir passed' }];
  const { exitCode, stdout } = await project(one).run(REHEARSE);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^GO in \w+, 1 of 2 stagings: /m);
  expect(stdout).toMatch(/\nno GO: 1\.42\.0 was not given GO in \w+\n$/);
  expect(await stacksLeft()).toEqual([]);
});
