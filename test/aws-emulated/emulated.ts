import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap';
import { start, useFromHere, type Emulator, type EmulatorOptions } from './emulator';

/** What the tests of a file share. */
export interface Emulated {
  /** An emulator that is bootstrapped, and that every client reaches. */
  readonly emulator: Emulator;
  readonly folder: string;
}

/**
 * An emulator and a folder for the tests of a file: there before hooks that are declared later, and gone after the last test.
 *
 * @param name - what the name of the folder begins with
 * @param forEmulator - environment variables for the emulator's extensions
 */
export function emulated(name: string, forEmulator: EmulatorOptions['variables'] = {}): Emulated {
  const variables = { ...process.env };
  let emulator: Emulator | undefined;
  let folder: string | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `twin-${name}-`));
    emulator = await start('ministack', { variables: forEmulator });
    useFromHere(emulator);
    await bootstrap(emulator);
  });
  afterAll(async () => {
    await emulator?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
    process.env = variables;
  });
  return {
    get emulator() {
      return emulator!;
    },
    get folder() {
      return folder!;
    },
  };
}
