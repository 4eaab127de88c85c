import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, TwinError } from '../error';
import { PAGE_FILE } from '../evidence/files';
import { renderText as renderEvidence } from '../evidence/text';
import { renderText as renderParity } from '../parity/reports/text';
import { addressesOf } from '../probes/addresses';
import type { RehearsalParts } from '../rehearsal/parts';
import { Rehearsals } from '../rehearsal/rehearsals';
import type { Ended, Rehearsed, RunProps } from '../rehearsal/run';
import { shellWord } from '../rehearsal/shell-word';
import { UNSTOPPABLE, type Watch } from '../targets/target';
import type { CliContext } from './context';
import { inJson, versioned } from './json';
import { LiveList } from './live-list';
import type { RehearsalOutcome } from './one-verdict';
import { EXIT, type Outcome } from './outcome';
import type { CommandProps } from './parity';
import { PlainLines } from './plain-lines';
import type { Progress } from './progress';
import { onStopSignal, tearingDown, type Stop } from './signals';
import type { Terminal } from './terminal';

/** What a command that rehearses is created with. */
export interface RehearsalCommandProps extends CommandProps {
  readonly context: CliContext;
}

/** The flags that such commands share. */
export interface RehearsalFlags {
  /** The folder of the config. */
  readonly config: string;
  readonly keep?: true;
  readonly failFast?: true;
  readonly json?: true;
}

/** What `--fail-fast` does. */
export const FAIL_FAST =
  'end with the first gate that has failed, and leave out the checks and drills after it';

/**
 * Reads the name of a release. Where the name is forgotten, commander takes the next flag for it.
 *
 * @throws TwinError `usage`
 */
export function releaseOf(name: string): string {
  if (name !== '' && !name.startsWith('-')) return name;
  throw new TwinError({
    code: 'usage',
    message: `the release is "${name}"; expected a name that does not begin with "-"`,
    fix: 'Write the release after its flag, such as 1.42.0.',
  });
}

/** What one rehearsal of a session is run with. */
export interface SessionRun {
  readonly parts: RehearsalParts;
  readonly progress: Progress;
  /** Stops it alone. @default - nothing does */
  readonly signal?: AbortSignal;
}

/** The rehearsals that one command runs: signals to the process stop all of them. */
export class Session {
  readonly #rehearsals: Rehearsals;
  readonly #commandOf: RunProps['commandOf'];
  readonly #stop: Stop;
  /** Those that are under way, and those of which it was said what became of them. */
  readonly #underWay = new Set<string>();
  readonly #reported = new Set<string>();

  constructor(
    private readonly props: RehearsalCommandProps,
    private readonly flags: RehearsalFlags,
    private readonly progress: Pick<Progress, 'note' | 'close'>,
  ) {
    this.#rehearsals = new Rehearsals(flags.config);
    this.#commandOf = commandsIn(flags.config);
    this.#stop = onStopSignal(
      props.context.signals,
      (message) => progress.note(message),
      tearingDown(() => this.#commandOf('down', [...this.#underWay].join(' '))),
    );
  }

  /** Rehearses with progress on stderr. */
  async run(
    { parts, progress, signal }: SessionRun,
    perform: (run: RunProps) => Promise<Rehearsed>,
  ): Promise<RehearsalOutcome> {
    const [commandOf, rehearsals, stop] = [this.#commandOf, this.#rehearsals, this.#stop.signal];
    let current = '';
    try {
      const rehearsed = await perform({
        parts,
        rehearsals,
        signal: signal ? AbortSignal.any([stop, signal]) : stop,
        commandOf,
        listener: (event) => {
          if (event.event === 'run-start') this.#underWay.add((current = event.rehearsal));
          progress.listener(event);
        },
      });
      noteNextSteps(rehearsed, progress, commandOf);
      if (rehearsed.kind === 'ended' && rehearsed.ledger.standing === 'kept')
        await noteAddresses(rehearsed, parts, progress, this.props.terminal);
      // the notes above cover this rehearsal; without them it is listed with the others
      if (rehearsed.kind === 'ended') this.#reported.add(current);
      const isStopped =
        rehearsed.kind === 'stopped' ||
        (rehearsed.kind === 'ended' && rehearsed.ledger.failure?.outcome === 'stopped');
      return { ...outcomeOf(rehearsed, this.flags, this.props.terminal), ...(isStopped && { isStopped }) };
    } finally {
      this.#underWay.delete(current);
    }
  }

  /** Says what else may still stand, and ends. */
  close(): void {
    for (const other of this.#rehearsals.standing({ idle: true, of: 'rehearsal' }))
      if (!this.#reported.has(other))
        this.progress.note(
          `${other} may still have an environment: tear it down with ${this.#commandOf('down', other)}`,
        );
    this.#stop.close();
    this.progress.close();
  }
}

/** Progress on stderr: a live list on a screen, plain lines in a log. */
export const progressOn = ({ stderr, screen }: Terminal): Progress =>
  screen ? new LiveList(stderr, screen) : new PlainLines(stderr);

/** The command that continues a rehearsal, as it is typed in the folder where this process was started. */
export const commandsIn =
  (folder: string): RunProps['commandOf'] =>
  (verb, rehearsal) =>
    [`npx twin ${verb}`, rehearsal, ...(folder === '.' ? [] : ['--config', shellWord(folder)])]
      .filter((word) => word !== '')
      .join(' ');

function noteNextSteps(rehearsed: Rehearsed, progress: Progress, commandOf: RunProps['commandOf']): void {
  if (rehearsed.kind === 'stopped') return progress.note(rehearsed.message);
  if (rehearsed.kind === 'not-twins') {
    const { release, report } = rehearsed;
    const why =
      report.verdict === 'twins'
        ? 'reaches something outside, or would leave something behind'
        : 'is not a twin of production';
    return progress.note(`${release} was not tested: its staging ${why}`);
  }
  const { standing, rehearsal, tearDown } = rehearsed.ledger;
  if (standing === 'kept') {
    const retry = tearDown?.retry === undefined ? '' : `; retry with ${tearDown.retry} --to <release>`;
    progress.note(`the environment is kept${retry}`);
    progress.note(`tear it down with ${commandOf('down', rehearsal)}`);
  }
  if (tearDown?.outcome === 'left') {
    progress.note(`there may be leftovers; finish with ${commandOf('down', rehearsal)}`);
  }
}

const UNWATCHED: Watch = {
  signal: UNSTOPPABLE,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

/** Shows the addresses of an environment that is kept. Passwords are shown on a screen only: logs are stored. */
async function noteAddresses(
  { ledger: { handle } }: Ended,
  { target }: RehearsalParts,
  progress: Progress,
  { screen }: Terminal,
): Promise<void> {
  try {
    const { addresses } = await target.probes(handle, UNWATCHED);
    const { databases, ...web } = addresses;
    const shown = screen ? databases : databases.map((database) => ({ ...database, password: '***' }));
    progress.note('its addresses, as the environment variables of your commands have them:');
    for (const [name, url] of Object.entries(addressesOf({ ...web, databases: shown }))) {
      progress.note(`  ${name}=${url}`);
    }
  } catch (error) {
    progress.note(`its addresses could not be read: ${messageOf(error)}`);
  }
}

function outcomeOf(rehearsed: Rehearsed, { json }: RehearsalFlags, { color, columns }: Terminal): Outcome {
  if (rehearsed.kind === 'stopped') return { text: '', exitCode: EXIT.no };
  if (rehearsed.kind === 'not-twins') {
    const { report } = rehearsed;
    const text = json
      ? inJson(versioned('parity', report))
      : renderParity(report, { color, width: columns, verbose: false });
    return { text, exitCode: EXIT.no };
  }
  const { evidence, folder, problems } = rehearsed;
  const hasPage = existsSync(join(folder, PAGE_FILE)); // the disk may have been full
  const text = evidence
    ? json
      ? inJson(evidence)
      : renderEvidence(evidence, { color, width: columns, ...(hasPage && { folder }) })
    : verdictAlone(rehearsed);
  return {
    text,
    exitCode: exitCodeOf(rehearsed),
    problems,
    ...(evidence && hasPage && { page: join(folder, PAGE_FILE) }),
  };
}

/** The verdict is reported even without the evidence. */
const verdictAlone = ({ ledger: { judged } }: Ended): string =>
  [judged?.verdict ?? 'NO-GO', ...(judged?.reasons ?? []).map((reason) => `  - ${reason}`), ''].join('\n');

/** Leftovers outweigh every other code: they cost money, and nothing else reports them. */
function exitCodeOf({ ledger: { judged, tearDown }, problems }: Ended): number {
  if (tearDown === undefined || tearDown.outcome === 'left') return EXIT.leftovers;
  if (problems.some((problem) => !(problem instanceof TwinError))) return EXIT.bug;
  if (judged?.verdict === 'UNDECIDED') return EXIT.bug;
  if (judged?.verdict === 'BASELINE FAILED') return EXIT.baselineFailed;
  if (judged?.verdict !== 'GO') return EXIT.no;
  return problems.length === 0 ? EXIT.ok : EXIT.badInput;
}
