import { TwinError } from '../error';
import { removeEvidence } from '../evidence/store';
import { isOver, type Ledger } from './ledger';
import { assemblyFor, logsOf, plan, planDone } from './plan';
import { scriptDigestOf, type RehearseProps } from './rehearse';
import type { Rehearsals } from './rehearsals';
import { asLeft, atWork, checkFree, end, openStage, type Rehearsed } from './run';

/** What another try is run with. */
export interface RetryProps extends Omit<RehearseProps, 'from' | 'to'> {
  readonly rehearsal: string;
  /** @default - the release that was tried before */
  readonly to?: string | undefined;
}

/**
 * Tries a candidate on the environment that an earlier rehearsal left standing, from its checkpoint.
 *
 * @throws TwinError for what keeps it from beginning: then the environment is as it was
 */
export async function retry(props: RetryProps): Promise<Rehearsed> {
  const ledger = props.rehearsals.open(props.rehearsal);
  checkRetry(ledger.value, props);
  const { folder } = ledger;
  const value: Ledger = { ...ledger.value, ...asLeft(ledger.value) };
  const spans = value.spans.filter(({ id }) => id <= (value.checkpoint?.lastSpan ?? 0));
  const stage = openStage(props, ledger, spans);
  const to = props.to ?? value.to;
  const assembly = assemblyFor(folder, to);
  return atWork(ledger, async () => {
    const releases = new Map([[assembly, to]]);
    const planned = await plan(stage, value.environment, releases);
    if ('kind' in planned) return planned;
    stage.proof = planned;
    ledger.change({
      to,
      keep: props.keep,
      assemblies: { from: value.assemblies.from, to: assembly },
      attempts: attemptsOf(value),
      steps: planDone(stage, value.steps),
      spans: stage.journal.spans,
      files: [...value.files, ...logsOf(folder, releases)],
      ...NOTHING_MEASURED,
    });
    removeEvidence(folder);
    return end(stage, 'restore', props);
  });
}

/** What belongs to one try. */
const NOTHING_MEASURED = {
  checks: [],
  drills: [],
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
  const name = rehearsals.standing().at(-1);
  if (name !== undefined) return name;
  throw new TwinError({
    code: 'nothing-to-retry',
    message: 'no rehearsal has left an environment to try again on',
    fix: 'Rehearse with --keep.',
  });
}

function checkRetry(ledger: Ledger, { gatesDigest, config, parts }: RetryProps): void {
  checkFree(ledger);
  const { rehearsal, standing, checkpoint, target, steps } = ledger;
  const refuse = (message: string): TwinError =>
    new TwinError({ code: 'nothing-to-retry', message, fix: 'Rehearse anew, with --keep.' });
  if (isOver(ledger)) throw refuse(`${rehearsal} has no environment to try again on: ${WHY_NOT[standing]}`);
  if (steps.some(({ name }) => name === 'tear down')) throw refuse(`the tear-down of ${rehearsal} has begun`);
  if (!checkpoint)
    throw refuse(`${rehearsal} did not come to its checkpoint, so there is nothing to go back to`);
  if (target !== parts.target.name)
    throw refuse(`${rehearsal} stands on ${target}, not on ${parts.target.name}`);
  if (gatesDigest !== ledger.gatesDigest) throw otherRules('gates', rehearsal);
  if (scriptDigestOf(config) !== ledger.scriptDigest) throw otherRules('checks or drills', rehearsal);
}

const otherRules = (which: string, rehearsal: string): TwinError =>
  new TwinError({
    code: 'rules',
    message: `the ${which} have changed since ${rehearsal} began`,
    fix: 'Rehearse anew: rules are made before.',
  });

const WHY_NOT: Readonly<Record<Ledger['standing'], string>> = {
  none: 'it stood nothing up',
  maybe: '',
  kept: '',
  gone: 'it is gone',
};

function attemptsOf({ attempts, to, judged, failure, steps, startedAt }: Ledger): Ledger['attempts'] {
  if (judged)
    return [...attempts, { to, verdict: judged.verdict, reasons: judged.reasons, endedAt: judged.at }];
  const reasons = failure ? [failure.message] : [];
  return [...attempts, { to, verdict: 'NO-GO', reasons, endedAt: steps.at(-1)?.at ?? startedAt }];
}
