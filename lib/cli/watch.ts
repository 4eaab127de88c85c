import { Option, type Command } from 'commander';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../error';
import { isObject, parseJson, type JsonObject } from '../json';
import { parityOfAssembly } from '../parity/assembly-parity';
import { MANIFEST_FILE } from '../parity/manifest';
import { isPassed, type ParityReport } from '../parity/report';
import { renderText } from '../parity/reports/text';
import { runCommand } from '../rehearsal/shell-command';
import { shellWord } from '../rehearsal/shell-word';
import { SYNTH_DEFAULTS } from '../rehearsal/synthesize';
import { plural } from '../report/words';
import { leftOutBy, onChanges } from './changes';
import type { CliContext } from './context';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { RehearsalCommandProps } from './rehearsed';
import { abortOnSignal } from './signals';
import { write, type Terminal } from './terminal';

/** The flags of `twin watch`. */
interface WatchFlags {
  readonly config: string;
}

/** The command `twin watch`: proves again on every save. */
export function watchCommand({ terminal, context, done }: RehearsalCommandProps): Command {
  return commandNamed('watch')
    .description(
      'Synthesises the app whenever one of its files is saved, and writes one line for each round: when, the verdict and the ' +
        'number of findings, and the findings below it. "watch" in cdk.json says which files are left out. Ctrl-C ends it.',
    )
    .addOption(new Option('--config <dir>', 'the folder of cdk.json and twin.config.ts').default('.'))
    .addHelpText('after', MORE_HELP)
    .action(async ({ config: folder }: WatchFlags) => {
      const settings = settingsIn(folder);
      const command = await commandIn(folder, context);
      const stop = abortOnSignal(context.signals);
      const scratch = mkdtempSync(join(tmpdir(), 'twin-watch-'));
      try {
        terminal.stderr.write(`proving with "${command}", and again on every save; Ctrl-C ends it\n`);
        await watched(folder, settings, stop.signal, (signal) =>
          round({ folder, command, scratch, signal, terminal }),
        );
        done({ text: '', exitCode: EXIT.ok });
      } finally {
        stop.close();
        rmSync(scratch, { recursive: true, force: true });
      }
    });
}

const MORE_HELP = `
Exit codes:
  0   ended by Ctrl-C
  2   bad input, such as a folder without cdk.json
  70  a bug in cdk-twin

Examples:
  twin watch
  twin watch --config apps/shop`;

/** @throws TwinError `no-app` */
function settingsIn(folder: string): JsonObject {
  const file = join(folder, 'cdk.json');
  const settings = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
  if (isObject(settings)) return settings;
  throw new TwinError({
    code: 'no-app',
    message: `there is no cdk.json in ${folder}`,
    fix: 'Run it in the folder of a CDK app, or name that with --config <dir>.',
  });
}

/** How the app is synthesised: as a rehearsal does it, where there is a config. */
async function commandIn(folder: string, context: CliContext): Promise<string> {
  try {
    const { config } = await context.rules(folder);
    return config.synth?.command ?? SYNTH_DEFAULTS.command;
  } catch (error) {
    if (error instanceof TwinError && error.code === 'config-missing') return SYNTH_DEFAULTS.command;
    throw error;
  }
}

/** Runs a round at once and after every change, until it is stopped; a change ends the round that is running. */
function watched(
  folder: string,
  { watch = {}, output }: JsonObject,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
    const begin = async (): Promise<void> => {
      const before = current;
      const stop = new AbortController();
      const ended = (async () => {
        before?.stop.abort();
        await before?.ended;
        if (!stop.signal.aborted) await run(stop.signal);
      })().catch((error: unknown) => {
        if (!stop.signal.aborted)
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
      });
      current = { stop, ended };
      await ended;
    };
    let close: () => void = () => {};
    const end = (settle: () => void): void => {
      close();
      current?.stop.abort();
      signal.removeEventListener('abort', stopped);
      void Promise.resolve(current?.ended).then(settle);
    };
    const stopped = (): void => end(resolve);
    signal.addEventListener('abort', stopped);
    const isLeftOut = leftOutBy(
      isObject(watch) ? watch : {},
      typeof output === 'string' ? output : undefined,
    );
    close = onChanges(folder, isLeftOut, () => void begin());
    void begin();
  });
}

interface Round {
  readonly folder: string;
  readonly command: string;
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** Synthesises once, and writes what it proves. */
async function round({ folder, command, scratch, signal, terminal }: Round): Promise<void> {
  const output = mkdtempSync(join(scratch, 'round-'));
  const started = new Date();
  try {
    const line = `${command} --output ${shellWord(output)}`;
    const { ended, wrote } = await runCommand({ line, folder, log: join(scratch, 'synth.log'), signal });
    const at = started.toLocaleTimeString('en-GB');
    const seconds = Math.max(1, Math.round((Date.now() - started.getTime()) / 1000));
    const hasTwins = existsSync(join(output, MANIFEST_FILE));
    const text = hasTwins
      ? reportsText(parityOfAssembly(output), `${at}  `, seconds, terminal)
      : `${at}  ${ended === 0 ? 'the app has no Twins: run twin init' : `"${command}" ended with ${ended}${wrote}`}\n`;
    await write(terminal.stdout, text);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function reportsText(
  reports: readonly ParityReport[],
  lead: string,
  seconds: number,
  { color, columns }: Terminal,
): string {
  return reports
    .map((report) => {
      const { staging, prod, forbidden, checks } = report;
      const found =
        forbidden.length + (checks ? checks.isolation.findings.length + checks.tearDown.findings.length : 0);
      const verdict = isPassed(report) ? 'TWIN' : report.verdict === 'twins' ? 'CHECKS FAILED' : 'NOT A TWIN';
      const line = `${lead}${verdict}: ${staging} of ${prod}, ${plural(found, 'finding')} (${seconds} s)\n`;
      return isPassed(report)
        ? line
        : `${line}\n${renderText(report, { color, width: columns, verbose: false })}\n`;
    })
    .join('');
}
