import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS_FILE } from '../evidence/files';
import type { Listener } from './journal';

/** Keeps every event in a rehearsal's folder, one line of JSON each, and passes it on. */
export function eventLog(folder: string, listener: Listener): Listener {
  const file = join(folder, EVENTS_FILE);
  return (event) => {
    try {
      appendFileSync(file, `${JSON.stringify(event)}\n`);
    } catch {
      // a full disk is told of by the ledger, and stops nothing here
    }
    listener(event);
  };
}
