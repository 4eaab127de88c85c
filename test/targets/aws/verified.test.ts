import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { count, Twins } from '../../../lib';
import { aws } from '../../../lib/targets/aws/module';
import { verified } from '../../../lib/targets/aws/verified';
import type { Deployment } from '../../../lib/targets/target';
import { planOf } from '../../../lib/verification/plan';
import { verify } from '../../../lib/verification/verify';
import { FakeService, refusal, type Answer } from './service';
import { newApp } from '../../app';

const SERVICE = 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web';

let service: FakeService;
let shop: Server;
let url: string;
let folder: string;
let deployment: Deployment;
/** What production says its release is, and the digests that its tasks run. */
let release: string;
let digests: readonly string[];
let scheme: string;
let account: string;
/** The orders that were placed and not removed, by their number. */
let orders: Set<string>;
let placed: number;

function synthesize(env: { account?: string; region?: string } = {}): Deployment {
  const app = newApp({ outdir: folder });
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'fewer' }) },
    environment: (scope, id, { tasks }, options) => {
      const stack = new Stack(scope, id, options);
      const task = new ecs.CfnTaskDefinition(stack, 'Task', {
        containerDefinitions: [{ name: 'web', image: 'web:1', portMappings: [{ containerPort: 80 }] }],
      });
      const group = new elb.CfnTargetGroup(stack, 'Group', { port: 80, protocol: 'HTTP' });
      const balancer = new elb.CfnLoadBalancer(stack, 'Balancer', { scheme: 'internet-facing' });
      new elb.CfnListener(stack, 'Listener', {
        loadBalancerArn: balancer.ref,
        port: 80,
        protocol: 'HTTP',
        defaultActions: [{ type: 'forward', targetGroupArn: group.ref }],
      });
      new ecs.CfnService(stack, 'Web', {
        taskDefinition: task.ref,
        desiredCount: tasks,
        loadBalancers: [{ containerName: 'web', containerPort: 80, targetGroupArn: group.ref }],
      });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { tasks: 3 }, ...(env.account !== undefined && { env }) });
  twins.staging('Staging', {
    scale: { tasks: 2 },
    expires: '2037-01-01T00:00:00',
    ...(env.account !== undefined && { env }),
  });
  const { directory } = app.synth();
  return { release: '1.43.0', assembly: directory, environment: 'Prod' };
}

const ids: Readonly<Record<string, readonly [type: string, physicalId: string]>> = {
  Web: ['AWS::ECS::Service', SERVICE],
  Task: ['AWS::ECS::TaskDefinition', 'task:1'],
  Group: ['AWS::ElasticLoadBalancingV2::TargetGroup', 'arn:group'],
  Balancer: ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'arn:balancer'],
  Listener: ['AWS::ElasticLoadBalancingV2::Listener', 'arn:listener'],
};

const members = (items: readonly string[]): string => items.map((it) => `<member>${it}</member>`).join('');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function answerTo(call: string): Answer {
  const xml = (result: string): Answer => ({
    status: 200,
    xml: `<${call}Response><${call}Result>${result}</${call}Result></${call}Response>`,
  });
  switch (call) {
    case 'GetCallerIdentity':
      return xml(`<Account>${account}</Account>`);
    case 'GetTemplate':
      return xml(
        `<TemplateBody>${escaped(readFileSync(join(deployment.assembly, 'Prod.template.json'), 'utf8'))}</TemplateBody>`,
      );
    case 'ListStackResources':
      return xml(
        `<StackResourceSummaries>${members(
          Object.entries(ids).map(
            ([id, [type, physicalId]]) =>
              `<LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceStatus>UPDATE_COMPLETE</ResourceStatus>`,
          ),
        )}</StackResourceSummaries>`,
      );
    case 'DescribeLoadBalancers':
      return xml(
        `<LoadBalancers><member><DNSName>${new URL(url).hostname}</DNSName><Scheme>${scheme}</Scheme></member></LoadBalancers>`,
      );
    case 'DescribeListeners':
      return xml(
        `<Listeners><member><Protocol>HTTP</Protocol><Port>${new URL(url).port}</Port></member></Listeners>`,
      );
    case 'ListTasks':
      return { status: 200, json: { taskArns: digests.map((_, i) => `arn:aws:ecs:::task/shop/${i}`) } };
    case 'DescribeTasks':
      return {
        status: 200,
        json: {
          tasks: digests.map((imageDigest, i) => ({
            taskArn: `arn:aws:ecs:::task/shop/${i}`,
            lastStatus: 'RUNNING',
            containers: [{ name: 'web', imageDigest }],
          })),
        },
      };
    default:
      return refusal(400, 'ValidationError', `${call} was not to be called`);
  }
}

beforeEach(async () => {
  [release, digests, scheme, account] = ['1.43.0', ['sha256:new', 'sha256:new', 'sha256:new'], 'internet-facing', '111122223333']; // prettier-ignore
  [orders, placed] = [new Set(), 0];
  folder = mkdtempSync(join(tmpdir(), 'twin-aws-'));
  shop = createServer(({ method, url: path = '' }, response) => {
    const id = path.split('/')[2] ?? '';
    if (method === 'POST') orders.add(String(++placed));
    if (method === 'DELETE') orders.delete(id);
    const text = path === '/version' ? release : JSON.stringify({ id: id || placed });
    response.writeHead(method === 'GET' && id !== '' && !orders.has(id) ? 404 : 200).end(text);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => shop.once('listening', done));
  url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  service = await FakeService.start(answerTo);
  deployment = synthesize();
});
afterEach(() => {
  service.close();
  shop.closeAllConnections();
  shop.close();
  rmSync(folder, { recursive: true });
});

const plan = planOf(
  {
    version: { path: '/version', text: true },
    checks: {
      smoke: [{ name: 'home', path: '/', safeInProduction: true }],
      readYourWrites: [
        {
          name: 'orders',
          write: { method: 'POST', path: '/orders' },
          read: { path: '/orders/{id}' },
          cleanUp: { method: 'DELETE', path: '/orders/{id}' },
          times: 3,
          safeInProduction: true,
        },
      ],
      replicaLag: [{ name: 'lag', tier: 'Orders', maxMs: 1 }],
    },
    verification: { everyMs: 20 },
  },
  0.005,
);

const run = (section: Parameters<typeof verified>[0] = {}) =>
  verify({
    production: verified(section, folder, { deployment }),
    environment: 'Prod',
    release: '1.43.0',
    moment: 'after',
    plan,
    baseline: undefined,
    forecast: undefined,
    verification: 'v',
    assemblyDigest: undefined,
    now: () => new Date(),
    signal: new AbortController().signal,
    listener: () => {},
  });

it('verifies what is deployed, with calls that read alone, and leaves nothing of what it wrote', async () => {
  const { verification } = await run();
  expect(verification).toMatchObject({
    verdict: 'GO ON',
    target: 'aws',
    skipped: ['lag'],
    ran: { services: [{ service: 'Web', tasks: 3, code: ['sha256:new'], answered: '1.43.0' }] },
  });
  expect(service.asked.length).toBeGreaterThan(5);
  expect(service.asked.filter((call) => !/^(Get|List|Describe)/.test(call))).toEqual([]);
  const page = readFileSync('docs/verify.md', 'utf8');
  for (const call of service.asked) expect(page).toContain(call);
  // what is no read is refused before it is sent: see the test of the clients
  expect(readFileSync('lib/targets/aws/verified.ts', 'utf8')).toContain('isReadOnly: true');
  expect(placed).toBeGreaterThan(3);
  expect(orders.size).toBe(0);
});

it('says ROLL BACK where the service answers with another release', async () => {
  release = '1.41.0';
  expect((await run()).verification).toMatchObject({
    verdict: 'ROLL BACK',
    reasons: ['release: Web answers 1.41.0 at /version, expected 1.43.0'],
  });
});

it('says ROLL BACK where tasks run different images', async () => {
  digests = ['sha256:new', 'sha256:old'];
  expect((await run()).verification.reasons).toEqual([
    'release: the tasks of Web run 2 images: sha256:new, sha256:old',
  ]);
});

it('asks at the address that customers use, where the load balancer is not reached from here', async () => {
  scheme = 'internal';
  const { verification } = await run();
  expect(verification).toMatchObject({
    verdict: 'UNDECIDED',
    reasons: [
      'Prod has no internet-facing load balancer, and the config names no address of it. Set aws.production.url to an address that is reached from where twin runs.',
    ],
  });
  expect((await run({ url })).verification.verdict).toBe('GO ON');
});

it('refuses credentials of another account', async () => {
  rmSync(folder, { recursive: true });
  deployment = synthesize({ account: '444455556666', region: 'eu-west-1' });
  const watch = { signal: new AbortController().signal, log: () => {} };
  await expect(verified({}, folder, { deployment }).describe(watch)).rejects.toThrow(
    'Prod is in the account 444455556666, and the credentials are for 111122223333',
  );
});

it('is what the registry opens, by the assembly', () => {
  expect(aws.productionBy).toBe('assembly');
  const production = aws.openProduction({}, folder, { deployment });
  expect(Object.keys(production).toSorted()).toEqual([
    'clients',
    'describe',
    'observed',
    'run',
    'seeds',
    'sendTraffic',
    'target',
    'versions',
  ]);
});
