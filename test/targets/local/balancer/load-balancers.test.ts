import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import type { Blueprint, ServiceTier } from '../../../../lib/blueprint/blueprint';
import { loadBalancersOf } from '../../../../lib/blueprint/load-balancers';
import { blueprintOfTemplates } from '../../../../lib/blueprint/read-blueprint';
import type { Json } from '../../../../lib/json';
import { LoadBalancers } from '../../../../lib/targets/local/balancer/load-balancers';
import { leftoversOf } from '../../../../lib/targets/local/process/owned-processes';
import { Processes } from '../../../../lib/targets/local/process/processes';
import { Authority } from '../../../../lib/targets/local/tls/authority';
import { Tasks, until } from './front';

const BLOCK = '127.213.8';
const TYPE = 'AWS::ElasticLoadBalancingV2::';

const service = (targets: string): Json => ({
  Type: 'AWS::ECS::Service',
  Properties: {
    TaskDefinition: { Ref: 'Task' },
    LoadBalancers: [{ ContainerName: 'app', ContainerPort: 80, TargetGroupArn: { Ref: targets } }],
  },
});
const group = { Type: `${TYPE}TargetGroup`, Properties: { HealthCheckPath: '/health', Protocol: 'HTTP' } };
const listener = (
  Port: number,
  Protocol: string,
  action: Json,
  LoadBalancerArn: Json = { Ref: 'Front' },
): Json => ({
  Type: `${TYPE}Listener`,
  Properties: { LoadBalancerArn, Port, Protocol, DefaultActions: [action] },
});
const forward = (to: string): Json => ({ Type: 'forward', TargetGroupArn: { Ref: to } });
const rule = (Priority: number, Field: string, value: string, to: string): Json => ({
  Type: `${TYPE}ListenerRule`,
  Properties: {
    ListenerArn: { Ref: 'Https' },
    Priority,
    Conditions: [{ Field, Values: [value] }],
    Actions: [forward(to)],
  },
});
const TO_TLS: Json = {
  Type: 'redirect',
  RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
};

/** One load balancer before three services: the default, one by its path, one by its host name. */
const SHARED: Record<string, Json> = {
  Front: { Type: `${TYPE}LoadBalancer`, Properties: {} },
  Http: listener(80, 'HTTP', TO_TLS),
  Https: listener(443, 'HTTPS', forward('WebTargets')),
  ApiRule: rule(10, 'path-pattern', '/api/*', 'ApiTargets'),
  AdminRule: rule(20, 'host-header', 'admin.*', 'AdminTargets'),
  WebTargets: group,
  ApiTargets: group,
  AdminTargets: group,
  Web: service('WebTargets'),
  Api: service('ApiTargets'),
  Admin: service('AdminTargets'),
};

const blueprintOf = (Resources: Record<string, Json>): Blueprint =>
  blueprintOfTemplates('Staging', [{ path: '', name: 'Staging', template: { Resources } }]);

const tierOf = ({ tiers }: Blueprint, name: string) => tiers.find((it) => it.name === name) as ServiceTier;

let folder: string;
let balancers: LoadBalancers;
const tasks = new Tasks();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-balancers-'));
  balancers = new LoadBalancers(new Processes(folder, BLOCK), new Authority(folder));
});
afterEach(async () => {
  await balancers.close();
  tasks.close();
  rmSync(folder, { recursive: true });
  const isOpen = (): boolean => leftoversOf(folder, BLOCK).length > 0;
  await until(() => !isOpen());
});

/** Stands the services of a template up, each with a task that answers with its name. */
async function stand(Resources: Record<string, Json>): Promise<Blueprint> {
  const blueprint = blueprintOf(Resources);
  await balancers.update(blueprint, (_, value) => String(value));
  for (const tier of blueprint.tiers as readonly ServiceTier[]) {
    for (const { group: it } of tier.balancer?.ports ?? []) {
      const targets = balancers.targetsOf(it);
      if (targets.names.length > 0) continue;
      targets.register(await tasks.start(tier.name));
      await until(() => targets.isHealthy(tier.name));
    }
  }
  return blueprint;
}

const urlOf = async (blueprint: Blueprint, name: string): Promise<string> =>
  (await balancers.urlOf(tierOf(blueprint, name)))!;

/** What a client gets that trusts the authority of the environment. */
async function overTls(url: string): Promise<string> {
  const ca = readFileSync(join(folder, 'ca.pem'));
  const [response] = (await once(request(url, { ca, agent: false }).end(), 'response')) as [IncomingMessage];
  return text(response);
}

const get = async (url: string): Promise<string> => (await fetch(url)).text();

it('is one load balancer for several services, each where its rule leads', async () => {
  const blueprint = await stand(SHARED);
  const web = await urlOf(blueprint, 'Web');
  expect(await urlOf(blueprint, 'Api')).toBe(web);
  expect(await get(`${web}/`)).toBe('Web');
  expect(await get(`${web}/api/orders`)).toBe('Api');
});

it('reaches a service that has a host name of its own by a port of its own', async () => {
  const blueprint = await stand(SHARED);
  const admin = await urlOf(blueprint, 'Admin');
  expect(admin).not.toBe(await urlOf(blueprint, 'Web'));
  expect(new URL(admin).hostname).toBe(new URL(await urlOf(blueprint, 'Web')).hostname);
  expect(await get(`${admin}/`)).toBe('Admin');
  expect(await get(`${admin}/api/orders`)).toBe('Api'); // the rule with the path comes first
});

it('leads from the listener without TLS to the one with it', async () => {
  await stand(SHARED);
  const { DNSName: name } = balancers.attributesOf({ stack: '', logicalId: 'Front' })!;
  const redirected = await fetch(`http://${name}/x?y=1`, { redirect: 'manual' });
  const location = redirected.headers.get('location')!;
  expect([redirected.status, location]).toEqual([301, expect.stringMatching(/^https:.*:\d+\/x\?y=1$/)]);
  expect(balancers.variables).toMatchObject({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') });
  expect(readFileSync(balancers.variables['SSL_CERT_FILE']!, 'utf8')).toContain(
    readFileSync(join(folder, 'ca.pem'), 'utf8'),
  );
  expect(await overTls(location)).toBe('Web');
});

it('leads clients to the right listener where the port of its name is another one, whether they encrypt or not', async () => {
  const address = `${BLOCK}.1`;
  const taken = [80, 443].map((port) => createServer().listen(port, address));
  await Promise.all(taken.map((it) => once(it, 'listening')));
  try {
    const blueprint = await stand(SHARED);
    const { DNSName: name } = balancers.attributesOf({ stack: '', logicalId: 'Front' })!;
    expect(name).toMatch(new RegExp(`^${address}:\\d+$`));
    expect((await fetch(`http://${name}/`, { redirect: 'manual' })).status).toBe(301);
    expect(await overTls(`https://${name}/`)).toBe('Web');
    expect(balancers.movedPorts(tierOf(blueprint, 'Web')).map(({ declared }) => declared)).toEqual([80, 443]);
    const idle = connectTcp(Number(name!.split(':')[1]), address).end();
    await once(idle.resume(), 'close');
  } finally {
    for (const it of taken) it.close();
  }
});

it('lets new connections have the versions of TLS that the release permits', async () => {
  const https = SHARED['Https'] as { Properties: Json };
  const permitting = (SslPolicy: string): Record<string, Json> => ({
    ...SHARED,
    Https: { ...https, Properties: { ...(https.Properties as object), SslPolicy } },
  });
  const versionOf = async (): Promise<string | null> => {
    const { DNSName: name } = balancers.attributesOf({ stack: '', logicalId: 'Front' })!;
    const { headers } = await fetch(`http://${name}/`, { redirect: 'manual' });
    const { hostname: host, port } = new URL(headers.get('location')!);
    const socket = connect({ host, port: Number(port || 443), ca: readFileSync(join(folder, 'ca.pem')) });
    await once(socket, 'secureConnect');
    const version = socket.getProtocol();
    socket.destroy();
    return version;
  };
  await stand(permitting('ELBSecurityPolicy-TLS13-1-2-2021-06'));
  expect(await versionOf()).toBe('TLSv1.3');
  await stand(permitting('ELBSecurityPolicy-TLS-1-2-2017-01'));
  expect(await versionOf()).toBe('TLSv1.2');
});

it('keeps its addresses where a release has other rules, and closes listeners that it has no more', async () => {
  const blueprint = await stand(SHARED);
  const web = await urlOf(blueprint, 'Web');
  const { DNSName: name } = balancers.attributesOf({ stack: '', logicalId: 'Front' })!;
  const { Http: _, ...rest } = SHARED;
  const next = await stand({ ...rest, ApiRule: rule(10, 'path-pattern', '/v2/*', 'ApiTargets') });
  expect(await urlOf(next, 'Web')).toBe(web);
  expect(await get(`${web}/api/orders`)).toBe('Web');
  expect(await get(`${web}/v2/orders`)).toBe('Api');
  await expect(fetch(`http://${name}/`)).rejects.toThrow('fetch failed');
});

it('stands in for a listener that is not in the templates', async () => {
  const blueprint = await stand({ Web: SHARED['Web']!, WebTargets: group });
  expect(await get(await urlOf(blueprint, 'Web'))).toBe('Web');
});

it('knows a service without a load balancer, and a load balancer that is none of its own', async () => {
  const blueprint = await stand({ Worker: { Type: 'AWS::ECS::Service', Properties: {} } });
  expect(await balancers.urlOf(tierOf(blueprint, 'Worker'))).toBeUndefined();
  expect(balancers.attributesOf({ stack: '', logicalId: 'Front' })).toBeUndefined();
});

it('forwards connections where it is a Network Load Balancer', async () => {
  const blueprint = await stand({
    Front: { Type: `${TYPE}LoadBalancer`, Properties: { Type: 'network' } },
    Tcp: listener(9000, 'TCP', forward('WebTargets')),
    Udp: listener(9001, 'UDP', forward('WebTargets')),
    WebTargets: { Type: `${TYPE}TargetGroup`, Properties: { Protocol: 'TCP', HealthCheckProtocol: 'TCP' } },
    Web: SHARED['Web']!,
  });
  const web = await urlOf(blueprint, 'Web');
  expect(new URL(web).port).toBe('9000');
  expect(await get(web)).toBe('Web');
  expect(balancers.variables).toEqual({});
});

it('reaches a service that takes datagrams alone by UDP', async () => {
  const blueprint = await stand({
    Front: { Type: `${TYPE}LoadBalancer`, Properties: { Type: 'network' } },
    Udp: listener(9001, 'UDP', forward('WebTargets')),
    WebTargets: { Type: `${TYPE}TargetGroup`, Properties: { Protocol: 'UDP', HealthCheckProtocol: 'TCP' } },
    Web: SHARED['Web']!,
  });
  expect(await urlOf(blueprint, 'Web')).toMatch(/^udp:\/\/127\.213\.8\.\d+:9001$/);
});

it('has the names of the certificates, the policies and the time-outs of its listeners', () => {
  const certificate = (DomainName: Json, SubjectAlternativeNames: Json): Json => ({
    Type: 'AWS::CertificateManager::Certificate',
    Properties: { DomainName, SubjectAlternativeNames },
  });
  const { stacks } = blueprintOf({
    Front: {
      Type: `${TYPE}LoadBalancer`,
      Properties: { LoadBalancerAttributes: [{ Key: 'routing.http2.enabled', Value: 'false' }] },
    },
    Https: {
      Type: `${TYPE}Listener`,
      Properties: {
        LoadBalancerArn: { Ref: 'Front' },
        Port: 443,
        Protocol: 'HTTPS',
        Certificates: [{ CertificateArn: { Ref: 'Own' } }],
        MutualAuthentication: { Mode: 'verify' },
      },
    },
    More: {
      Type: `${TYPE}ListenerCertificate`,
      Properties: { ListenerArn: { Ref: 'Https' }, Certificates: [{ CertificateArn: { Ref: 'Other' } }] },
    },
    Own: certificate('shop.test', ['shop.test', '*.shop.test']),
    Other: certificate('other.test', [{ Ref: 'Name' }]),
    Net: { Type: `${TYPE}LoadBalancer`, Properties: { Type: 'network' } },
    Tls: {
      Type: `${TYPE}Listener`,
      Properties: {
        LoadBalancerArn: { Ref: 'Net' },
        Port: 5000,
        Protocol: 'TLS',
        AlpnPolicy: ['HTTP2Preferred'],
      },
    },
    Tcp: {
      Type: `${TYPE}Listener`,
      Properties: {
        LoadBalancerArn: { Ref: 'Net' },
        Port: 5001,
        Protocol: 'TCP',
        ListenerAttributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '600' }],
      },
    },
  });
  const read = loadBalancersOf({ stacks }, (_, value) => String(value)).flatMap((it) => it.listeners);
  const versions = { least: 0, most: 2 }; // of the policy that listeners have which name none
  expect(read.map(({ tls }) => tls)).toEqual([
    { names: ['shop.test', '*.shop.test', 'other.test'], alpn: ['http/1.1'], asksClients: true, versions },
    { names: [], alpn: ['h2', 'http/1.1', 'http/1.0'], asksClients: false, versions },
    undefined,
  ]);
  expect(read.map(({ idleTimeoutSeconds }) => idleTimeoutSeconds)).toEqual([undefined, undefined, 600]);
});
