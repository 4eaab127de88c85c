import type { SeedConfig } from '../../config/types';
import { didYouMean, TwinError } from '../../error';
import type { TierReference } from '../module';

/** What the config calls by tiers. */
export type SeedNames = Pick<SeedConfig, 'clusters' | 'clones' | 'caches' | 'empty'>;

/** How a tier begins: as its checkpoint has it, or as its app says, where nothing of the config is asked. */
export type Begins = 'copy' | 'clone' | 'empty' | 'kept' | 'own';

/** A database or a cache of staging, and how it begins. */
export interface Beginner {
  readonly name: string;
  readonly isCache: boolean;
  readonly begins: Begins;
}

const DATABASES = ['sql', 'document', 'storage'] as const; // a cluster that is no other tier is storage

/** The keys whose entries are called by tiers: the tiers that they may name, and how those begin. */
const KEYS = {
  clusters: { kinds: [...DATABASES, 'cache'], begins: 'copy', noun: 'database and no cache' },
  clones: { kinds: DATABASES, begins: 'clone', noun: 'database' },
  caches: { kinds: ['cache'], begins: 'copy', noun: 'cache' },
  empty: { kinds: DATABASES, begins: 'empty', noun: 'database' },
} as const;

const namesIn = (names: SeedNames, key: keyof typeof KEYS): readonly string[] => {
  const value = names[key] ?? [];
  return Array.isArray(value) ? (value as readonly string[]) : Object.keys(value);
};

const entriesOf = (names: SeedNames) =>
  (Object.keys(KEYS) as (keyof typeof KEYS)[]).flatMap((key) =>
    namesIn(names, key).map((name) => ({ at: `aws.seed.${key}`, name, ...KEYS[key] })),
  );

/** The tiers that `aws.seed` names, for the check of the config. */
export const seedTiers = (names: SeedNames): readonly TierReference[] =>
  entriesOf(names).map(({ at, name, kinds }) => ({ at, name, kinds }));

/**
 * Checks that every tier which the config names is there, and begins as the key says: an entry that decides nothing would not
 * be missed.
 *
 * @throws TwinError `seed` where one does not
 */
export function checkNames(names: SeedNames, all: readonly Beginner[], environment: string): void {
  for (const { at, name, kinds, begins, noun } of entriesOf(names)) {
    const known = all.filter((it) => kinds.some((kind) => it.isCache === (kind === 'cache')));
    const found = known.find((it) => it.name === name);
    if (found === undefined) {
      const which = didYouMean(
        name,
        known.map((it) => it.name),
      );
      throw new TwinError({
        code: 'seed',
        message: `${at} names "${name}", which is no ${noun} of ${environment}; ${which}`,
        fix: 'Name a tier of the environment.',
      });
    }
    if (found.begins === begins || found.begins === 'kept') continue;
    throw new TwinError({
      code: 'seed',
      message: `${at} names "${name}", which begins ${HOW[found.begins]}: the entry would decide nothing`,
      fix: `Take ${name} out of ${at}, or out of what decides instead.`,
    });
  }
}

const HOW: Readonly<Record<Exclude<Begins, 'kept'>, string>> = {
  copy: 'with a copy of a snapshot',
  clone: 'as a clone, by aws.seed.clones',
  empty: 'empty',
  own: 'as the app says, by its own restoreFrom',
};
