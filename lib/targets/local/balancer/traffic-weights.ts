import { p95Of } from '../../../probes/traffic-figures';
import type { HostPort } from '../../../probes/context';
import type { ClientFigures } from '../../traffic';
import { wasBrokenOff, type Outgoing } from './forwarding';
import type { Closing } from './targets';
import { Upstream } from './upstream';

/** The listeners of the environment beside this one, by the keys of those whose requests they get. */
export type Listeners = Readonly<Record<string, HostPort>>;

/** How long an idle connection to it is kept: for less than its load balancer keeps one, so that no request meets a closed one. */
const IDLE_SECONDS = 30;

/** What share of its clients' requests a load balancer sends to the environment beside its own. */
export class TrafficWeights {
  private percent = 0;
  private beside: ReadonlyMap<string, Upstream> = new Map();
  /** What clients saw of each since it was last set. @default - it is not measured */
  private seen: { readonly own: Seen; readonly beside: Seen } | undefined;

  /** In per cent. */
  get share(): number {
    return this.percent;
  }

  /** What clients have seen since the share was set. */
  figures(): { readonly own: ClientFigures; readonly beside: ClientFigures } | undefined {
    return this.seen && { own: this.seen.own.figures(), beside: this.seen.beside.figures() };
  }

  /** Names the environment beside it. */
  lead(listeners: Listeners): void {
    for (const upstream of this.beside.values()) upstream.closeIdle();
    const group = { protocol: 'HTTP', protocolVersion: 'HTTP1' } as const;
    this.beside = new Map(
      Object.entries(listeners).map(([key, at]) => [
        key,
        new Upstream({ name: 'the production beside it', ...at }, group, () => IDLE_SECONDS),
      ]),
    );
  }

  /** Sets the share, and measures anew what clients see. */
  set(percent: number): void {
    this.percent = percent;
    this.seen = { own: new Seen(), beside: new Seen() };
  }

  /** Sets the share, and measures nothing. */
  settle(percent: number): void {
    this.percent = percent;
    this.seen = undefined;
  }

  /**
   * Where the next request of a listener goes; undefined for the own environment. By chance, as a client that sends in turns would
   * always meet one of them with the same request.
   */
  next(listener: string): Upstream | undefined {
    return Math.random() * 100 < this.percent ? this.beside.get(listener) : undefined;
  }

  /** Measures a request, until its answer is complete. */
  measure(isBeside: boolean, outgoing: Outgoing, statusOf: () => number | undefined): void {
    const seen = isBeside ? this.seen?.beside : this.seen?.own;
    if (!seen) return;
    const startedAt = performance.now();
    (outgoing as Closing).once('close', () => {
      const status = statusOf();
      if (wasBrokenOff(outgoing)) seen.add(undefined, 'the answer broke off');
      // a client that went away before it was answered says nothing of the environment
      else if (status !== undefined)
        seen.add(performance.now() - startedAt, status >= 500 ? `answered ${status}` : undefined);
    });
  }
}

/** What the requests of clients saw. */
class Seen {
  private readonly times: number[] = [];
  private requests = 0;
  private failures = 0;
  private first: string | undefined;

  add(ms: number | undefined, failure: string | undefined): void {
    this.requests++;
    if (failure === undefined && ms !== undefined) this.times.push(ms);
    if (failure === undefined) return;
    this.failures++;
    this.first ??= failure;
  }

  figures(): ClientFigures {
    const p95Ms = p95Of(this.times);
    return {
      requests: this.requests,
      failures: this.failures,
      ...(this.first !== undefined && { firstFailure: this.first }),
      ...(p95Ms !== undefined && { p95Ms }),
    };
  }
}
