import type { App } from 'aws-cdk-lib';
import { TwinError } from '../error';
import { MAX_AGE_HOURS } from '../deployment-gate/verdict-on';
import { REHEARSALS } from '../evidence/files';
import type { Warning } from '../parity/manifest';
import type { RequiredRehearsal } from './definition';

/** What a definition requires, with its defaults; undefined where it requires nothing. */
export function requirementOf(
  given: boolean | RequiredRehearsal | undefined,
): Required<RequiredRehearsal> | undefined {
  if (given === undefined || given === false) return undefined;
  const { maxAgeHours = MAX_AGE_HOURS, root = REHEARSALS } = given === true ? {} : given;
  return { maxAgeHours, root };
}

/** The context key that says why production is deployed without a rehearsal. */
export const UNREHEARSED = 'unrehearsed';

/**
 * Why production is to be deployed without the rehearsal that it requires: there is a first deployment, and a night on which there
 * is no time for one. Undefined where it is not.
 *
 * @throws TwinError `unrehearsed` where no reason is given
 */
export function unrehearsedBecause(app: App): string | undefined {
  const because: unknown = app.node.tryGetContext(UNREHEARSED);
  if (because === undefined) return undefined;
  if (typeof because === 'string' && because.trim().length >= FEWEST_LETTERS) return because.trim();
  throw new TwinError({
    code: 'unrehearsed',
    message: `the context ${UNREHEARSED} is ${JSON.stringify(because)}; expected is why production is deployed without a rehearsal`,
    fix: `Give the reason, such as -c ${UNREHEARSED}="first deployment".`,
  });
}

/** Fewer say nothing to who reads it later. */
const FEWEST_LETTERS = 5;

/** What the assembly says of it. */
export const unrehearsed = (because: string): Warning => ({
  rule: 'unrehearsed',
  text: `production is deployed without a rehearsal: ${because}`,
  fix: `Rehearse what runs there afterwards, and leave -c ${UNREHEARSED} out of the next deployment.`,
});
