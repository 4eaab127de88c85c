import { Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { TwinError } from '../error';
import { REHEARSALS } from '../evidence/files';
import { prune, type Pruning } from '../history/prune';
import { plural } from '../report/words';
import { inJson, versioned } from './json';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';

/** The flags of `twin prune`. */
interface PruneFlags {
  readonly keep?: number;
  readonly olderThan?: number;
  readonly dryRun?: true;
  readonly root: string;
  readonly json?: true;
}

/** The command `twin prune`: removes the folders of old rehearsals. */
export function pruneCommand({ done }: CommandProps): Command {
  return commandNamed('prune')
    .description(
      'Removes the folders of rehearsals that ended, with their evidence: those beyond the newest of --keep, those that ended longer ago ' +
        'than --older-than, or with both flags what both allow. Never one whose environment may exist.',
    )
    .addOption(new Option('--keep <n>', 'how many of the newest stay').argParser(parseKeep))
    .addOption(
      new Option('--older-than <age>', 'how long ago it ended, such as 90d, 12w or 48h').argParser(parseAge),
    )
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .addOption(new Option('--root <dir>', 'the folder of rehearsals').default(REHEARSALS))
    .addOption(new Option('--json', 'write the result as JSON'))
    .addHelpText('after', MORE_HELP)
    .action(({ keep, olderThan, dryRun, root, json }: PruneFlags) => {
      if (keep === undefined && olderThan === undefined) throw noRule();
      if (root !== REHEARSALS && !existsSync(root)) throw noFolder(root);
      const isTrial = dryRun === true;
      const pruning = prune(root, { keep, olderThanMs: olderThan }, new Date(), isTrial);
      const text = json ? inJson(versioned('prune', pruning)) : textOf(pruning, root, isTrial);
      done({ text, exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
Exit codes:
  0   removed, or nothing to remove; what had to stay is named
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin prune --keep 20 --dry-run
  twin prune --older-than 90d
  twin prune --keep 20 --older-than 90d`;

function textOf({ rehearsals, pruned }: Pruning, root: string, isTrial: boolean): string {
  const removed = pruned.filter(({ outcome }) => outcome === 'removed');
  const left = pruned.filter(({ outcome }) => outcome === 'left');
  const bytes = removed.reduce((sum, it) => sum + it.bytes, 0);
  const verb = isTrial ? 'would be removed' : 'removed';
  const total = `${removed.length} of ${plural(rehearsals, 'rehearsal')} in ${root} ${verb}`;
  const lines = [
    ...removed.map(({ rehearsal }) => `${isTrial ? 'would remove' : 'removed'} ${rehearsal}`),
    ...left.map(({ rehearsal, why }) => `left ${rehearsal}: ${why}`),
    removed.length === 0 ? total : `${total} (${showBytes(bytes)})`,
  ];
  return `${lines.join('\n')}\n`;
}

const MIB = 1024 * 1024;
const showBytes = (bytes: number): string =>
  bytes < 10 * MIB ? `${(bytes / MIB).toFixed(1)} MiB` : `${Math.round(bytes / MIB)} MiB`;

function parseKeep(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TwinError({
    code: 'usage',
    message: `--keep is "${text}"; expected a number of rehearsals, 0 or more`,
    fix: 'Write how many of the newest stay, such as --keep 20.',
  });
}

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR };

function parseAge(text: string): number {
  const [, count, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * UNITS[unit]!;
  throw new TwinError({
    code: 'usage',
    message: `--older-than is "${text}"; expected hours, days or weeks, such as 48h, 90d or 12w`,
    fix: 'Write a number and its unit, such as --older-than 90d.',
  });
}

const noRule = (): TwinError =>
  new TwinError({
    code: 'usage',
    message: 'twin prune has no rule; expected --keep, --older-than or both',
    fix: 'Write how many stay, such as --keep 20, or how old they may get, such as --older-than 90d.',
  });

const noFolder = (root: string): TwinError =>
  new TwinError({
    code: 'missing-place',
    message: `there is no folder ${root}`,
    fix: `Give --root the folder of rehearsals, or leave it out for ${REHEARSALS}.`,
  });
