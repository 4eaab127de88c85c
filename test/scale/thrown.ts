import { TwinError } from '../../lib/error';

/** The TwinError that a call throws; a test fails when it throws another, or none. */
export function thrown(call: () => unknown): TwinError {
  try {
    call();
  } catch (error) {
    if (error instanceof TwinError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The lines of the error that a call throws: what it is about, and each problem that it lists. */
export const problems = (call: () => unknown): string[] => thrown(call).message.split('\n  - ');
