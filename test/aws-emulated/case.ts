import type { Stack } from 'aws-cdk-lib';
import type { EmulatorName, Use } from './emulator';

/** The usual L2s of some resource types, as production writes them: protected, backed up, with contents. */
export interface Case {
  readonly make: (stack: Stack) => void;
  /** @default 'ministack' */
  readonly on?: EmulatorName;
  /** Puts something into what was made, as production's users do. */
  readonly fill?: (filled: Filled) => Promise<void>;
  /** What would keep something of it although nothing is retained. @default - nothing */
  readonly danger?: Danger;
  /** A type of which the emulator itself leaves something, however a stack is written. @default - none */
  readonly leftByEmulator?: string;
}

export interface Danger {
  /** Such as "the deletion protection of a table". */
  readonly what: string;
  /** Whether the emulator has it. If not, what is seen of its staging proves nothing about it. */
  readonly isEmulated: boolean;
  /** The removal policy under which it is the only danger. @default 'destroy' */
  readonly removal?: 'snapshot';
}

/** A stack that was made. */
export interface Filled {
  readonly use: Use;
  /** The physical id of the first resource of a type. */
  readonly idOf: (type: string) => string;
}

export type Cases = Readonly<Record<string, Case>>;
