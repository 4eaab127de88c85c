import { comparePair, report } from './compare';
import { locate } from './locate';
import { blindSpotOf } from '../scale/blind-spots';
import { NO_FACTORS, verifyByList, type FactorList, type ListFindings } from './factor-list';
import { matchResources } from './match';
import { speltAlike } from './one-spelling';
import type { AllowlistReport, FactorReport, ParityReport } from './report';
import type { Json, JsonObject } from '../json';
import { asDeployed } from '../template/deployed';
import { expandLoops } from '../template/for-each';
import { modelOf, SECTIONS, type Model } from '../template/model';
import { valuesOf } from '../template/parameters';
import { stagesOf } from '../template/transforms';
import { leftOpen, macrosOf } from './decided';
import { givenAtDeployment } from './side-facts';
import { ofTemplates } from './manifest';
import { isManifest, stacksFor, type Whitelist } from './whitelist';

/** What two templates are compared by. */
export interface ParityOptions {
  /** What production's template is called in the report. @default 'production' */
  readonly prodName?: string;
  /** What staging's template is called in the report. @default 'staging' */
  readonly stagingName?: string;
  /** What may differ. @default - nothing */
  readonly whitelist?: Whitelist;
  /** What the parameters of both are given, as texts; others have their defaults. @default - not known */
  readonly parameters?: GivenValues;
}

/** The values of the parameters of two templates, by name. */
export interface GivenValues {
  readonly prod: ReadonlyMap<string, string>;
  readonly staging: ReadonlyMap<string, string>;
}

/**
 * Compares two CloudFormation templates. Neither is changed.
 *
 * @throws TwinError when a template or the whitelist is malformed, or a twin.json does not belong to the templates
 */
export function parityOfTemplates(
  prod: unknown,
  staging: unknown,
  options: ParityOptions = {},
): ParityReport {
  const { prodName = 'production', stagingName = 'staging', whitelist = NO_FACTORS, parameters } = options;
  const p = expandLoops(prod, valuesOf(prod, parameters?.prod));
  const s = expandLoops(staging, valuesOf(staging, parameters?.staging));
  if (!isManifest(whitelist))
    return parityByList(
      { origin: prodName, template: p, parameters: parameters?.prod },
      { origin: stagingName, template: s, parameters: parameters?.staging },
      whitelist,
    );
  const { definition, pair, stacks: all } = stacksFor(whitelist, prodName, stagingName);
  const stacks = ofTemplates(all);
  const sides = {
    [stacks.prod]: { origin: prodName, template: p },
    [stacks.staging]: { origin: stagingName, template: s },
  };
  return comparePair(definition, { ...pair, stacks: [stacks] }, (file) => sides[file]!);
}

/** A template by itself, with what its parameters are given. */
interface Plain {
  readonly origin: string;
  readonly template: unknown;
  readonly parameters: ReadonlyMap<string, string> | undefined;
}

function parityByList(prod: Plain, staging: Plain, list: FactorList): ParityReport {
  const written = deployedModel(staging, prod);
  const { model, renamed } = matchResources(deployedModel(prod, staging), written);
  const { prod: p, staging: s } = speltAlike(model, written);
  const findings = verifyByList(p, s, list, renamed);
  const open = leftOpen({ model: p, facts: factsOf(prod) }, { model: s, facts: factsOf(staging) });
  const given = givenAtDeployment(staging.template, factsOf(staging));
  const { permitted, forbidden } = locate('', findings, prod, staging);
  const { forbidden: undecided } = locate('', { permitted: [], forbidden: open }, prod, staging);
  const factors = findings.found.map(({ factor, prod: from, staging: to, places }): FactorReport => {
    const blindSpot = blindSpotOf(factor.kind, from, to);
    const { name, kind, reason } = factor;
    return {
      name,
      kind,
      reason,
      prod: from,
      staging: to,
      places,
      ...(blindSpot && { blindSpot }),
    };
  });
  const compared = SECTIONS.reduce(
    (sum, section) => sum + Object.keys({ ...p[section], ...s[section] }).length,
    0,
  );
  const names = { prod: prod.origin, staging: staging.origin, role: 'staging' as const };
  const base = report(names, compared, factors, permitted, forbidden);
  const notes = [
    ...stagesOf(prod.template, staging.template, prod.origin, staging.origin),
    ...macrosOf({ model: s, facts: factsOf(staging) }).map(
      (name) => `what the macro ${name} makes of the templates was not compared`,
    ),
  ];
  return {
    ...base,
    ...(undecided.length > 0 && { open: undecided, ...(forbidden.length === 0 && { verdict: 'undecided' }) }),
    ...(given.length > 0 && { given }),
    ...(notes.length > 0 && { notes }),
    ...(renamed.length > 0 && { renamed }),
    ...(list !== NO_FACTORS && { allowlist: allowlistReport(list, findings) }),
  };
}

/** A template as it would be deployed, as far as that is known. */
function deployedModel(side: Plain, other: Plain): Model {
  modelOf(side.template, side.origin); // rejects what is no template
  const deployed = asDeployed(
    side.template as JsonObject,
    factsOf(side),
    side.parameters,
    other.template as Json,
  );
  return modelOf(deployed, side.origin);
}

const factsOf = ({ template, parameters }: Plain) => ({ parameters: valuesOf(template, parameters) });

function allowlistReport({ names }: FactorList, { unused, permitted }: ListFindings): AllowlistReport {
  const places = permitted.filter(({ by }) => by === 'naming').length;
  return { unused, ...(names && { names: { ...names, places } }) };
}
