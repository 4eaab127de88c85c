import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Blueprint, ServiceTier } from '../../../../lib/blueprint/blueprint';
import { blueprintOfTemplates } from '../../../../lib/blueprint/read-blueprint';
import type { Json } from '../../../../lib/json';
import { LoadBalancers } from '../../../../lib/targets/local/balancer/load-balancers';
import { leftoversOf } from '../../../../lib/targets/local/process/owned-processes';
import { Processes } from '../../../../lib/targets/local/process/processes';
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
  balancers = new LoadBalancers(new Processes(folder, BLOCK));
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
  const blueprint = await stand(SHARED);
  const web = await urlOf(blueprint, 'Web');
  const { DNSName: name } = balancers.attributesOf({ stack: '', logicalId: 'Front' })!;
  const redirected = await fetch(`http://${name}/x?y=1`, { redirect: 'manual' });
  expect([redirected.status, redirected.headers.get('location')]).toEqual([301, `${web}/x?y=1`]);
  expect(await get(`http://${name}/api/x`)).toBe('Api');
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
});
