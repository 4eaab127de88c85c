/** What the process ends with. */
export const EXIT = {
  /** Twins, GO, or what was asked for was done. */
  ok: 0,
  /** Not twins, or NO-GO. */
  broken: 1,
  /** Bad input: arguments, files. */
  badInput: 2,
  /** An environment, or a part of one, may be left behind. */
  left: 3,
  /** Staging did not work before the candidate came. */
  baselineBroken: 4,
  /** A bug in cdk-twin (EX_SOFTWARE of sysexits.h). */
  bug: 70,
} as const;

/** What a command comes to. */
export interface Outcome {
  /** The result, for stdout. */
  readonly text: string;
  readonly exitCode: number;
  /** Errors that are told beside the result. @default - none */
  readonly problems?: readonly unknown[];
}
