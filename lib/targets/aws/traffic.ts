import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsTrafficConfig } from '../../config/types';
import { TwinError } from '../../error';
import type { ProbeWatch } from '../../probes/probes';
import { UNSTOPPABLE, type Handle } from '../target';
import type { ClientFigures, HeldTraffic, HoldWatch, Traffic, TrafficState } from '../traffic';
import { clientFigures } from './client-figures';
import type { AwsPlace } from './place';
import { WeightedGroups } from './weighted-groups';
import { WeightedRecords } from './weighted-records';
import { asText, fromText, isSame, percentOf, show, withPercent, type Shared, type Weights } from './weights';

/** How often CloudWatch and Route 53 are asked: Route 53 answers five requests a second in an account. */
const LOOK_MS = 15_000;
const POLL_MS = 5_000;

/** What is held. */
interface Hold {
  /** The weights that were set last. */
  set: Weights;
  /** When they were. */
  since: number;
}

/** The requests of clients on AWS: weighted records, or weighted target groups. A share stays when this process ends. */
export class AwsTraffic implements Traffic {
  readonly productions: readonly [Handle, Handle];
  readonly lookMs: number;
  private readonly shared: Shared;
  private readonly names: readonly string[];
  private held: Hold | undefined;

  constructor(
    section: AwsTrafficConfig,
    private readonly place: AwsPlace,
    pollMs = POLL_MS,
    lookMs = LOOK_MS,
  ) {
    this.lookMs = lookMs;
    this.names = Object.keys(section.productions);
    this.productions = this.names.map((name) => ({ target: 'aws', name })) as unknown as readonly [
      Handle,
      Handle,
    ];
    this.shared =
      'listener' in section
        ? new WeightedGroups(section, place)
        : new WeightedRecords(section, place, pollMs);
  }

  async check({ signal }: ProbeWatch): Promise<void> {
    await this.movable(signal);
    await this.shared.lasts(signal);
  }

  async read(_: Handle, { signal }: ProbeWatch): Promise<TrafficState> {
    const { held } = this;
    const state = this.stateOf(await this.shared.read(signal));
    return held ? { ...state, clients: await this.clients(held, signal) } : state;
  }

  async hold<T>(
    _: Handle,
    __: Handle,
    work: (held: HeldTraffic) => Promise<T>,
    watch: HoldWatch,
  ): Promise<T> {
    const { signal } = watch;
    const log = (message: string): void => watch.log(message);
    const before = await this.movable(signal);
    const lasting = await this.shared.lasts(signal);
    if (lasting?.isWaitedFor === false)
      log(`warning: clients may stay where they are for ${lasting.seconds} s: ${lasting.because}`);
    watch.learn({ before: asText(before) });
    // what is there is set once more: it shows that it may be set
    await this.shared.set(before, signal);
    const lost = new AbortController();
    const held = { set: before, since: Date.now() };
    this.held = held;
    let isKept = false;
    try {
      return await work({
        signal: lost.signal,
        shift: async (to) => {
          const weights = to === percentOf(held.set) ? held.set : withPercent(before, to);
          if (weights !== held.set) {
            await this.checkOwn(held.set, lost);
            held.set = weights;
            await this.shared.set(weights, UNSTOPPABLE);
            log(`${this.shared.name}: ${this.inWords(weights)}`);
            if (lasting?.isWaitedFor) await this.waitFor(lasting, { signal, log });
          }
          held.since = Date.now();
        },
        keep: () => Promise.resolve(void (isKept = true)),
      });
    } finally {
      this.held = undefined;
      // what was never moved by this process is left as it is
      if (!isKept && held.set !== before) await this.restore(before, log);
    }
  }

  async putBack(
    { before = '' }: Readonly<Record<string, string>>,
    { log }: ProbeWatch,
  ): Promise<TrafficState> {
    const weights = fromText(before);
    await this.restore(weights, log);
    return this.stateOf(await this.shared.read(UNSTOPPABLE));
  }

  /** The weights, where one production has all of the traffic. */
  private async movable(signal: AbortSignal): Promise<Weights> {
    const weights = await this.shared.read(signal);
    const percent = percentOf(weights);
    if (percent === 0 || percent === 100) return weights;
    throw this.isShared(weights);
  }

  private async restore(before: Weights, log: ProbeWatch['log']): Promise<void> {
    await this.shared.set(before, UNSTOPPABLE);
    log(`${this.shared.name}: ${this.inWords(before)}, as before`);
    const lasting = await this.shared.lasts(UNSTOPPABLE);
    if (lasting) log(`clients may follow what was before for ${lasting.seconds} s: ${lasting.because}`);
  }

  private async waitFor(
    { seconds, because }: { readonly seconds: number; readonly because: string },
    { signal, log }: ProbeWatch,
  ): Promise<void> {
    log(`waits ${seconds} s until no client follows what was before: ${because}`);
    await sleep(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  /** Weights that another process has set are not this process's to move on from. */
  private async checkOwn(own: Weights, lost: AbortController): Promise<void> {
    const found = await this.shared.read(UNSTOPPABLE);
    if (isSame(found, own)) return;
    const error = new TwinError({
      code: 'traffic-lost',
      message: `another process has set the weights of ${this.shared.name}: they are ${show(found)}, and were ${show(own)}`,
      fix: 'Let one process move them at a time.',
    });
    lost.abort(error);
    throw error;
  }

  private async clients(
    { since }: Hold,
    signal: AbortSignal,
  ): Promise<{ readonly first: ClientFigures; readonly second: ClientFigures }> {
    const metered = await this.shared.metered(signal);
    const figuresOf = async (i: 0 | 1): Promise<ClientFigures> => {
      const it = metered[i];
      return it ? clientFigures(it, since, this.place, signal) : { requests: 0, failures: 0 };
    };
    const [first, second] = await Promise.all([figuresOf(0), figuresOf(1)]);
    return { first, second };
  }

  private stateOf(weights: Weights): TrafficState {
    const percent = percentOf(weights);
    if (percent === undefined) throw this.isShared(weights);
    return { second: this.names[1]!, percent };
  }

  private inWords(weights: Weights): string {
    const percent = percentOf(weights) ?? 0;
    return `${100 - percent} % to ${this.names[0]}, ${percent} % to ${this.names[1]}`;
  }

  private isShared(weights: Weights): TwinError {
    return new TwinError({
      code: 'traffic-shape',
      message: `the weights of ${this.shared.name} are ${show(weights)}; expected is that one production has all of the traffic`,
      fix: 'Put back what a cutover left behind with twin cutover --back, or set one of the two weights to 0.',
    });
  }
}
