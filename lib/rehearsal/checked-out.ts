import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '../digest';
import { TwinError } from '../error';
import { makeFolder } from '../make-folder';
import type { ReleaseCode } from '../evidence/ran';
import { CHECKOUTS, REHEARSALS } from '../evidence/files';
import { fillRelease } from '../probes/placeholders';
import type { ProbeWatch } from '../probes/probes';
import { claim } from './claim';
import type { GitReleases } from '../config/types';
import { git } from './git';
import { runCommand } from './shell-command';

/** A release, and the places where it is checked out. */
interface Checkout {
  readonly release: string;
  readonly ref: string;
  readonly commit: string;
  /** Of the repository. */
  readonly top: string;
  /** The folder of all checkouts. */
  readonly root: string;
  /** The folder of this one, with all of the repository. */
  readonly tree: string;
  /** The folder in it that is the config's in the repository. */
  readonly folder: string;
}

/**
 * The code of a release, checked out and built once for each commit, in a repository of its own: so what asks git there gets
 * the right commit, and a folder that is deleted leaves nothing in the user's repository, as a work tree would.
 *
 * @param configFolder - absolute
 * @throws TwinError `release` where git knows no such commit, or its folder is missing in it; `build`
 */
export async function checkedOut(
  release: string,
  { git: pattern, build }: GitReleases,
  configFolder: string,
  watch: ProbeWatch,
): Promise<ReleaseCode> {
  const ref = fillRelease(pattern, release);
  const ask = (...words: string[]) => git(words, configFolder, watch.signal);
  try {
    if (!isRef(ref)) throw new Error('that is no name of a tag, a branch or a commit');
    const top = await ask('rev-parse', '--show-toplevel');
    const prefix = await ask('rev-parse', '--show-prefix');
    const commit = await ask('rev-parse', '--verify', `${ref}^{commit}`);
    const root = join(configFolder, REHEARSALS, CHECKOUTS);
    // what was built otherwise is another folder: a rehearsal may be running in the first
    const tree = join(root, build === undefined ? commit : `${commit}-${digestOf({ build }).slice(0, 8)}`);
    const checkout = { release, ref, commit, top, root, tree, folder: resolve(tree, prefix) };
    await once(checkout, build, watch);
    return { from: ref, commit, folder: checkout.folder };
  } catch (cause) {
    watch.signal.throwIfAborted();
    if (cause instanceof TwinError) throw cause;
    throw new TwinError({
      code: 'release',
      message: `the code of ${release} was looked for in git as ${JSON.stringify(ref)}: ${wordsOf(cause)}`,
      fix: 'Fetch it (git fetch --tags), correct the name of the release, or correct "releases.git" in the config.',
      cause,
    });
  }
}

/** Whether a text can only name a commit: no option, no range, no expression. */
const isRef = (ref: string): boolean => !/^[-/.]|\.\.|@\{|[\s~^:?*[\\\p{Cc}]|\/$/u.test(ref);

/** The checkouts that are under way in this process, by their folder: rehearsals beside each other share a release. */
const underWay = new Map<string, Promise<void>>();

/** Checks out and builds where that is not done yet: one at a time, also of several processes. */
async function once(checkout: Checkout, build: string | undefined, watch: ProbeWatch): Promise<void> {
  const { root } = checkout;
  const before = underWay.get(root) ?? Promise.resolve();
  const work = before.catch(() => {}).then(() => makeOnce(checkout, build, watch));
  underWay.set(root, work);
  try {
    await work;
  } finally {
    if (underWay.get(root) === work) underWay.delete(root);
  }
}

async function makeOnce(checkout: Checkout, build: string | undefined, watch: ProbeWatch): Promise<void> {
  const { root, tree, release, folder } = checkout;
  const done = `${tree}.done`;
  if (existsSync(done) && existsSync(folder)) return;
  makeFolder(root);
  const giveUp = await claimed(root, watch);
  try {
    if (existsSync(done) && existsSync(folder)) return;
    rmSync(done, { force: true });
    rmSync(tree, { recursive: true, force: true });
    watch.log(`${release}: ${checkout.ref} is checked out into ${tree}`);
    await checkOut(checkout, watch.signal);
    if (build !== undefined) await runBuild(checkout, build, watch);
    writeFileSync(done, '');
  } finally {
    giveUp();
  }
}

async function claimed(root: string, { signal, log }: ProbeWatch): Promise<() => void> {
  for (let isLogged = false; ; isLogged = true) {
    try {
      return claim(root, 'the code of releases');
    } catch (error) {
      if (!(error instanceof TwinError) || error.code !== 'at-work') throw error;
      if (!isLogged) log(`${error.message}: waiting`);
      await sleep(CLAIM_EVERY_MS, undefined, { signal });
    }
  }
}

const CLAIM_EVERY_MS = 250;

/** Clones the repository by reference to its objects, and checks the commit out there. */
async function checkOut(
  { commit, top, tree, folder, ref, root }: Checkout,
  signal: AbortSignal,
): Promise<void> {
  await git(['clone', '--quiet', '--shared', '--no-checkout', '--template=', '--', top, tree], root, signal);
  // hooks are for the work of people
  await git(['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '--detach', commit], tree, signal);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`${ref} has no folder ${folder.slice(tree.length + 1)}`);
}

async function runBuild(
  { release, commit, tree, folder }: Checkout,
  build: string,
  { signal, log: say }: ProbeWatch,
): Promise<void> {
  say(`${release}: ${build}`);
  const log = `${tree}.log`;
  const variables = { TWIN_RELEASE: release, TWIN_COMMIT: commit };
  const { ended, wrote } = await runCommand({ line: build, folder, variables, log, signal });
  if (ended === 0) return;
  throw new TwinError({
    code: 'build',
    message: `"${build}" could not build ${release}: it ended with ${ended}${wrote}`,
    fix: `Repair "releases.build" in the config; the whole output is in ${log}.`,
  });
}

/** What git says of its failure. */
function wordsOf(cause: unknown): string {
  const { stderr = '', message, code } = cause as Error & { stderr?: string; code?: unknown };
  if (code === 'ENOENT') return 'git could not be started';
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return lines.length > 0 ? lines.join('; ') : message;
}
