import { peerDependencies } from '../package.json';
import { TwinError } from './error';

/** The oldest aws-cdk-lib that has what we use: the lower end of the range in package.json. */
const NEEDED = peerDependencies['aws-cdk-lib'].replace('^', '');

/**
 * Checks the aws-cdk-lib that the app has: npm installs one that is too old with a warning that nobody sees, and what it
 * lacks is then a TypeError somewhere in a construct. Nothing of an old version fails before this is called: we use at
 * import time what all of version 2 has.
 *
 * @throws TwinError `cdk-version` when it is older than the range in package.json
 */
export function checkCdkVersion(installed: string = installedVersion()): void {
  if (atLeast(installed, NEEDED)) return;
  throw new TwinError({
    code: 'cdk-version',
    message: `aws-cdk-lib ${installed} is installed; cdk-twin needs ${NEEDED} or newer`,
    fix: `Run npm install aws-cdk-lib@^${NEEDED}.`,
  });
}

/** Required when it is asked for, and not imported: the file is large, and bundlers put imports of JSON into the bundle. */
function installedVersion(): string {
  return (require('aws-cdk-lib/package.json') as { version: string }).version;
}

/** Whether a version is another one or newer; a prerelease counts as its release. */
export function atLeast(version: string, other: string): boolean {
  const [a, b] = [version, other].map((it) => it.split('.').map((part) => parseInt(part, 10)));
  const differing = [0, 1, 2].find((index) => a![index] !== b![index]);
  return differing === undefined || a![differing]! > b![differing]!;
}
