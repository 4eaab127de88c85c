import { choosing } from '../../lib/parity/choosing';
import type { Path } from '../../lib/template/differences';
import { modelOf } from '../../lib/template/model';

const model = modelOf(
  {
    Resources: {
      A: { Type: 'A::B::C', Properties: { Rules: [{ FromPort: 80, ToPort: 90 }, { ToPort: 90 }] } },
    },
  },
  'test',
);
const found = (path: Path, text = '${n}'): string | undefined =>
  choosing(['Resources', 'A', 'Properties', ...path], model, text);

it.each<[string, Path, string?]>([
  ['FromPort', ['Rules', 0, 'FromPort']],
  ['KeySpec', ['KeySpec'], 'RSA_${1024 * n}'],
  ['Value', ['Phase1EncryptionAlgorithms', 0, 'Value'], 'AES${64 * n}'],
  ['Phase1DHGroupNumbers', ['Phase1DHGroupNumbers', 0]],
  ['SslPolicy', ['SslPolicy'], 'ELBSecurityPolicy-TLS13-1-${n}-2021-06'],
  ['MinimumHealthyPercent', ['DeploymentConfiguration', 'MinimumHealthyPercent'], '${25 * n}'],
  ['OnDemandPercentageAboveBaseCapacity', ['OnDemandPercentageAboveBaseCapacity']],
  ['StatusCode', ['FixedResponseConfig', 'StatusCode']],
  ["the password's MinimumLength", ['Policies', 'PasswordPolicy', 'MinimumLength']],
  ['the time in ScheduleExpression', ['ScheduleExpression'], 'cron(0 ${n} * * ? *)'],
  ['the time in ScheduleExpression', ['ScheduleExpression'], 'at(2030-01-0${n}T00:00:00)'],
  ['the time in Recurrence', ['Recurrence'], '0 ${n} * * *'],
  [
    'the condition aws:MultiFactorAuthAge',
    ['PolicyDocument', 'Statement', 0, 'Condition', 'NumericLessThan', 'aws:MultiFactorAuthAge'],
  ],
])('%s says what it is', (what, path, ...text) => {
  expect(found(path, ...text)).toBe(what);
});

it.each<[string, Path, string?]>([
  ['the end of a range of ports', ['Rules', 1, 'ToPort']],
  ['a number of tasks', ['DesiredCount']],
  ['a program', ['FunctionCode'], 'max-age=${ttl}'],
  ['a resolver', ['Code'], 'limit: ${n}'],
  ['every so many minutes', ['ScheduleExpression'], 'cron(*/${n} * * * ? *)'],
  ['a rate', ['ScheduleExpression'], 'rate(${n} minutes)'],
  ['a variable', ['Environment', 'Variables', 'NOTE'], 'cron is ${n}'],
  ['a value among others', ['Tags', 0, 'Value']],
  [
    'what a service counts in a policy',
    ['PolicyDocument', 'Statement', 0, 'Condition', 'NumericLessThan', 's3:max-keys'],
  ],
])('%s says how much there is', (_, path, ...text) => {
  expect(found(path, ...text)).toBeUndefined();
});
