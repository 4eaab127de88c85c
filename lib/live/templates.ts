import { TwinError } from '../error';
import { comparePair } from '../parity/compare';
import { ofTemplates, type Definition, type ManifestPair } from '../parity/manifest';
import type { Forbidden } from '../parity/report';
import { keyOf } from '../template/differences';
import { asSynthesized } from '../template/model';
import type { RunningPair } from './pairing';
import type { LiveDifference } from './report';

/**
 * What the manifest does not explain between the templates that both were deployed from: what runs beside them is made of the rest of
 * these too.
 *
 * @param known - what runs otherwise, which is not said twice
 */
export function templateDifferences(
  definition: Definition,
  pair: ManifestPair,
  pairs: readonly RunningPair[],
  known: readonly LiveDifference[],
): LiveDifference[] {
  const deployed = new Map(
    pairs.flatMap(({ stacks, prod, staging }) => [
      [stacks.prod, prod.stack] as const,
      [stacks.staging, staging.stack] as const,
    ]),
  );
  const stacks = pairs.map((it) => ofTemplates(it.stacks));
  const seen = new Set(known.map(placeOf));
  try {
    const { forbidden } = comparePair(definition, { ...pair, stacks }, (file) => {
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
