import { isGo, type EndedPart, type Part } from './one-verdict';

/** The rehearsals in one staging: beside each release that runs there, one after the other. */
export interface Staging {
  /** For messages. */
  readonly name: string;
  readonly parts: readonly Part[];
}

/** What a staging has to do with those that are rehearsed in at the same time. */
export interface Lane {
  /** Aborts where another one has decided the verdict, and no more is to be learned. */
  readonly signal: AbortSignal;
  /** Waits until the others are planned. @returns why nothing is to be stood up */
  readonly whenPlanned: () => Promise<string | undefined>;
  /** Whether the verdict is decided: then no further rehearsal starts. */
  readonly isDecided: () => boolean;
}

/** How many at a time, and what happens once one is not GO. */
export interface BesideProps {
  readonly stagings: readonly Staging[];
  readonly atOnce: number;
  /** Why the others stop then. @default - they go on to their own verdicts */
  readonly stopFor?: ((staging: string) => Error) | undefined;
}

/**
 * Rehearses in several stagings, some at the same time. Those that start together stand up together: where one cannot be planned, none is
 * stood up. After the first that is not GO no other starts.
 *
 * @returns what has ended, in the order of the stagings
 */
export async function besideEachOther(
  { stagings, atOnce, stopFor }: BesideProps,
  rehearse: (staging: Staging, lane: Lane) => Promise<readonly EndedPart[]>,
): Promise<readonly EndedPart[]> {
  const width = Math.min(atOnce, stagings.length);
  const line = new StartingLine(width);
  const ended: (readonly EndedPart[])[] = stagings.map(() => []);
  const atWork = new Map<Staging, AbortController>();
  const waiting = stagings.entries();
  let isDecided = false;
  const rehearseIn = async (i: number, staging: Staging): Promise<void> => {
    const stop = new AbortController();
    atWork.set(staging, stop);
    let isHeld = false;
    const whenPlanned = async (): Promise<string | undefined> => {
      const obstacle = i < width ? await line.arrive(staging.name) : undefined;
      isHeld = obstacle !== undefined;
      return obstacle;
    };
    const own = await rehearse(staging, { signal: stop.signal, whenPlanned, isDecided: () => isDecided });
    atWork.delete(staging);
    line.leave(staging.name);
    const cut = isHeld ? 'held' : stop.signal.aborted ? 'stopped' : undefined;
    ended[i] = own.map((it) => (cut && it.outcome.isStopped ? { ...it, cut } : it));
    if (own.every(isGo)) return;
    isDecided = true;
    if (stopFor) for (const other of atWork.values()) other.abort(stopFor(staging.name));
  };
  const lane = async (): Promise<void> => {
    for (const [i, staging] of waiting) {
      if (isDecided) return;
      await rehearseIn(i, staging);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return ended.flat();
}

/** Where those that start together wait for each other. */
class StartingLine {
  readonly #planned = new Set<string>();
  readonly #waiting: ((obstacle: string | undefined) => void)[] = [];
  #obstacle: string | undefined;

  constructor(private readonly count: number) {}

  /** Resolves when all have arrived, or one has left before. @returns why none goes on */
  arrive(name: string): Promise<string | undefined> {
    this.#planned.add(name);
    const answer = new Promise<string | undefined>((resolve) => this.#waiting.push(resolve));
    if (this.#planned.size === this.count || this.#obstacle !== undefined) this.#answer();
    return answer;
  }

  /** One that leaves before it has arrived keeps the others from going on. */
  leave(name: string): void {
    if (this.#planned.has(name)) return;
    this.#obstacle ??= `${name} could not be planned`;
    this.#answer();
  }

  #answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(this.#obstacle);
  }
}
