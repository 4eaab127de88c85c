import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  ATTEMPTS_FOLDER,
  CHECKOUTS,
  EVENTS_FILE,
  EVIDENCE_FILES,
  NOT_STARTED_FILE,
  PAGE_FILE,
  REHEARSALS,
} from '../evidence/files';
import { LEDGER_FILE } from '../rehearsal/ledger';
import { DOWN_FILE } from '../rehearsal/old-production';
import { readArchive } from './archive';
import type { EvidenceFile, Unread } from './record';
import type { Place } from './sources';
import { unfinishedIn, type Unfinished } from './unfinished';

/** What `gh run download` makes of artifacts is three folders deep. */
const MAX_DEPTH = 6;
/** Whether a folder is one that no rehearsal writes evidence into. Checkouts of releases are a user's own code. */
const isSkipped = (parent: string, name: string): boolean =>
  ['node_modules', '.git'].includes(name) || (name === CHECKOUTS && basename(resolve(parent)) === REHEARSALS);

/** Finds the evidence below a folder, in zip files too. Links are not followed: a search ends. */
export async function readFolder(folder: string, depth = 0): Promise<Place> {
  const files: EvidenceFile[] = [];
  const unfinished: Unfinished[] = [];
  const unread: Unread[] = [];
  const entries = entriesOf(folder);
  if ('why' in entries) return { files, unread: [entries] };
  if (isRehearsal(folder)) {
    const state = unfinishedIn(folder);
    if (state) unfinished.push(state);
    for (const it of [folder, ...attemptsIn(folder)].flatMap((at) =>
      EVIDENCE_FILES.map((name) => [at, name] as const),
    )) {
      const file = evidenceIn(...it);
      if (file && 'why' in file) unread.push(file);
      else if (file) files.push(file);
    }
    return { files, unfinished, unread };
  }
  for (const { name, isFolder } of entries) {
    const path = join(folder, name);
    const isZip = !isFolder && name.toLowerCase().endsWith('.zip');
    if (isFolder ? isSkipped(folder, name) || depth >= MAX_DEPTH : !isZip) continue;
    const below = isFolder ? await readFolder(path, depth + 1) : readArchive(path);
    files.push(...below.files);
    unfinished.push(...(below.unfinished ?? []));
    unread.push(...(below.unread ?? []));
  }
  return { files, unfinished, unread };
}

const isRehearsal = (folder: string): boolean =>
  [...EVIDENCE_FILES, LEDGER_FILE, DOWN_FILE, EVENTS_FILE, NOT_STARTED_FILE].some((name) =>
    existsSync(join(folder, name)),
  );

function attemptsIn(folder: string): string[] {
  const attempts = join(folder, ATTEMPTS_FOLDER);
  const entries = existsSync(attempts) ? entriesOf(attempts) : [];
  return 'why' in entries
    ? []
    : entries.flatMap(({ name, isFolder }) => (isFolder ? join(attempts, name) : []));
}

function evidenceIn(folder: string, name: string): EvidenceFile | Unread | undefined {
  const where = join(folder, name);
  if (!existsSync(where)) return undefined;
  try {
    const page = join(folder, PAGE_FILE);
    return { where: folder, bytes: readFileSync(where), ...(existsSync(page) && { page }) };
  } catch (error) {
    return { where, why: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? basename(where)})` };
  }
}

function entriesOf(folder: string): { readonly name: string; readonly isFolder: boolean }[] | Unread {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((it) => it.isDirectory() || it.isFile())
      .map((it) => ({ name: it.name, isFolder: it.isDirectory() }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    return {
      where: folder,
      why: `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    };
  }
}
