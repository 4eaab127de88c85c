/** What the process ends with. */
export const EXIT = {
  /** Twins, or what was asked for was shown. */
  ok: 0,
  /** Not twins. */
  broken: 1,
  /** Bad input: arguments, files. */
  badInput: 2,
  /** A bug in cdk-twin (EX_SOFTWARE of sysexits.h). */
  bug: 70,
} as const;

/** What a command comes to. */
export interface Outcome {
  /** The result, for stdout. */
  readonly text: string;
  readonly exitCode: number;
}
