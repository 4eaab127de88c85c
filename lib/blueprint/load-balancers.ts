import { isObject, listOf, type Json, type JsonObject } from '../json';
import { numberOf } from '../template/values';
import { groupsOf, portOf } from './balancers';
import type { Blueprint } from './blueprint';
import type { Action, Condition, LoadBalancer, RoutingListener, Rule, Transform } from './load-balancing';
import { listenerTls } from './listener-tls';
import { Resources, type Resource } from './resources';
import { attributesOf } from './target-groups';

/** The text of a value in a stack's template, intrinsic functions resolved. */
export type TextOf = (stack: string, value: Json) => string;

/** Reads the load balancers of an environment with their listeners and rules. */
export function loadBalancersOf(
  { stacks }: Pick<Blueprint, 'stacks'>,
  text: TextOf,
): readonly LoadBalancer[] {
  const resources = new Resources(stacks);
  return resources
    .ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')
    .map((it) => new Reader(resources, text).loadBalancer(it))
    .filter((it) => it !== undefined);
}

class Reader {
  constructor(
    private readonly resources: Resources,
    private readonly text: TextOf,
  ) {}

  /** Undefined for a Gateway Load Balancer, which no client uses. */
  loadBalancer(resource: Resource): LoadBalancer | undefined {
    const { stack, logicalId, path, properties } = resource;
    const kind = String(properties['Type'] ?? 'application');
    if (kind !== 'application' && kind !== 'network') return undefined;
    const attributes = attributesOf(properties['LoadBalancerAttributes']);
    const forwardedFor = String(attributes['routing.http.xff_header_processing.mode']);
    return {
      stack,
      logicalId,
      name: path.split('/')[0]!,
      kind,
      idleTimeoutSeconds:
        numberOf(attributes['idle_timeout.timeout_seconds']) ??
        (kind === 'network' ? NETWORK_IDLE_SECONDS : IDLE_SECONDS),
      clientKeepAliveSeconds: numberOf(attributes['client_keep_alive.seconds']) ?? KEEP_ALIVE_SECONDS,
      forwardedFor: forwardedFor === 'preserve' || forwardedFor === 'remove' ? forwardedFor : 'append',
      listeners: this.resources
        .ofType('AWS::ElasticLoadBalancingV2::Listener')
        .filter((it) => this.resources.referred(it.properties['LoadBalancerArn'], it) === resource)
        .map((it) => this.listener(it, attributes)),
    };
  }

  private listener(resource: Resource, balancer: Readonly<Record<string, Json>>): RoutingListener {
    const { stack, logicalId, properties } = resource;
    const tls = listenerTls(resource, balancer, this.resources);
    const idle = numberOf(attributesOf(properties['ListenerAttributes'])['tcp.idle_timeout.seconds']);
    const rules = this.resources
      .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
      .filter((it) => this.resources.referred(it.properties['ListenerArn'], it) === resource)
      .map((it) => ({ rule: this.rule(it), priority: this.number(it, it.properties['Priority']) }))
      .toSorted((a, b) => a.priority - b.priority);
    return {
      stack,
      logicalId,
      ...portOf(resource),
      ...(idle !== undefined && { idleTimeoutSeconds: idle }),
      ...(tls && { tls }),
      rules: [
        ...rules.map(({ rule }) => rule),
        this.rule({ ...resource, properties: defaultOf(properties) }),
      ],
    };
  }

  private rule(resource: Resource): Rule {
    const actions = listOf(resource.properties['Actions'])
      .filter(isObject)
      .toSorted((a, b) => (numberOf(a['Order']) ?? 0) - (numberOf(b['Order']) ?? 0));
    const final = actions.find(({ Type: type }) => FINAL.has(String(type)));
    return {
      conditions: listOf(resource.properties['Conditions'])
        .filter(isObject)
        .flatMap((it) => this.condition(resource, it)),
      transforms: listOf(resource.properties['Transforms'])
        .filter(isObject)
        .flatMap((it) => this.transforms(resource, it)),
      action: this.action(resource, final ?? {}),
      skipped: actions.filter((it) => it !== final).map(({ Type: type }) => String(type)),
    };
  }

  private action(resource: Resource, action: JsonObject): Action {
    const { RedirectConfig: redirect, FixedResponseConfig: fixed, ForwardConfig: forward } = action;
    const text = (owner: JsonObject, key: string, otherwise: string): string =>
      owner[key] === undefined ? otherwise : this.text(resource.stack, owner[key]);
    if (isObject(redirect)) {
      return {
        kind: 'redirect',
        status: text(redirect, 'StatusCode', 'HTTP_302') === 'HTTP_301' ? 301 : 302,
        protocol: text(redirect, 'Protocol', '#{protocol}'),
        host: text(redirect, 'Host', '#{host}'),
        port: text(redirect, 'Port', '#{port}'),
        path: text(redirect, 'Path', '/#{path}'),
        query: text(redirect, 'Query', '#{query}'),
      };
    }
    if (isObject(fixed)) {
      return {
        kind: 'fixed-response',
        status: Number(text(fixed, 'StatusCode', '200')),
        contentType: text(fixed, 'ContentType', 'text/plain'),
        body: text(fixed, 'MessageBody', ''),
      };
    }
    const sticky = isObject(forward) ? forward['TargetGroupStickinessConfig'] : undefined;
    const isSticky = isObject(sticky) && String(sticky['Enabled']) === 'true';
    return {
      kind: 'forward',
      groups: groupsOf([action]).map(({ arn, weight }) => {
        const group = this.resources.referred(arn, resource);
        return { group: group && { stack: group.stack, logicalId: group.logicalId }, weight };
      }),
      stickySeconds: isSticky ? (numberOf(sticky['DurationSeconds']) ?? 3600) : undefined,
    };
  }

  private condition(resource: Resource, condition: JsonObject): readonly Condition[] {
    const field = String(condition['Field']);
    const config = condition[CONFIG_OF[field] ?? ''];
    const from = isObject(config) ? config : condition;
    const texts = (key: string): string[] => listOf(from[key]).map((it) => this.text(resource.stack, it));
    const [values, expressions] = [texts('Values'), texts('RegexValues')];
    if (field === 'host-header' || field === 'path-pattern') return [{ field, values, expressions }];
    if (field === 'http-header')
      return [
        { field, header: this.text(resource.stack, from['HttpHeaderName'] ?? ''), values, expressions },
      ];
    if (field === 'http-request-method' || field === 'source-ip') return [{ field, values }];
    if (field !== 'query-string') return [];
    const pairs = listOf(from['Values'])
      .filter(isObject)
      .map(({ Key: key, Value: value }) => ({
        key: key === undefined ? undefined : this.text(resource.stack, key),
        value: this.text(resource.stack, value ?? ''),
      }));
    return [{ field, values: pairs }];
  }

  private transforms(resource: Resource, transform: JsonObject): readonly Transform[] {
    const isHost = transform['Type'] === 'host-header-rewrite';
    const config = transform[isHost ? 'HostHeaderRewriteConfig' : 'UrlRewriteConfig'];
    const rewrites = listOf(isObject(config) ? config['Rewrites'] : undefined).filter(isObject);
    return rewrites.map((it) => ({
      of: isHost ? ('host' as const) : ('url' as const),
      expression: this.text(resource.stack, it['Regex'] ?? ''),
      replacement: this.text(resource.stack, it['Replace'] ?? ''),
    }));
  }

  private number({ stack }: Resource, value: Json | undefined): number {
    return value === undefined ? Infinity : Number(this.text(stack, value));
  }
}

/** The types of actions that a rule ends with. */
const FINAL: ReadonlySet<string> = new Set(['forward', 'redirect', 'fixed-response']);

/** Where the newer form of a condition has its values. */
const CONFIG_OF: Readonly<Record<string, string>> = {
  'host-header': 'HostHeaderConfig',
  'path-pattern': 'PathPatternConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'query-string': 'QueryStringConfig',
  'source-ip': 'SourceIpConfig',
};

/** The properties of a rule that has the default actions of a listener. */
const defaultOf = ({ DefaultActions: actions = [] }: JsonObject): JsonObject => ({ Actions: actions });

/** Defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const IDLE_SECONDS = 60;
const KEEP_ALIVE_SECONDS = 3600;
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html */
const NETWORK_IDLE_SECONDS = 350;
