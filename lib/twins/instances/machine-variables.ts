/**
 * Does something, and tells which environment variables of the machine the user's own code read meanwhile: what decides by
 * them is equal in one synth, and not in that of another job. Packages read many, the AWS CDK and Node.js among them.
 */
export function watchingVariables<T>(work: () => T): {
  readonly result: T;
  readonly read: readonly string[];
} {
  const { env } = process;
  const read = new Set<string>();
  let looked: string | symbol | undefined; // copying all of them looks at each before it is read
  process.env = new Proxy(env, {
    get(target, name, receiver) {
      if (typeof name === 'string' && looked !== name && !isOfTools(name) && isOwnCode()) read.add(name);
      looked = undefined;
      return Reflect.get(target, name, receiver) as string | undefined;
    },
    // By default a proxy defines what is set, and process.env refuses how.
    set: (target, name, value) => Reflect.set(target, name, value),
    has(target, name) {
      if (typeof name === 'string' && !isOfTools(name) && isOwnCode()) read.add(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      looked = name;
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
  try {
    return { result: work(), read: [...read].sort() };
  } finally {
    process.env = env;
  }
}

/** Where an environment is, which is compared, and what tools are told. */
const isOfTools = (name: string): boolean =>
  /^(?:AWS|CDK|JSII|NODE|npm)_|^(?:CI|DEBUG|PATH|HOME)$/.test(name);

/** Whether the code that reads a variable is in no package. */
function isOwnCode(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 3; // this function, the trap, and who reads
  const reader = new Error().stack?.split('\n').at(3) ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  return reader !== '' && !/[\\/]node_modules[\\/]|\(?node:/.test(reader);
}
