import type { ParityReport } from '../../lib/parity/report';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, basename } from 'node:path';
import type { Tier } from '../../lib/blueprint/blueprint';
import { TwinError } from '../../lib/error';
import type { ReleaseCode } from '../../lib/evidence/ran';
import { writeEvidence } from '../../lib/evidence/store';
import type { RehearsalConfig } from '../../lib/config/types';
import { finish, type Unreached } from '../../lib/rehearsal/finish';
import type { RehearsalEvent } from '../../lib/rehearsal/journal';
import type { Ledger } from '../../lib/rehearsal/ledger';
import type { Proof, RehearsalParts } from '../../lib/rehearsal/parts';
import { rehearse, type RehearseProps } from '../../lib/rehearsal/rehearse';
import { Rehearsals } from '../../lib/rehearsal/rehearsals';
import { retry } from '../../lib/rehearsal/retry';
import type { OldProduction } from '../../lib/targets/old-production';
import type { Production } from '../../lib/targets/production';
import type { Ended, Rehearsed, RunProps } from '../../lib/rehearsal/run';
import { cost, environments, parity, subject } from '../evidence/shop-sample';
import { FakeTraffic } from '../cutover/fake-traffic';
import { FakeTarget, World, type Call } from './fake-target';

/** A release that does not pass the checks, and one that does. */
export const BAD = '1.42.0';
export const GOOD = '1.43.0';
const BASELINE = '1.41.0';

/** What is rehearsed where nothing else is said. */
export const CONFIG: RehearsalConfig = {
  baseline: BASELINE,
  checks: {
    smoke: [{ name: 'health', path: '/health' }],
    readYourWrites: [
      { name: 'orders', write: { path: '/orders', method: 'POST' }, read: { path: '/orders' } },
    ],
  },
  drills: { failover: ['Orders'], rollBack: true, killTask: ['Web'], soakSeconds: 0 },
  gates: { maxFailedChecks: 0, maxStaleReads: 0, maxRecoverySeconds: 5, maxMinutes: 60, maxCostUsd: 100 },
};

/** What is asked of a rehearsal. */
type Asked = Partial<Pick<RehearseProps, 'keep' | 'failFast'>>;

/** An app in a folder of its own, a world to rehearse it in, and the rehearsal's functions on both. */
export class Workbench {
  readonly folder = mkdtempSync(join(tmpdir(), 'twin-rehearsal-'));
  readonly rehearsals = new Rehearsals(this.folder);
  readonly world = new World();
  readonly traffic = new FakeTraffic();
  /** What is read of the data of productions that stand. @default - nothing is */
  data: Pick<Production, 'seeds' | 'rows'> = {};
  /** A production that others deployed. @default - the target has none */
  oldProduction: OldProduction | undefined;
  readonly events: RehearsalEvent[] = [];
  readonly stop = new AbortController();
  config: RehearsalConfig = CONFIG;
  /** What production runs. */
  baseline = BASELINE;
  /** The staging that is rehearsed where the config names none. */
  staging = 'StagingEphemeral';
  /** Tiers of staging beside those that the target stands up. */
  added: readonly Tier[] = [];
  now = (): Date => new Date();
  verdict: 'twins' | 'not-twins' = 'twins';
  /** The same of each staging. */
  onProve: (environment: string) => 'twins' | 'not-twins' = () => this.verdict;
  /** What a rehearsal would cost. */
  cost = () => cost;
  /** The folders of assemblies that are alike. */
  same: readonly string[] = [];
  /** Whether the app does not read the release. */
  isAppDeaf = false;
  /** What the checks of staging found. */
  checks: ParityReport['checks'];
  gatesDigest = 'digest';
  /** What would be deployed of production. */
  prod = subject.prod;
  readonly synthesized: string[] = [];
  synthesize: RehearsalParts['synthesize'] = ({ release, output, log }) => {
    this.synthesized.push(release);
    mkdirSync(output);
    writeFileSync(log, `synthesised ${release}\n`);
    return Promise.resolve();
  };

  findCode: (release: string) => Promise<ReleaseCode | undefined> = () => Promise.resolve(undefined);

  constructor() {
    this.world.failing = [BAD];
  }

  get parts(): RehearsalParts {
    return {
      target: new FakeTarget(this.world),
      findCode: (release) => this.findCode(release),
      codeState: () => Promise.resolve(undefined),
      synthesize: (props) => this.synthesize(props),
      prove: (assembly, environment = this.staging) => this.prove(assembly, environment),
      checkConfig: () => {},
      writeEvidence,
      now: () => this.now(),
    };
  }

  get run(): RunProps {
    return {
      parts: this.parts,
      rehearsals: this.rehearsals,
      signal: this.stop.signal,
      listener: (event) => this.events.push(event),
      commandOf: (verb, rehearsal) => `npx twin ${verb} ${rehearsal}`,
      patienceMs: 20,
    };
  }

  rehearse(to: string, { keep = false, failFast }: Asked = {}): Promise<Rehearsed> {
    const { config, gatesDigest } = this;
    return rehearse({
      ...this.run,
      config,
      configFile: 'twin.config.ts',
      gatesDigest,
      from: this.baseline,
      to,
      keep,
      failFast,
    });
  }

  retry(to?: string, { keep = false, failFast }: Asked = {}): Promise<Rehearsed> {
    const { config, gatesDigest } = this;
    const rehearsal = this.last;
    return retry({
      ...this.run,
      config,
      configFile: 'twin.config.ts',
      gatesDigest,
      rehearsal,
      to,
      keep,
      failFast,
    });
  }

  finish({ force = false } = {}): ReturnType<typeof finish> {
    return finish({ ...this.run, signal: new AbortController().signal, rehearsal: this.last, force });
  }

  /**
   * Begins a rehearsal whose process ends at a call of the target, as by SIGKILL: it does nothing from then on, and what
   * it wrote stays.
   */
  async rehearseUntil(call: Call, to: string): Promise<void> {
    const { world } = this;
    await new Promise<void>((resolve) => {
      world.mishaps.push({ call, does: 'is deaf' });
      world.onCall = (it) => {
        if (it === call) setImmediate(resolve);
      };
      void this.rehearse(to);
    });
    world.mishaps.length = 0;
    world.calls.length = 0;
    world.onCall = () => {};
  }

  /** The last rehearsal. */
  get last(): string {
    return this.rehearsals.names().at(-1)!;
  }

  /** The last rehearsal's ledger, as it is on disk. */
  get ledger(): Ledger {
    return this.rehearsals.open(this.last).value;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Stops the rehearsal as a signal would. */
  interrupt(): void {
    this.stop.abort(new TwinError({ code: 'stopped', message: 'stopped by SIGINT', fix: 'Rehearse again.' }));
  }

  private prove(assembly: string, environment: string): Proof {
    const name = basename(assembly);
    const template = { Description: this.isAppDeaf || this.same.includes(name) ? 'any' : name };
    return {
      environment,
      parity: {
        ...parity,
        staging: environment,
        verdict: this.onProve(environment),
        ...(this.checks && { checks: this.checks }),
      },
      staging: {
        environment,
        tiers: this.added,
        stacks: [{ path: '', name: 'Staging', template }],
      },
      environments,
      deployed: () => ({ prod: this.prod, staging: { ...this.prod, environment } }),
      cost: () => this.cost(),
    };
  }
}

/** The result of a rehearsal that ran all steps. */
export function ended(rehearsed: Rehearsed | Unreached | undefined): Ended {
  if (rehearsed?.kind !== 'ended') throw new Error(`it ended as ${rehearsed?.kind ?? 'nothing'}`);
  return rehearsed;
}
