import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { engines, peerDependencies } from '../../package.json';
import { atLeast } from '../cdk-version';
import { programsOnPath } from '../on-path';

/** Something that is installed, or is not. */
export interface Installed {
  readonly name: string;
  /** Undefined where it is not installed, or not in the app. */
  readonly version: string | undefined;
  /** Where else it is. @default - nowhere */
  readonly elsewhere?: string;
  /** The oldest that will do; undefined where any will. */
  readonly needed: string | undefined;
  readonly isEnough: boolean;
}

/** What an app in a folder has of what cdk-twin works with. */
export function installedIn(folder: string): readonly Installed[] {
  const oldest = (range: string): string => range.replace(/^(\^|>=)/, '');
  const of = (name: string, needed?: string): Installed => judged(name, versionOf(name, folder), needed);
  return [
    judged('Node.js', process.versions.node, oldest(engines.node)),
    of('aws-cdk-lib', oldest(peerDependencies['aws-cdk-lib'])),
    of('constructs', oldest(peerDependencies.constructs)),
    withProgram(of('aws-cdk'), 'cdk'),
  ];
}

const judged = (name: string, version: string | undefined, needed: string | undefined): Installed => ({
  name,
  version,
  needed,
  isEnough: version !== undefined && (needed === undefined || atLeast(version, needed)),
});

/** What may be installed once for all apps. */
function withProgram(installed: Installed, program: string): Installed {
  const [elsewhere] = installed.version === undefined ? programsOnPath(program) : [];
  return elsewhere === undefined ? installed : { ...installed, elsewhere, isEnough: true };
}

/** As the app's own code would find it. */
function versionOf(name: string, folder: string): string | undefined {
  try {
    const file = createRequire(resolve(folder, 'package.json')).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  } catch {
    return undefined; // it is not there, which is what was asked
  }
}
