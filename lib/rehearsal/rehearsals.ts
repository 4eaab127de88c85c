import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, TwinError } from '../error';
import { makeFolder } from '../make-folder';
import { REHEARSALS } from '../evidence/files';
import { isOver, isProduction, LEDGER_FILE, readLedger, type LedgerFile } from './ledger';
import { workerOn } from './claim';

/** The rehearsals of an app: one folder each. */
export class Rehearsals {
  readonly #root: string;

  /** @param configFolder - the folder of twin.config.ts */
  constructor(configFolder: string) {
    this.#root = join(configFolder, REHEARSALS);
  }

  /**
   * Creates the folder of a new rehearsal.
   *
   * @returns its name, such as `20261121-041200-1.42.0`
   * @throws TwinError `unwritable`
   */
  create(to: string, now: Date): string {
    try {
      makeFolder(this.#root);
      // evidence is not to be committed, whatever the app's own .gitignore says
      writeFileSync(join(this.#root, '.gitignore'), '*\n');
      return this.makeFree(to, now);
    } catch (cause) {
      throw unwritable(this.#root, cause as NodeJS.ErrnoException);
    }
  }

  /** The names of all rehearsals, the oldest first. */
  names(): string[] {
    return this.having(LEDGER_FILE);
  }

  /** The names of the folders that have a file, the oldest first. */
  having(file: string): string[] {
    if (!existsSync(this.#root)) return [];
    const names = readdirSync(this.#root);
    return names.filter((name) => existsSync(join(this.#root, name, file))).sort();
  }

  /** The folder of a rehearsal. */
  folderOf(name: string): string {
    return join(this.#root, name);
  }

  /**
   * Reads the ledger of a rehearsal.
   *
   * @throws TwinError `no-rehearsal` when there is none of that name, and those of {@link readLedger}
   */
  open(name: string): LedgerFile {
    const names = this.names();
    if (names.includes(name)) return readLedger(this.folderOf(name));
    throw new TwinError({
      code: 'no-rehearsal',
      message: `there is no rehearsal "${name}" in ${this.#root}; ${didYouMean(name, names)}`,
      fix: 'Name an existing one, or leave the name out for the last one.',
    });
  }

  /**
   * The rehearsals and productions whose environment may exist, the oldest first; with `idle` only those that no process works on.
   *
   * @param of - those of one kind alone
   */
  standing({ idle = false, of }: { readonly idle?: boolean; readonly of?: 'rehearsal' | 'production' } = {}) {
    return this.names().filter((name) => {
      try {
        const { value } = this.open(name);
        if (isOver(value) || (of !== undefined && isProduction(value) !== (of === 'production')))
          return false;
        return !(idle && workerOn(this.folderOf(name)));
      } catch (error) {
        // without a readable ledger there may be leftovers
        if (error instanceof TwinError) return of !== 'production';
        throw error;
      }
    });
  }

  /** Where the name of this second is taken, that of the next: what is called by one is never taken for what is called by another. */
  private makeFree(to: string, now: Date): string {
    for (let seconds = 0; ; seconds++) {
      const name = rehearsalName(to, new Date(now.getTime() + seconds * 1000));
      try {
        mkdirSync(join(this.#root, name));
        return name;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

/** What a rehearsal is called that starts at a moment. */
export const rehearsalName = (to: string, now: Date): string => `${stamp(now)}-${legal(to)}`;

/** A text in a form that is safe in a file name. */
export const legal = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
    .slice(0, 40) || 'release';

/** What the app is given to name the stacks of a rehearsal after. */
export const suffixOf = (rehearsal: string): string => legal(rehearsal).replaceAll(/[^A-Za-z0-9]+/g, '-');

/** `20261121-041200`, UTC. */
const stamp = (date: Date): string =>
  date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

const unwritable = (folder: string, cause: NodeJS.ErrnoException): TwinError =>
  new TwinError({
    code: 'unwritable',
    message: `${folder} could not be written (${cause.code ?? cause.message})`,
    fix: 'Make room there, or make the folder writable.',
    cause,
  });
