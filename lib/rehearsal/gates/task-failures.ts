import type { Watched } from '../../evidence/evidence';
import { taskIncidents } from '../incidents';
import type { Incident } from '../../targets/target';
import { isBreaking } from '../drills/registry';
import type { Gate, Measured } from './gate';
import { sinceRelease } from './quiet-steps';

/** Tasks that ended or were replaced, though nobody did it on purpose. */
export const TASK_FAILURES: Gate<'maxTaskFailures', readonly Incident[]> = {
  name: 'task failures',
  key: 'maxTaskFailures',
  schema: (z) =>
    z
      .int()
      .min(0)
      .describe(
        'How many tasks may end or be replaced by themselves, but where something is broken on purpose.',
      ),
  default: 0,
  isCause: true,
  rule: (most) => `at most ${most}`,
  measure: (measured) => {
    const incidents = taskIncidents(measured.tiers);
    return incidents ? [{ figure: incidents.filter((it) => isOfCandidate(it, measured)) }] : [];
  },
  passes: ({ length }, most) => length <= most,
  show: ([first, ...others]) => (first === undefined ? '0' : `${1 + others.length} (first: ${first.what})`),
};

/** How long after a drill a task that is replaced may still be so because of it. */
const AFTERMATH_MS = 5_000;

/**
 * Not of what was released before, and not of what was broken on purpose: a service may be unhealthy without its database. A program that
 * ended is excused where another failover has shown that it ends with its database, and at no other time.
 */
function isOfCandidate({ at, isEnd }: Incident, { watched, drills }: Measured): boolean {
  const when = Date.parse(at);
  const [release] = sinceRelease(watched);
  if (release && when < Date.parse(beginningOf(release, isEnd))) return false;
  return !drills.filter(isBreaking).some(({ startedAt, ms, endsWithIt }) => {
    const start = Date.parse(startedAt);
    const end = start + ms + (isEnd ? 0 : AFTERMATH_MS);
    return when >= start && when <= end && (!isEnd || endsWithIt === true);
  });
}

/** A program that ended by itself counts where the release was brought once more, too; that it was replaced may be the machine's doing. */
const beginningOf = ({ startedAt, disturbed }: Watched, isEnd: true | undefined): string =>
  isEnd && disturbed ? disturbed.startedAt : startedAt;
