import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { buildTwin } from '../build-twin';
import { writeAssembly } from '../small-assembly';

/** A repository with an app in it, in which `twin` is installed, and whose synthesis copies an assembly that is committed. */
export class SmallApp {
  readonly #root = mkdtempSync(join(tmpdir(), 'twin-workflow-'));
  readonly workspace = join(this.#root, 'checkout');
  readonly folder: string;

  /** @param place - of the app in the repository */
  constructor(place: string) {
    this.folder = join(this.workspace, place);
    mkdirSync(this.folder, { recursive: true });
    this.git('init', '-q');
    writeFileSync(join(this.workspace, '.gitignore'), 'node_modules\ncdk.out\n');
    this.git('remote', 'add', 'origin', this.workspace);
    const bin = join(this.#root, 'twin.js');
    buildTwin(this.#root);
    this.#install('twin', `NODE_PATH='${resolve('node_modules')}' exec '${process.execPath}' '${bin}' "$@"`);
    this.#install('cdk', 'cp -r made cdk.out');
  }

  /** What every script finds: the Node of this process, and no settings of a person. */
  get env(): Readonly<Record<string, string>> {
    return {
      PATH: [dirname(process.execPath), process.env['PATH']!].join(delimiter),
      HOME: this.#root,
      npm_config_update_notifier: 'false',
    };
  }

  /** Commits what the app is: production and staging with so many instances, and how long staging keeps messages. */
  commit(count: number, seconds: number): string {
    this.#write('made', count, seconds);
    this.git('add', '-A');
    this.git('commit', '--allow-empty', '-qm', 'x'); // it may be so already: tests run in any order
    return this.git('rev-parse', 'HEAD');
  }

  /** Writes an assembly of twins into cdk.out. */
  synthesise(count: number): void {
    this.#write('cdk.out', count, KEPT);
  }

  clean(): void {
    rmSync(join(this.folder, 'cdk.out'), { recursive: true, force: true });
  }

  temp(): string {
    return mkdtempSync(join(this.#root, 'temp-'));
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  git(...args: readonly string[]): string {
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    return execFileSync('git', [...author, ...args], { cwd: this.workspace, encoding: 'utf8' }).trim();
  }

  #write(folder: string, count: number, seconds: number): void {
    const path = join(this.folder, folder);
    mkdirSync(path, { recursive: true });
    writeAssembly(path, { Prod: template(count, KEPT), Staging: template(count, seconds) });
  }

  #install(name: string, script: string): void {
    const file = join(this.folder, 'node_modules/.bin', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }
}

/** How long production keeps messages. */
const KEPT = 1_209_600;

/** A database with so many instances, and a queue that keeps messages for so many seconds. */
function template(count: number, seconds: number) {
  const Properties = { DBClusterIdentifier: { Ref: 'Orders' }, DBInstanceClass: 'db.r7g.large' };
  const members = Array.from({ length: count }, (_, i) => [
    `Member${i}`,
    { Type: 'AWS::RDS::DBInstance', Properties, DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' },
  ]);
  return {
    Resources: {
      Orders: {
        Type: 'AWS::RDS::DBCluster',
        Properties: { Engine: 'aurora-postgresql', DeleteAutomatedBackups: true },
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
      },
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: seconds } },
      ...(Object.fromEntries(members) as object),
    },
  };
}
