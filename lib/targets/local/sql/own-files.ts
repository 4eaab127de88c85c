import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { UNPRIVILEGED } from '../process/machine';

/** Gives a file or a folder to the user that servers run as. */
export async function own(path: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
}

/** Writes a file for a server. */
export async function put(file: string, content: string): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  await own(file);
}

/** Creates a folder for a server. */
export async function makeOwn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await own(folder);
}

/** Replaces a folder by what is written to another one: it is always complete. @param write - makes that other one */
export async function replacing(to: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${to}.part`;
  await Promise.all([to, part].map((it) => rm(it, { recursive: true, force: true, maxRetries: 3 })));
  await write(part);
  await rename(part, to);
}
