import type { RequestPlan } from '../config/types';
import { keepConnections, send, type Reply } from './http';

/** Requests whose answers are compared. */
export interface AnswersOrder {
  readonly requests: readonly RequestPlan[];
}

/** For the whole exchange, as in the checks. */
const TIMEOUT_MS = 5_000;
/** Enough to be quick, and no load. */
const AT_ONCE = 4;

/** Asks each request once, and once more where it has no answer. @returns the answers, in the order of the requests */
export async function askAnswers(
  { requests }: AnswersOrder,
  url: string,
  signal: AbortSignal,
): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    const agent = keepConnections(url);
    try {
      while (next < requests.length) {
        const index = next++;
        const ask = (): Promise<Reply> =>
          send(url, requests[index]!, { signal, timeoutMs: TIMEOUT_MS, agent });
        const first = await ask();
        replies[index] = first.answered ? first : await ask();
      }
    } finally {
      agent.destroy();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return replies;
}
