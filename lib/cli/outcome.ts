/** The exit codes of the process. */
export const EXIT = {
  /** Twins, GO, or the command did what it was asked for. */
  ok: 0,
  /** Not twins, or NO-GO. */
  no: 1,
  /** Bad input: arguments, files. */
  badInput: 2,
  /** There may be leftovers of an environment. */
  leftovers: 3,
  /** Staging did not work before the candidate was released. */
  baselineFailed: 4,
  /** A bug in cdk-twin (EX_SOFTWARE of sysexits.h), or a fault of the machine or of AWS. */
  bug: 70,
} as const;

/** The result of a command. */
export interface Outcome {
  /** The result, for stdout. */
  readonly text: string;
  readonly exitCode: number;
  /** What is said of the result where stdout holds nothing but it, for stderr. @default - nothing */
  readonly notes?: string;
  /** The page of the result, for who wants it opened. @default - none */
  readonly page?: string;
  /** Markdown for the summary of a job, where the process runs in one that has a summary. @default - nothing */
  readonly summary?: string;
  /** Errors that are reported beside the result. @default - none */
  readonly problems?: readonly unknown[];
}
