import { distance } from 'fastest-levenshtein';

/** What a {@link TwinError} is made of. */
export interface TwinErrorProps {
  /** A stable name for the kind of error, such as `unknown-factor`. */
  readonly code: string;
  /** What happened, in lower case: what, the value got, the values allowed. */
  readonly message: string;
  /** What to do about it: one imperative sentence. */
  readonly fix: string;
  /** The error that led to this one. @default - none */
  readonly cause?: unknown;
}

/** Bad input or a broken rule, said in a way that can be acted on. */
export class TwinError extends Error {
  override readonly name = 'TwinError';
  /** A stable name for the kind of error. */
  readonly code: string;
  /** What to do about it. */
  readonly fix: string;

  constructor(props: TwinErrorProps) {
    super(props.message, 'cause' in props ? { cause: props.cause } : undefined);
    this.code = props.code;
    this.fix = props.fix;
  }

  /** The message and the fix, as they are shown to a person. */
  override toString(): string {
    return `${this.message}\n  fix: ${this.fix}`;
  }
}

/** The sentence that helps with a misspelt name: the nearest of the names that exist, or all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there is nothing to choose from';
  const [nearest, steps] = known
    .map((it) => [it, distance(name.toLowerCase(), it.toLowerCase())] as const)
    .reduce((best, other) => (other[1] < best[1] ? other : best));
  const isNear = steps <= Math.max(2, nearest.length / 3);
  return isNear ? `did you mean "${nearest}"?` : `use one of: ${known.join(', ')}`;
}
