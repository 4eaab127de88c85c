/** What is written as JSON says which version of its format it is in: docs/versions.md says what a version may change. */
interface Versioned {
  readonly version: number | string;
}

/**
 * The versions of what commands write as JSON and keep nowhere. Records have theirs where they are made. A key that is
 * removed, renamed or means something else raises it.
 */
export const FORMATS = {
  parity: 1,
  cost: 1,
  'cost --before': 1,
  doctor: 1,
  live: 1,
  gate: 1,
  list: 1,
  compare: 1,
  prune: 1,
} as const;

/** A value as a command writes it, with the version of its format. */
export const versioned = <T extends object>(format: keyof typeof FORMATS, value: T): Versioned & T => ({
  version: FORMATS[format],
  ...value,
});

/** Writes JSON for programs. All commands write theirs by it: none is without the version of its format. */
export const inJson = (value: Versioned | readonly Versioned[]): string =>
  `${JSON.stringify(value, null, 2)}\n`;
