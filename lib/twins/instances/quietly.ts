/** What a topology and the CDK print go by these. */
const CONSOLE = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/**
 * Does something that may print, and prints nothing of it: a topology that is instantiated once more to compare it has
 * nothing new to say.
 */
export function quietly<T>(work: () => T): T {
  const printers: { write?: unknown }[] = [process.stdout, process.stderr];
  const restore = [
    ...printers.map((stream) => replaced(stream, 'write', () => true)),
    ...CONSOLE.map((name) => replaced(console, name, () => {})),
  ];
  try {
    return work();
  } finally {
    for (const back of restore) back();
  }
}

/** Puts something else in the place of a property. @returns what puts it back as it was, inherited or not */
function replaced(object: object, name: string, by: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value: by, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(object, name, before);
    else Reflect.deleteProperty(object, name);
  };
}
