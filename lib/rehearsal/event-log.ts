import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS_FILE } from '../evidence/files';
import type { Listener } from './journal';

/** Appends every event to a file in the rehearsal's folder, one line of JSON each, and passes it on. */
export function eventLog(folder: string, listener: Listener): Listener {
  const file = join(folder, EVENTS_FILE);
  return (event) => {
    try {
      appendFileSync(file, `${JSON.stringify(event)}\n`);
    } catch {
      // the ledger reports a full disk; here it stops nothing
    }
    listener(event);
  };
}
