/** What a topology and the CDK print go by these. */
const CONSOLE = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/**
 * Does something that may print, and prints nothing of it: a topology that is instantiated once more to compare it has
 * nothing new to say.
 */
export function quietly<T>(work: () => T): T {
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write);
  const said = CONSOLE.map((name) => console[name]);
  try {
    for (const stream of streams) stream.write = () => true;
    for (const name of CONSOLE) console[name] = () => {};
    return work();
  } finally {
    streams.forEach((stream, i) => (stream.write = writes[i]!));
    CONSOLE.forEach((name, i) => (console[name] = said[i]!));
  }
}
