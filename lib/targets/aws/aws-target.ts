import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blueprintOf } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { probesHere, type Probes } from '../../probes/probes';
import {
  withSignal,
  type Coverage,
  type Deployment,
  type Disrupted,
  type Disruption,
  type Found,
  type Handle,
  type Inventory,
  type Preflight,
  type Target,
  type TargetCall,
  type TierState,
  type Watch,
} from '../target';
import { addressesOf } from './addresses';
import type { AwsConfig } from './config';
import { checkToolkit, deploy } from './deploy';
import { disrupt } from './disrupt';
import { accountsOf, stacksOf } from './environment-stacks';
import { detailsOf, stacksIn, type StackRef } from './handle';
import { environmentsIn } from './environments';
import { extend } from './extend';
import { inventoryOf } from './inventory';
import { liveTiers, type LiveTier } from './live-tiers';
import { logsOf } from './logs';
import { stateOf } from './members';
import { checkOurs } from './ours';
import { AwsPlace } from './place';
import { policiesOnProduction } from './policies';
import { productionOf } from './production';
import { remove, stopStacks } from './remove';
import { checkSelfDestruct, withoutRole } from './self-destruct-role';
import { sweep } from './sweep';
import { TAG } from './tags';

/** What the AWS target is made with beside its section of the config. */
export interface AwsTargetProps {
  /** The folder of the config, in which the team's commands run. @default - that of the process */
  readonly folder?: string;
  /** How often a service is asked whether it is done. @default 5000 */
  readonly pollMs?: number;
  /** Deploys. @default - with the CDK's toolkit */
  readonly deploy?: typeof deploy;
}

/**
 * An AWS account: an environment is deployed as `cdk deploy` does it, broken by the services' own means, and deleted with
 * CloudFormation. Everything that it has carries its tag.
 */
export class AwsTarget implements Target {
  readonly name = 'aws';
  readonly canRestore = false;
  private readonly folder: string;
  private readonly pollMs: number;
  private readonly deploy: typeof deploy;
  private readonly places = new Map<string, AwsPlace>();
  /** The deployments of this process that are under way. */
  private readonly deploying = new Map<Promise<void>, AbortController>();

  constructor(
    private readonly config: AwsConfig,
    { folder = '.', pollMs = 5000, deploy: deployWith = deploy }: AwsTargetProps = {},
  ) {
    this.folder = folder;
    this.pollMs = pollMs;
    this.deploy = deployWith;
  }

  limitSeconds(call: TargetCall): number {
    return LIMIT_SECONDS[call];
  }

  allocate(rehearsal: string): Handle {
    const { profile } = this.config;
    const name = `${rehearsal}-${randomBytes(4).toString('hex')}`;
    return { target: this.name, name, ...(profile !== undefined && { profile }) };
  }

  async preflight(deployment: Deployment, { signal }: Watch): Promise<Preflight> {
    checkToolkit();
    const place = this.place({});
    const caller = await place.caller(signal);
    const refusals = await this.refusals(caller.account, deployment, signal);
    const policies = await policiesOnProduction(deployment, caller, place.in, signal);
    const tiers = blueprintOf(deployment.assembly, deployment.environment).tiers;
    return {
      tiers: tiers.map(({ name: tier, kind }): Coverage => ({ tier, kind, skipped: false })),
      refusals: [...refusals, ...withoutRole(deployment), ...policies.refusals],
      warnings: policies.warnings,
      isBilled: true,
    };
  }

  /** Learns what the environment consists of, before anything of it exists. */
  async seed(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    watch.signal.throwIfAborted();
    const { environment } = deployment;
    const place = this.place(handle);
    const region = await place.region();
    const refs = stacksOf(deployment).map((it) => ({ ...it, region: it.region ?? region, id: undefined }));
    for (const ref of refs) {
      watch.log(`the stack ${ref.name} in ${ref.region}`);
      await checkOurs(ref, handle, place.in(ref.region), watch.signal);
    }
    watch.learn({ environment, account: await place.account(watch.signal), ...detailsOf(refs) });
  }

  async up(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    const refs = await this.bring(handle, deployment, watch);
    await checkSelfDestruct(refs, (await this.placeOf(handle, watch.signal)).in, watch.signal);
  }

  async release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await this.bring(handle, deployment, watch);
  }

  /** Deploys a release. @returns its stacks, with their ids */
  private async bring(handle: Handle, deployment: Deployment, watch: Watch): Promise<readonly StackRef[]> {
    watch.signal.throwIfAborted();
    const place = await this.placeOf(handle, watch.signal);
    const stacks = stacksOf(deployment);
    const known = stacksIn(handle);
    const region = known[0]?.region ?? (await place.region());
    let refs = stacks.map((it): StackRef => {
      const { id } = known.find(({ name }) => name === it.name) ?? {};
      return { ...it, region: it.region ?? region, id };
    });
    for (const ref of refs) await checkOurs(ref, handle, place.in(ref.region), watch.signal);
    watch.learn(detailsOf(refs));
    const onStack = (name: string, id: string): void => {
      if (refs.every((it) => it.name !== name || it.id === id)) return;
      refs = refs.map((it) => (it.name === name ? { ...it, id } : it));
      watch.learn(detailsOf(refs));
    };
    const { pollMs } = this;
    const stopping = new AbortController();
    const signal = AbortSignal.any([watch.signal, stopping.signal]);
    const tags = { [TAG]: handle.name };
    const profile = this.profileOf(handle);
    const where = { region, ...(profile !== undefined && { profile }) };
    const work = this.deploy(
      { deployment, stacks, tags, place: where, pollMs, onStack },
      withSignal(watch, signal),
    );
    this.deploying.set(work, stopping);
    try {
      await work;
    } finally {
      this.deploying.delete(work);
    }
    return refs;
  }

  async describe(handle: Handle, { signal }: Watch): Promise<readonly TierState[]> {
    return Promise.all((await this.tiers(handle, signal)).map((tier) => stateOf(tier, signal)));
  }

  /** In this process: what is inside the VPC alone is out of its reach. */
  async probes(handle: Handle, { signal }: Watch): Promise<Probes> {
    const addresses = await addressesOf(await this.tiers(handle, signal), signal);
    return probesHere({ ...addresses, databases: [], folder: this.folder, environment: {} });
  }

  checkpoint(): Promise<void> {
    return Promise.reject(noCheckpoint());
  }

  restore(): Promise<void> {
    return Promise.reject(noCheckpoint());
  }

  async disrupt(handle: Handle, disruption: Disruption, watch: Watch): Promise<Disrupted> {
    const tiers = await this.tiers(handle, watch.signal);
    const live = tiers.find(({ tier }) => tier.name === disruption.tier);
    if (!live) throw notStanding(disruption.tier, tiers);
    return disrupt(live, disruption, this.pollMs, watch);
  }

  async logs(handle: Handle, folder: string, { signal }: Watch): Promise<readonly string[]> {
    const files: string[] = [];
    mkdirSync(folder, { recursive: true });
    const place = await this.placeOf(handle, signal);
    for (const ref of stacksIn(handle)) {
      for (const { name, text } of await logsOf(ref, place.in(ref.region), signal)) {
        writeFileSync(join(folder, name), text);
        files.push(name);
      }
    }
    return files;
  }

  async stop(handle: Handle, watch: Watch): Promise<void> {
    for (const stopping of this.deploying.values()) stopping.abort(stopped());
    // one that has made no change set yet would make the stack anew after its deletion
    await Promise.allSettled(this.deploying.keys());
    await stopStacks(handle, (await this.placeOf(handle, watch.signal)).in, this.pollMs, watch);
  }

  async down(handle: Handle, watch: Watch): Promise<void> {
    await this.stop(handle, watch);
    const place = await this.placeOf(handle, watch.signal);
    await remove(handle, place.in, this.pollMs, watch);
    await sweep(handle, place.in, watch);
  }

  async inventory(handle: Handle, { signal }: Watch): Promise<Inventory> {
    return inventoryOf(handle, (await this.placeOf(handle, signal)).in, signal);
  }

  async extend(handle: Handle, hours: number, watch: Watch): Promise<string> {
    const { maxHours = MAX_HOURS } = this.config;
    const place = await this.placeOf(handle, watch.signal);
    return extend({ handle, hours, maxHours, now: new Date() }, place.in, watch);
  }

  /** Those in the Region of the config or the credentials, by the tag that they were deployed with. */
  async find({ signal }: Watch): Promise<readonly Found[]> {
    const place = this.place({});
    const account = await place.account(signal);
    const stacks = await environmentsIn(place.in(), await place.region(), signal);
    return [...stacks].map(([name, { refs, since }]) => ({
      handle: { target: this.name, name, account, ...detailsOf(refs) },
      since,
    }));
  }

  private async tiers(handle: Handle, signal: AbortSignal): Promise<LiveTier[]> {
    const { environment = '' } = handle;
    return liveTiers(environment, stacksIn(handle), (await this.placeOf(handle, signal)).in, signal);
  }

  private profileOf = ({ profile }: Partial<Handle>): string | undefined => this.config.profile ?? profile;

  private place(handle: Partial<Handle>): AwsPlace {
    const key = this.profileOf(handle) ?? '';
    const { region } = this.config;
    const place = this.places.get(key) ?? new AwsPlace({ profile: this.profileOf(handle), region });
    this.places.set(key, place);
    return place;
  }

  /**
   * The account that an environment is in.
   *
   * @throws TwinError `elsewhere` where the credentials are for another one: there everything of it seems to be gone
   */
  private async placeOf(handle: Handle, signal: AbortSignal): Promise<AwsPlace> {
    const place = this.place(handle);
    const { account } = handle;
    if (account === undefined) return place;
    const own = await place.account(signal);
    if (own === account) return place;
    throw elsewhere(handle, own);
  }

  private async refusals(account: string, deployment: Deployment, signal: AbortSignal): Promise<string[]> {
    const others = [...accountsOf(deployment)].filter((it) => it !== account);
    const refusals = others.map(
      (other) => `the credentials are for the account ${account}, and staging belongs to ${other}`,
    );
    if (this.config.allowProductionAccount !== undefined) return refusals;
    const why = await productionOf(deployment, account, this.place({}).in, signal);
    return why === undefined ? refusals : [...refusals, why];
  }
}

/** A day: `expires` of the app is within it, and a night in between is noticed. */
const MAX_HOURS = 24;

/** AWS promises no durations: these are several times what was seen. */
const LIMIT_SECONDS: Readonly<Record<TargetCall, number>> = {
  preflight: 120,
  seed: 600,
  up: 3 * 3600,
  describe: 300,
  probes: 300,
  checkpoint: 3600,
  restore: 3600,
  release: 3 * 3600,
  disrupt: 1800,
  logs: 600,
  stop: 3 * 3600,
  down: 3 * 3600,
  inventory: 600,
  extend: 300,
  find: 600,
};

const elsewhere = ({ name, account }: Handle, own: string): TwinError =>
  new TwinError({
    code: 'elsewhere',
    message: `the environment ${name} is in the account ${account}, and the credentials are for ${own}`,
    fix: `Sign in to ${account}, then run the command again.`,
  });

const stopped = (): TwinError =>
  new TwinError({ code: 'stopped', message: 'the deployment was stopped', fix: 'Rehearse again.' });

const noCheckpoint = (): TwinError =>
  new TwinError({
    code: 'checkpoint',
    message: 'the AWS target keeps no checkpoint',
    fix: 'Rehearse again from the start.',
  });

const notStanding = (name: string, tiers: readonly LiveTier[]): TwinError =>
  new TwinError({
    code: 'unknown-tier',
    message: `"${name}" is not deployed; what is: ${tiers.map(({ tier }) => tier.name).join(', ') || 'nothing'}`,
    fix: 'Name one of those.',
  });
