import { comparePair, locate, report } from './compare';
import { blindSpotOf } from '../scale/blind-spots';
import { NO_FACTORS, verifyByList, type FactorList } from './factor-list';
import { matchResources } from './match';
import { speltAlike } from './one-spelling';
import type { FactorReport, ParityReport, Permitted } from './report';
import { modelOf, SECTIONS, STACK_TAGS } from '../template/model';
import { isManifest, stacksFor, type Whitelist } from './whitelist';

/** What two templates are compared by. */
export interface ParityOptions {
  /** What production's template is called in the report. @default 'production' */
  readonly prodName?: string;
  /** What staging's template is called in the report. @default 'staging' */
  readonly stagingName?: string;
  /** What may differ. @default - nothing */
  readonly whitelist?: Whitelist;
}

/**
 * Compares two CloudFormation templates. Neither is changed.
 *
 * @throws TwinError when a template or the whitelist is malformed, or the whitelist does not belong to the templates
 */
export function parityOfTemplates(
  prod: unknown,
  staging: unknown,
  options: ParityOptions = {},
): ParityReport {
  const { prodName = 'production', stagingName = 'staging', whitelist = NO_FACTORS } = options;
  if (!isManifest(whitelist)) return parityByList(prod, staging, prodName, stagingName, whitelist);
  const { definition, pair, stacks: all } = stacksFor(whitelist, prodName, stagingName);
  // The tags of a stack stand beside its template in the assembly.
  const stacks = { ...all, places: all.places.filter(({ path }) => path[0] !== STACK_TAGS) };
  const sides = {
    [stacks.prod]: { origin: prodName, template: prod },
    [stacks.staging]: { origin: stagingName, template: staging },
  };
  return comparePair(definition, { ...pair, stacks: [stacks] }, (file) => sides[file]!);
}

function parityByList(
  prod: unknown,
  staging: unknown,
  prodName: string,
  stagingName: string,
  list: FactorList,
): ParityReport {
  const written = modelOf(staging, stagingName);
  const { model, renamed } = matchResources(modelOf(prod, prodName), written);
  const { prod: p, staging: s } = speltAlike(model, written);
  const findings = verifyByList(p, s, list);
  const { permitted, forbidden } = locate(
    '',
    findings,
    { origin: prodName, template: prod },
    { origin: stagingName, template: staging },
  );
  const factors = findings.found.map(({ factor, prod: from, staging: to }): FactorReport => {
    const blindSpot = blindSpotOf(factor.kind, from, to);
    const { name, kind, reason } = factor;
    return {
      name,
      kind,
      reason,
      prod: from,
      staging: to,
      places: placesOf(name, permitted),
      ...(blindSpot && { blindSpot }),
    };
  });
  const compared = SECTIONS.reduce(
    (sum, section) => sum + Object.keys({ ...p[section], ...s[section] }).length,
    0,
  );
  const names = { prod: prodName, staging: stagingName, role: 'staging' as const };
  return {
    ...report(names, compared, factors, permitted, forbidden),
    ...(renamed.length > 0 && { renamed }),
  };
}

const placesOf = (name: string, permitted: readonly Permitted[]): number =>
  permitted.filter(({ factor }) => factor === name).length;
