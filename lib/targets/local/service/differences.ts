import type { BlueprintStack, Container, ServiceTier } from '../../../blueprint/blueprint';
import { loadBalancersOf, type TextOf } from '../../../blueprint/load-balancers';
import type { Rule } from '../../../blueprint/load-balancing';
import type { ServiceCommand } from '../../../config/types';
import type { AssetFile } from '../emulator/assets';
import { keyOf } from '../balancer/group-choice';
import type { MovedPort } from '../balancer/load-balancers';
import { expressionOf } from '../balancer/routing';
import { HEALTH_CHECK_SPEED_UP } from '../balancer/targets';
import type { Machine } from '../process/machine';
import { containerCommands, replacesOwn } from './container-commands';
import { CONTAINER_CHECK_SPEED_UP } from './container-health';
import { missingEnvironmentFiles } from './environment-files';
import { MOST_PATIENCE_MS } from './task';
import { limitDifferences } from './task-limits';
import { withoutOwnFiles } from './without-own-files';

/** What the differences of a service depend on. */
export interface ServiceDifferencesProps {
  readonly tier: ServiceTier;
  readonly command: ServiceCommand;
  /** The templates of the environment, with the text of their values. */
  readonly stacks: readonly BlueprintStack[];
  readonly text: TextOf;
  /** The machine that it runs on. */
  readonly machine: Pick<Machine, 'groups' | 'permitsOwnFiles'>;
  /** The names of other services that it finds. */
  readonly names: readonly string[];
  /** The paths at which its code reads the certificates of Amazon RDS. */
  readonly certificateFiles: readonly string[];
  /** The ports of its load balancer that are others here. @default - none */
  readonly movedPorts?: readonly MovedPort[];
  /** The files that the templates name as objects of S3. */
  readonly assets: readonly AssetFile[];
}

/** How a service on this machine differs from the one on AWS, in sentences: the only place that knows. */
export function differencesOf(props: ServiceDifferencesProps): readonly string[] {
  const { tier } = props;
  return [
    ...checkDifferences(tier),
    ...balancerDifferences(props),
    ...containerDifferences(props),
    ...deploymentDifferences(tier),
    ...discoveryDifferences(props),
    ...limitDifferences(tier, props.machine),
    'no autoscaling: the number of tasks is its lower end',
  ];
}

function discoveryDifferences(props: ServiceDifferencesProps): readonly string[] {
  const { tier, names, machine, certificateFiles } = props;
  const offers = tier.discovery?.names ?? [];
  return [
    ...(offers.some(({ by }) => by === 'dns')
      ? [
          'connections to its name in Cloud Map go to its tasks in turn, to those that take them: no client keeps the address of a task that has ended',
        ]
      : []),
    ...(offers.some(({ by }) => by === 'service-connect')
      ? [
          'Service Connect sends no request to another task where the connection to one fails, which AWS does twice, leaves no task out for a while whose connections fail, and encrypts nothing',
        ]
      : []),
    ...(machine.permitsOwnFiles ? [] : withoutOwnFiles(names, certificateFiles)),
  ];
}

function checkDifferences({ balancer, containers }: ServiceTier): readonly string[] {
  const replaced = `a task that fails them is replaced after ${MOST_PATIENCE_MS / 1000} s at the latest`;
  return [
    ...(balancer
      ? [`health checks run ${HEALTH_CHECK_SPEED_UP} times as often, at most every 100 ms; ${replaced}`]
      : []),
    ...(containers.some(({ healthCheck }) => healthCheck)
      ? [`health checks of containers run ${CONTAINER_CHECK_SPEED_UP} times as often, at most every 500 ms`]
      : []),
  ];
}

function balancerDifferences({
  tier,
  stacks,
  text,
  movedPorts = [],
}: ServiceDifferencesProps): readonly string[] {
  const groups = (tier.balancer?.ports ?? []).map(({ group }) => group);
  if (groups.length === 0) return [];
  const own = new Set(groups.map(keyOf));
  const listeners = loadBalancersOf({ stacks }, text).flatMap((it) => it.listeners);
  const reaching = listeners.filter(({ rules }) => rules.some((it) => leadsTo(it, own)));
  const rules = reaching.flatMap((it) => it.rules);
  const skipped = new Set(rules.filter((it) => leadsTo(it, own)).flatMap((it) => it.skipped));
  const unread = new Set(rules.flatMap(expressionsOf).filter((it) => expressionOf(it) === undefined));
  return [
    ...(reaching.length === 0
      ? ['its listener is not in the templates: every request to its URL here is forwarded to it']
      : []),
    ...movedPorts.map(
      ({ declared, here }) =>
        `port ${declared} of its load balancer is ${here} here, as this user may not open it or another program has it`,
    ),
    ...(reaching.some(({ tls }) => tls)
      ? [
          'the certificate of its load balancer is signed by the own authority of the environment, which tasks trust; checks reach the load balancer without TLS',
        ]
      : []),
    ...(reaching.some(({ tls }) => tls?.asksClients)
      ? ['no mutual TLS: its load balancer asks clients for no certificate']
      : []),
    ...[...skipped].map((type) => `the action ${type} is skipped: requests pass as if it had let them`),
    ...[...unread].map((it) => `the regular expression ${it} is not understood here, and matches nothing`),
    ...(rules.some(({ conditions }) => conditions.some(({ field }) => field === 'source-ip'))
      ? ['rules for source addresses see those of this machine: 127.0.0.1']
      : []),
  ];
}

const leadsTo = ({ action }: Rule, groups: ReadonlySet<string>): boolean =>
  action.kind === 'forward' && action.groups.some(({ group }) => group && groups.has(keyOf(group)));

const expressionsOf = ({ conditions, transforms }: Rule): readonly string[] => [
  ...conditions.flatMap((it) => ('expressions' in it ? it.expressions : [])),
  ...transforms.map(({ expression }) => expression),
];

function containerDifferences(props: ServiceDifferencesProps): readonly string[] {
  const { tier, command } = props;
  const { running, skipped } = containerCommands(tier, command);
  return [
    ...skipped.map(
      (name) => `container ${name} is skipped: no command in local.services.${tier.name} starts it`,
    ),
    ...running.flatMap((it) => [
      ...(replacesOwn(it)
        ? [`container ${it.container.name} runs the command of the config, not that of its definition`]
        : []),
      ...definitionDifferences(it.container, props),
    ]),
  ];
}

const definitionDifferences = (
  container: Container,
  { tier, text, assets }: ServiceDifferencesProps,
): readonly string[] => [
  ...(container.workingDirectory === undefined
    ? []
    : [
        `container ${container.name} works in the folder of the release's code, not in ${container.workingDirectory}`,
      ]),
  ...missingEnvironmentFiles({ container, assets, text: (value) => text(tier.stack, value) }).map(
    (arn) => `container ${container.name} has no variables of ${arn}: that file is no asset of the app`,
  ),
];

function deploymentDifferences({ deployment: { strategy } }: ServiceTier): readonly string[] {
  return strategy === 'ECS/ROLLING' ? [] : [`a release is a rolling update here, and ${strategy} on AWS`];
}
