import type { RehearsalConfig } from '../config/types';
import type { RehearsalParts } from '../rehearsal/parts';
import type { SynthesisProps } from '../rehearsal/synthesize';
import type { OldProduction } from '../targets/old-production';
import type { Production, ProductionPlace } from '../targets/production';
import type { Deployment } from '../targets/target';
import type { Traffic } from '../targets/traffic';
import type { Signals } from './signals';

/** What the commands that rehearse use of the process around them. */
export interface CliContext {
  readonly signals: Signals;
  /**
   * Loads the config of an app, and assembles the parts that rehearse it.
   *
   * @param folder - of twin.config.ts
   * @param target - its name
   */
  open(folder: string, target: string): Promise<App>;
  /**
   * Loads the rules that a release is rehearsed by.
   *
   * @param folder - of twin.config.ts
   */
  rules(folder: string): Promise<Rules>;
  /** The traffic of the productions that stand here for trial, without the config. @param target - its name */
  traffic(target: string): Traffic | undefined;
  /** Assembles the parts that tear down, without the config, which may be invalid or missing. */
  openToRemove(folder: string, target: string): RehearsalParts;
}

/** An app that can be rehearsed. */
export interface App {
  readonly config: RehearsalConfig;
  readonly configFile: string;
  readonly gatesDigest: string;
  /** The parts of one rehearsal: each has a target of its own, which ends what is under way of that one alone. */
  readonly newParts: () => RehearsalParts;
}

/** What a release is rehearsed by, and how its assembly is made. */
export interface Rules {
  readonly config: RehearsalConfig;
  readonly synthesize: (props: SynthesisProps) => Promise<void>;
  readonly now: () => Date;
  /** How a target finds a production. @param target - its name */
  readonly productionBy: (target: string) => 'ledger' | 'assembly';
  /** Opens a production to look at. */
  readonly openProduction: (target: string, place: ProductionPlace) => Production;
  /** The traffic of the productions on a target; undefined where the config names nothing that it could be moved by. */
  readonly traffic: (target: string) => Traffic | undefined;
  /** Opens a production that others deployed, to tear it down; undefined where what stands has a ledger, and is torn down by that. */
  readonly oldProduction: (target: string, deployment: Deployment) => OldProduction | undefined;
}

/** The context of a process. Its parts are loaded when a command needs them: few commands do. */
export const contextOf = (signals: Signals): CliContext => ({
  signals,
  open: (folder, target) => loaded().openApp(folder, target),
  rules: (folder) => loaded().rulesOf(folder),
  openToRemove: (folder, target) => loaded().partsToRemove(folder, target),
  traffic: (target) => loaded().trafficOn(target),
});

const loaded = () => require('./rehearsal-parts') as typeof import('./rehearsal-parts');
