import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import { PAGE_FILE } from '../evidence/files';
import { renderText as renderEvidence } from '../evidence/text';
import { renderText as renderParity } from '../parity/report-text';
import { addressesOf } from '../probes/addresses';
import type { RehearsalParts } from '../rehearsal/parts';
import { Rehearsals } from '../rehearsal/rehearsals';
import type { Ended, Rehearsed, RunProps } from '../rehearsal/run';
import { shellWord } from '../rehearsal/shell-word';
import { LiveList } from './live-list';
import { EXIT, type Outcome } from './outcome';
import type { CommandProps } from './parity';
import { PlainLines } from './plain-lines';
import type { Progress } from './progress';
import { heed } from './signals';
import type { Surroundings } from './surroundings';
import type { Terminal } from './terminal';

/** What a command that rehearses is made with. */
export interface RehearsalCommandProps extends CommandProps {
  readonly surroundings: Surroundings;
}

/** The flags that such commands share. */
export interface RehearsalFlags {
  /** The folder of the config. */
  readonly config: string;
  readonly keep?: true;
  readonly json?: true;
}

/**
 * Reads the name of a release. Commander takes the next flag for one where it is forgotten.
 *
 * @throws TwinError `usage`
 */
export function releaseOf(name: string): string {
  if (name !== '' && !name.startsWith('-')) return name;
  throw new TwinError({
    code: 'usage',
    message: `the release is "${name}"; allowed is a name that does not begin with "-"`,
    fix: 'Write it behind its flag, such as --to 1.42.0.',
  });
}

/** Rehearses with progress on stderr, and stops on signals. */
export async function rehearseOn(
  { terminal, surroundings }: RehearsalCommandProps,
  flags: RehearsalFlags,
  parts: RehearsalParts,
  perform: (run: RunProps) => Promise<Rehearsed>,
): Promise<Outcome> {
  const progress = progressOn(terminal);
  const commandOf = commandsIn(flags.config);
  const rehearsals = new Rehearsals(flags.config);
  let current = '';
  let told = '';
  const stop = heed(
    surroundings.signals,
    (message) => progress.note(message),
    () => commandOf('down', current),
  );
  try {
    const rehearsed = await perform({
      parts,
      rehearsals,
      signal: stop.signal,
      commandOf,
      listener: (event) => {
        if (event.event === 'opened') current = event.rehearsal;
        progress.listener(event);
      },
    });
    sayWhatIsNext(rehearsed, progress, commandOf);
    if (rehearsed.kind === 'ended' && rehearsed.ledger.standing === 'kept') {
      await sayWhereItIs(rehearsed, parts, progress, terminal);
    }
    // its own end is told; without one it may stand as others do
    if (rehearsed.kind === 'ended') told = current;
    return outcomeOf(rehearsed, flags, terminal);
  } finally {
    for (const other of rehearsals.standing({ idle: true }).filter((name) => name !== told)) {
      progress.note(`${other} may stand since before: remove it with ${commandOf('down', other)}`);
    }
    stop.close();
    progress.close();
  }
}

/** Progress on stderr: a list that lives on a screen, lines that stay in a log. */
export const progressOn = ({ stderr, screen }: Terminal): Progress =>
  screen ? new LiveList(stderr, screen) : new PlainLines(stderr);

/** The command that goes on with a rehearsal, as it can be typed where this process was started. */
export const commandsIn =
  (folder: string): RunProps['commandOf'] =>
  (verb, rehearsal) =>
    [`npx twin ${verb}`, rehearsal, ...(folder === '.' ? [] : ['--config', shellWord(folder)])]
      .filter((word) => word !== '')
      .join(' ');

function sayWhatIsNext(rehearsed: Rehearsed, progress: Progress, commandOf: RunProps['commandOf']): void {
  if (rehearsed.kind === 'stopped') return progress.note(rehearsed.message);
  if (rehearsed.kind === 'not a twin') {
    return progress.note(`${rehearsed.release} is not rehearsed: staging is no twin of production`);
  }
  const { standing, rehearsal, tearDown } = rehearsed.ledger;
  if (standing === 'kept') {
    const again = tearDown?.retry === undefined ? '' : `: try again with ${tearDown.retry} --to <release>`;
    progress.note(`kept, as asked${again}`);
    progress.note(`remove it with ${commandOf('down', rehearsal)}`);
  }
  if (tearDown?.outcome === 'left') {
    progress.note(`something may be left; finish with ${commandOf('down', rehearsal)}`);
  }
}

/** Says by what an environment that is kept is reached. A password is for a person at a screen: logs are kept. */
async function sayWhereItIs(
  { ledger: { handle } }: Ended,
  { target }: RehearsalParts,
  progress: Progress,
  { screen }: Terminal,
): Promise<void> {
  try {
    const { databases, ...web } = await target.endpoints(handle);
    const shown = screen ? databases : databases.map((database) => ({ ...database, password: '***' }));
    progress.note('it is reached by what your commands have in their environment:');
    for (const [name, url] of Object.entries(addressesOf({ ...web, databases: shown }))) {
      progress.note(`  ${name}=${url}`);
    }
  } catch (error) {
    progress.note(
      `nothing there tells where it is: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function outcomeOf(rehearsed: Rehearsed, { json }: RehearsalFlags, { color, columns }: Terminal): Outcome {
  if (rehearsed.kind === 'stopped') return { text: '', exitCode: EXIT.broken };
  if (rehearsed.kind === 'not a twin') {
    const { report } = rehearsed;
    const text = json ? inJson(report) : renderParity(report, { color, width: columns, verbose: false });
    return { text, exitCode: EXIT.broken };
  }
  const { evidence, folder, problems } = rehearsed;
  const text = evidence
    ? json
      ? inJson(evidence)
      : renderEvidence(evidence, {
          color,
          width: columns,
          ...(existsSync(join(folder, PAGE_FILE)) && { folder }), // the disk may have been full
        })
    : verdictAlone(rehearsed);
  return { text, exitCode: exitCodeOf(rehearsed), problems };
}

const inJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The verdict is told whatever became of the evidence. */
const verdictAlone = ({ ledger: { judged } }: Ended): string =>
  [judged?.verdict ?? 'NO-GO', ...(judged?.reasons ?? []).map((reason) => `  - ${reason}`), ''].join('\n');

/** What is left behind weighs most: it costs money, and nobody else will see it. */
function exitCodeOf({ ledger: { judged, tearDown }, problems }: Ended): number {
  if (tearDown === undefined || tearDown.outcome === 'left') return EXIT.left;
  if (problems.some((problem) => !(problem instanceof TwinError))) return EXIT.bug;
  if (judged?.verdict === 'BASELINE BROKEN') return EXIT.baselineBroken;
  if (judged?.verdict !== 'GO') return EXIT.broken;
  return problems.length === 0 ? EXIT.ok : EXIT.badInput;
}
