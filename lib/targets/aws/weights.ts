/** What the part of each production weighs: that of the first, then that of the second. Undefined where nothing leads to it. */
export type Pair = readonly [number | undefined, number | undefined];

/** The weights by which requests are shared, of each thing that shares them: a type of records, a listener. */
export type Weights = Readonly<Record<string, Pair>>;

/** Something that shares requests between two productions by weight. */
export interface Shared {
  /** In a phrase, such as `the records shop.example.com of Z0123`. */
  readonly name: string;
  /** @throws TwinError `traffic-shape` where it is no such thing */
  read(signal: AbortSignal): Promise<Weights>;
  /** Sets all weights at once, and nothing else. Resolves once they are in effect. */
  set(weights: Weights, signal: AbortSignal): Promise<void>;
  /** For how long clients may still follow the weights before. @default - not at all */
  lasts(signal: AbortSignal): Promise<Lasting | undefined>;
  /** What CloudWatch calls that which clients are sent to. Undefined of one of which it has no figures. */
  metered(signal: AbortSignal): Promise<readonly [Metered | undefined, Metered | undefined]>;
}

/** Clients that follow the weights before. */
export interface Lasting {
  readonly seconds: number;
  /** In a phrase. */
  readonly because: string;
  /** Whether it is over for all of them after that, so that a step waits for it. */
  readonly isWaitedFor: boolean;
}

/** What CloudWatch has figures of. */
export interface Metered {
  readonly region: string | undefined;
  /** Of the namespace `AWS/ApplicationELB`. */
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  /** The metrics that count failed requests. */
  readonly failures: readonly string[];
}

/** What share goes to the second, in per cent; undefined where it is not one for all, or no weight says it. */
export function percentOf(weights: Weights): number | undefined {
  const [percent, ...others] = Object.values(weights).map(([first = 0, second = 0]) =>
    first + second === 0 ? undefined : (100 * second) / (first + second),
  );
  return others.every((it) => it === percent) ? percent : undefined;
}

/** The same with another share. */
export const withPercent = (weights: Weights, percent: number): Weights =>
  Object.fromEntries(Object.keys(weights).map((key) => [key, [100 - percent, percent]]));

/** Whether requests are shared alike: what has no weight gets none. */
export const isSame = (a: Weights, b: Weights): boolean =>
  Object.keys({ ...a, ...b }).every((key) => {
    const [one, other] = [a[key], b[key]];
    return one?.[0] === other?.[0] && one?.[1] === other?.[1];
  });

/** In words, such as `A 100 and 0`. */
export const show = (weights: Weights): string =>
  Object.entries(weights)
    .map(([key, pair]) => `${key} ${pair.map((it) => it ?? 'none').join(' and ')}`)
    .join(', ');

/** As a ledger has them. */
export const asText = (weights: Weights): string =>
  JSON.stringify(weights, (_, it: unknown) => (it === undefined ? null : it));

/** @throws TwinError what is no such text was not written by {@link asText} */
export const fromText = (text: string): Weights =>
  Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, readonly (number | null)[]>).map(
      ([key, [first, second]]) => [key, [first ?? undefined, second ?? undefined]],
    ),
  );
