import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { MANIFEST_FILE } from '../parity/manifest';
import { placeBeside, sourceOf, type AppProject, type Place } from './app';
import { numbersIn, type FoundNumber } from './numbers';
import type { FollowedRelease, Observation, Unit } from './observation';
import { RELEASE_KEY } from './release';
import { configFile, testFile, workflowFile, type ProposedFile } from './other-files';
import { numbersOf, twinsFile, type Twinned } from './twins-file';

/** What is proposed for an app. */
export interface Plan {
  readonly project: AppProject;
  readonly place: Place;
  /** Whether the app has Twins already: then there is nothing to make of it. */
  readonly hasTwins: boolean;
  readonly units: readonly Twinned[];
  /** What no function can make, with why. */
  readonly others: readonly (Unit & { readonly obstacle: string })[];
  /** The sizes that stacks have inside. */
  readonly numbers: readonly FoundNumber[];
  readonly files: readonly PlannedFile[];
  /** How the templates follow the release that `twin rehearse` names. @default - they do not yet */
  readonly release?: FollowedRelease;
}

/** A file that is to be written, unless it is there. */
export interface PlannedFile extends ProposedFile {
  readonly exists: boolean;
}

/**
 * Plans what is written for an app that was observed while it was synthesised into a folder.
 *
 * @param context - what the app was given beside cdk.json
 */
export function planFor(
  project: AppProject,
  { entry, units, release: read }: Observation,
  assembly: string,
  context: Readonly<Record<string, string>> = {},
): Plan {
  const place = placeBeside(project, entry);
  const hasTwins = existsSync(join(assembly, MANIFEST_FILE));
  const twinned = hasTwins ? [] : units.flatMap((unit) => twinnedOf(unit, project));
  const following = new Set(units.flatMap(({ made }) => made?.following ?? []));
  const numbers = hasTwins ? [] : numbersIn(assembly, following);
  const app = hasTwins ? undefined : place.command; // cdk.json names the app that has them
  const given = twinned.find(({ made }) => made.release !== undefined)?.made.release;
  const release = given === undefined ? read : { key: RELEASE_KEY, value: given };
  const own = twinned.flatMap((unit) => numbersOf(unit, numbers));
  const files = [
    ...(twinned.length === 0
      ? []
      : [
          { file: place.twins, text: twinsFile(project, place, twinned, { numbers: own, context }) },
          testFile(project, place, twinned),
        ]),
    ...(twinned.length === 0 && !hasTwins
      ? []
      : [
          configFile(project, place, {
            ...(app && { app }),
            ...(release && { release }),
            answersHttp: answersHttp(assembly),
          }),
          workflowFile(project, app),
        ]),
  ];
  return {
    project,
    place,
    hasTwins,
    units: twinned,
    others: hasTwins
      ? []
      : units.flatMap((unit) => (unit.obstacle === undefined ? [] : { ...unit, obstacle: unit.obstacle })),
    numbers,
    files: files.flatMap((it) =>
      it === undefined ? [] : { ...it, exists: existsSync(resolve(project.folder, it.file)) },
    ),
    ...(release && { release }),
  };
}

function twinnedOf({ made, ...unit }: Unit, { folder }: AppProject): Twinned[] {
  if (!made) return [];
  const below = <T extends Pick<Unit, 'exported'>>(it: T): T => {
    if (!it.exported) return it;
    const file = sourceOf(folder, realpathSync(it.exported.file));
    return { ...it, exported: { ...it.exported, file: relative(realpathSync(folder), file) } };
  };
  const members = made.members?.map((it) => below(it));
  return [{ ...below(unit), made: { ...made, ...(members && { members }) } }];
}

/** Whether something in an assembly takes requests that a check can send. */
const answersHttp = (assembly: string): boolean =>
  readdirSync(assembly, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .some((file) =>
      readFileSync(join(assembly, file), 'utf8').includes('"AWS::ElasticLoadBalancingV2::LoadBalancer"'),
    );
