import { NO_URL, type Probe } from './context';
import { nameOf, send, shortfall } from './http';
import type { WrittenRead } from './plan';

const TIMEOUT_MS = 5_000;

/** Whether what was written earlier can still be read. */
export const writtenRead: Probe<WrittenRead> = async (read, { url, signal }) => {
  if (url === undefined) return NO_URL;
  const reply = await send(url, read, { signal, timeoutMs: TIMEOUT_MS });
  const problem = shortfall(reply, read);
  if (problem !== undefined) return { outcome: 'failed', detail: problem };
  return { outcome: 'passed', detail: `${nameOf(read)} answered as expected` };
};
