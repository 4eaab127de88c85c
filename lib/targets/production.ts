import type { CheckResult } from '../probes/check';
import { checkSafe, type SafeChecks } from '../probes/in-production';
import type { Probes, ProbeWatch } from '../probes/probes';
import type { TrafficPlan } from '../probes/traffic';
import type { TrafficFigures } from '../probes/traffic-figures';
import type { VersionOrder, VersionSeen } from '../probes/version';
import type { RunningEnvironment } from './observe';
import type { Deployment, Handle, TierState } from './target';
import type { ClientFigures } from './traffic';

/**
 * A production that stands: all that verification may use of it. It can be looked at, asked which release it is, and sent the requests
 * of checks that are declared safe there. Nothing here deploys, seeds, migrates, breaks or removes anything, or lets data of a database out:
 * rows are counted alone.
 */
export interface Production {
  /** The target's name. */
  readonly target: string;
  /** The state of every tier. */
  describe(watch: ProbeWatch): Promise<readonly TierState[]>;
  /** Asks services which release they are, so often that each of their tasks has answered. */
  versions(order: VersionOrder, watch: ProbeWatch): Promise<readonly VersionSeen[]>;
  /** Runs checks, all of them whatever fails, and cleans up after each write. */
  run(checks: SafeChecks, release: string, watch: ProbeWatch): Promise<readonly CheckResult[]>;
  /** What clients have seen since a time, as a service counts them: requests of checks among them. @default - nothing counts them */
  clients?(since: Date, watch: ProbeWatch): Promise<ClientsSeen>;
  /** Which of its data tiers began with copies of another production's. @default - none did */
  seeds?(watch: ProbeWatch): Promise<readonly SeededTier[]>;
  /** Counts what is in data tiers: reads alone, and no data leave them. @default - nothing counts there */
  rows?(tiers: readonly string[], watch: ProbeWatch): Promise<readonly TierRows[]>;
  /** What runs, as its services describe it. @default - that cannot be read */
  observed?(watch: ProbeWatch): Promise<RunningEnvironment>;
  /** Sends the requests of checks while something happens, and cleans up after each write. */
  sendTraffic(plan: SafeTraffic, work: () => Promise<void>, watch: ProbeWatch): Promise<TrafficFigures>;
}

/** A data tier that began with a copy of another production's. */
export interface SeededTier {
  readonly tier: string;
  /** What was copied: the name of the production, or of a snapshot of it. */
  readonly from: string;
  /** When: ISO 8601, UTC. What was written later is not in it. */
  readonly at: string;
}

/** How much is in a data tier. */
export interface TierRows {
  readonly tier: string;
  /** By the names of tables; those that were not counted are left out. */
  readonly tables: Readonly<Record<string, TableRows>>;
  /** Why not all was counted. @default - it was */
  readonly unread?: string;
}

interface TableRows {
  readonly rows: number;
  /** Changes with how many values there are in each column, and with the highest key. */
  readonly holds: string;
}

/** What was counted of clients. */
export interface ClientsSeen {
  readonly tiers: readonly TierClients[];
  /** What has no figures, each with the reason. */
  readonly unseen: readonly string[];
}

/** What the clients of a service saw. */
export interface TierClients extends ClientFigures {
  readonly tier: string;
}

/** What is sent to a production in the background. */
export interface SafeTraffic extends Pick<TrafficPlan, 'connections' | 'everyMs'> {
  readonly checks: SafeChecks;
}

/** Where a production stands. */
export interface ProductionPlace {
  /** What is deployed, as far as an assembly says it. */
  readonly deployment: Deployment;
  /** That it was stood up with. @default - this target did not stand it up */
  readonly handle?: Handle | undefined;
}

/** What a production is made of. */
export interface ProductionProps extends Pick<
  Production,
  'target' | 'describe' | 'clients' | 'seeds' | 'rows' | 'observed'
> {
  /** Read anew for each use: addresses may move. They clean up after each write. */
  readonly probes: (watch: ProbeWatch) => Promise<Pick<Probes, 'run' | 'sendTraffic' | 'versions'>>;
}

/** A production, of what its target reaches it by. */
export function productionWith({ target, describe, probes, ...others }: ProductionProps): Production {
  return {
    ...others,
    target,
    describe: (watch) => describe(watch),
    versions: async (order, watch) => (await probes(watch)).versions(order, watch),
    run: async (checks, release, watch) => {
      checkSafe(checks);
      return (await probes(watch)).run(checks, release, watch);
    },
    sendTraffic: async ({ checks, connections, everyMs }, work, watch) => {
      checkSafe(checks);
      const { smoke = [], readYourWrites = [], load = [] } = checks;
      const plan: TrafficPlan = {
        checks: { smoke, readYourWrites, load },
        inProduction: true,
        ...(connections !== undefined && { connections }),
        ...(everyMs !== undefined && { everyMs }),
      };
      return (await probes(watch)).sendTraffic(plan, work, watch);
    },
  };
}
