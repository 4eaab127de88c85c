import { Session } from 'node:inspector';

/** What is called with the arguments of a constructor while it is paused. */
const TAKE = '__cdkTwinTake';

interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
}

/**
 * The arguments that the constructors of a class were called with, to be asked while they run: whatever a constructor does with
 * its parameters, and whichever it hands on. JavaScript has no other way to ask for them than its debugger, which is attached
 * from inside for as long as this takes.
 *
 * @returns undefined where the class has no constructor of its own on the stack
 */
export function argumentsOf(constructed: object): readonly unknown[] | undefined {
  const names = namesOf(constructed);
  const session = new Session();
  session.connect();
  let found: readonly unknown[] | undefined;
  const globals = globalThis as Record<string, unknown>;
  globals[TAKE] = (given: ArrayLike<unknown>): never => {
    found = Array.from(given);
    // After an evaluation that ends well V8 writes variables back, and with them a `this` that is not there before `super` returns.
    throw new Error('taken');
  };
  session.on('Debugger.paused', ({ params }) => {
    const frame = outermost(params.callFrames, names);
    if (frame === undefined) return;
    const { callFrameId } = frame;
    session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: `${TAKE}(arguments)` });
  });
  try {
    session.post('Debugger.enable');
    // oxlint-disable-next-line no-debugger
    debugger;
    return found;
  } finally {
    session.disconnect();
    delete globals[TAKE];
  }
}

/** The names of a construct's class and of those that it extends. */
function namesOf(constructed: object): ReadonlySet<string> {
  const names = new Set<string>();
  for (let it: unknown = Object.getPrototypeOf(constructed); it !== null; it = Object.getPrototypeOf(it))
    names.add((it as { constructor: { name: string } }).constructor.name);
  return names;
}

/** Of the constructors of one object, which follow each other on the stack, the one that was called first. */
function outermost(frames: readonly CallFrame[], names: ReadonlySet<string>): CallFrame | undefined {
  const first = frames.findIndex(({ functionName }) => names.has(functionName));
  if (first < 0) return undefined;
  const after = frames.slice(first).findIndex(({ functionName }) => !names.has(functionName));
  return after < 0 ? frames.at(-1) : frames[first + after - 1];
}
