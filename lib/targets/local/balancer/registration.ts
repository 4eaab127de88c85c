import type { Watch } from '../../target';
import type { Target, Targets } from './targets';

/** A target group that a task is registered with, and where it is reached for it. */
export interface RegisteredPort {
  readonly targets: Targets;
  readonly target: Target;
}

/** A task in the target groups of its service. */
export class Registration {
  /** @param ports - at least one */
  constructor(private readonly ports: readonly RegisteredPort[]) {
    for (const { targets, target } of ports) targets.register(target);
  }

  get isHealthy(): boolean {
    return this.ports.every(({ targets, target }) => targets.isHealthy(target.name));
  }

  /** For how long it has failed the checks of a target group, in milliseconds; undefined where it fails none. */
  get unhealthyForMs(): number | undefined {
    const all = this.ports.flatMap(({ targets, target }) => targets.unhealthyForMs(target.name) ?? []);
    return all.length === 0 ? undefined : Math.max(...all);
  }

  /** The result of its last health check, of one that it fails where it fails one. */
  get lastResult(): string {
    const worst = this.ports.find(({ targets, target }) => !targets.isHealthy(target.name)) ?? this.ports[0]!;
    return worst.targets.lastResult(worst.target.name);
  }

  /** How many requests it was sent. */
  get requests(): number {
    return this.ports.reduce((sum, { targets, target }) => sum + targets.requestsOf(target.name), 0);
  }

  /** Resolves when its requests have ended, or may take no longer. */
  async deregister(ending: Pick<Watch, 'signal' | 'log'>): Promise<void> {
    await Promise.all(this.ports.map(({ targets, target }) => targets.deregister(target.name, ending)));
  }

  /** Takes it out at once: it has ended. */
  remove(): void {
    for (const { targets, target } of this.ports) targets.remove(target.name);
  }
}
