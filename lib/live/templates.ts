import { TwinError } from '../error';
import { comparePair } from '../parity/compare';
import { ofTemplates, type Definition, type ManifestPair } from '../parity/manifest';
import type { Forbidden } from '../parity/report';
import { filesIn, stacksOn } from '../parity/side-stacks';
import type { RunningEnvironment, RunningStack } from '../targets/observe';
import { pathOf } from '../template/constructs';
import { keyOf } from '../template/differences';
import { asSynthesized } from '../template/model';
import type { LiveDifference } from './report';

/** The stack of an environment at a path. */
export const stackAt = ({ stacks }: RunningEnvironment, path: string): RunningStack | undefined =>
  stacks.find((it) => pathOf(it.path) === pathOf(path));

/**
 * What the manifest does not explain between the templates that both were deployed from: what runs beside them is made of the rest of
 * these too.
 *
 * @param running - both environments
 * @param known - what runs otherwise, which is not said twice
 */
export function templateDifferences(
  definition: Definition,
  pair: ManifestPair,
  running: Readonly<Record<'prod' | 'staging', RunningEnvironment>>,
  known: readonly LiveDifference[],
): LiveDifference[] {
  const deployed = new Map(
    (['prod', 'staging'] as const).flatMap((side) =>
      stacksOn(pair, side).flatMap(({ file, path }) => {
        const stack = stackAt(running[side], path);
        return stack ? [[file, stack] as const] : [];
      }),
    ),
  );
  const isDeployed = (file: string): boolean => deployed.has(file);
  const stacks = pair.stacks
    .filter(({ prod, staging }) => isDeployed(prod) && isDeployed(staging))
    .map(ofTemplates);
  // What is nested and not deployed is a difference of the stack around it.
  const members = filesIn(pair).every(isDeployed) ? {} : { stackMembers: [], unsharedStacks: [] };
  const seen = new Set(known.map(placeOf));
  try {
    const { forbidden } = comparePair(definition, { ...pair, stacks, ...members }, (file) => {
      const { name, template } = deployed.get(file)!;
      return { origin: name, template: asSynthesized(template) };
    });
    return forbidden.map(asDifference).filter((it) => !seen.has(placeOf(it)));
  } catch (error) {
    if (!(error instanceof TwinError)) throw error;
    if (known.length > 0) return []; // which says what is not there
    const nowhere = { stack: '', logicalId: pair.staging, type: 'Template', path: [] };
    return [{ ...nowhere, why: `the deployed templates are others: ${error.message}`, fix: OF_TEMPLATES }];
  }
}

/** Without where it was made: what is deployed may be of another day than the code. */
function asDifference({ template: _template, source: _source, ...it }: Forbidden): LiveDifference {
  return { ...it, fix: OF_TEMPLATES };
}

const placeOf = ({ stack, logicalId, path }: LiveDifference): string => keyOf([stack, logicalId, ...path]);

const OF_TEMPLATES =
  'Deploy both environments from this assembly, or run cdk synth for what is deployed and look again.';
