import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { messageWithFix, TwinError } from '../error';
import { REHEARSALS } from '../evidence/files';
import { finish, type Unreached } from '../rehearsal/finish';
import { isOver, type Ledger } from '../rehearsal/ledger';
import { standingProductions } from '../rehearsal/production';
import { Rehearsals } from '../rehearsal/rehearsals';
import { type Ended } from '../rehearsal/run';
import { UNSTOPPABLE } from '../targets/target';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { commandsIn, progressOn, type RehearsalCommandProps } from './rehearsed';

/** The flags of `twin down`. */
interface DownFlags {
  readonly config: string;
  readonly all?: true;
  readonly force?: true;
}

/** How something is torn down. */
interface Removal extends DownFlags {
  /** Whether it is known what is torn down: one of two productions, or all there is. @default false */
  readonly isConfirmed?: boolean;
}

/** The command `twin down`: tears down what a rehearsal left standing. */
export function downCommand(props: RehearsalCommandProps): Command {
  return commandNamed('down')
    .description(
      'Tears down the environment of a rehearsal that was kept, or whose process has ended, from its ledger alone, ' +
        'and looks for leftovers. Does nothing where there is nothing to tear down, so it is always safe to run.',
    )
    .argument(
      '[names...]',
      'rehearsals in .twin (default: the last with an environment, in all of its stagings)',
    )
    .addOption(new Option('--all', 'every rehearsal with an environment'))
    .option('--force', 'even while its process is at work')
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (named: readonly string[], flags: DownFlags) => {
      const removal = { ...flags, isConfirmed: flags.all === true };
      props.done(await removeAll(props, removal, chosen(named, flags)));
    });
}

const MORE_HELP = `
Exit codes:
  0   no leftovers
  2   bad input
  3   there may be leftovers
  70  a bug in cdk-twin

Examples:
  twin down
  twin down 20261121-041233-1.42.0
  twin down --all`;

/** The rehearsals to finish; a reason where there is nothing to do. */
function chosen(named: readonly string[], { config, all }: DownFlags): readonly string[] | string {
  // nothing to do in a folder that is not there would hide what stands in the one that was meant
  if (!existsSync(config)) throw noFolder(config);
  const rehearsals = new Rehearsals(config);
  const [first] = named;
  if (first !== undefined && all) throw namedAndAll(first);
  const names = rehearsals.names();
  for (const it of named) if (!names.includes(it)) rehearsals.open(it); // which says what there is
  if (first !== undefined) return [...new Set(named)];
  const last = names.at(-1);
  if (last === undefined)
    return `there is no rehearsal in ${join(config, REHEARSALS)}; what another machine stood up, twin sweep finds`;
  // what uses the data of another one goes before it
  const standing = rehearsals.standing().toReversed();
  const [newest] = standing;
  if (newest === undefined) return overOf(rehearsals.open(last).value);
  if (all) return standing;
  const group = groupOf(newest, rehearsals);
  return standing.filter((it) => it === newest || (group !== undefined && groupOf(it, rehearsals) === group));
}

/** What a rehearsal is a part of; undefined where it is alone, or its ledger cannot be read. */
function groupOf(rehearsal: string, rehearsals: Rehearsals): string | undefined {
  try {
    return rehearsals.open(rehearsal).value.group?.name;
  } catch (error) {
    if (error instanceof TwinError) return undefined;
    throw error;
  }
}

/** One of two productions is torn down by name alone: clients may be there. @throws TwinError `in-use` */
function checkAlone({ rehearsal, environment = '' }: Ledger, productions: readonly Ledger[]): void {
  const isOne = productions.some((it) => it.rehearsal === rehearsal);
  const other = productions.find((it) => it.rehearsal !== rehearsal);
  if (!isOne || !other) return;
  throw new TwinError({
    code: 'in-use',
    message: `${environment} stands beside ${other.environment}: one of two productions is not torn down in passing`,
    fix: `Run twin production down --environment ${environment}, or twin down --all for everything.`,
  });
}

const noFolder = (folder: string): TwinError =>
  new TwinError({
    code: 'missing-place',
    message: `there is no folder ${folder}`,
    fix: 'Name the folder of twin.config.ts with --config <dir>, or leave that out for the current folder.',
  });

const namedAndAll = (named: string): TwinError =>
  new TwinError({
    code: 'usage',
    message: `"${named}" is given together with --all`,
    fix: 'Leave one of them out.',
  });

const overOf = ({ rehearsal, standing }: Ledger): string =>
  `${rehearsal} ${standing === 'none' ? 'stood nothing up' : 'is torn down'}`;

const nothingToDo = (why: string): Outcome => ({ text: `nothing to do: ${why}\n`, exitCode: EXIT.ok });

/** Continues with the next rehearsal even where one fails. */
export async function removeAll(
  props: RehearsalCommandProps,
  flags: Removal,
  names: readonly string[] | string,
): Promise<Outcome> {
  if (typeof names === 'string') return nothingToDo(names);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    try {
      outcomes.push(await remove(props, flags, name));
    } catch (error) {
      if (names.length === 1) throw error;
      outcomes.push({ text: '', exitCode: EXIT.leftovers, problems: [error] });
    }
  }
  const codes = outcomes.map(({ exitCode }) => exitCode);
  return {
    text: outcomes.map(({ text }) => text).join(''),
    // leftovers outweigh every other code
    exitCode: codes.includes(EXIT.leftovers) ? EXIT.leftovers : Math.max(...codes),
    problems: outcomes.flatMap(({ problems = [] }) => problems),
  };
}

async function remove(
  { context, terminal }: RehearsalCommandProps,
  { config, force, isConfirmed }: Removal,
  rehearsal: string,
): Promise<Outcome> {
  const rehearsals = new Rehearsals(config);
  const ledger = rehearsals.open(rehearsal).value;
  if (isOver(ledger)) return nothingToDo(overOf(ledger));
  if (!force && !isConfirmed) checkAlone(ledger, standingProductions(rehearsals));
  const progress = progressOn(terminal);
  try {
    const ended = await finish({
      parts: context.openToRemove(config, ledger.target),
      rehearsals,
      rehearsal,
      force: force === true,
      // never stopped: after an interruption the same command starts it again
      signal: UNSTOPPABLE,
      listener: progress.listener,
      commandOf: commandsIn(config),
    });
    if (!ended) return nothingToDo(overOf(ledger));
    return ended.kind === 'ended' ? outcomeOf(ended) : unchanged(rehearsal, ended, commandsIn(config));
  } finally {
    progress.close();
  }
}

/** Its tear-down has not started. */
function unchanged(
  rehearsal: string,
  { error }: Unreached,
  commandOf: ReturnType<typeof commandsIn>,
): Outcome {
  const lines = [
    `${rehearsal} is not torn down, and stays as it was: ${messageWithFix(error)}`,
    `  finish with ${commandOf('down', rehearsal)}`,
  ];
  return { text: `${lines.join('\n')}\n`, exitCode: EXIT.leftovers };
}

function outcomeOf({ ledger: { rehearsal, tearDown }, problems }: Ended): Outcome {
  if (tearDown?.outcome === 'gone') {
    const isBug = problems.some((problem) => !(problem instanceof TwinError));
    return {
      text: `${rehearsal} is torn down: no leftovers\n`,
      exitCode: isBug ? EXIT.bug : EXIT.ok,
      problems,
    };
  }
  const { error = 'there are leftovers', leftovers = [], finish: command = '' } = tearDown ?? {};
  const lines = [
    `${rehearsal} is not torn down: ${error}`,
    ...leftovers.map(({ kind, what }) => `  - ${kind} ${what}`),
    `  finish with ${command}`,
  ];
  return { text: `${lines.join('\n')}\n`, exitCode: EXIT.leftovers, problems };
}
