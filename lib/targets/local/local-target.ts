import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder';
import { blueprintOf } from '../../blueprint/read-blueprint';
import type { Addresses } from '../../probes/addresses';
import { probesHere, type Probes } from '../../probes/probes';
import {
  withSignal,
  type Deployment,
  type Disrupted,
  type Disruption,
  type Found,
  type Handle,
  type Inventory,
  type KeptTier,
  type Leftover,
  type OwnData,
  type Preflight,
  type ProcessorTime,
  type Target,
  type TargetCall,
  type TierState,
  type Watch,
} from '../target';
import { coverageBeside, coverageOf } from './coverage';
import { leftIn, remove, sharedPlaceOf } from './emulator/shared';
import { blockFor, checkLoopback } from './loopback';
import { removeControlGroups } from './process/control-groups';
import { permitsOwnFiles } from './process/own-files';
import { killAll, MARK, leftoversOf } from './process/owned-processes';
import { commandMisfits } from './service/container-commands';
import { checkFolder, checkSeeds } from './preflight';
import { processorTime } from './process/processor-time';
import { markingWords } from './process/process-mark';
import { releaseMemory } from './process/shared-memory';
import { elsewhere, stillAlive } from './refusals';
import { roomFor } from './room';
import type { LocalSettings } from './settings';
import { firstOf, ownKey } from './shared-data';
import { warningsWithoutOwnFiles } from './service/without-own-files';
import { technologyOf } from './technologies';
import { authorityFile } from './tls/authority';
import { trusting } from './tls/variables';
import { callSupervisor, HANDLE_FILE, isRefused, socketOf, startSupervisor } from './supervisor/supervision';

/** What the local target is created with. */
export interface LocalTargetProps {
  readonly settings: LocalSettings;
  /** The script of the supervisor. @default - the one that is built beside this file */
  readonly supervisor?: string;
  /** How long an environment may exist, whatever happens to this process. @default 4 */
  readonly hours?: number;
}

/**
 * Environments on this machine: data tiers as real processes, services by their commands, without Docker and without an
 * account. Each has its own supervisor process, so that it outlives the process that rehearses.
 */
export class LocalTarget implements Target {
  readonly name = 'local';
  readonly restores = 'in-place';
  readonly hardware = 'this machine';
  readonly isForTrial = true;
  private readonly settings: LocalSettings;
  private readonly supervisor: string;
  private readonly hours: number;

  constructor({ settings, supervisor = join(__dirname, 'supervisor.js'), hours = 4 }: LocalTargetProps) {
    this.settings = settings;
    this.supervisor = supervisor;
    this.hours = hours;
  }

  get atOnce(): number {
    return roomFor();
  }

  get removes(): readonly string[] {
    return this.settings.migrate?.removes ?? [];
  }

  get contracts(): boolean {
    return this.settings.migrate?.contract !== undefined;
  }

  processorTime({ name: folder }: Handle): ProcessorTime | undefined {
    return processorTime(folder);
  }

  /** A release takes as long as its migration may, beside everything else. */
  limitSeconds(name: TargetCall): number {
    const migrates = name === 'up' || name === 'release' || name === 'contract';
    return LIMIT_SECONDS[name] + (migrates ? (this.settings.migrate?.timeoutSeconds ?? 0) : 0);
  }

  /** It restores nothing from snapshots. */
  context(): Readonly<Record<string, string>> {
    return {};
  }

  /** @throws TwinError `folder` or `no-address` */
  async reach({ name: folder, block = '' }: Handle): Promise<void> {
    checkFolder(folder);
    await checkLoopback(block);
  }

  /** @throws TwinError `seed` */
  async preflight(
    handle: Handle,
    { assembly, environment, folder: code = this.settings.folder }: Deployment,
  ): Promise<Preflight> {
    const all = blueprintOf(assembly, environment).tiers;
    await checkSeeds(all, this.settings);
    const refusals = all.flatMap((tier) => {
      const given = this.settings.services[tier.name];
      return tier.kind === 'service' && given ? commandMisfits(tier, given) : [];
    });
    const ofFiles = permitsOwnFiles() ? [] : warningsWithoutOwnFiles(all, this.settings);
    const first = firstOf(handle);
    if (first) {
      const beside = coverageBeside(all, first, this.settings);
      return {
        tiers: beside.tiers,
        refusals: [...refusals, ...beside.refusals],
        warnings: ofFiles,
        code,
        isBilled: false,
      };
    }
    const tiers = all.map((tier) => coverageOf(tier, this.settings));
    const ofTiers = all.flatMap((tier) => technologyOf(tier)?.warning?.(tier, this.settings) ?? []);
    return { tiers, refusals, warnings: [...ofTiers, ...ofFiles], code, isBilled: false };
  }

  allocate(): Handle {
    const { awsEndpoint } = this.settings;
    // Short: the path of a Unix socket is limited to 107 bytes.
    const folder = join(tmpdir(), `twin-${randomBytes(4).toString('hex')}`);
    return {
      target: this.name,
      name: folder,
      block: blockFor(),
      host: hostname(),
      ...(typeof awsEndpoint === 'string' && { awsEndpoint }),
      expires: new Date(Date.now() + this.hours * 3_600_000).toISOString(),
    };
  }

  /** It has the addresses and the data of its own folder, and ends with the data. */
  allocateBeside(
    { name: first, expires = '', ...shared }: Handle,
    environment: string,
    own: OwnData,
  ): Handle {
    const ofTiers = Object.entries(own).map(([tier, begins]) => [ownKey(tier), begins] as const);
    return {
      ...shared,
      ...this.allocate(),
      expires,
      first,
      firstEnvironment: environment,
      ...Object.fromEntries(ofTiers),
    };
  }

  async seed(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    watch.signal.throwIfAborted();
    await watch.span('supervisor', () => startSupervisor(this.supervisor, handle, watch));
    await callSupervisor(handle, 'seed', { deployment, settings: this.settings, handle }, watch);
  }

  async up(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await callSupervisor(handle, 'up', { deployment, settings: this.settings }, watch);
  }

  async describe(handle: Handle, watch: Watch): Promise<readonly TierState[]> {
    return (await callSupervisor(handle, 'describe', {}, watch)) as readonly TierState[];
  }

  /** In this process: everything is on this machine. Commands carry the mark, so that what they leave running is found. */
  async probes(handle: Handle, watch: Watch): Promise<Probes> {
    const addresses = (await callSupervisor(handle, 'addresses', {}, watch)) as Addresses;
    const variables = (await callSupervisor(handle, 'variables', {}, watch)) as Record<string, string>;
    const authority = authorityFile(handle.name);
    return probesHere({
      ...addresses,
      folder: this.settings.folder,
      environment: { ...variables, [MARK]: handle.name, ...(existsSync(authority) && trusting(authority)) },
      launcher: markingWords(handle.name),
    });
  }

  async checkpoint(handle: Handle, name: string, watch: Watch): Promise<void> {
    await callSupervisor(handle, 'checkpoint', { name }, watch);
  }

  async restore(handle: Handle, name: string, deployment: Deployment, watch: Watch): Promise<void> {
    await callSupervisor(handle, 'restore', { name, deployment, settings: this.settings }, watch);
  }

  async release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await callSupervisor(handle, 'release', { deployment, settings: this.settings }, watch);
  }

  async contract(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await callSupervisor(handle, 'contract', { deployment, settings: this.settings }, watch);
  }

  async disrupt(handle: Handle, disruption: Disruption, watch: Watch): Promise<Disrupted> {
    return (await callSupervisor(handle, 'disrupt', { disruption }, watch)) as Disrupted;
  }

  async extend(handle: Handle, hours: number, watch: Watch): Promise<string> {
    const expires = (await callSupervisor(handle, 'extend', { hours }, watch)) as string;
    watch.learn({ expires });
    return expires;
  }

  async keepData(handle: Handle, folder: string, watch: Watch): Promise<readonly KeptTier[]> {
    return (await callSupervisor(handle, 'keepData', { into: folder }, watch)) as readonly KeptTier[];
  }

  logs({ name: folder }: Handle, into: string): Promise<readonly string[]> {
    const logs = join(folder, 'logs');
    if (!existsSync(logs)) return Promise.resolve([]);
    makeFolder(into);
    const files = readdirSync(logs);
    for (const file of files) copyFileSync(join(logs, file), join(into, file));
    return Promise.resolve(files);
  }

  /** Where the supervisor has ended nothing is under way; where it does not answer, everything of it is killed. */
  async stop(handle: Handle, watch: Watch): Promise<void> {
    const { name: folder } = handle;
    if (isElsewhere(handle)) throw elsewhere(handle);
    if (!existsSync(socketOf(folder))) return;
    const signal = AbortSignal.any([watch.signal, AbortSignal.timeout(CLOSE_LIMIT_MS)]);
    try {
      await callSupervisor(handle, 'stop', {}, withSignal(watch, signal));
    } catch (error) {
      if (isRefused(error)) return; // it has ended, or has not started to listen
      const alive = await killAll(folder);
      if (alive.length > 0) throw stillAlive(alive);
    }
  }

  /** Until it has deleted itself on the machine that it is on. */
  checkPlace(handle: Handle): Promise<void> {
    return isElsewhere(handle) ? Promise.reject(elsewhere(handle)) : Promise.resolve();
  }

  /** @throws TwinError `elsewhere` on a machine other than the environment's, until it has deleted itself there */
  async down(handle: Handle, watch: Watch): Promise<void> {
    const { name: folder } = handle;
    if (isElsewhere(handle)) throw elsewhere(handle);
    if (existsSync(socketOf(folder))) {
      // The supervisor may have ended or hang; its processes are killed below in any case.
      const signal = AbortSignal.any([watch.signal, AbortSignal.timeout(CLOSE_LIMIT_MS)]);
      await callSupervisor(handle, 'close', {}, withSignal(watch, signal)).catch(() => {});
    }
    const alive = await killAll(folder);
    const shared = sharedPlaceOf(handle);
    if (shared && alive.length === 0) await remove(shared, watch.signal);
    if (existsSync(folder)) await releaseMemory(folder);
    const isOver = alive.length === 0 && (await removeControlGroups(folder)).length === 0; // its files say which
    // several files at a time: one after another, 6,000 of them take 13 s on a disk instead of 2
    if (isOver && existsSync(folder)) await rm(folder, { recursive: true, maxRetries: 5 });
  }

  async inventory(handle: Handle): Promise<Inventory> {
    const { name: folder, block = '', host } = handle;
    const there: Leftover = { kind: 'file', what: `${folder} on ${host}` };
    if (isElsewhere(handle)) return { looked: [], found: [there] };
    const looked = [
      `processes and control groups of ${folder}`,
      `ports on ${block}.*`,
      `the folder ${folder}`,
    ];
    const found = leftoversOf(folder, block);
    const shared = sharedPlaceOf(handle);
    if (!shared) return { looked, found };
    return {
      looked: [...looked, `the stack ${shared.name} and the bucket of its code at ${shared.endpoint}`],
      found: [...found, ...(await leftIn(shared)).map((what) => ({ kind: 'resource', what }) as const)],
    };
  }

  /** Those of this machine whose folders are where this process would make them. */
  find(): Promise<readonly Found[]> {
    const folders = readdirSync(tmpdir()).filter((name) => /^twin-[0-9a-f]{8}$/.test(name));
    const found = folders.flatMap((name): Found[] => {
      const file = join(tmpdir(), name, HANDLE_FILE);
      if (!existsSync(file)) return [];
      return [
        {
          handle: JSON.parse(readFileSync(file, 'utf8')) as Handle,
          since: statSync(file).mtime.toISOString(),
        },
      ];
    });
    return Promise.resolve(found);
  }
}

const CLOSE_LIMIT_MS = 10_000;
/** Generous: a laptop may be busy. What takes longer hangs. */
const LIMIT_SECONDS: Readonly<Record<TargetCall, number>> = {
  reach: 60,
  preflight: 60,
  seed: 3600, // dumps may be large
  up: 600,
  describe: 60,
  probes: 60,
  checkpoint: 1800,
  restore: 1800,
  release: 600,
  contract: 60,
  disrupt: 300,
  logs: 300,
  stop: 60,
  down: 120,
  inventory: 60,
  extend: 60,
  find: 60,
};

/** Whether the environment is, or may still be, on another machine, which cannot be reached from here. */
const isElsewhere = ({ host, expires = '' }: Handle): boolean =>
  host !== undefined && host !== hostname() && Date.parse(expires) > Date.now();
