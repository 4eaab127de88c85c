import type { ServiceTier } from '../../../../lib/blueprint/blueprint';
import { blueprintOfTemplates } from '../../../../lib/blueprint/read-blueprint';
import type { Json } from '../../../../lib/json';
import type { ServiceCommand } from '../../../../lib/config/types';
import type { MovedPort } from '../../../../lib/targets/local/balancer/load-balancers';
import type { ControlGroups } from '../../../../lib/targets/local/process/control-groups';
import { differencesOf } from '../../../../lib/targets/local/service/differences';

const TYPE = 'AWS::ElasticLoadBalancingV2::';
const FORWARD: Json = { Type: 'forward', TargetGroupArn: { Ref: 'Targets' } };

/** The differences of a service named Web, behind a load balancer where it has target groups. */
function of(
  resources: Record<string, Json>,
  service: Record<string, Json> = {},
  command: ServiceCommand = { command: 'npm start' },
  groups?: Pick<ControlGroups, 'limitsCpu' | 'filesAreMemory'>,
  movedPorts: readonly MovedPort[] = [],
): readonly string[] {
  const Web = { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' }, ...service } };
  const stacks = [{ path: '', name: 'Staging', template: { Resources: { Web, ...resources } } }];
  const { tiers } = blueprintOfTemplates('Staging', stacks);
  const tier = tiers.find((it): it is ServiceTier => it.kind === 'service')!;
  return differencesOf({
    tier,
    command,
    stacks,
    text: (_, value) => String(value),
    machine: { groups: groups as ControlGroups, permitsOwnFiles: true },
    names: [],
    certificateFiles: [],
    movedPorts,
    assets: [],
  });
}

const task = (...ContainerDefinitions: readonly Json[]): Json => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { Memory: 1024, ContainerDefinitions },
});
const balanced = {
  LoadBalancers: [{ ContainerName: 'app', ContainerPort: 80, TargetGroupArn: { Ref: 'Targets' } }],
};
const balancing = (
  listener: Record<string, Json>,
  more: Record<string, Json> = {},
): Record<string, Json> => ({
  Front: { Type: `${TYPE}LoadBalancer`, Properties: {} },
  Listener: {
    Type: `${TYPE}Listener`,
    Properties: {
      LoadBalancerArn: { Ref: 'Front' },
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [FORWARD],
      ...listener,
    },
  },
  Targets: { Type: `${TYPE}TargetGroup`, Properties: {} },
  Task: task({ Name: 'app' }),
  ...more,
});

const ALWAYS = 'no autoscaling: the number of tasks is its lower end';
const CHECKS =
  'health checks run 30 times as often, at most every 100 ms; a task that fails them is replaced after 10 s at the latest';

it('names little of a plain service', () => {
  const found = of({ Task: task({ Name: 'app' }) });
  expect(found).toContain(ALWAYS);
  expect(found.some((it) => it.includes('load balancer') || it.includes('health checks'))).toBe(false);
});

it('names the ports of its load balancer that are others here', () => {
  const found = of(balancing({}), balanced, undefined, undefined, [{ declared: 80, here: 40123 }]);
  expect(found).toContain(
    'port 80 of its load balancer is 40123 here, as this user may not open it or another program has it',
  );
});

it('names nothing of a load balancer that is as on AWS, but the health checks', () => {
  expect(of(balancing({}), balanced)).toEqual(expect.arrayContaining([CHECKS, ALWAYS]));
  expect(of(balancing({}), balanced).filter((it) => /listener|TLS|action|skipped/.test(it))).toEqual([]);
});

it.each<[string, Record<string, Json>, string]>([
  [
    'TLS',
    balancing({ Protocol: 'HTTPS', Port: 443 }),
    'the certificate of its load balancer is signed by the own authority of the environment, which tasks trust; checks reach the load balancer without TLS',
  ],
  [
    'clients that show a certificate',
    balancing({ Protocol: 'HTTPS', Port: 443, MutualAuthentication: { Mode: 'passthrough' } }),
    'no mutual TLS: its load balancer asks clients for no certificate',
  ],
  [
    'a log-in at the load balancer',
    balancing({
      DefaultActions: [
        { Type: 'authenticate-cognito', Order: 1 },
        { ...(FORWARD as object), Order: 2 },
      ],
    }),
    'the action authenticate-cognito is skipped: requests pass as if it had let them',
  ],
  [
    'rules for addresses',
    balancing(
      {},
      {
        Rule: {
          Type: `${TYPE}ListenerRule`,
          Properties: {
            ListenerArn: { Ref: 'Listener' },
            Priority: 1,
            Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }],
            Actions: [FORWARD],
          },
        },
      },
    ),
    'rules for source addresses see those of this machine: 127.0.0.1',
  ],
  [
    'an expression of another engine',
    balancing(
      {},
      {
        Rule: {
          Type: `${TYPE}ListenerRule`,
          Properties: {
            ListenerArn: { Ref: 'Listener' },
            Priority: 1,
            Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['(?P<x>a)'] } }],
            Actions: [FORWARD],
          },
        },
      },
    ),
    'the regular expression (?P<x>a) is not understood here, and matches nothing',
  ],
  [
    "a listener of another app's",
    { Targets: balancing({})['Targets']!, Task: task({ Name: 'app' }) },
    'its listener is not in the templates: every request to its URL here is forwarded to it',
  ],
])('names %s', (_, resources, difference) => {
  expect(of(resources, balanced)).toContain(difference);
});

it('names what of containers and deployments is otherwise', () => {
  const containers = task(
    {
      Name: 'app',
      Command: ['node', 'server.js'],
      WorkingDirectory: '/app',
      EnvironmentFiles: [{ Value: 'arn' }],
    },
    { Name: 'log-router', Essential: true },
    { Name: 'agent', Essential: false, HealthCheck: { Command: ['CMD', 'true'] } },
  );
  const service = { DeploymentController: { Type: 'CODE_DEPLOY' } };
  const found = of({ Task: containers }, service, { containers: { app: 'npm start', agent: './agent' } });
  expect(found).toEqual(
    expect.arrayContaining([
      'health checks of containers run 10 times as often, at most every 500 ms',
      'container log-router is skipped: no command in local.services.Web starts it',
      'container app runs the command of the config, not that of its definition',
      "container app works in the folder of the release's code, not in /app",
      'container app has no variables of arn: that file is no asset of the app',
      'a release is a rolling update here, and CODE_DEPLOY on AWS',
    ]),
  );
  expect(of({ Task: containers }, {}, { command: 'exec {command}' })).not.toContain(
    'container app runs the command of the config, not that of its definition',
  );
});

it('says how the CPU and the memory of tasks are limited, and where they are not', () => {
  const sized: Record<string, Json> = {
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: { Cpu: '256', Memory: '512', ContainerDefinitions: [{ Name: 'app' }] },
    },
  };
  const about = (...args: Parameters<typeof of>): readonly string[] =>
    of(...args).filter((it) => /CPU|processors|memory/i.test(it));
  const command = { command: 'npm start' };
  const shared = 'tasks share the processors of this machine: their CPU is not limited';
  expect(about(sized)).toEqual([
    `${shared}, as this machine lets its user make no control groups`,
    'the memory of tasks is measured twice a second: what they use for less than that goes unseen',
  ]);
  expect(about(sized, {}, command, { limitsCpu: true, filesAreMemory: true })).toEqual([
    'a task has 0.25 of the processors of this machine from when it is healthy, and starts as fast as it can',
    'what tasks write into files counts as their memory: TMPDIR is in the memory of this machine',
  ]);
  expect(about(sized, {}, command, { limitsCpu: false, filesAreMemory: false })).toEqual([shared]);
  const unlimited = {
    Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: [{ Name: 'app' }] } },
  };
  expect(about(unlimited)).toEqual(['the template limits neither the CPU nor the memory of tasks']);
});
