import { resolve } from 'node:path';
import type { Forbidden } from '../../../lib/parity/report';
import { renderGithub } from '../../../lib/parity/reports/github';
import { onlyRules } from '../../../lib/parity/only';
import { commandsIn } from '../../github/runner';
import { broken, twin, unclean, undecided } from './samples';

const lines = (...reports: Parameters<typeof renderGithub>[0][number][]): string[] =>
  renderGithub(reports, { version: '1.2.3' }).trimEnd().split('\n');

/** The annotation in a line. */
function read(line: string): Readonly<Record<string, string>> & { readonly message: string } {
  const [command, ...others] = commandsIn(line);
  expect([command!.name, others]).toEqual(['error', []]);
  return { ...command!.properties, message: command!.message };
}

it('begins with the verdict in plain lines', () => {
  expect(lines(twin)).toEqual([
    'TWIN: StagingEphemeral is a twin of Prod',
    '0 forbidden and 4 permitted differences in 154 entries',
  ]);
});

it('has one error for each construct, rule and reason, at the line where it was made', () => {
  const errors = lines(broken).filter((line) => line.startsWith('::error '));
  expect(errors).toHaveLength(3);
  expect(read(errors[1]!)).toEqual({
    file: resolve('lib/orders.ts'),
    line: '31',
    col: '5',
    title: 'TWIN-PAR-001 Differs between the environments',
    message: [
      'Orders/Cluster (AWS::RDS::DBCluster)',
      'OrdersCluster3C4D.Properties.EnableCloudwatchLogsExports[0]',
      '  Prod: "postgresql"',
      '  StagingEphemeral: not there',
      'OrdersCluster3C4D.Properties.EngineVersion',
      '  Prod: "16.6"',
      '  StagingEphemeral: "16.13"',
      'Why: no scale factor explains it.',
      'Fix: Make both environments alike here, or declare a scale factor with a reason and use its value.',
      'https://unpkg.com/cdk-twin@1.2.3/docs/rules/TWIN-PAR-001.md',
    ].join('\n'),
  });
  expect(read(errors[2]!)).not.toHaveProperty('file'); // where it was made is not known
});

it('has the findings of the checks, and none that was acknowledged', () => {
  const all = lines(unclean);
  expect(all.slice(2, 4)).toEqual(['Isolation failed: 1 finding', 'Tear-down passed: 1 acknowledged']);
  expect(all.slice(4).map((line) => read(line))).toMatchObject([
    { title: 'TWIN-ISO-022 Sends messages to people, or to systems outside' },
  ]);
});

it('has what is left to the deployment, without values, and the verdict hangs on it though it is not shown', () => {
  const headline = 'UNDECIDED: the parameter "Tier" decides whether StagingEphemeral is a twin of Prod';
  const [first, , error] = lines(undecided);
  expect(first).toBe(headline);
  expect(read(error!).message.split('\n').slice(0, 3)).toEqual([
    'IsLarge (Conditions)',
    'Conditions.IsLarge',
    'Why: whether it holds is left to the deployment: it hangs on the parameter "Tier".',
  ]);
  expect(lines(onlyRules(undecided, ['TWIN-PAR-001']))).toEqual([
    headline,
    '0 forbidden and 0 permitted differences in 154 entries',
    '1 further finding is not shown (--only TWIN-PAR-001).',
  ]);
});

it('says that GitHub shows no more than ten', () => {
  const forbidden = Array.from({ length: 12 }, (_, i) => ({
    ...broken.forbidden[0]!,
    construct: `Web/${i}`,
  }));
  expect(lines({ ...broken, forbidden })[2]).toBe(
    'GitHub shows 10 annotations of a step: 2 more below, in this log alone.',
  );
});

it('escapes whatever a template holds: it cannot begin a command of its own', () => {
  const hostile: Forbidden = {
    ...broken.forbidden[0]!,
    source: 'lib/a,b:100%.ts:7',
    construct: 'x\n::set-output name=a::b',
    staging: '%0A::error::\r\n',
    why: '100 %\n::warning::y',
  };
  const report = {
    ...broken,
    prod: '##[add-mask]P\n::error::z',
    notes: ['::add-mask::a', '##[stop-commands]x'],
    forbidden: [hostile],
  };
  const text = renderGithub([report], {
    version: '1.2.3',
    alone: ['P\n::error::z'],
    warnings: [{ rule: 'selecting-tag', text: 'a ##[add-mask]b', fix: 'c\n::error::d' }],
  });
  expect(commandsIn(text).map(({ name }) => name)).toEqual(['error', 'warning', 'notice']);
  expect(commandsIn(text)[0]!.properties).toMatchObject({ file: resolve('lib/a,b:100%.ts'), line: '7' });
});

it('shows what differs between long values, line by line', () => {
  const script = (workers: number): string => `${'a\n'.repeat(80)}workers=${workers}\n${'b\n'.repeat(80)}`;
  const entry = { ...broken.forbidden[1]!, prod: script(8), staging: script(4) };
  const [, , error] = lines({ ...broken, forbidden: [entry] });
  expect(read(error!).message).toContain(
    '\n  … 79 lines\n  a\n- workers=8\n+ workers=4\n  b\n  … 79 lines\nWhy: ',
  );
});
