import { join } from 'node:path';
import { TwinError } from '../error';
import { keepFinalSnapshots } from '../rehearsal/final-snapshots';
import type { Ledger } from '../rehearsal/ledger';
import { noProduction, standingProductions } from '../rehearsal/production';
import { severalStand } from '../rehearsal/second-production';
import { Rehearsals } from '../rehearsal/rehearsals';
import { TARGETS } from '../targets/registry';
import { UNSTOPPABLE } from '../targets/target';
import { removeAll } from './down';
import type { Outcome } from './outcome';
import { commandsIn, progressOn, type RehearsalCommandProps } from './rehearsed';

/** The flags of `twin production down`. */
interface DownFlags {
  readonly environment?: string;
  readonly confirm?: string;
  /** Whether its data are kept. */
  readonly snapshots?: boolean;
  readonly config: string;
}

/**
 * Tears a production for trial down. One of two is named, and its name is typed: the other one stays.
 *
 * @throws TwinError `environment`, `in-use`, `not-confirmed`
 */
export async function productionDown(props: RehearsalCommandProps, flags: DownFlags): Promise<Outcome> {
  const { config, environment } = flags;
  const all = standingProductions(new Rehearsals(config));
  const named = all.filter((it) => environment === undefined || it.environment === environment);
  const [one] = named;
  if (!one) return removeAll(props, { config }, noProduction(environment).message);
  if (named.length > 1) throw severalStand(all);
  const other = all.find((it) => it !== one);
  if (other) await checkFree(props, one, other);
  if (!(other ?? environment)) return removeAll(props, { config, isConfirmed: true }, [one.rehearsal]);
  await confirm(props, flags, one);
  const kept = flags.snapshots === false ? [] : await keep(props, config, one);
  const outcome = await removeAll(props, { config, isConfirmed: true }, [one.rehearsal]);
  return { ...outcome, text: outcome.text + kept.map((it) => `${it}\n`).join('') };
}

/** Keeps the data of a production that is not to come back. @returns what was kept, in lines */
async function keep(
  { context, terminal }: RehearsalCommandProps,
  config: string,
  { rehearsal, target }: Ledger,
): Promise<readonly string[]> {
  const rehearsals = new Rehearsals(config);
  const progress = progressOn(terminal);
  try {
    const snapshots = await keepFinalSnapshots({
      parts: context.openToRemove(config, target),
      rehearsals,
      rehearsal,
      signal: UNSTOPPABLE,
      listener: progress.listener,
      commandOf: commandsIn(config),
    });
    return snapshots.map(
      ({ tier, engine, folder }) =>
        `kept ${tier} ${join(rehearsals.folderOf(rehearsal), folder)} (${engine})`,
    );
  } finally {
    progress.close();
  }
}

/** @throws TwinError `in-use` where clients or the other production still use it */
async function checkFree({ context }: RehearsalCommandProps, one: Ledger, other: Ledger): Promise<void> {
  const [name, stays] = [one.environment!, other.environment!];
  const refuse = (message: string, fix: string): TwinError => new TwinError({ code: 'in-use', message, fix });
  if (one.beside === undefined)
    throw refuse(
      `${name} has the data that ${stays} uses, and the address of its clients`,
      `Tear ${stays} down first, once all traffic goes to ${name}: twin cutover --to ${name}.`,
    );
  const state = await trafficOf(context, other);
  if (!state || state.percent === 0) return;
  throw refuse(
    `${state.percent} % of the requests of clients go to ${name}`,
    `Move them first: twin cutover --to ${stays}.`,
  );
}

/** @returns undefined where nothing is moved, or the production that has the address of clients has ended */
async function trafficOf(context: RehearsalCommandProps['context'], first: Ledger) {
  try {
    return await context.traffic(TARGETS[0]!)?.read(first.handle, { signal: UNSTOPPABLE, log: () => {} });
  } catch (error) {
    if (error instanceof TwinError && error.isMachineFault) return undefined;
    throw error;
  }
}

async function confirm(
  { terminal }: RehearsalCommandProps,
  { confirm: given }: DownFlags,
  one: Ledger,
): Promise<void> {
  const { environment: name = '' } = one;
  const typed =
    given ??
    (await terminal.ask?.(`This tears ${name} down for good. Type its name to confirm: `, UNSTOPPABLE));
  checkTyped(typed, name);
}

/**
 * Checks that a person has typed the name of a production that is to be torn down.
 *
 * @param typed - undefined where nobody was there
 * @throws TwinError `not-confirmed`
 */
export function checkTyped(typed: string | undefined, name: string): void {
  if (typed?.trim() === name) return;
  throw new TwinError({
    code: 'not-confirmed',
    message:
      typed === undefined
        ? `nobody has confirmed that ${name} is to be torn down`
        : `"${typed.trim()}" was typed, expected "${name}": it is not torn down`,
    fix: `Type its name, or add --confirm ${name}.`,
  });
}
