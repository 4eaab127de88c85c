import { Option, type Command } from 'commander';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readProject, type AppProject } from '../adoption/app';
import { changedStacks } from '../adoption/changed';
import { OBSERVATION, type Observation } from '../adoption/observation';
import { synthOf } from '../adoption/other-files';
import { planFor, type Plan } from '../adoption/plan';
import { renderFiles, renderPlan } from '../adoption/plan-text';
import { renderProof, type Proof } from '../adoption/proof-text';
import { TwinError } from '../error';
import { parityOfAssembly } from '../parity/assembly-parity';
import { isPassed } from '../parity/report';
import { runCommand } from '../rehearsal/shell-command';
import { SYNTH_DEFAULTS } from '../rehearsal/synthesize';
import { shellWord } from '../rehearsal/shell-word';
import { installedIn } from './installed';
import { writeNew } from './new-file';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import type { RehearsalCommandProps } from './rehearsed';
import { abortOnSignal } from './signals';
import { write, type Terminal } from './terminal';

/** The flags of `twin init`. */
interface InitFlags {
  readonly config: string;
  readonly context: Readonly<Record<string, string>>;
  readonly yes?: true;
}

/** The command `twin init`: proposes Twins for an app that exists. */
export function initCommand({ terminal, context, done }: RehearsalCommandProps): Command {
  return commandNamed('init')
    .description(
      'Synthesises the app, finds the stacks that can be made as production and as a staging and the props that are sizes, ' +
        'and shows the files that it would write: the Twins beside the entry, twin.config.ts, a test and a workflow. Asks ' +
        'before it writes; files that are there are left alone.',
    )
    .addOption(new Option('--config <dir>', 'the folder of cdk.json').default('.'))
    .addOption(
      new Option('-c, --context <key=value>', "the app's context, as cdk synth takes it; may be repeated")
        .argParser(withContext)
        .default({}, 'what cdk.json has'),
    )
    .addOption(new Option('-y, --yes', 'write without a question'))
    .addHelpText('after', MORE_HELP)
    .action(async (flags: InitFlags) => {
      const note = (text: string): void => void terminal.stderr.write(`${text}\n`);
      const stop = abortOnSignal(context.signals);
      const scratch = mkdtempSync(join(tmpdir(), 'twin-init-'));
      try {
        const project = readProject(flags.config);
        checkInstalled(flags.config);
        note('synthesising the app, and trying its stacks with other values');
        const plan = await observed(project, flags.context, scratch, stop.signal);
        const options = { color: terminal.color, width: terminal.columns };
        await write(terminal.stdout, renderPlan(plan, options) + renderFiles(plan, options));
        done(await written(plan, flags, { scratch, signal: stop.signal, note, terminal }));
      } finally {
        stop.close();
        rmSync(scratch, { recursive: true, force: true });
      }
    });
}

const MORE_HELP = `
Without a terminal and without --yes it shows what it would write, and writes
nothing. What it wrote is synthesised at once, and compared with what the app
deploys today. cdk.json stays as it is: the line to change is shown.

Exit codes:
  0   written and proved to be twins; or shown
  1   written, and not proved; or there is nothing to make Twins of
  2   bad input: no app, another language, or an app that cannot be synthesised
  70  a bug in cdk-twin

Examples:
  twin init
  twin init --yes
  twin init -c env=prod`;

/** @throws TwinError `usage` where a word is no key with its value */
function withContext(
  word: string,
  context: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (key !== undefined && value !== undefined) return { ...context, [key]: value };
  throw new TwinError({
    code: 'usage',
    message: `"${word}" is no key of the context with its value`,
    fix: 'Write it as cdk synth takes it, such as -c env=prod.',
  });
}

/** @throws TwinError `not-installed` with what the app lacks */
function checkInstalled(folder: string): void {
  const cdk = installedIn(folder).find(({ name }) => name === 'aws-cdk-lib')!;
  if (cdk.version !== undefined && !cdk.isEnough)
    throw new TwinError({
      code: 'not-installed',
      message: `aws-cdk-lib ${cdk.version} is installed; cdk-twin needs ${cdk.needed} or later`,
      fix: `Run npm install aws-cdk-lib@^${cdk.needed}.`,
    });
  const modules = ['aws-cdk-lib', 'constructs', 'cdk-twin'].filter((name) => !isInstalled(name, folder));
  if (modules.length === 0) return;
  throw new TwinError({
    code: 'not-installed',
    message: `${modules.join(' and ')} cannot be found from ${resolve(folder)}`,
    fix: modules.includes('cdk-twin')
      ? 'Install what is missing: README.md has how cdk-twin is installed.'
      : 'Run npm install.',
  });
}

/** As Node would find it. */
function isInstalled(name: string, folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', name))) return true;
    if (at === dirname(at)) return false;
  }
}

/** Synthesises the app as it is, and watches it. */
async function observed(
  project: AppProject,
  context: Readonly<Record<string, string>>,
  scratch: string,
  signal: AbortSignal,
): Promise<Plan> {
  const [file, output] = [join(scratch, 'observation.json'), join(scratch, 'before')];
  const observer = join(__dirname, 'observer.js');
  const { NODE_OPTIONS: given = '' } = process.env;
  const words = Object.entries(context).map(([key, value]) => ` -c ${shellWord(`${key}=${value}`)}`);
  await synthesized(project, SYNTH_DEFAULTS.command + words.join(''), output, signal, {
    [OBSERVATION]: file,
    NODE_OPTIONS: `${given} --require ${JSON.stringify(observer)}`.trim(),
  });
  if (!existsSync(file))
    throw new TwinError({
      code: 'language',
      message: `"${project.command}" makes its app in no process of Node.js that ends by itself`,
      fix: 'Twins are written in TypeScript or JavaScript; two stacks of any app can be compared as they are, see docs/existing-stacks.md.',
    });
  const observation = JSON.parse(readFileSync(file, 'utf8')) as Observation;
  return planFor(project, observation, output, context);
}

/** @throws TwinError `synth` with the end of what the command wrote */
async function synthesized(
  { folder }: AppProject,
  command: string,
  output: string,
  signal: AbortSignal,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const line = `${command} --output ${shellWord(output)}`;
  const { ended, wrote } = await runCommand({ line, folder, variables, log: `${output}.log`, signal });
  if (ended === 0) return;
  const own = ownFileIn(wrote, folder);
  throw new TwinError({
    code: 'synth',
    message: `"${command}" ended with ${ended}${wrote}`,
    fix:
      own !== undefined
        ? `Correct ${own} by hand, or move it away with its test: without them twin init proposes both again.`
        : 'Give the app what it asks for, credentials or a key of its context (twin init -c key=value), or repair it: npx cdk synth has to end well first.',
  });
}

/** A file with Twins, or with their test, that the compiler complains of: what it makes has other props by now. */
function ownFileIn(wrote: string, folder: string): string | undefined {
  const files = [...wrote.matchAll(/^([\w./-]+\.[cm]?[jt]s)[:(]\d+/gm)].map(([, file]) => file!);
  return files.find((file) => {
    const path = join(folder, file);
    return existsSync(path) && /['"]cdk-twin(?:\/\w+)?['"]/.test(readFileSync(path, 'utf8'));
  });
}

interface Writing {
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly terminal: Terminal;
}

/** Writes what is new where that is wanted, and proves it. */
async function written(plan: Plan, { yes }: InitFlags, writing: Writing): Promise<Outcome> {
  const fresh = plan.files.filter(({ exists }) => !exists);
  if (plan.files.length === 0) return { text: '', exitCode: EXIT.no };
  if (fresh.length === 0) return { text: '\nNothing to write: all files are there.\n', exitCode: EXIT.ok };
  const names = fresh.map(({ file }) => file);
  const { terminal, signal } = writing;
  const answer = yes ? 'y' : await terminal.ask?.(`\nWrite ${names.join(', ')}? [y/N] `, signal);
  if (answer === undefined)
    return {
      text: '\nNothing was written: there is no terminal to ask. Add --yes to write.\n',
      exitCode: EXIT.ok,
    };
  if (!/^y(es)?$/i.test(answer.trim())) return { text: 'Nothing was written.\n', exitCode: EXIT.ok };
  for (const { file, text } of fresh) {
    const path = join(plan.project.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeNew(path, text);
  }
  if (plan.hasTwins) return { text: `\nWritten: ${names.join(', ')}\n`, exitCode: EXIT.ok };
  writing.note('synthesising what was written');
  const proof = await proofOf(plan, writing);
  const options = { color: terminal.color, width: terminal.columns };
  const text = renderProof(plan, names, proof, options);
  return { text, exitCode: proof.reports.length > 0 && proof.reports.every(isPassed) ? EXIT.ok : EXIT.no };
}

/** Synthesises the Twins as the files have it, and compares production with what the app deploys today. */
async function proofOf({ project, place }: Plan, { scratch, signal }: Writing): Promise<Proof> {
  const [before, after] = [join(scratch, 'before'), join(scratch, 'after')];
  let failed: string | undefined;
  try {
    await synthesized(project, synthOf(place.command), after, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof TwinError)) throw error;
    failed = error.message;
  }
  const isCompared = existsSync(join(after, 'twin.json'));
  if (!isCompared) return { reports: [], changed: [], failed: failed ?? 'it wrote no manifest of Twins' };
  return {
    reports: parityOfAssembly(after),
    changed: changedStacks(before, after),
    ...(failed !== undefined && { failed }),
  };
}
