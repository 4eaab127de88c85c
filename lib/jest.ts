import type { Stack } from 'aws-cdk-lib';
import { TwinError } from './error';
import { toBeTwinOf } from './matcher';

declare global {
  // The names are @types/jest's own.
  // oxlint-disable-next-line typescript/no-namespace
  namespace jest {
    interface Matchers<R> {
      /** Passes when the stack is a twin of production's: nothing differs but what the factors of its Twins explain. */
      toBeTwinOf(prod: Stack): R;
    }
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> {
    /** Passes when the stack is a twin of production's: nothing differs but what the factors of its Twins explain. */
    toBeTwinOf(prod: Stack): R;
  }
}

// Jest gives `expect` to tests, and to files of setupFilesAfterEnv; nobody else has it.
if (typeof expect === 'undefined') {
  throw new TwinError({
    code: 'matcher',
    message: 'cdk-twin/jest is loaded where Jest gives no expect',
    fix: 'Import it in a test or in a file of setupFilesAfterEnv; with Vitest, import cdk-twin/vitest.',
  });
}
expect.extend({ toBeTwinOf });

export { toBeTwinOf };
