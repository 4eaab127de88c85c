import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { didYouMean, messageOf, TwinError } from '../error';
import { showMoment } from '../evidence/figures';
import { claim } from '../rehearsal/claim';
import { Journal } from '../rehearsal/journal';
import {
  endDown,
  goOnDown,
  startDown,
  unfinishedDowns,
  type ProductionDown,
} from '../rehearsal/old-production';
import { Rehearsals } from '../rehearsal/rehearsals';
import { shellWord } from '../rehearsal/shell-word';
import { inWords } from '../report/words';
import type { OldProduction, WhatStands } from '../targets/old-production';
import type { Rules } from './context';
import { checkNoneUnfinished } from './cutover-back';
import { EXIT, type Outcome } from './outcome';
import { checkTyped } from './production-down';
import { progressOn, type RehearsalCommandProps } from './rehearsed';
import { onStopSignal, type StopWords } from './signals';

/** The flags that name a production which others deployed. */
export interface OldProductionFlags {
  readonly environment?: string;
  readonly target: string;
  readonly release?: string;
  readonly confirm?: string;
  readonly snapshots?: boolean;
  readonly config: string;
}

/**
 * Tears a production down that others deployed, and that no client uses any more: the old one after a cutover. Final snapshots of its
 * databases are taken before, and its name is typed.
 *
 * @throws TwinError `usage`, `in-use`, `protected`, `not-confirmed`, `not-kept`
 */
export async function oldProductionDown(
  props: RehearsalCommandProps,
  flags: OldProductionFlags,
): Promise<Outcome> {
  const { environment, target, config } = flags;
  if (environment === undefined) throw unnamed(target);
  if (flags.confirm !== undefined) checkTyped(flags.confirm, environment);
  const { context, terminal } = props;
  const rules = await context.rules(config);
  const rehearsals = new Rehearsals(config);
  const progress = progressOn(terminal);
  const again = againOf(flags);
  const isRemoving = { now: false };
  const stop = onStopSignal(context.signals, (it) => progress.note(it), stopping(isRemoving, again));
  const { signal } = stop;
  const journal = new Journal({ spans: [], listener: progress.listener, now: rules.now });
  let free = (): void => {};
  let goesOn = false;
  try {
    const checkFree = (): Promise<void> => checkNoClients(environment, target, rules, rehearsals, signal);
    await checkFree();
    const open = unfinishedDowns(rehearsals, target).findLast((it) => it.environment === environment);
    if (open) free = claim(rehearsals.folderOf(open.down), open.down);
    const release = flags.release ?? open?.release ?? rules.config.baseline;
    const production = await openAt({ environment, target, release }, rules, signal);
    const watch = journal.watch(signal);
    goesOn = open?.state === 'removing';
    const stands = goesOn ? undefined : await watch.span('look', () => production.look(watch));
    const question = stands ? planText(flags, environment, stands) : goingOn(open!);
    checkTyped(flags.confirm ?? (await terminal.ask?.(question, signal)), environment);
    if (open && !goesOn) {
      endDown(rehearsals, open);
      free();
    }
    const keepsData = flags.snapshots !== false;
    const start = stands
      ? startDown(rehearsals, { target, environment, release, stands, keepsData }, rules.now())
      : open!;
    if (!goesOn) free = claim(rehearsals.folderOf(start.down), start.down);
    isRemoving.now = goesOn;
    const { down, error } = await goOnDown(start, {
      production,
      rehearsals,
      checkFree: async () => {
        await checkFree();
        isRemoving.now = true;
      },
      watch,
    });
    return outcomeOf(down, error, again);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return stoppedAt(environment, goesOn, error);
    throw error;
  } finally {
    free();
    stop.close();
    progress.close();
  }
}

const stoppedAt = (environment: string, goesOn: boolean, error: unknown): Outcome => ({
  text: `${messageOf(error)}: nothing ${goesOn ? 'more ' : ''}of ${environment} was removed\n`,
  exitCode: goesOn ? EXIT.leftovers : EXIT.no,
});

/** The command that goes on. */
const againOf = ({ environment, target, config }: OldProductionFlags): string =>
  [
    `npx twin production down --environment ${shellWord(environment ?? '')} --target ${target}`,
    ...(config === '.' ? [] : [`--config ${shellWord(config)}`]),
  ].join(' ');

const stopping = (isRemoving: { readonly now: boolean }, again: string): StopWords => ({
  first: () =>
    isRemoving.now ? `what is being deleted goes on: ${again} goes on with the rest` : 'nothing is removed',
  second: () => `finish with ${again}`,
  fix: 'Run it again.',
});

/** @throws TwinError `in-use` where clients use it, or nothing says that they do not */
async function checkNoClients(
  environment: string,
  target: string,
  rules: Rules,
  rehearsals: Rehearsals,
  signal: AbortSignal,
): Promise<void> {
  const traffic = rules.traffic(target);
  const names = traffic?.productions?.map(({ name }) => name) ?? [];
  const at = names.indexOf(environment);
  if (!traffic?.productions || at === -1)
    throw new TwinError({
      code: 'in-use',
      message:
        names.length === 0
          ? `nothing says whether clients use ${environment}: the config shares no traffic between productions on the target ${target}`
          : `the config shares no traffic with a production "${environment}"; ${didYouMean(environment, names)}`,
      fix: `Only the old one of two is torn down: name both in ${target}.traffic of twin.config.ts, and move all clients away with twin cutover.`,
    });
  checkNoneUnfinished(rehearsals, target);
  const { percent } = await traffic.read(traffic.productions[0], { signal, log: () => {} });
  const share = at === 1 ? percent : 100 - percent;
  if (share === 0) return;
  throw new TwinError({
    code: 'in-use',
    message: `${share} % of the requests of clients go to ${environment}`,
    fix: `Move them first: twin cutover --to ${names[1 - at]} --target ${target} --release <release>.`,
  });
}

/** Opens the production by the assembly of a release, which names its stacks. @throws TwinError `unknown-environment` */
async function openAt(
  {
    environment,
    target,
    release,
  }: { readonly environment: string; readonly target: string; readonly release: string },
  rules: Rules,
  signal: AbortSignal,
): Promise<OldProduction> {
  const scratch = mkdtempSync(join(tmpdir(), 'twin-down-'));
  const assembly = resolve(scratch, 'assembly');
  await rules.synthesize({ release, context: {}, output: assembly, log: join(scratch, 'synth.log'), signal });
  const production = rules.oldProduction(target, { release, assembly, environment });
  if (!production) throw new Error(`${target} has no old productions`);
  rmSync(scratch, { recursive: true }); // the errors until then name its files
  return production;
}

function planText(
  { snapshots }: OldProductionFlags,
  environment: string,
  { stacks, databases, without }: WhatStands,
): string {
  const tiers = databases.map(({ tier, engine }) => `${tier} (${engine})`);
  const lost = snapshots === false ? [...tiers, ...without] : without;
  return [
    `${environment} is ${inWords(stacks.map(({ name, region }) => `${name} in ${region}`))}.`,
    ...(snapshots === false || tiers.length === 0 ? [] : [`A final snapshot is taken of ${inWords(tiers)}.`]),
    ...(lost.length === 0
      ? []
      : [`None is taken of ${inWords(lost)}: what becomes of the data is the deletion policy of each.`]),
    `This tears ${environment} down for good. Type its name to confirm: `,
  ].join('\n');
}

function goingOn({ environment, startedAt, stacks, databases }: ProductionDown): string {
  const rest = stacks.filter(({ isGone }) => !isGone).map(({ name }) => name);
  const copies = databases.flatMap(({ tier, copies: all }) =>
    all.map(({ takenAt }) => `${tier} of ${showMoment(takenAt)}`),
  );
  return [
    `${environment} is being torn down since ${showMoment(startedAt)}; ${rest.length === 0 ? 'its stacks are gone' : `${inWords(rest)} may still be there`}.`,
    copies.length === 0 ? 'There are no final snapshots.' : `Its final snapshots: ${inWords(copies)}.`,
    `This goes on for good. Type its name to confirm: `,
  ].join('\n');
}

function outcomeOf(down: ProductionDown, error: unknown, again: string): Outcome {
  const { environment, stacks, databases } = down;
  const gone = stacks.filter(({ isGone }) => isGone).map(({ name }) => name);
  const kept = databases.flatMap(({ tier, engine, region, copies }) =>
    copies.map(({ name, takenAt }) => `kept ${tier} ${name} (${engine}, ${region}, ${showMoment(takenAt)})`),
  );
  const left = stacks.flatMap(({ name, leaves }) => leaves.map((it) => `left by ${name} ${it}`));
  const isOver = down.state === 'gone';
  const lines = [
    isOver
      ? `${environment} is torn down: ${inWords(gone)}`
      : `${environment} is not torn down${gone.length === 0 ? '' : `, but for ${inWords(gone)}`}`,
    ...kept,
    ...left,
    ...(isOver ? [] : [`  finish with ${again}`]),
  ];
  const problems = error === undefined ? [] : [error];
  return { text: `${lines.join('\n')}\n`, exitCode: isOver ? EXIT.ok : EXIT.leftovers, problems };
}

const unnamed = (target: string): TwinError =>
  new TwinError({
    code: 'usage',
    message: `nothing says which production on the target ${target} is to be torn down`,
    fix: `Name it, such as twin production down --environment Prod --target ${target}.`,
  });
