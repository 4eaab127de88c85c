import { distance } from 'fastest-levenshtein';
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { ErrorCode } from './errors/codes';

export type { ErrorCode };

/** What a {@link TwinError} is made of. */
export interface TwinErrorProps {
  /** A stable name for the kind of error, such as `unknown-factor`: each has an entry in docs/error-codes.md. */
  readonly code: ErrorCode;
  /** What happened, in lower case: what, the value got, the values allowed. */
  readonly message: string;
  /** What to do about it: one imperative sentence. */
  readonly fix: string;
  /** The error that led to this one. @default - none */
  readonly cause?: unknown;
  /** Whether what everything runs on failed, the machine or AWS, and not an input or a release: no verdict follows from it. @default false */
  readonly isMachineFault?: boolean;
}

/** The same in every bundle of the package and in every realm, such as that of a test runner. */
const BRAND = Symbol.for('cdk-twin.TwinError');

/**
 * Bad input or a broken rule, said in a way that can be acted on.
 *
 * Each entry of the package has a copy of this class: `instanceof` and {@link TwinError.isTwinError} know errors of all of
 * them. One that nobody catches ends the process with its message, its fix and its code; `CDK_DEBUG`, which `cdk --debug` sets,
 * shows its stack as well.
 */
export class TwinError extends Error {
  override readonly name = 'TwinError';
  /** A stable name for the kind of error. */
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly fix: string;
  /** Whether what everything runs on failed, the machine or AWS, and not an input or a release: no verdict follows from it. */
  readonly isMachineFault: boolean;

  constructor(props: TwinErrorProps) {
    super(props.message, 'cause' in props ? { cause: props.cause } : undefined);
    this.code = props.code;
    this.fix = props.fix;
    this.isMachineFault = props.isMachineFault ?? false;
    listenForUncaught();
  }

  /** Whether something is a TwinError, whichever copy of this class made it. */
  static isTwinError(this: void, error: unknown): error is TwinError {
    return isBranded(error);
  }

  static override [Symbol.hasInstance](error: unknown): error is TwinError {
    return isBranded(error);
  }

  /** The message, the fix and the code, as they are shown to a person. */
  override toString(): string {
    return `${this.message}\n  fix: ${this.fix}\n  code: ${this.code}`;
  }
}

Object.defineProperty(TwinError.prototype, BRAND, { value: true });

function isBranded(value: unknown): boolean {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * The fault of the machine that an error is: one that says so, or a call of the operating system that failed, such as on a
 * full disk.
 *
 * @returns undefined for any other error
 */
export function machineFaultOf(error: unknown): TwinError | undefined {
  if (error instanceof TwinError) return error.isMachineFault ? error : undefined;
  // not by instanceof: the error may come from another realm
  const { syscall, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof syscall !== 'string') return undefined;
  return new TwinError({
    code: 'machine',
    message,
    fix: 'Remove the cause on this machine, such as a full disk or a port that is taken, and rehearse again.',
    cause: error,
    isMachineFault: true,
  });
}

const UNCAUGHT = 'uncaughtExceptionMonitor';

/** Before the first error of this process can stay uncaught; once, whatever the number of bundles. */
function listenForUncaught(): void {
  if (!isMainThread) return; // whoever started the thread gets its errors
  if (process.listeners(UNCAUGHT).some(({ name }) => name === endWithTwinError.name)) return;
  process.on(UNCAUGHT, endWithTwinError);
}

/**
 * Ends the process as Node is about to, with what it says instead of our source and our stack. Node calls it
 * first of all, so it leaves everything else alone: other errors, and processes that have a handler of their own.
 */
function endWithTwinError(error: unknown): void {
  if (!TwinError.isTwinError(error) || isDebugging()) return;
  if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
  writeSync(2, `error: ${error.toString()}\n`);
  process.exit(1);
}

/** As the AWS CDK understands the variable. */
const isDebugging = (): boolean =>
  ['1', 'on', 'true'].includes(process.env['CDK_DEBUG']?.toLowerCase() ?? '');

/** The sentence that helps with a misspelt name: the nearest of the names that exist, or all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'there is nothing to choose from';
  const [nearest, steps] = known
    .map((it) => [it, distance(name.toLowerCase(), it.toLowerCase())] as const)
    .reduce((best, other) => (other[1] < best[1] ? other : best));
  const isNear = steps <= Math.max(2, nearest.length / 3);
  return isNear ? `did you mean "${nearest}"?` : `use one of: ${known.join(', ')}`;
}

/** What was thrown, in words. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** What was thrown, in words, and what to do about it where that is known. */
export const messageWithFix = (thrown: unknown): string =>
  thrown instanceof TwinError ? `${thrown.message.replace(/\.$/, '')}. ${thrown.fix}` : messageOf(thrown);
