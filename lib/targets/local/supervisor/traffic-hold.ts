import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import type { TrafficState } from '../../traffic';
import type { Listeners, TrafficWeights } from '../balancer/traffic-weights';

/** What holds the share of traffic that goes elsewhere. */
export interface HoldProps {
  /** Known to its process alone. */
  readonly token: string;
  /** The name of the environment that gets it. */
  readonly second: string;
  readonly listeners: Listeners;
}

/**
 * The share of an environment's requests that goes to another one, while one process decides about it. Where that process ends before it
 * says that the share is to last, it is what it was before.
 */
export class TrafficHold {
  private second: { readonly name: string; readonly listeners: Listeners } | undefined;
  private held: { readonly token: string; isKept: boolean; readonly release: () => void } | undefined;

  constructor(private readonly weights: TrafficWeights) {}

  state(): TrafficState {
    const figures = this.weights.figures();
    return {
      ...(this.second && { second: this.second.name }),
      percent: this.weights.share,
      ...(this.held && figures && { clients: { first: figures.own, second: figures.beside } }),
    };
  }

  /** Resolves when it is released, or its process is gone. */
  async hold({ token, second, listeners }: HoldProps, watch: Watch): Promise<void> {
    if (this.held) throw atWork();
    const before = { second: this.second, percent: this.weights.share };
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = (this.held = { token, isKept: false, release });
    watch.signal.addEventListener('abort', release, { once: true });
    try {
      this.second = { name: second, listeners };
      this.weights.lead(listeners);
      this.weights.set(before.second?.name === second ? before.percent : 0);
      watch.learn({ held: token });
      if (!watch.signal.aborted) await released;
    } finally {
      this.held = undefined;
      if (!held.isKept) {
        this.second = before.second;
        this.weights.lead(before.second?.listeners ?? {});
      }
      this.weights.settle(held.isKept ? this.weights.share : before.percent);
    }
  }

  shift(token: string, percent: number): void {
    this.of(token);
    this.weights.set(percent);
  }

  keep(token: string): void {
    this.of(token).isKept = true;
  }

  release(token: string): void {
    this.of(token).release();
  }

  private of(token: string): NonNullable<TrafficHold['held']> {
    if (this.held?.token === token) return this.held;
    throw new TwinError({
      code: 'traffic-lost',
      message: 'the share of traffic is held no more: it is what it was before',
      fix: 'Run twin cutover again.',
      isMachineFault: true,
    });
  }
}

const atWork = (): TwinError =>
  new TwinError({
    code: 'at-work',
    message: 'another process is moving the traffic of this production',
    fix: 'Wait for it, or stop it: it brings the traffic back.',
  });
