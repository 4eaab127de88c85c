import { didYouMean, TwinError } from '../error';
import { defaulted, type Fields, type Report } from '../schema';
import type { LocalConfig, LocalSection } from './local/config';
export type { LocalConfig, MigrateConfig, ServiceCommand } from './local/config';
import { local } from './local/module';
import type { TargetModule, TierReference } from './module';
import type { Target } from './target';

/** The sections of twin.config.ts that belong to targets. */
export interface TargetsConfig {
  /** How this machine stands the environment up. */
  readonly local?: LocalConfig;
}

/** The same with defaults. */
export interface TargetSections extends TargetsConfig {
  readonly local: LocalSection;
}

/** Every target. Adding one is a folder, and a line in each of these. */
const MODULES: { readonly [N in keyof TargetSections]: TargetModule<TargetSections[N]> } = { local };

/** The rules for the sections. */
export const SECTIONS: Fields<TargetsConfig, TargetSections> = { local: defaulted(local.section, {}) };

/** The names of all targets; the first is the one that is taken where none is named. */
export const TARGETS: readonly string[] = Object.keys(MODULES);

/** Reports what contradicts itself in any section. */
export function reportMisfits(sections: TargetSections, folder: string, report: Report): void {
  each(sections, (module, section) => module.reportMisfits(section, folder, report));
}

/** The tiers that sections name. */
export const tierNamesIn = (sections: TargetSections): readonly TierReference[] =>
  each(sections, (module, section) => module.tierNames(section)).flat();

/**
 * Opens a target to rehearse on.
 *
 * @throws TwinError `target`
 */
export const openTarget = (name: string, sections: TargetSections, folder: string): Target => {
  const known = nameOf(name);
  return MODULES[known].open(sections[known], folder);
};

/**
 * Opens a target to tear down with.
 *
 * @throws TwinError `target`
 */
export const reopenTarget = (name: string, folder: string): Target => MODULES[nameOf(name)].reopen(folder);

function each<T>(
  sections: TargetSections,
  work: <N extends keyof TargetSections>(
    module: TargetModule<TargetSections[N]>,
    section: TargetSections[N],
  ) => T,
): T[] {
  return (Object.keys(MODULES) as (keyof TargetSections)[]).map((name) =>
    work(MODULES[name], sections[name]),
  );
}

/** A ledger may name a target of a later version of cdk-twin. */
function nameOf(name: string): keyof TargetSections {
  if (Object.hasOwn(MODULES, name)) return name as keyof TargetSections;
  throw new TwinError({
    code: 'target',
    message: `there is no target "${name}"; ${didYouMean(name, TARGETS)}`,
    fix: 'Use the version of cdk-twin that started the rehearsal.',
  });
}
