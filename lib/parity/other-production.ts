import { equalJson, type Json } from '../json';
import type { Assembly } from './assembly';
import { parityOfWritten } from './assembly-parity';
import { deployedOf, type Deployed } from './deployed';
import { isOfStaging, pairsOf } from './manifest';
import type { ParityReport } from './report';

/** Why two productions are not one but for names. */
export interface Unlike {
  readonly why: string;
  readonly fix: string;
}

/**
 * Whether two productions are one but for names.
 *
 * @param reports - those of the assembly that has both
 * @param first - the name of the first one
 * @returns undefined where they are
 */
export function unlikeProduction(
  reports: readonly ParityReport[],
  environment: string,
  first: string,
): Unlike | undefined {
  const report = reports.find(
    (it) => it.role === 'production' && it.prod === first && it.staging === environment,
  );
  if (!report)
    return {
      why: `no synthesis compares it with ${first}`,
      fix: `Make both with one Twins, ${first} first: twins.prod('${first}', ...), then twins.prod('${environment}', ...).`,
    };
  if (report.verdict !== 'twins')
    return { why: 'it is not its twin', fix: 'See twin parity for what differs, and correct it.' };
  const other = report.factors.filter(
    ({ prod, staging }) => !equalJson(prod as unknown as Json, staging as unknown as Json),
  );
  if (other.length === 0) return undefined;
  const values = other.map(
    ({ name, prod, staging }) =>
      `${name} is ${JSON.stringify(staging)}, and ${JSON.stringify(prod)} in ${first}`,
  );
  return {
    why: `it is of another scale: ${values.join('; ')}`,
    fix: 'Give both the same scale: what is beside the other has to carry all of its traffic.',
  };
}

/** The production that a further one is compared with. */
export interface FirstProduction {
  readonly production: Deployed;
  /** @default - they are one but for names */
  readonly unlike?: Unlike;
}

/** The first production of an assembly, for a further one of the same definition. @returns undefined of one that is compared with none */
export function firstProductionOf(assembly: Assembly, environment: string): FirstProduction | undefined {
  const pair = pairsOf(assembly.manifest).find((it) => it.pair.staging === environment)?.pair;
  if (!pair || isOfStaging(pair)) return undefined;
  const { prod } = pair;
  const unlike = unlikeProduction(parityOfWritten(assembly), environment, prod);
  return { production: deployedOf(assembly, prod), ...(unlike && { unlike }) };
}
