import type { Stack } from 'aws-cdk-lib';
import { expect } from 'vitest';
import { toBeTwinOf } from './matcher.js';

declare module 'vitest' {
  interface Matchers<T> {
    /** Passes when the stack is a twin of production's: nothing differs but what the factors of its Twins explain. */
    toBeTwinOf(prod: Stack): void;
  }
}

expect.extend({ toBeTwinOf });

export { toBeTwinOf };
