import { TwinError } from '../error';
import { renderText as renderEvidence } from '../evidence/text';
import { renderText as renderParity } from '../parity/report-text';
import type { RehearsalParts } from '../rehearsal/parts';
import { Rehearsals } from '../rehearsal/rehearsals';
import type { Ended, Rehearsed, RunProps } from '../rehearsal/run';
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
    for (const other of rehearsals.standing({ idle: true }).filter((name) => name !== current)) {
      progress.note(`${other} may stand since before: remove it with ${commandOf('down', other)}`);
    }
    return outcomeOf(rehearsed, flags, terminal);
  } finally {
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
    [`npx twin ${verb}`, rehearsal, ...(folder === '.' ? [] : ['--config', quoted(folder)])]
      .filter((word) => word !== '')
      .join(' ');

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));

function sayWhatIsNext(rehearsed: Rehearsed, progress: Progress, commandOf: RunProps['commandOf']): void {
  if (rehearsed.kind === 'stopped') return progress.note(rehearsed.message);
  if (rehearsed.kind === 'not a twin') {
    return progress.note(`${rehearsed.release} is not rehearsed: staging is no twin of production`);
  }
  const { standing, rehearsal, tearDown } = rehearsed.ledger;
  if (standing === 'kept') {
    progress.note(`kept, as asked: try again with ${commandOf('retry', rehearsal)} --to <release>`);
    progress.note(`remove it with ${commandOf('down', rehearsal)}`);
  }
  if (tearDown?.outcome === 'left') {
    progress.note(`something may be left; finish with ${commandOf('down', rehearsal)}`);
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
      : renderEvidence(evidence, { color, width: columns, folder })
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
