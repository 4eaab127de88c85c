import { TwinError } from '../error';
import { attemptFolder, moveEvidence } from '../evidence/store';
import { isOver, isProduction, type Ledger } from './ledger';
import { assemblyFor } from './assembly-folders';
import { assembliesOf, candidatesOf } from './flags';
import { logsOf, plan, planDone } from './plan';
import { checkReleases, scriptDigestOf, type RehearseProps } from './rehearse';
import type { Rehearsals } from './rehearsals';
import { afterInterruption, claimed, runFrom, startRun, type Rehearsed } from './run';
import type { StepContext } from './step';
import { BASELINE } from './watched';

/** What a retry is run with. */
export interface RetryProps extends Omit<RehearseProps, 'from' | 'to'> {
  readonly rehearsal: string;
  /** @default - the candidate of the attempt before */
  readonly to?: string | undefined;
}

/**
 * Rehearses a candidate on the environment that an earlier rehearsal left standing, from its checkpoint.
 *
 * @throws TwinError when the retry cannot start: then the environment is unchanged
 */
export async function retry(props: RetryProps): Promise<Rehearsed> {
  return claimed(props, async (ledger) => {
    checkRetry(ledger.value, props);
    const { folder } = ledger;
    const value: Ledger = { ...ledger.value, ...afterInterruption(ledger.value) };
    const spans = value.spans.filter(({ id }) => id <= (value.checkpoint?.lastSpan ?? 0));
    const context = startRun(props, ledger, spans);
    const to = props.to ?? value.to;
    checkReleases(value.from, to);
    const assemblies = assembliesFor(context, to);
    const { target } = props.parts;
    const all = [
      ...(target.restores === 'anew' ? [{ assembly: assemblies.from, release: value.from }] : []),
      ...candidatesOf(assemblies, to, context.script.drills),
    ];
    const planned = await plan(context, value.environment, all);
    if ('kind' in planned) return planned;
    context.proof = planned;
    const attempt = attemptFolder(folder, value.attempts.length + 1);
    ledger.change({
      to,
      keep: props.keep,
      failFast: props.failFast,
      assemblies,
      ...(context.code && { code: context.code }),
      codeState: context.codeState,
      replayed: context.replayed,
      ran: value.ran?.from ? { from: value.ran.from } : {},
      attempts: attemptsOf(value, attempt),
      steps: planDone(context, value.steps),
      spans: context.journal.spans,
      files: [...value.files, ...logsOf(folder, all)],
      ...NOTHING_MEASURED,
      watched: value.watched.filter(({ during }) => during === BASELINE),
    });
    if (attempt !== undefined) moveEvidence(folder, attempt);
    return runFrom(context, 'restore', props);
  });
}

/** Where the assemblies are synthesised; what is stood up anew has other data than what stood up first. */
function assembliesFor({ parts, ledger, script }: StepContext, to: string): Ledger['assemblies'] {
  const { from, assemblies } = ledger.value;
  const isAnew = parts.target.restores === 'anew';
  const ofFrom = isAnew ? assemblyFor(ledger.folder, from) : assemblies.from;
  return { from: ofFrom, ...assembliesOf(ledger.folder, to, script.drills, ofFrom) };
}

/** The fields of one attempt, empty. */
const NOTHING_MEASURED = {
  checks: [],
  drills: [],
  rounds: undefined,
  capacity: undefined,
  darkLaunch: undefined,
  advice: [],
  failure: undefined,
  judged: undefined,
  tearDown: undefined,
} satisfies Partial<Ledger>;

/**
 * The last rehearsal that left an environment.
 *
 * @throws TwinError `nothing-to-retry`
 */
export function lastToRetry(rehearsals: Rehearsals): string {
  const name = rehearsals.standing({ of: 'rehearsal' }).at(-1);
  if (name !== undefined) return name;
  throw new TwinError({
    code: 'nothing-to-retry',
    message: 'no rehearsal has left an environment to retry on',
    fix: 'Rehearse with --keep.',
  });
}

function checkRetry(ledger: Ledger, { gatesDigest, config, parts }: RetryProps): void {
  const { rehearsal, standing, checkpoint, target, steps } = ledger;
  const refuse = (message: string): TwinError =>
    new TwinError({ code: 'nothing-to-retry', message, fix: 'Rehearse again, with --keep.' });
  if (isProduction(ledger)) throw refuse(`${rehearsal} is a production, and no rehearsal`);
  if (isOver(ledger)) throw refuse(`${rehearsal} has no environment to retry on: ${WHY_NOT[standing]}`);
  if (steps.some(({ name }) => name === 'tear down'))
    throw refuse(`the tear-down of ${rehearsal} has started`);
  if (!checkpoint) throw refuse(`${rehearsal} has no checkpoint, so there is nothing to restore`);
  if (target !== parts.target.name)
    throw refuse(`the environment of ${rehearsal} is on the target ${target}, not on ${parts.target.name}`);
  if (gatesDigest !== ledger.gatesDigest) throw otherRules('gates', rehearsal);
  if (scriptDigestOf(config) !== ledger.scriptDigest) throw otherRules('checks or drills', rehearsal);
}

const otherRules = (which: string, rehearsal: string): TwinError =>
  new TwinError({
    code: 'rules',
    message: `the ${which} have changed since ${rehearsal} started`,
    fix: 'Rehearse again from the start: the rules are fixed before a rehearsal.',
  });

const WHY_NOT: Readonly<Record<Ledger['standing'], string>> = {
  none: 'it stood nothing up',
  maybe: '',
  kept: '',
  gone: 'it was torn down',
};

/** @param folder - of the evidence of the attempt that ended last, where it has some */
function attemptsOf(
  { attempts, to, judged, failure, steps, startedAt }: Ledger,
  folder: string | undefined,
): Ledger['attempts'] {
  const where = folder === undefined ? {} : { folder };
  if (judged) {
    const { verdict, reasons, at: endedAt } = judged;
    return [...attempts, { to, verdict, reasons, endedAt, ...where }];
  }
  const reasons = failure ? [failure.message] : [];
  return [...attempts, { to, verdict: 'NO-GO', reasons, endedAt: steps.at(-1)?.at ?? startedAt, ...where }];
}
