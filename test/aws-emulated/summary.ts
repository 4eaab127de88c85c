import type { Danger } from './case';
import { LISTS } from './census';
import type { EmulatorName } from './emulator';
import type { Life } from './life';

/** A type that no emulator takes from its creation to its deletion. */
export interface Beyond {
  readonly type: string;
  readonly on: EmulatorName;
  readonly why: string;
}

export interface SummaryProps {
  /** The types of which nothing is left. */
  readonly gone: readonly string[];
  readonly dangers: readonly Danger[];
  /** Types of which an emulator leaves something itself. */
  readonly leftByEmulator: readonly string[];
  readonly beyond: readonly Beyond[];
}

const WIDTH = 80;

/** What was seen and what was not, for a terminal of 80 columns. */
export function summary({ gone, dangers, leftByEmulator, beyond }: SummaryProps): string {
  const has = (isEmulated: boolean): string[] =>
    dangers.filter((it) => it.isEmulated === isEmulated).map(({ what }) => `  - ${what}`);
  const rows = [...beyond].sort((a, b) => a.type.localeCompare(b.type));
  const width = Math.max(...rows.map(({ type }) => short(type).length));
  return [
    '',
    `Seen to be made, and gone with their staging: ${gone.length} resource types`,
    ...wrapped(gone.map(short).sort().join(', ')),
    '',
    'Seen to stay with a production that retains nothing, gone with its staging',
    ...has(true),
    '',
    'Not told by these emulators: that they go with a staging proves nothing',
    ...has(false),
    ...leftByEmulator.map((type) => `  - ${short(type)}: the emulator leaves it of any stack`),
    '',
    'Not taken through by these emulators, and not counted',
    ...rows.map(({ type, on, why }) =>
      `  ${short(type).padEnd(width)}  ${on.padEnd(9)}  ${why}`.slice(0, WIDTH),
    ),
    '',
  ].join('\n');
}

/** Why a type was not taken through, in a few words. */
export function whyNot(type: string, { notMade, notDeleted, unanswered, seen }: Life): string {
  if (notMade !== undefined) return /Unrecognized|Unsupported/i.test(notMade) ? 'unknown to it' : 'not made';
  if (!(type in LISTS)) return 'has no list';
  if (unanswered.includes(type)) return 'its list is broken';
  if (!seen.includes(type)) return 'made in name only';
  return notDeleted === undefined ? 'left by its deletion' : 'its stack stays';
}

const short = (type: string): string => type.replace(/^AWS::/, '');

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' '))
    if (`${lines.at(-1)} ${word}`.length < WIDTH - 2) lines.push(`${lines.pop()} ${word}`.trim());
    else lines.push(word);
  return lines.map((line) => `  ${line}`);
}
