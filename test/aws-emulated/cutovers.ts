import { Route53 } from '@aws-sdk/client-route-53';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Cutover } from '../../lib/evidence/cutover';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import type { Emulator } from './emulator';
import { makeProject, type Project } from './project';

/** The command that moves clients to the second production. */
export const TO_B = ['cutover', '--to', 'ProdB', '--target', 'aws', '--release', '1.43.0'];

/** The folders of a project's cutovers, the first one first. */
export function cutoversOf({ at }: Project): string[] {
  const all = join(at, '.twin');
  const names = existsSync(all) ? readdirSync(all) : [];
  return names.filter((it) => it.includes('-cutover-')).map((it) => join(all, it));
}

/** What the last cutover left on record. */
export const lastCutoverOf = (project: Project): Cutover =>
  JSON.parse(readFileSync(join(cutoversOf(project).at(-1)!, 'cutover.json'), 'utf8')) as Cutover;

/** What a production answers. */
export class Shop {
  /** Whether it has a fault. */
  isFaulty = false;
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(release: string): Promise<Shop> {
    const server = createServer((request, response) => {
      const isVersion = request.url === '/version';
      response.writeHead(shop.isFaulty && !isVersion ? 500 : 200).end(isVersion ? release : 'fine');
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const shop = new Shop(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return shop;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Deploys one environment of an assembly with 1.41.0. */
export async function deployEnvironment(assembly: string, environment: string): Promise<void> {
  const deployment = { release: '1.41.0', assembly, environment };
  await deploy(
    { deployment, stacks: stacksOf(deployment), tags: {}, place: {}, pollMs: 200, onStack: () => {} },
    { signal: new AbortController().signal, log: () => {}, span: (_, work) => work(), learn: () => {} },
  );
}

/** The name that clients ask for. */
export const RECORD = 'shop.example.com';

const SET_IDENTIFIERS = ['prod', 'prod-b'] as const;

/** The weighted records of two productions. */
export class Records {
  private constructor(
    private readonly route53: Route53,
    readonly zone: string,
  ) {}

  /** Makes their hosted zone. */
  static async make({ use }: Emulator): Promise<Records> {
    const route53 = use(Route53);
    const made = await route53.createHostedZone({ Name: 'example.com', CallerReference: 'one' });
    return new Records(route53, made.HostedZone!.Id!.replace('/hostedzone/', ''));
  }

  /** What `aws.traffic` says of them. */
  trafficOf({ url: prod }: Shop, { url: prodB }: Shop) {
    const [first, second] = SET_IDENTIFIERS;
    return {
      hostedZone: this.zone,
      record: RECORD,
      productions: {
        Prod: { setIdentifier: first, url: prod },
        ProdB: { setIdentifier: second, url: prodB },
      },
    };
  }

  async set(weights: readonly [number, number], TTL = 1): Promise<void> {
    const changes = SET_IDENTIFIERS.map((SetIdentifier, i) => ({
      Action: 'UPSERT' as const,
      ResourceRecordSet: {
        Name: RECORD,
        Type: 'A' as const,
        SetIdentifier,
        Weight: weights[i]!,
        TTL,
        ResourceRecords: [{ Value: `192.0.2.${i + 1}` }],
      },
    }));
    await this.route53.changeResourceRecordSets({
      HostedZoneId: this.zone,
      ChangeBatch: { Changes: changes },
    });
  }

  /** Their weights, and what else they say. */
  async all() {
    const { ResourceRecordSets: all = [] } = await this.route53.listResourceRecordSets({
      HostedZoneId: this.zone,
    });
    return all.filter(({ Name }) => Name === `${RECORD}.`);
  }

  weights = async () => (await this.all()).map(({ Weight }) => Weight);
}

/** What differs between the projects of cutovers. */
interface CutoverProject {
  /** The file in this folder with its `synthesize`. */
  readonly app: string;
  readonly traffic: object;
  readonly cutover?: object;
  readonly gates?: object;
}

/** Makes a project with two productions on AWS that a cutover moves clients between. */
export const makeCutoverProject = (
  at: string,
  { app, traffic, cutover = { steps: [25, 100] }, gates = {} }: CutoverProject,
): Project =>
  makeProject(
    at,
    {
      baseline: '1.41.0',
      synth: { command: 'node synth.cjs' },
      version: { path: '/version', text: true },
      checks: { smoke: [{ name: 'home', path: '/', safeInProduction: true }] },
      gates: { maxFailedChecks: 0 },
      verification: { watchMinutes: 0.01, everyMs: 20, gates },
      cutover: { stepMinutes: 0.02, ...cutover },
      aws: { traffic },
    },
    `test/aws-emulated/${app}`,
  );
