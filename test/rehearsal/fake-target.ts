import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import type {
  Deployment,
  Endpoints,
  Handle,
  Leftover,
  Target,
  TierState,
  Watch,
} from '../../lib/targets/target';

/** What stands under a name, and what data it has. It outlives the process that stood it up. */
export interface Standing {
  seeded: boolean;
  /** The release that runs; undefined while no service does. */
  release: string | undefined;
  /** One entry for each migration and each restored checkpoint, in order. */
  data: string[];
  readonly checkpoints: Map<string, readonly string[]>;
}

/** The calls of a target that have an effect or look at one. */
export type Call = Exclude<keyof Target, 'name' | 'allocate'>;

/** What a call does instead of its work. */
export interface Mishap {
  readonly call: Call;
  /**
   * `fails`: throws after half of its work. `crashes`: throws an error that is not a TwinError. `hangs`: runs until it is stopped. `is
   * deaf`: runs for ever.
   */
  readonly does: 'fails' | 'crashes' | 'hangs' | 'is deaf';
  /** How often. @default - always */
  readonly times?: number;
}

const ORDERS = {
  tier: 'Orders',
  writer: { host: '127.0.0.2', port: 5432 },
  reader: { host: '127.0.0.3', port: 5432 },
  readers: [],
  database: 'orders',
  username: 'shop',
  password: 'secret',
};

/** The place where fake environments stand: shared by every {@link FakeTarget} made of it, as an AWS account would be. */
export class World {
  readonly standing = new Map<string, Standing>();
  readonly calls: string[] = [];
  readonly tiers: TierState[] = [
    { tier: 'Orders', kind: 'sql', skipped: false, engine: 'PostgreSQL', members: [], differs: [] },
    { tier: 'Web', kind: 'service', skipped: false, engine: 'node', members: [], differs: [] },
  ];
  readonly mishaps: Mishap[] = [];
  /** Looks on at every call, before its work. */
  onCall: (call: Call, handle: Handle) => void = () => {};
  /** What `down` does not remove. */
  readonly stuck: Leftover[] = [];
}

/**
 * A target without machines. It behaves as the port asks: calls are named by a handle that is chosen before anything
 * exists; each may be made again; `seed` comes before `up`, `up` before anything that needs services; a release migrates
 * the data; `restore` puts data back and stops the services; `down` removes everything that the handle names, whatever
 * state it is in, and `leftovers` reports what exists. What is asked for out of order is a bug in the rehearsal: it throws no
 * TwinError.
 */
export class FakeTarget implements Target {
  readonly name = 'local';

  constructor(private readonly world: World) {}

  allocate(rehearsal: string): Handle {
    return { target: this.name, name: `fake-${rehearsal}` };
  }

  seed(handle: Handle, _: Deployment, watch: Watch): Promise<void> {
    return this.call('seed', handle, watch, () => {
      this.world.standing.set(handle.name, {
        seeded: true,
        release: undefined,
        data: ['seed'],
        checkpoints: new Map(),
      });
    });
  }

  up(handle: Handle, { release }: Deployment, watch: Watch): Promise<void> {
    return this.call('up', handle, watch, () => {
      this.at(handle).release = release;
    });
  }

  async describe(handle: Handle): Promise<readonly TierState[]> {
    await this.call('describe', handle);
    this.running(handle);
    return this.world.tiers;
  }

  async endpoints(handle: Handle): Promise<Endpoints> {
    await this.call('endpoints', handle);
    return { url: `http://${this.running(handle).release}`, urls: {}, databases: [ORDERS] };
  }

  checkpoint(handle: Handle, name: string, watch: Watch): Promise<void> {
    return this.call('checkpoint', handle, watch, () => {
      const { checkpoints, data } = this.running(handle);
      checkpoints.set(name, [...data]);
    });
  }

  restore(handle: Handle, name: string, watch: Watch): Promise<void> {
    return this.call('restore', handle, watch, () => {
      const standing = this.at(handle);
      const data = standing.checkpoints.get(name);
      if (!data) throw new Error(`there is no checkpoint ${name}`);
      standing.data = [...data];
      standing.release = undefined;
    });
  }

  release(handle: Handle, { release }: Deployment, watch: Watch): Promise<void> {
    return this.call('release', handle, watch, () => {
      const standing = this.at(handle);
      standing.data.push(`migrated by ${release}`);
      standing.release = release;
    });
  }

  failover(handle: Handle, _: string, watch: Watch): Promise<void> {
    return this.call('failover', handle, watch, () => void this.running(handle));
  }

  killTask(handle: Handle, _: string, watch: Watch): Promise<void> {
    return this.call('killTask', handle, watch, () => void this.running(handle));
  }

  async logs(handle: Handle, folder: string): Promise<readonly string[]> {
    await this.call('logs', handle);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Web-1.log'), 'listening\n');
    return ['Web-1.log'];
  }

  down(handle: Handle, watch: Watch): Promise<void> {
    return this.call('down', handle, watch, () => {
      if (this.world.stuck.length === 0) this.world.standing.delete(handle.name);
    });
  }

  async leftovers(handle: Handle): Promise<readonly Leftover[]> {
    await this.call('leftovers', handle);
    const isThere = this.world.standing.has(handle.name);
    return isThere ? [...this.world.stuck, { kind: 'resource', what: handle.name }] : [];
  }

  private at({ name }: Handle): Standing {
    const standing = this.world.standing.get(name);
    if (!standing) throw new Error(`${name} was never seeded`);
    return standing;
  }

  private running(handle: Handle): Standing {
    const standing = this.at(handle);
    if (standing.release === undefined) throw new Error(`nothing runs in ${handle.name}`);
    return standing;
  }

  private async call(call: Call, handle: Handle, watch?: Watch, work: () => void = () => {}): Promise<void> {
    const { world } = this;
    world.calls.push(call);
    world.onCall(call, handle);
    await Promise.resolve();
    watch?.signal.throwIfAborted();
    watch?.log(`${call} of ${handle.name}`);
    const i = world.mishaps.findIndex((mishap) => mishap.call === call);
    const mishap = world.mishaps[i];
    if (!mishap) return work();
    if (mishap.times !== undefined) world.mishaps.splice(i, 1, ...again(mishap));
    await befall(mishap, watch, work);
  }
}

const again = (mishap: Mishap): Mishap[] =>
  mishap.times! > 1 ? [{ ...mishap, times: mishap.times! - 1 }] : [];

async function befall({ call, does }: Mishap, watch: Watch | undefined, work: () => void): Promise<void> {
  if (does === 'is deaf') return new Promise(() => {});
  if (does === 'hangs') return stopped(watch!.signal);
  // half of the work is done: `down` has removed nothing, everything else has left something
  if (call !== 'down') work();
  if (does === 'crashes') throw new RangeError(`${call} went mad`);
  throw new TwinError({ code: 'fake', message: `${call} was refused`, fix: 'Ask again.' });
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
