import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { programsOnPath } from '../on-path';

/** What decides whether there is a browser. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** How long a program may take to say that it cannot open a page. */
const SETTLED_MS = 2_000;

/**
 * Opens a page in the browser of the person at this machine.
 *
 * @returns what is said of it: that it was opened, or why not, with where it is
 */
export async function openPage(file: string, desktop: Desktop = process): Promise<string> {
  const path = resolve(file);
  const command = openerOn(desktop);
  if (typeof command === 'string') return `${command}; the page is ${path}\n`;
  const [program, ...words] = command;
  const child = spawn(program, [...words, path], { detached: true, stdio: 'ignore', env: desktop.env });
  const settled = new AbortController();
  try {
    const ended = await Promise.race([
      once(child, 'close', { signal: settled.signal }).then(([code]) => code as number | null),
      later(SETTLED_MS, 0, { signal: settled.signal }),
    ]);
    return ended === 0
      ? `opened ${path}\n`
      : `${program} could not open a browser (it ended with ${ended}); the page is ${path}\n`;
  } catch (error) {
    return `${program} could not be started (${(error as NodeJS.ErrnoException).code ?? String(error)}); the page is ${path}\n`;
  } finally {
    settled.abort();
    child.unref(); // a browser that was started goes on by itself
  }
}

/** The program that opens a page, or why there is none. */
function openerOn({ platform, env }: Desktop): readonly [string, ...string[]] | string {
  if (env['CI']) return 'nothing is opened in CI';
  if (platform === 'darwin') return ['open'];
  // the first word in quotes is the title of a window
  if (platform === 'win32') return ['cmd', '/c', 'start', '""'];
  // without a display it would open a browser in the terminal
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return 'there is no display to open a browser on';
  return programsOnPath('xdg-open', env['PATH']).length > 0 ? ['xdg-open'] : 'there is no xdg-open here';
}
