import { readFileSync } from 'node:fs';
import type { App } from 'aws-cdk-lib';
import { TwinError } from '../lib';
import { didYouMean } from '../lib/error';

/** Whether a key may be one of an app's own: those of the CDK and of cdk-twin have a colon or begin with "@". */
const isOwn = (key: string): boolean => /^[a-z][\w-]*$/i.test(key);

/**
 * Reads the values that an app is given as `-c key=value`. A key that it does not know is an error: a misspelt one would have no effect.
 *
 * @throws TwinError `context`
 */
export function contextOf<K extends string>(app: App, known: readonly K[]): Partial<Record<K, string>> {
  const { context: written = {} } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context?: object };
  const given = Object.entries(app.node.getAllContext() as Readonly<Record<string, unknown>>).filter(
    ([key]) => isOwn(key) && !Object.hasOwn(written, key),
  );
  const unknown = given.map(([key]) => key).find((key) => !(known as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new TwinError({
      code: 'context',
      message: `the app does not know -c ${unknown}; ${didYouMean(unknown, known)}`,
      fix: `Give it ${known.map((key) => `-c ${key}=<value>`).join(', ')}, or none of them.`,
    });
  return Object.fromEntries(given) as Partial<Record<K, string>>;
}
