import { version as tool } from '../../package.json';
import { digestOf } from '../digest';
import { TwinError } from '../error';
import type { RehearsalConfig } from '../config/types';
import type { Group, Rotation } from '../evidence/evidence';
import { noteNotStarted } from '../evidence/store';
import { NOTHING_DONE } from './fresh-ledger';
import { LedgerFile, type Ledger } from './ledger';
import { assemblyFor } from './assembly-folders';
import { assembliesOf, candidatesOf } from './flags';
import { logsOf, plan, planDone } from './plan';
import { claimed, runFrom, startRun, type Rehearsed, type RunProps } from './run';

/** What a rehearsal of a release is run with. */
export interface RehearseProps extends RunProps {
  readonly config: RehearsalConfig;
  readonly configFile: string;
  readonly gatesDigest: string;
  readonly from: string;
  readonly to: string;
  /** The factors that staging is to have at production's size. @default - as declared */
  readonly fullSize?: readonly string[] | undefined;
  /** Whose turn that is. @default - it is not asked for in turns */
  readonly rotation?: Rotation;
  /** Whether what costs more than its gate allows is refused before it stands. @default - only where it is paid for */
  readonly refusesPrice?: boolean;
  /** What this is a part of. @default - it is all there is */
  readonly group?: Group | undefined;
  /**
   * Waits, before anything is stood up, until what runs beside this is planned too.
   *
   * @returns why nothing is to be stood up; undefined where nothing speaks against it
   * @default - nothing runs beside it
   */
  readonly whenPlanned?: () => Promise<string | undefined>;
  /** Whether to leave the environment standing. */
  readonly keep: boolean;
  /** Whether to end with the first gate that has failed: what is left of the checks and drills is not run. @default false */
  readonly failFast?: true | undefined;
}

/**
 * Rehearses a release: stands an environment up, and tears it down unless `keep` is set.
 *
 * @throws TwinError when the rehearsal cannot start: then nothing was stood up
 */
export async function rehearse(props: RehearseProps): Promise<Rehearsed> {
  const { parts, rehearsals, from, to } = props;
  checkReleases(from, to);
  const now = parts.now();
  const rehearsal = rehearsals.create(to, now);
  const folder = rehearsals.folderOf(rehearsal);
  new LedgerFile(folder, firstEntry(props, rehearsal, now)).change({}); // without a ledger nothing starts
  return claimed({ rehearsals, rehearsal }, async (ledger) => {
    const context = startRun(props, ledger);
    if (props.refusesPrice) context.refusesPrice = true;
    const { assemblies } = ledger.value;
    const all = [
      { assembly: assemblies.from, release: from },
      ...candidatesOf(assemblies, to, props.config.drills),
    ];
    const planned = await plan(context, props.config.environment, all).catch((error: unknown) => {
      noteNotStarted(folder);
      throw error;
    });
    if ('kind' in planned) return planned;
    context.proof = planned;
    const { environment } = planned;
    ledger.change({
      environment,
      ...(context.code && { code: context.code }),
      ...(context.codeState && { codeState: context.codeState }),
      ...(context.replayed && { replayed: context.replayed }),
      steps: planDone(context, []),
      spans: context.journal.spans,
      files: logsOf(folder, all),
    });
    const obstacle = await props.whenPlanned?.();
    if (obstacle !== undefined) return { kind: 'stopped', message: `${obstacle}: nothing was stood up` };
    return runFrom(context, 'seed', props);
  });
}

/**
 * Checks that there is something to rehearse.
 *
 * @throws TwinError `same-release`
 */
export function checkReleases(from: string, to: string): void {
  if (from !== to) return;
  throw new TwinError({
    code: 'same-release',
    message: `the candidate ${to} is the release that production runs`,
    fix: 'Name the candidate with --to; what production runs is "baseline" in twin.config.ts, or --from.',
  });
}

/** A digest that is equal for attempts with the same checks, drills and version. */
export const scriptDigestOf = ({
  checks,
  drills = {},
  traffic = {},
  capacity,
  darkLaunch,
  version,
}: RehearsalConfig): string => digestOf({ checks, drills, traffic, capacity, darkLaunch, version });

function firstEntry(props: RehearseProps, rehearsal: string, now: Date): Ledger {
  const { parts, rehearsals, config, configFile, gatesDigest, from, to, keep } = props;
  const { failFast, fullSize, group, rotation } = props;
  const folder = rehearsals.folderOf(rehearsal);
  const ofFrom = assemblyFor(folder, from);
  return {
    version: 1,
    tool,
    rehearsal,
    target: parts.target.name,
    handle: parts.target.allocate(rehearsal),
    from,
    to,
    startedAt: now.toISOString(),
    configFile,
    gates: config.gates,
    gatesDigest,
    scriptDigest: scriptDigestOf(config),
    assemblies: { from: ofFrom, ...assembliesOf(folder, to, config.drills, ofFrom) },
    ...(fullSize && { fullSize }),
    ...(rotation && { rotation }),
    ...(group && { group }),
    keep,
    ...(failFast && { failFast }),
    ...NOTHING_DONE,
  };
}
