import { TwinError } from '../../lib/error';
import type { Handle } from '../../lib/targets/target';
import type { ClientFigures, HeldTraffic, Traffic, TrafficState } from '../../lib/targets/traffic';

const QUIET: ClientFigures = { requests: 200, failures: 0, p95Ms: 20 };

/** The traffic of two productions in memory: it behaves as the port says. */
export class FakeTraffic implements Traffic {
  /** The share of the second production. */
  percent = 0;
  /** What clients see with a share, of the first production and of the second. */
  clients: (percent: number) => { readonly first: ClientFigures; readonly second: ClientFigures } = () => ({
    first: QUIET,
    second: QUIET,
  });
  /** Every share that was ever set, in order. */
  readonly shares: number[] = [];
  /** What happens when a share is set. */
  onShift: (percent: number) => void = () => {};
  /** Whether the share stays where it is, though it is held no more. */
  stays = false;
  /** Whether the first production has ended. */
  isLost = false;
  private lost = new AbortController();
  private isHeld = false;
  private second: string | undefined;

  read(): Promise<TrafficState> {
    if (this.isLost) return Promise.reject(ended());
    const { percent, isHeld, second } = this;
    return Promise.resolve({
      ...(second !== undefined && { second }),
      percent,
      ...(isHeld && { clients: this.clients(percent) }),
    });
  }

  async hold<T>(_: Handle, second: Handle, work: (held: HeldTraffic) => Promise<T>): Promise<T> {
    if (this.isHeld) throw new TwinError({ code: 'at-work', message: 'it is held', fix: 'Wait.' });
    const before = this.percent;
    let isKept = false;
    this.isHeld = true;
    this.second = second.name;
    try {
      return await work({
        signal: this.lost.signal,
        shift: (percent) => {
          if (this.isLost) return Promise.reject(ended());
          this.percent = percent;
          this.shares.push(percent);
          this.onShift(percent);
          return Promise.resolve();
        },
        keep: () => Promise.resolve(void (isKept = true)),
      });
    } finally {
      this.isHeld = false;
      if (!isKept && !this.stays) this.percent = before;
    }
  }

  /** The first production ends. */
  lose(): void {
    this.isLost = true;
    this.lost.abort(ended());
  }
}

const ended = (): TwinError =>
  new TwinError({
    code: 'environment-lost',
    message: 'it has ended',
    fix: 'Run twin down.',
    isMachineFault: true,
  });
