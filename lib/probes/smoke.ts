import { NO_URL, type Probe } from './context';
import { nameOf, send, shortfall } from './http';
import { CHECK_DEFAULTS, type SmokeCheck } from './plan';

const TIMEOUT_MS = 5_000;

/** Whether a page answers as expected. */
export const smoke: Probe<SmokeCheck> = async (check, { url, signal }) => {
  if (url === undefined) return NO_URL;
  const plan = { ...CHECK_DEFAULTS.smoke, ...check };
  const reply = await send(url, plan, { signal, timeoutMs: TIMEOUT_MS });
  const problem = shortfall(reply, plan);
  if (problem !== undefined) return { outcome: 'failed', detail: problem };
  const text = plan.contains === undefined ? '' : ` with ${JSON.stringify(plan.contains)}`;
  return { outcome: 'passed', detail: `${nameOf(plan)} answered ${plan.status}${text}` };
};
