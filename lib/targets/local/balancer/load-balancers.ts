import { isDeepStrictEqual } from 'node:util';
import type { Address, Blueprint, ServiceTier } from '../../../blueprint/blueprint';
import { loadBalancersOf, type TextOf } from '../../../blueprint/load-balancers';
import type { LoadBalancer, RoutingListener, TargetGroup } from '../../../blueprint/load-balancing';
import type { Machine } from '../process/machine';
import type { Authority } from '../tls/authority';
import { trustingAsPublic } from '../tls/variables';
import { keyOf } from './group-choice';
import { LocalListener, type WayIn } from './listener';
import { Targets } from './targets';
import { TrafficWeights, type Listeners } from './traffic-weights';

/** The load balancers of an environment on this machine, and the target groups of its services. */
export class LoadBalancers {
  private readonly balancers = new Map<string, LocalBalancer>();
  private readonly groups = new Map<string, Targets>();
  /** What share of the requests goes to another environment. */
  readonly weights = new TrafficWeights();

  /** @param authority - signs the certificates of the listeners that encrypt */
  constructor(
    private readonly machine: Machine,
    private readonly authority: Authority,
  ) {}

  /** What tasks get to trust those that encrypt: on AWS every system trusts their certificates. */
  variables: Readonly<Record<string, string>> = {};

  /**
   * Makes what a release's templates have: each listener keeps its address, and may get other rules.
   *
   * @param text - the text of a value in a template
   */
  async update(blueprint: Blueprint, text: TextOf): Promise<void> {
    const services = blueprint.tiers.filter((it): it is ServiceTier => it.kind === 'service');
    const declared = loadBalancersOf(blueprint, text);
    const reached = new Set(declared.flatMap(groupsOf).map(keyOf));
    const apart = services.flatMap(({ name, balancer }) =>
      (balancer?.ports ?? []).flatMap(({ group }) =>
        reached.has(keyOf(group)) ? [] : [standIn(name, group)],
      ),
    );
    for (const { balancer } of services) {
      for (const { group } of balancer?.ports ?? []) this.targetsOf(group).props = group;
    }
    for (const it of [...declared, ...apart]) {
      await this.balancerOf(it).update(it);
      for (const group of groupsOf(it)) {
        const targets = this.groups.get(keyOf(group));
        if (targets) targets.idleSeconds = it.idleTimeoutSeconds;
      }
    }
    const encrypts = declared.some(({ listeners }) => listeners.some(({ tls }) => tls));
    this.variables = encrypts ? trustingAsPublic(this.authority.file, await this.authority.bundle()) : {};
  }

  /** The targets of a target group. */
  targetsOf(group: TargetGroup): Targets {
    const known = this.groups.get(keyOf(group));
    if (known) return known;
    const targets = new Targets(group);
    this.groups.set(keyOf(group), targets);
    return targets;
  }

  /**
   * Where clients reach a service: the listener that forwards to it, of several the one with TLS. Where only a host name
   * leads there, it is a port of its own, at which every request has that name.
   *
   * @param isDirect - whether what is sent there is for this environment alone, whatever share of the requests goes elsewhere
   */
  async urlOf({ balancer }: ServiceTier, isDirect = false): Promise<string | undefined> {
    const own = new Set((balancer?.ports ?? []).map(({ group }) => keyOf(group)));
    const all = [...this.balancers.values()].flatMap((it) => it.waysTo(own));
    const connected = all.filter(({ listener }) => listener.protocol !== 'udp');
    const ways = connected.length > 0 ? connected : all; // checks speak HTTP
    const best =
      ways.find(({ listener, host }) => listener.protocol === 'https' && host === undefined) ??
      ways.find(({ host }) => host === undefined) ??
      ways.find(({ listener }) => listener.protocol === 'https') ??
      ways[0];
    return best?.url(isDirect);
  }

  /** Where each listener takes connections that are not encrypted. */
  async listeners(): Promise<Listeners> {
    const all = await Promise.all([...this.balancers.values()].map((it) => it.open()));
    return Object.assign({}, ...all) as Listeners;
  }

  /** The ports that lead to a service and are others here than in the template: a program may not open them, or another one has. */
  movedPorts({ balancer }: Pick<ServiceTier, 'balancer'>): readonly MovedPort[] {
    const own = new Set((balancer?.ports ?? []).map(({ group }) => keyOf(group)));
    const moved = [...this.balancers.values()].flatMap((it) => it.movedPorts(own));
    return [...new Map(moved.map((it) => [it.declared, it])).values()];
  }

  /** The values of `Fn::GetAtt` for a load balancer; undefined for what is none. */
  attributesOf(address: Address): Readonly<Record<string, string>> | undefined {
    return this.balancers.get(keyOf(address))?.attributes();
  }

  async close(): Promise<void> {
    for (const targets of this.groups.values()) targets.close();
    await Promise.all([...this.balancers.values()].map((it) => it.close()));
  }

  private balancerOf(props: LoadBalancer): LocalBalancer {
    const known = this.balancers.get(keyOf(props));
    if (known) return known;
    const find = (group: Address): Targets | undefined => this.groups.get(keyOf(group));
    const balancer = new LocalBalancer(
      props,
      this.machine.address(`${props.name} load balancer`),
      find,
      this.weights,
      this.authority,
    );
    this.balancers.set(keyOf(props), balancer);
    return balancer;
  }
}

/** A way to a service: through a listener, by a host name where a rule asks for one. */
interface Way {
  readonly listener: RoutingListener;
  readonly host: string | undefined;
  url(isDirect: boolean): Promise<string>;
}

/** A port of a listener that is another one here. */
export interface MovedPort {
  readonly declared: number;
  readonly here: number;
}

/** One load balancer. */
class LocalBalancer {
  private readonly listeners = new Map<string, { props: RoutingListener; readonly local: LocalListener }>();

  constructor(
    private props: LoadBalancer,
    private readonly address: string,
    private readonly targetsOf: (group: Address) => Targets | undefined,
    private readonly weights: TrafficWeights,
    private readonly authority: Authority,
  ) {}

  /** Where its listeners take connections that are not encrypted. */
  async open(): Promise<Listeners> {
    const all = [...this.listeners].map(async ([key, { props, local }]) => {
      const port = await local.portFor(wayOfChecks(props));
      return [key, { host: this.address, port }] as const;
    });
    return Object.fromEntries(await Promise.all(all));
  }

  async update(props: LoadBalancer): Promise<void> {
    this.props = props;
    for (const listener of props.listeners) {
      const known = this.listeners.get(keyOf(listener));
      if (!known) await this.listen(listener);
      else {
        const isSame = isDeepStrictEqual(known.props.tls, listener.tls);
        known.props = listener;
        if (!isSame) await known.local.renew();
      }
    }
    const declared = new Set(props.listeners.map(keyOf));
    for (const [key, { local }] of this.listeners) {
      if (declared.has(key)) continue;
      this.listeners.delete(key);
      await local.close();
    }
  }

  /** Its listeners that forward to a service. */
  waysTo(groups: ReadonlySet<string>): readonly Way[] {
    return [...this.listeners.values()].flatMap(({ props, local }) =>
      props.rules.flatMap(({ action, conditions }): Way[] => {
        if (
          action.kind !== 'forward' ||
          !action.groups.some(({ group }) => group && groups.has(keyOf(group)))
        )
          return [];
        const names = conditions.flatMap((it) => (it.field === 'host-header' ? it.values : []));
        const host = names[0]?.replaceAll('*', 'any').replaceAll('?', 'x');
        const url: Way['url'] = (isDirect) =>
          local.urlFor({
            ...wayOfChecks(props),
            ...(host !== undefined && { host }),
            ...(isDirect && { isDirect }),
          });
        return [{ listener: props, host, url }];
      }),
    );
  }

  /** Those of its listeners that forward to a service, or lead to one that does. */
  movedPorts(groups: ReadonlySet<string>): readonly MovedPort[] {
    if (this.waysTo(groups).length === 0) return [];
    return [...this.listeners.values()].flatMap(({ props, local }) =>
      local.isMoved ? [{ declared: props.port, here: local.port }] : [],
    );
  }

  /** Its name has a port where a client that takes the usual one would reach nothing. */
  attributes(): Readonly<Record<string, string>> {
    const open = [...this.listeners.values()];
    const plain = open.find(({ props }) => props.protocol !== 'https') ?? open[0];
    const name = plain?.local.isMoved ? `${this.address}:${plain.local.port}` : this.address;
    return { DNSName: name, LoadBalancerName: this.props.name };
  }

  async close(): Promise<void> {
    await Promise.all([...this.listeners.values()].map(({ local }) => local.close()));
  }

  private async listen(listener: RoutingListener): Promise<void> {
    const local = new LocalListener(
      {
        loadBalancer: () => this.props,
        listener: () => this.listeners.get(keyOf(listener))?.props ?? listener,
        targetsOf: this.targetsOf,
        urlOf: (protocol, port) =>
          [...this.listeners.values()].find(({ props }) => props.protocol === protocol && props.port === port)
            ?.local.url,
        certificate: () => {
          const { tls } = this.listeners.get(keyOf(listener))?.props ?? listener;
          return this.authority.issue([this.address, ...(tls?.names ?? [])]);
        },
        encrypting: () => [...this.listeners.values()].find(({ props }) => props.protocol === 'https')?.local,
        weights: { of: this.weights, listener: keyOf(listener) },
      },
      this.address,
    );
    await local.open();
    this.listeners.set(keyOf(listener), { props: listener, local });
  }
}

/** How checks come to a listener. */
const wayOfChecks = ({ tls }: RoutingListener): WayIn => (tls ? { isPlain: true } : {});

/** The target groups that a load balancer forwards to. */
const groupsOf = ({ listeners }: LoadBalancer): readonly Address[] =>
  listeners.flatMap(({ rules }) =>
    rules.flatMap(({ action }) =>
      action.kind === 'forward' ? action.groups.flatMap(({ group }) => (group ? [group] : [])) : [],
    ),
  );

/** What forwards to a target group whose listener is not in the templates: that of another app, or none. */
function standIn(service: string, { stack, logicalId, protocol }: TargetGroup): LoadBalancer {
  const isHttp = protocol.startsWith('HTTP');
  const group = { stack, logicalId };
  const listener: RoutingListener = {
    stack,
    logicalId: `${logicalId} listener`,
    protocol: isHttp ? 'http' : 'tcp',
    port: 80,
    rules: [
      {
        conditions: [],
        transforms: [],
        skipped: [],
        action: { kind: 'forward', groups: [{ group, weight: 1 }], stickySeconds: undefined },
      },
    ],
  };
  return {
    stack,
    logicalId: `${logicalId} load balancer`,
    name: service,
    kind: isHttp ? 'application' : 'network',
    idleTimeoutSeconds: isHttp ? 60 : 350,
    clientKeepAliveSeconds: 3600,
    forwardedFor: 'append',
    listeners: [listener],
  };
}
