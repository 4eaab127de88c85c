import { didYouMean, TwinError } from '../error';
import type { ZodType } from 'zod';
import type { Report, Zod } from '../field';
import type { AwsSection } from './aws/config';
import { aws } from './aws/module';
import type { LocalSection } from './local/config';
import { local } from './local/module';
import type { TargetModule, TargetsConfig, TierReference } from './module';
import type { Observe } from './observe';
import type { OldProduction } from './old-production';
import type { Production, ProductionPlace } from './production';
import type { Deployment, Target } from './target';
import type { Traffic } from './traffic';

/** The sections of twin.config.ts that belong to targets, with defaults. */
export interface TargetSections extends TargetsConfig {
  readonly local: LocalSection;
  readonly aws: AwsSection;
}

/** Every target, the default first. Adding one is a folder, and a line in each of these. */
const MODULES = { local: placed('local', local), aws: placed('aws', aws) };

/** The schema of each section, by its name. */
export const sectionSchemas = (z: Zod): Readonly<Record<string, ZodType>> =>
  Object.fromEntries(
    Object.entries(MODULES).map(([name, { schema }]) => [
      name,
      schema(z).prefault({}).meta({ absent: 'the defaults of its keys' }),
    ]),
  );

/** The names of all targets; the first is the one that is taken where none is named. */
export const TARGETS: readonly string[] = Object.keys(MODULES);

/** Reports what contradicts itself in any section. */
export function reportMisfits(sections: TargetSections, folder: string, report: Report): void {
  for (const it of Object.values(MODULES)) it.reportMisfits(sections, folder, report);
}

/** The tiers that sections name. */
export const tierNamesIn = (sections: TargetSections): readonly TierReference[] =>
  Object.values(MODULES).flatMap((it) => it.tierNames(sections));

/**
 * Opens a target to rehearse on.
 *
 * @throws TwinError `target`
 */
export const openTarget = (name: string, sections: TargetSections, folder: string): Target =>
  moduleOf(name).open(sections, folder);

/**
 * Opens a target to tear down with.
 *
 * @throws TwinError `target`
 */
export const reopenTarget = (name: string, folder: string): Target => moduleOf(name).reopen(folder);

/** How a target finds a production: see `productionBy` of its module. */
export const productionBy = (name: string): 'ledger' | 'assembly' => moduleOf(name).productionBy;

/**
 * Opens a production to look at.
 *
 * @throws TwinError `target`
 */
export const openProduction = (
  name: string,
  sections: TargetSections,
  folder: string,
  place: ProductionPlace,
): Production => moduleOf(name).openProduction(sections, folder, place);

/**
 * The traffic of the productions that stand on a target; undefined where none is moved.
 *
 * @param sections - undefined where there is no config
 */
export const openTraffic = (name: string, sections?: TargetSections): Traffic | undefined =>
  moduleOf(name).openTraffic(sections);

/**
 * Opens a production that others deployed, to tear it down; undefined where what stands has a ledger, and is torn down by that.
 *
 * @throws TwinError `target`
 */
export const openOldProduction = (
  name: string,
  sections: TargetSections,
  deployment: Deployment,
): OldProduction | undefined => moduleOf(name).openOldProduction(sections, deployment);

/** Looks at what runs where production does: nothing of it stands on this machine. */
export const observeRunning: Observe = (question) => aws.observe(question);

/** A module that finds its section by its name. */
function placed<N extends keyof TargetSections>(name: N, module: TargetModule<N, TargetSections[N]>) {
  return {
    schema: (z: Zod): ZodType => module.schema(z),
    open: (sections: TargetSections, folder: string) => module.open(sections[name], folder),
    reopen: (folder: string) => module.reopen(folder),
    productionBy: module.productionBy,
    openTraffic: (sections: TargetSections | undefined) => module.openTraffic(sections?.[name]),
    openProduction: (sections: TargetSections, folder: string, place: ProductionPlace) =>
      module.openProduction(sections[name], folder, place),
    openOldProduction: (sections: TargetSections, deployment: Deployment) =>
      module.openOldProduction?.(sections[name], deployment),
    reportMisfits: (sections: TargetSections, folder: string, report: Report) =>
      module.reportMisfits(sections[name], folder, report),
    tierNames: (sections: TargetSections) => module.tierNames(sections[name]),
  };
}

/** A ledger may name a target of a later version of cdk-twin. */
function moduleOf(name: string): ReturnType<typeof placed> {
  if (Object.hasOwn(MODULES, name)) return MODULES[name as keyof typeof MODULES];
  throw new TwinError({
    code: 'target',
    message: `there is no target "${name}"; ${didYouMean(name, TARGETS)}`,
    fix: 'Use the version of cdk-twin that started the rehearsal.',
  });
}
