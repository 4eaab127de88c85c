import { NO_URL, type Probe } from './context';
import { nameOf, send, shortfall } from './http';
import { forRelease } from './placeholders';
import { CHECK_DEFAULTS, type SmokeCheck } from './plan';

const TIMEOUT_MS = 5_000;

/** Whether a page answers as expected. */
export const smoke: Probe<SmokeCheck> = async (check, { url, release, signal }) => {
  if (url === undefined) return NO_URL;
  const planned = { ...CHECK_DEFAULTS.smoke, ...check };
  const plan = forRelease(planned, release);
  const reply = await send(url, plan, { signal, timeoutMs: TIMEOUT_MS });
  const problem = shortfall(reply, plan);
  if (problem !== undefined) return { outcome: 'failed', detail: problem };
  const text = plan.contains === undefined ? '' : ` with ${JSON.stringify(plan.contains)}`;
  const shows = plan === planned ? {} : { shows: release };
  return { outcome: 'passed', detail: `${nameOf(plan)} answered ${plan.status}${text}`, ...shows };
};
