import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../error';
import type { CutoverStep, StepVerification } from '../evidence/cutover';
import type { Baseline, Verification } from '../evidence/verification';
import { msBetween, type Journal } from '../rehearsal/journal';
import type { TierRows } from '../targets/production';
import { UNSTOPPABLE } from '../targets/target';
import type { ClientFigures, HeldTraffic } from '../targets/traffic';
import { checkComparable, planOf } from '../verification/plan';
import { verify } from '../verification/verify';
import type { CutoverProps, Side } from './cutover';
import { isHopeless } from './gates/error-rate';
import { judgeClients } from './gates/registry';
import { writesBetween } from './stopped-writes';

/** How often it is looked at what clients see, where that can be at any time. */
const LOOK_MS = 250;

const NOBODY: ClientFigures = { requests: 0, failures: 0 };

/** What a step found. */
type Found = Pick<CutoverStep, 'reasons' | 'gates'> & Partial<Pick<CutoverStep, 'verification' | 'clients'>>;

/** The steps of a cutover, each of which is judged before the next. */
export class Steps {
  readonly done: CutoverStep[] = [];
  /** Whether a client may have met the new production. */
  hasMoved = false;
  /** The tiers of which it was seen that nothing was written to the old production while clients moved. */
  unwritten: readonly string[] = [];
  private baseline: Baseline | undefined;
  /** What the tiers of the old one held whose writes are stopped, before a client moved. */
  private rows: readonly TierRows[] = [];
  /** What clients saw of the old production while it had all of them. */
  private before: ClientFigures = NOBODY;

  constructor(
    private readonly props: CutoverProps,
    private readonly journal: Journal,
  ) {}

  /** Records the old production as it is: what the new one is compared with. */
  async record(held: HeldTraffic): Promise<boolean> {
    const { from, isBack } = this.props;
    await held.shift(isBack ? 100 : 0); // measures what clients see from here on
    return this.step(`record ${from.environment}`, 0, async () => {
      const verification = await this.verify(from, 'before', held, undefined);
      const { watched } = verification;
      this.before = (await this.clients()).from;
      const reasons = watched ? [] : verification.reasons;
      if (watched) this.baseline = { ...verification, watched };
      this.rows = await this.count();
      return { reasons, gates: [], verification: slim(verification) };
    });
  }

  /** Verifies the new production before a client meets it. */
  async verifyNew(held: HeldTraffic): Promise<boolean> {
    const { to } = this.props;
    return this.step(`verify ${to.environment}`, 0, async () => {
      const verification = await this.verify(to, 'after', held, undefined);
      return { reasons: verification.reasons, gates: [], verification: slim(verification) };
    });
  }

  /** Moves a share of the requests of clients, watches, and judges. */
  async shift(held: HeldTraffic, percent: number): Promise<boolean> {
    const { to, isBack, cutover } = this.props;
    return this.step(`${percent} %`, percent, async () => {
      this.hasMoved = true;
      await held.shift(isBack ? 100 - percent : percent);
      const early = new AbortController();
      const over = new AbortController();
      const looking = this.look(early, over.signal);
      let verification: Verification;
      try {
        verification = await this.verify(to, 'after', held, cutover.stepMinutes, early.signal);
      } finally {
        over.abort();
        await looking;
      }
      const clients = await this.clients();
      const gates = judgeClients({ gates: cutover.gates, to: clients.to, before: this.before });
      const failed = gates.filter(({ passed }) => !passed);
      const ofClients = failed.map((it) => `${it.gate}: ${it.measured}; allowed: ${it.rule}`);
      // what was broken off because of clients says nothing itself
      const ofChecks = early.signal.aborted ? [] : verification.reasons;
      const reasons = [...ofClients, ...ofChecks, ...(await this.written())];
      return { reasons, gates, clients, verification: slim(verification) };
    });
  }

  /** Counts the rows of those tiers of the old production to which nothing is to be written. */
  private async count(): Promise<readonly TierRows[]> {
    const { data, from, signal } = this.props;
    const stopped = data.flatMap(({ tier, way, because }) =>
      way === 'seed' && because !== undefined ? [tier] : [],
    );
    if (stopped.length === 0 || !from.production.rows) return [];
    const found = await from.production.rows(stopped, this.journal.watch(signal));
    for (const { tier, unread } of found)
      if (unread !== undefined) this.journal.log(`${tier} of ${from.environment} was not counted: ${unread}`);
    return found.filter(({ unread }) => unread === undefined);
  }

  /** What was written to the old production though it is to take no writes, in a sentence each. */
  private async written(): Promise<readonly string[]> {
    const now = await this.count();
    const counted = this.rows.filter(({ tier }) => now.some((it) => it.tier === tier));
    const written = writesBetween(counted, now);
    this.unwritten = written.length > 0 ? [] : counted.map(({ tier }) => tier);
    const { environment } = this.props.from;
    return written.map(
      (it) => `writes: ${it} in ${environment}, though cutover.data says that writes are stopped`,
    );
  }

  /** Breaks a step off where clients have seen enough. */
  private async look(early: AbortController, over: AbortSignal): Promise<void> {
    const { maxErrorRate } = this.props.cutover.gates;
    const { lookMs = LOOK_MS } = this.props.traffic;
    for (;;) {
      await sleep(lookMs, undefined, { signal: over }).catch(() => {});
      if (over.aborted) return;
      let clients;
      try {
        clients = await this.clients();
      } catch (error) {
        return early.abort(error); // the step finds out why
      }
      if (!isHopeless(clients.to, maxErrorRate)) continue;
      this.journal.log(`${clients.to.failures} of ${clients.to.requests} requests of clients failed`);
      return early.abort(new Error('too many requests of clients failed'));
    }
  }

  private async clients(): Promise<NonNullable<CutoverStep['clients']>> {
    const { traffic, first, isBack } = this.props;
    const { clients } = await traffic.read(first, { signal: UNSTOPPABLE, log: () => {} });
    const [own, other] = [clients?.first ?? NOBODY, clients?.second ?? NOBODY];
    return isBack ? { from: other, to: own } : { from: own, to: other };
  }

  private async verify(
    { production, environment, release, assemblyDigest }: Side,
    moment: Verification['moment'],
    held: HeldTraffic,
    minutes: number | undefined,
    early: AbortSignal = UNSTOPPABLE,
  ): Promise<Verification> {
    const { config, forecast, name, now, signal, listener } = this.props;
    const plan = planOf(config, minutes);
    if (moment === 'after') checkComparable(release, plan, { baseline: this.baseline }, forecast);
    const { verification, bug } = await verify({
      production,
      environment,
      release,
      moment,
      plan,
      baseline: moment === 'after' ? this.baseline : undefined,
      forecast: moment === 'after' ? forecast : undefined,
      verification: name,
      assemblyDigest,
      now,
      signal: AbortSignal.any([signal, held.signal, early]),
      listener,
      journal: this.journal,
    });
    if (bug !== undefined) throw bug;
    return verification;
  }

  private async step(name: string, percent: number, work: () => Promise<Found>): Promise<boolean> {
    const { now, signal } = this.props;
    const start = now();
    const add = (outcome: CutoverStep['outcome'], found: Found): void => {
      const ms = msBetween(start, now());
      this.done.push({ name, percent, startedAt: start.toISOString(), ms, outcome, ...found });
    };
    try {
      const found = await this.journal.span(name, work, signal);
      const passed = found.reasons.length === 0;
      add(signal.aborted ? 'stopped' : passed ? 'passed' : 'failed', found);
      return passed && !signal.aborted;
    } catch (error) {
      const reason = messageOf(error);
      add(signal.aborted ? 'stopped' : 'failed', { reasons: [reason], gates: [] });
      throw error;
    }
  }
}

const slim = ({ verdict, gates, checks, watched }: Verification): StepVerification => ({
  verdict,
  gates,
  checks,
  ...(watched && { watched }),
});
