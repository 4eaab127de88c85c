import type { SmokeCheck } from '../config/types';
import { nonBlank } from '../field';
import { NO_URL, type Probe } from './context';
import { nameOf, send, shortfall } from './http';
import { forRelease } from './placeholders';
import type { CheckKind } from './check-kind';
import { safeInProduction } from './in-production';
import { headers, plainPath, status } from './request-schema';

const TIMEOUT_MS = 5_000;

/** The status of a page that answers as expected. */
export const SMOKE_STATUS = 200;

/** Whether a page answers as expected. */
export const smoke: Probe<SmokeCheck> = async (check, { url, release, signal }) => {
  if (url === undefined) return NO_URL;
  const planned = { status: SMOKE_STATUS, ...check };
  const plan = forRelease(planned, release);
  const reply = await send(url, plan, { signal, timeoutMs: TIMEOUT_MS });
  const problem = shortfall(reply, plan);
  if (problem !== undefined) return { outcome: 'failed', detail: problem };
  const text = plan.contains === undefined ? '' : ` with ${JSON.stringify(plan.contains)}`;
  const shows = plan === planned ? {} : { shows: release };
  return { outcome: 'passed', detail: `${nameOf(plan)} answered ${plan.status}${text}`, ...shows };
};

/** Pages. */
export const SMOKE: CheckKind<'smoke', 'smoke'> = {
  key: 'smoke',
  kind: 'smoke',
  schema: (z) =>
    z
      .strictObject({
        name: nonBlank(z).describe('Its name in reports.'),
        path: plainPath(z).describe('On the load balancer, such as `/health`.'),
        headers: headers(z).meta({ description: 'Sent with it, such as `authorization`.', absent: 'none' }),
        status: status(z).default(SMOKE_STATUS).describe('The status that is expected.'),
        contains: nonBlank(z).optional().meta({
          description: 'A text that the body contains; `{release}` is the release that runs.',
          absent: 'not checked',
        }),
        safeInProduction: safeInProduction(z),
      })
      .meta({ name: 'SmokeCheck', about: 'A page that is expected to answer.' }),
  run: smoke,
};
