import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsSection } from '../../lib/targets/aws/config';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { Deployment, Disrupted, Handle, Inventory, Watch } from '../../lib/targets/target';
import type { CheckResult } from '../../lib/probes/check';
import { deploymentIn } from './rehearsal-app';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/staging';

/** Half a second is a long time for the emulator, and a second for a team's task. */
const REQUEST_MS = 1000;

/** Where stories are played. */
export interface Stage {
  readonly folder: string;
  /** What tasks inside the network run. */
  readonly probe: string;
}

/** What a story has seen. */
export interface Told {
  readonly checks: readonly CheckResult[];
  readonly disrupted: readonly Disrupted[];
  readonly logs: readonly string[];
}

/** A rehearsal as its steps call the target, each with what the ledger knows. */
export class Story {
  private readonly known: Record<string, string> & Handle;
  private readonly target: AwsTarget;
  private told: { checks: readonly CheckResult[]; disrupted: Disrupted[]; logs: readonly string[] } = {
    checks: [],
    disrupted: [],
    logs: [],
  };

  constructor(
    private readonly stage: Stage,
    readonly rehearsal: string,
  ) {
    this.target = new AwsTarget(this.config, { pollMs: 200, probe: stage.probe, requestMs: REQUEST_MS });
    this.known = { ...this.target.allocate(rehearsal) };
  }

  get handle(): Handle {
    return { ...this.known };
  }

  /** How often the migration of the team has run. */
  get migrations(): number {
    return readFileSync(this.file, { encoding: 'utf8', flag: 'a+' }).length;
  }

  /** Everything that a rehearsal does before its tear-down. */
  async play(): Promise<Told> {
    const { target, told } = this;
    const first = this.deployment('1.41.0');
    const next = this.deployment('1.42.0');
    await target.preflight(this.handle, first, this.watch());
    await target.seed(this.handle, first, this.watch());
    await target.up(this.handle, first, this.watch());
    await target.describe(this.handle, this.watch());
    const probes = await target.probes(this.handle, this.watch());
    const replicaLag = [{ name: 'replicas follow', tier: 'Orders', maxMs: 2000 }];
    told.checks = await probes.run({ replicaLag }, '1.41.0', this.watch());
    await target.checkpoint(this.handle, 'before-release', this.watch());
    await target.release(this.handle, next, this.watch());
    for (const tier of ['Orders', 'Catalog', 'Pages'])
      told.disrupted.push(await target.disrupt(this.handle, { kind: 'failover', tier }, this.watch()));
    told.disrupted.push(await target.disrupt(this.handle, { kind: 'kill task', tier: 'Web' }, this.watch()));
    told.disrupted.push(await target.disrupt(this.handle, { kind: 'lose zone', tier: 'Web' }, this.watch()));
    told.logs = await target.logs(this.handle, join(this.stage.folder, this.rehearsal), this.watch());
    return told;
  }

  /** Tears down as another process does it: without the config, from the handle alone. */
  async down(handle = this.handle): Promise<void> {
    await this.reopened().down(handle, this.watch());
  }

  inventory(handle = this.handle): Promise<Inventory> {
    return this.reopened().inventory(handle, this.watch());
  }

  watch(signal = new AbortController().signal): Watch {
    return {
      signal,
      log: () => {},
      span: (_, work) => work(),
      learn: (details) => void Object.assign(this.known, details),
    };
  }

  private reopened(): AwsTarget {
    return new AwsTarget({}, { pollMs: 200, requestMs: REQUEST_MS });
  }

  private get file(): string {
    return join(this.stage.folder, `${this.rehearsal}-migrations`);
  }

  private get config(): AwsSection {
    const write = `require('node:fs').appendFileSync(${JSON.stringify(this.file)}, '.')`;
    return {
      profile: this.rehearsal,
      allowProductionAccount: 'there is one alone',
      seed: { kmsKeyArn: KEY, data: { mayBeSeen: 'they are made up' } },
      migrate: { command: ['node', '-e', write], as: 'Web', timeoutSeconds: 30, removes: [] },
    };
  }

  private deployment(release: string): Deployment {
    return deploymentIn(this.stage.folder, release, this.rehearsal, this.target.context(this.handle));
  }
}
