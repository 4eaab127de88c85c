import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version as tool } from '../../package.json';
import { machineFaultOf, messageOf, TwinError } from '../error';
import { isObject, parseJson } from '../json';
import type {
  DeployedDatabase,
  DeployedStackRef,
  FinalCopy,
  OldProduction,
  WhatStands,
} from '../targets/old-production';
import type { ProbeWatch } from '../probes/probes';
import type { Watch } from '../targets/target';
import { replaceFile } from './ledger';
import type { Rehearsals } from './rehearsals';

/** The file in the folder of the tear-down of a production that others deployed. */
export const DOWN_FILE = 'production-down.json';

/**
 * All that is known of the tear-down of a production that others deployed, written before each effect and after it. It goes on from this
 * file, and stays: it names the final snapshots. Holds no secret.
 */
export interface ProductionDown {
  readonly version: 1;
  /** The version of cdk-twin that wrote it. */
  readonly tool: string;
  /** Such as `20261121-041200-down-Prod`; its folder in `.twin`. */
  readonly down: string;
  readonly target: string;
  readonly environment: string;
  readonly release: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** `stopped`: nothing was removed, and it does not go on. */
  readonly state: 'keeping' | 'removing' | 'gone' | 'stopped';
  readonly stacks: readonly DownStack[];
  readonly databases: readonly DownDatabase[];
}

/** A stack that is deleted. */
export interface DownStack extends DeployedStackRef {
  readonly isGone: boolean;
  /** What it leaves by its own deletion policies, each in a phrase. */
  readonly leaves: readonly string[];
}

/** A database that is deleted with them, unless its own deletion policy keeps it. */
export interface DownDatabase extends DeployedDatabase {
  /** The name of the snapshot that is to be taken. @default - none is */
  readonly snapshot?: string;
  /** Those that are there. */
  readonly copies: readonly FinalCopy[];
}

/** What the snapshots of a database are called: one that was broken off may be there too. */
export const copiesNamed = ({ snapshot, copies }: DownDatabase): readonly string[] => [
  ...new Set([...(snapshot === undefined ? [] : [snapshot]), ...copies.map(({ name }) => name)]),
];

/** The tear-downs of a target that have not come to their end, the oldest first. @throws TwinError `ledger` */
export const unfinishedDowns = (rehearsals: Rehearsals, target: string): readonly ProductionDown[] =>
  rehearsals
    .having(DOWN_FILE)
    .map((name) => readDown(rehearsals.folderOf(name)))
    .filter((it) => it.target === target && (it.state === 'keeping' || it.state === 'removing'));

/** Ends one that removed nothing: its snapshots may be old when it is asked for again. */
export const endDown = (rehearsals: Rehearsals, down: ProductionDown): void =>
  writeDown(rehearsals, { ...down, state: 'stopped' });

/** Reads what is known of a tear-down. @throws TwinError `ledger` */
export function readDown(folder: string): ProductionDown {
  const file = join(folder, DOWN_FILE);
  const value = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
  if (isObject(value) && value['version'] === 1 && Array.isArray(value['databases']))
    return value as unknown as ProductionDown;
  throw new TwinError({
    code: 'ledger',
    message: `${file} is not what this version of twin wrote, so that nothing says which final snapshots there are`,
    fix: 'Look for them by their tag cdk-twin:final-of, and remove the folder.',
  });
}

/** What is to be torn down. */
export interface DownPlan extends Pick<ProductionDown, 'target' | 'environment' | 'release'> {
  readonly stands: WhatStands;
  readonly keepsData: boolean;
}

/** Writes down what is to be done, before anything is. @throws TwinError `ledger-unwritable` */
export function startDown(
  rehearsals: Rehearsals,
  { stands, keepsData, ...of }: DownPlan,
  now: Date,
): ProductionDown {
  const down = rehearsals.create(`down-${of.environment}`, now);
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
  const databases = stands.databases.map((it, i) => ({
    ...it,
    ...(keepsData && { snapshot: snapshotName([of.environment, it.tier], `${stamp}-${i + 1}`) }),
    copies: [],
  }));
  const stacks = stands.stacks.map((it) => ({ ...it, isGone: false, leaves: [] }));
  const value: ProductionDown = {
    version: 1,
    tool,
    down,
    ...of,
    startedAt: now.toISOString(),
    state: 'keeping',
    stacks,
    databases,
  };
  writeDown(rehearsals, value);
  return value;
}

/** Letters, digits and single hyphens, 63 at the most, as Amazon RDS has it. */
function snapshotName(words: readonly string[], stamp: string): string {
  const slugs = words.map((it) =>
    it
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, ''),
  );
  const [name = '', tier = ''] = slugs.map((it) => it.slice(0, 18).replace(/-$/, ''));
  return `${/^[a-z]/.test(name) ? '' : 'of-'}${name}-${tier}-final-${stamp}`.replaceAll(/-{2,}/g, '-');
}

function writeDown(rehearsals: Rehearsals, value: ProductionDown): void {
  replaceFile(join(rehearsals.folderOf(value.down), DOWN_FILE), `${JSON.stringify(value, null, 1)}\n`);
}

/** What a production is torn down with. */
export interface DownProps {
  readonly production: OldProduction;
  readonly rehearsals: Rehearsals;
  /** @throws TwinError `in-use` where clients use it: asked again before anything is removed */
  readonly checkFree: () => Promise<void>;
  readonly watch: Omit<Watch, 'learn'>;
}

/**
 * Takes the final snapshots, then deletes the stacks, the last first. Where the first was to be deleted, it can go on after an interruption.
 *
 * @returns what was done; `error` says why it ended after the first stack was to be deleted
 * @throws TwinError where nothing was deleted: `not-kept`, `in-use`, and the reason of the signal
 */
export async function goOnDown(
  start: ProductionDown,
  { production, rehearsals, checkFree, watch }: DownProps,
): Promise<{ readonly down: ProductionDown; readonly error?: unknown }> {
  let down = start;
  const change = (patch: Partial<ProductionDown>): void => {
    down = { ...down, ...patch };
    writeDown(rehearsals, down);
  };
  if (down.state === 'keeping') {
    try {
      for (const database of down.databases) {
        const copies = await kept(database, production, down.environment, watch);
        change({ databases: down.databases.map((it) => (it.id === database.id ? { ...it, copies } : it)) });
      }
      watch.signal.throwIfAborted();
      await checkFree();
    } catch (error) {
      change({ state: 'stopped' });
      throw error;
    }
    change({ state: 'removing' });
  }
  try {
    for (const stack of down.stacks.toReversed().filter(({ isGone }) => !isGone)) {
      const leaves = await watch.span(`delete ${stack.name}`, () => production.remove(stack, watch));
      change({
        stacks: down.stacks.map((it) => (it.id === stack.id ? { ...it, isGone: true, leaves } : it)),
      });
    }
    const databases: DownDatabase[] = [];
    for (const it of down.databases)
      databases.push({ ...it, copies: await allCopies(it, production, new Date(down.startedAt), watch) });
    change({ state: 'gone', databases });
    return { down };
  } catch (error) {
    return { down, error };
  }
}

async function kept(
  database: DownDatabase,
  production: OldProduction,
  environment: string,
  watch: DownProps['watch'],
): Promise<readonly FinalCopy[]> {
  const { tier, snapshot, copies } = database;
  if (snapshot === undefined) return copies;
  try {
    return [await watch.span(`keep ${tier}`, () => production.keep(database, snapshot, watch))];
  } catch (error) {
    watch.signal.throwIfAborted();
    if (!(error instanceof TwinError) && machineFaultOf(error) === undefined) throw error;
    throw new TwinError({
      code: 'not-kept',
      message: `the data of ${tier} of ${environment} could not be kept, so that nothing of it is torn down: ${messageOf(error)}`,
      fix: 'Correct that, and run the same command again; or tear it down with its data: --no-snapshots.',
      cause: error,
    });
  }
}

/** Its services take snapshots of their own where the deletion policy says so. */
async function allCopies(
  database: DownDatabase,
  production: OldProduction,
  since: Date,
  watch: ProbeWatch,
): Promise<readonly FinalCopy[]> {
  const found = await production.copiesOf(database, since, watch);
  return [...database.copies, ...found.filter(({ arn }) => !database.copies.some((it) => it.arn === arn))];
}
