import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildTwin } from '../build-twin';
import type { Evidence } from '../../lib/evidence/evidence';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { killAll, leftoversOf } from '../../lib/targets/local/process/owned-processes';

/** What a rehearsal ended with. */
export interface Rehearsed {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly evidence: Evidence;
  /** Of its processes and files. */
  readonly left: readonly unknown[];
}

/** What an app needs beside the AWS CDK and cdk-twin. */
export interface Dependencies {
  /** The file that names them, in the app's folder. */
  readonly file: string;
  /** What they are installed into, in the folder of each release. */
  readonly into: string;
  /** Installs them: run in a folder with the file alone. */
  readonly install: (folder: string) => void;
  /** Run in the folder of each release. @default - nothing */
  readonly build?: { readonly command: string; readonly env: Readonly<Record<string, string>> };
}

/** What the machine has of an app that its author would have installed. */
const OURS = ['aws-cdk-lib', 'constructs', 'aws-cdk'];

/**
 * An app that is not ours, as a team has it: `<name>/app` is its first release, every other folder is what a release changes in the one
 * before, and `<name>/twin.config.ts` is all that it has of us.
 */
export class Sample {
  readonly config: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'twin-sample-'));
  /** Beside the sources, so that it finds its dependencies. */
  private readonly program = resolve('node_modules/.cache/cdk-twin', `sample-${basename(this.folder)}`);

  constructor(
    readonly name: string,
    private readonly dependencies: Dependencies,
  ) {
    const source = resolve('test/samples', name);
    this.config = readFileSync(join(source, 'twin.config.ts'), 'utf8');
    this.buildTool();
    writeFileSync(join(this.folder, 'twin.config.ts'), this.config);
    const installed = this.installed(join(source, 'app', dependencies.file));
    const changes = readdirSync(source)
      .filter((it) => /^\d/.test(it))
      .sort();
    let before = join(source, 'app');
    for (const [i, release] of ['1.0.0', ...changes].entries()) {
      const at = join(this.folder, 'releases', release);
      cpSync(before, at, { recursive: true, filter: (from) => from !== join(before, dependencies.into) });
      if (i > 0) cpSync(join(source, release), at, { recursive: true });
      symlinkSync(installed, join(at, dependencies.into));
      const { build } = dependencies;
      if (build) run('sh', ['-c', build.command], at, build.env);
      before = at;
    }
  }

  /** Rehearses a release, by the command line. */
  async rehearse(release: string): Promise<Rehearsed> {
    rmSync(join(this.folder, '.twin'), { recursive: true, force: true });
    const child = spawn(process.execPath, [join(this.program, 'twin.js'), 'rehearse', '--to', release], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1' },
    });
    const ended = new Promise<number | null>((done) => child.on('close', done));
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const { handle } = this.read('ledger.json') as Ledger;
    return {
      exitCode,
      stdout,
      stderr,
      evidence: this.read('evidence.json') as Evidence,
      left: leftoversOf(handle.name, handle['block'] ?? ''),
    };
  }

  /** Removes everything, what a failed test left standing too. */
  async remove(): Promise<void> {
    if (existsSync(join(this.folder, '.twin'))) {
      const { name } = (this.read('ledger.json') as Ledger).handle;
      await killAll(name);
      rmSync(name, { recursive: true, force: true });
    }
    rmSync(this.folder, { recursive: true });
    rmSync(this.program, { recursive: true });
  }

  private read(file: string): unknown {
    const rehearsal = readdirSync(join(this.folder, '.twin')).find((name) => /^\d/.test(name))!;
    return JSON.parse(readFileSync(join(this.folder, '.twin', rehearsal, file), 'utf8'));
  }

  /** cdk-twin as a package of the app's, and the AWS CDK. */
  private buildTool(): void {
    buildTwin(this.program, { index: 'lib/index.ts', rehearsal: 'lib/config/index.ts' });
    const exports = { '.': './index.js', './rehearsal': './rehearsal.js' };
    writeFileSync(join(this.program, 'package.json'), JSON.stringify({ name: 'cdk-twin', exports }));
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    symlinkSync(this.program, join(modules, 'cdk-twin'));
    for (const name of OURS) symlinkSync(resolve('node_modules', name), join(modules, name));
    for (const command of ['cdk', 'tsx'])
      symlinkSync(resolve('node_modules/.bin', command), join(modules, '.bin', command));
  }

  /** The dependencies, installed once in the user's cache. */
  private installed(file: string): string {
    const { into, install } = this.dependencies;
    const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cdk-twin'); // empty is unset
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
    const folder = join(cache, `${this.name}-${digest}`);
    if (!existsSync(folder)) {
      process.stderr.write(`installing what ${this.name} needs into ${folder}\n`);
      mkdirSync(cache, { recursive: true });
      const making = mkdtempSync(`${folder}-making-`); // two runs at once do not see each other's
      try {
        cpSync(file, join(making, basename(file)));
        install(making);
        if (!existsSync(folder)) renameSync(making, folder);
      } finally {
        rmSync(making, { recursive: true, force: true });
      }
    }
    return join(folder, into);
  }
}

/** Runs a command to its end. @throws with its output where it fails */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): void {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
