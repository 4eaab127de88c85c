import { loadBalancersOf } from '../../lib/blueprint/load-balancers';
import type { LoadBalancer } from '../../lib/blueprint/load-balancing';
import type { Json } from '../../lib/json';

const TYPE = 'AWS::ElasticLoadBalancingV2::';
const front = (Properties: Json = {}) => ({
  Type: `${TYPE}LoadBalancer`,
  Properties,
  Metadata: { 'aws:cdk:path': 'Prod/Front/LoadBalancer/Resource' },
});
const listener = (Properties: Record<string, Json> = {}) => ({
  Type: `${TYPE}Listener`,
  Properties: { LoadBalancerArn: { Ref: 'Front' }, Port: 443, Protocol: 'HTTPS', ...Properties },
});
const rule = (Priority: Json, Properties: Record<string, Json>) => ({
  Type: `${TYPE}ListenerRule`,
  Properties: { ListenerArn: { Ref: 'Https' }, Priority, ...Properties },
});
const group = { Type: `${TYPE}TargetGroup`, Properties: {} };

/** Reads a template; an intrinsic function is shown as the text of its JSON. */
const read = (Resources: Record<string, Json>): readonly LoadBalancer[] =>
  loadBalancersOf({ stacks: [{ path: '', name: 'Prod', template: { Resources } }] }, (_, value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );

const rulesOf = (more: Record<string, Json>, DefaultActions: Json = []) =>
  read({ Front: front(), Https: listener({ DefaultActions }), Web: group, Api: group, ...more })[0]!
    .listeners[0]!.rules;

it('has the defaults of Elastic Load Balancing', () => {
  expect(
    read({ Front: front(), Inner: front({ Type: 'network' }), Gate: front({ Type: 'gateway' }) }),
  ).toMatchObject([
    {
      name: 'Front',
      logicalId: 'Front',
      kind: 'application',
      idleTimeoutSeconds: 60,
      clientKeepAliveSeconds: 3600,
      forwardedFor: 'append',
      listeners: [],
    },
    { logicalId: 'Inner', kind: 'network', idleTimeoutSeconds: 350 },
  ]);
});

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
it.each<[policy: string | undefined, versions: string | undefined]>([
  [undefined, '0-2'],
  ['ELBSecurityPolicy-2016-08', '0-2'],
  ['ELBSecurityPolicy-TLS-1-0-2015-04', '0-2'],
  ['ELBSecurityPolicy-TLS-1-1-2017-01', '1-2'],
  ['ELBSecurityPolicy-TLS-1-2-2017-01', '2-2'],
  ['ELBSecurityPolicy-TLS-1-2-Ext-2018-06', '2-2'],
  ['ELBSecurityPolicy-FS-2018-06', '0-2'],
  ['ELBSecurityPolicy-FS-1-1-2019-08', '1-2'],
  ['ELBSecurityPolicy-FS-1-2-Res-2020-10', '2-2'],
  ['ELBSecurityPolicy-TLS13-1-0-2021-06', '0-3'],
  ['ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04', '1-3'],
  ['ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06', '2-3'],
  ['ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09', '2-3'],
  ['ELBSecurityPolicy-TLS13-1-3-PQ-2025-09', '3-3'],
  ['ELBSecurityPolicy-TLS14-1-4-2031-01', undefined],
])('reads which versions of TLS the policy %s permits', (policy, expected) => {
  const [balancer] = read({
    Front: front(),
    Https: listener(policy === undefined ? {} : { SslPolicy: policy }),
  });
  const { versions } = balancer!.listeners[0]!.tls!;
  expect(versions && `${versions.least}-${versions.most}`).toBe(expected);
});

it('has its attributes', () => {
  const LoadBalancerAttributes = [
    { Key: 'idle_timeout.timeout_seconds', Value: '120' },
    { Key: 'client_keep_alive.seconds', Value: '60' },
    { Key: 'routing.http.xff_header_processing.mode', Value: 'remove' },
  ];
  expect(read({ Front: front({ LoadBalancerAttributes }) })).toMatchObject([
    { idleTimeoutSeconds: 120, clientKeepAliveSeconds: 60, forwardedFor: 'remove' },
  ]);
});

it('tries rules by their priority, and the default last', () => {
  const forward = (to: string) => ({ Actions: [{ Type: 'forward', TargetGroupArn: { Ref: to } }] });
  const rules = rulesOf(
    {
      Late: rule(20, forward('Web')),
      Early: rule('3', forward('Api')),
      Elsewhere: { ...rule(1, {}), Properties: {} },
    },
    [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', MessageBody: 'no' } }],
  );
  const to = (logicalId: string) => ({
    kind: 'forward',
    groups: [{ group: { stack: '', logicalId }, weight: 1 }],
    stickySeconds: undefined,
  });
  expect(rules.map(({ action }) => action)).toEqual([
    to('Api'),
    to('Web'),
    { kind: 'fixed-response', status: 404, contentType: 'text/plain', body: 'no' },
  ]);
});

it('reads conditions in either form, with intrinsic functions', () => {
  const zone = { 'Fn::Join': ['', ['api.', { Ref: 'Zone' }]] };
  const [first] = rulesOf({
    Rule: rule(1, {
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: [zone, '*.example.com'] } },
        { Field: 'path-pattern', Values: ['/api/*'] },
        { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v\\d+/'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Beta', Values: ['yes'] } },
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'x*' }] } },
        { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
      ],
    }),
  });
  expect(first!.conditions).toEqual([
    { field: 'host-header', values: [JSON.stringify(zone), '*.example.com'], expressions: [] },
    { field: 'path-pattern', values: ['/api/*'], expressions: [] },
    { field: 'path-pattern', values: [], expressions: ['^/v\\d+/'] },
    { field: 'http-header', header: 'X-Beta', values: ['yes'], expressions: [] },
    { field: 'http-request-method', values: ['GET'] },
    {
      field: 'query-string',
      values: [
        { key: 'v', value: '2' },
        { key: undefined, value: 'x*' },
      ],
    },
    { field: 'source-ip', values: ['10.0.0.0/8'] },
  ]);
});

it('reads weights, stickiness, redirects and rewrites, and names what it does not carry out', () => {
  const TargetGroups: Json[] = [
    { TargetGroupArn: { Ref: 'Web' }, Weight: 9 },
    { TargetGroupArn: { Ref: 'Api' }, Weight: '1' },
    { TargetGroupArn: 'arn:aws:elasticloadbalancing:::elsewhere' },
  ];
  const rules = rulesOf({
    Weighted: rule(1, {
      Actions: [
        {
          Type: 'forward',
          Order: 2,
          ForwardConfig: {
            TargetGroups,
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
          },
        },
        { Type: 'authenticate-oidc', Order: 1 },
      ],
    }),
    Moved: rule(2, {
      Actions: [
        { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Protocol: 'HTTPS', Port: '443' } },
      ],
      Transforms: [
        { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/api', Replace: '' }] } },
        {
          Type: 'host-header-rewrite',
          HostHeaderRewriteConfig: { Rewrites: [{ Regex: '^a', Replace: 'b' }] },
        },
      ],
    }),
  });
  expect(rules.slice(0, 2)).toMatchObject([
    {
      skipped: ['authenticate-oidc'],
      action: {
        kind: 'forward',
        groups: [{ weight: 9 }, { group: { logicalId: 'Api' }, weight: 1 }, { group: undefined, weight: 1 }],
        stickySeconds: 60,
      },
    },
    {
      skipped: [],
      action: {
        kind: 'redirect',
        status: 301,
        protocol: 'HTTPS',
        host: '#{host}',
        port: '443',
        path: '/#{path}',
        query: '#{query}',
      },
      transforms: [
        { of: 'url', expression: '^/api', replacement: '' },
        { of: 'host', expression: '^a', replacement: 'b' },
      ],
    },
  ]);
});
