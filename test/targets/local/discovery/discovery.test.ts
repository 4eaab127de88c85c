import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../../lib/json';
import { permitsOwnFiles } from '../../../../lib/targets/local/process/own-files';
import { until } from '../../../../lib/targets/local/process/until';
import { writeAssembly } from '../../../small-assembly';
import { makeFolder, targetOf, watching } from '../fixture';

jest.setTimeout(60_000);

const stage = makeFolder();
afterAll(() => stage.remove());

/** Answers with its process, so that its tasks can be told apart. */
const ORDERS = `require('node:http').createServer((request, response) => response.end(String(process.pid)))
  .listen(Number(process.env.PORT), process.env.HOST);`;
/** Asks each URL of its variables, over one connection, and writes down who answered. */
const WEB = `(async () => {
  const { writeFileSync, renameSync } = require('node:fs');
  const seen = {};
  for (const [name, url] of Object.entries(process.env).filter(([it]) => it.startsWith('ASK_'))) {
    seen[name] = [];
    for (let i = 0; i < 8; i++) {
      seen[name].push(await fetch(url).then((it) => it.text(), (error) => error.cause?.code ?? error.message));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  writeFileSync(process.env.OUT + '.new', JSON.stringify({ seen, port: process.env.ORDERS_PORT }));
  renameSync(process.env.OUT + '.new', process.env.OUT);
  setInterval(() => {}, 1000);
})();`;

const service = (
  name: string,
  environment: Readonly<Record<string, string>>,
  properties: Record<string, Json> = {},
): Record<string, Json> => ({
  [name]: {
    Type: 'AWS::ECS::Service',
    Properties: { TaskDefinition: { Ref: `${name}Task` }, ...properties },
  },
  [`${name}Task`]: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      ContainerDefinitions: [
        {
          Name: 'app',
          PortMappings: [{ Name: 'api', ContainerPort: 3000, AppProtocol: 'http' }],
          Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
        },
      ],
    },
  },
});

/** Two services that find each other both ways, of which the third has no Service Connect. */
function deployment(out: string) {
  const asked = {
    ASK_DNS: 'http://orders.shop.local:3000',
    ASK_ALIAS: 'http://orders:8081',
    OUT: out,
    ORDERS_HOST: 'orders.shop.local',
    ORDERS_PORT: '3000',
  };
  const connects = (Services: Json): Json => ({ Enabled: true, Namespace: 'shop.local', Services });
  const Resources = {
    Space: { Type: 'AWS::ServiceDiscovery::PrivateDnsNamespace', Properties: { Name: 'shop.local' } },
    Registered: {
      Type: 'AWS::ServiceDiscovery::Service',
      Properties: { Name: 'orders', NamespaceId: { Ref: 'Space' } },
    },
    ...service(
      'Orders',
      {},
      {
        DesiredCount: 2,
        ServiceRegistries: [{ RegistryArn: { 'Fn::GetAtt': ['Registered', 'Arn'] } }],
        ServiceConnectConfiguration: connects([
          { PortName: 'api', ClientAliases: [{ DnsName: 'orders', Port: 8081 }] },
        ]),
      },
    ),
    ...service('Web', asked, { ServiceConnectConfiguration: connects([]) }),
    ...service('Alone', { ...asked, OUT: `${out}-alone` }),
  };
  const assembly = join(stage.folder, 'assembly');
  mkdirSync(assembly, { recursive: true });
  writeAssembly(assembly, { Prod: { Resources }, Staging: { Resources } });
  writeFileSync(join(stage.folder, 'orders.js'), ORDERS);
  writeFileSync(join(stage.folder, 'web.js'), WEB);
  return { release: '1', assembly, environment: 'Staging' };
}

interface Seen {
  readonly seen: Readonly<Record<'ASK_DNS' | 'ASK_ALIAS' | 'ASK_CODE', readonly string[]>>;
  readonly port: string;
}

const read = (file: string): Seen => JSON.parse(readFileSync(file, 'utf8')) as Seen;

it('leads services to each other by the names of Cloud Map and of Service Connect, as each finds them', async () => {
  const out = join(stage.folder, 'seen');
  // the name stands in the program, too, where no variable is replaced
  const hosts = permitsOwnFiles() ? 'ASK_CODE=http://$(echo orders).shop.local:3000 ' : '';
  const target = targetOf(stage.supervisor, {
    folder: stage.folder,
    services: {
      Orders: { command: 'node orders.js' },
      Web: { command: `${hosts}node web.js` },
      Alone: { command: 'node web.js' },
    },
    seed: {},
    migrate: undefined,
  });
  const [handle, watch] = [target.allocate(), watching()];
  try {
    const it = deployment(out);
    await target.seed(handle, it, watch);
    await target.up(handle, it, watch);
    const isDone = (): boolean => existsSync(out) && existsSync(`${out}-alone`);
    await until(() => Promise.resolve(isDone()), { what: 'they ask', signal: watch.signal, limitMs: 20_000 });
    const [web, alone] = [read(out), read(`${out}-alone`)];
    const answeredBy = (all: readonly string[]): Set<string> => new Set(all.slice(-4));
    // requests are balanced by Service Connect, connections by DNS
    expect([...answeredBy(web.seen.ASK_ALIAS)].every((pid) => /^\d+$/.test(pid))).toBe(true);
    expect(answeredBy(web.seen.ASK_ALIAS).size).toBe(2);
    expect([...answeredBy(web.seen.ASK_DNS)].every((pid) => /^\d+$/.test(pid))).toBe(true);
    expect([...answeredBy(alone.seen.ASK_DNS)].every((pid) => /^\d+$/.test(pid))).toBe(true);
    expect(answeredBy(alone.seen.ASK_ALIAS)).toEqual(new Set(['ENOTFOUND']));
    expect(web.port).toBe('3000');
    const inCode = hosts ? [...answeredBy(web.seen.ASK_CODE)] : [];
    expect(inCode.every((pid) => /^\d+$/.test(pid))).toBe(true);
  } finally {
    await target.down(handle, watch);
    expect((await target.inventory(handle)).found).toEqual([]);
  }
});
