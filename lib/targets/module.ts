import type { Tier } from '../blueprint/blueprint';
import type { RehearsalConfig } from '../config/types';
import type { Describe, Report } from '../field';
import type { OldProduction } from './old-production';
import type { Production, ProductionPlace } from './production';
import type { Deployment, Target } from './target';
import type { Traffic } from './traffic';

/** The sections of twin.config.ts that belong to targets. */
export type TargetsConfig = Pick<RehearsalConfig, 'local' | 'aws'>;

/**
 * A kind of target, with its section of twin.config.ts.
 *
 * @typeParam N - its name
 * @typeParam S - the section, with its defaults
 */
export interface TargetModule<N extends keyof TargetsConfig, S extends NonNullable<TargetsConfig[N]>> {
  /** Such as `local`: the name of its section too. */
  readonly name: N;
  /** Of the section. */
  readonly schema: Describe<NonNullable<TargetsConfig[N]>, S>;
  /** Reports what in a section contradicts the rest of it, or the folder of the config. */
  reportMisfits(section: S, folder: string, report: Report): void;
  /** The tiers that a section names. */
  tierNames(section: S): readonly TierReference[];
  /** A target to rehearse on. @param folder - of the config, absolute */
  open(section: S, folder: string): Target;
  /** A target to tear down with: without the config, which may be invalid or missing. */
  reopen(folder: string): Target;
  /**
   * How a production is found: by the ledger of the one that stands here for trial, or by the stacks that its assembly names, which
   * others deploy.
   */
  readonly productionBy: 'ledger' | 'assembly';
  /** Opens a production to look at. @param folder - of the config, absolute */
  openProduction(section: S, folder: string, place: ProductionPlace): Production;
  /**
   * The traffic of the productions that stand here; undefined where the section names nothing that it could be moved by.
   *
   * @param section - undefined where there is no config
   */
  openTraffic(section: S | undefined): Traffic | undefined;
  /** Opens a production that others deployed, to tear it down. @default - what stands here has a ledger, and is torn down by that */
  openOldProduction?(section: S, deployment: Deployment): OldProduction;
}

/** A place in a config that names a tier. */
export interface TierReference {
  readonly at: string;
  readonly name: string;
  /** The kinds of tier that it may be. */
  readonly kinds: readonly Tier['kind'][];
}
