import { messageOf } from '../error';
import type * as cdk from 'aws-cdk-lib';
import { parityOfAssembly } from '../parity/assembly-parity';
import { isPassed, type ParityReport } from '../parity/report';
import type { Factor, FactorValue } from '../scale/kinds';
import type { Proposal } from './proposals';
import type { TrialApps } from './trial-app';

/** How a unit is made with values for factors. */
export interface Topology {
  readonly id: string;
  readonly stagingId: string;
  readonly make: (
    scope: cdk.App,
    id: string,
    values: Readonly<Record<string, FactorValue>>,
    options: object,
  ) => cdk.Stack | cdk.Stage;
  /** What production is given beside its scale, and what of it staging is given. */
  readonly options: { readonly prod: object; readonly staging: object };
}

/** What came of making twins with some factors. */
export interface Proof {
  /** Undefined where something was thrown. */
  readonly report?: ParityReport;
  /** Why nothing was compared. */
  readonly thrown?: string;
}

/** Makes twins of a topology with factors, in an app of its own, as the app would. */
export function prove(
  apps: TrialApps,
  topology: Topology,
  proposals: readonly Proposal[],
  physicalNames: 'as-written' | 'generated',
): Proof {
  const { Twins, ...kinds } = apps.library.twin;
  const { id, stagingId, make, options } = topology;
  const scale = Object.fromEntries(
    proposals.map(({ name, kind, isLambda }): [string, Factor] => [
      name,
      (isLambda ? kinds.lambdaMemory : (kinds[kind] as typeof kinds.count))({ reason: 'proposed' }) as Factor,
    ]),
  );
  const values = (of: 'prod' | 'staging') =>
    Object.fromEntries(proposals.map((it) => [it.name, it[of]])) as never;
  try {
    const report = apps.synthesized(
      (app) => {
        const twins = new Twins(app, {
          scale,
          environment: (scope, name, given, more) => make(scope, name, given, more),
        });
        twins.prod(id, { ...options.prod, scale: values('prod') });
        const expires = '2099-12-31T18:00:00';
        twins.staging(stagingId, { ...options.staging, scale: values('staging'), expires, physicalNames });
      },
      ({ directory }) => parityOfAssembly(directory)[0],
    );
    return report ? { report } : { thrown: 'nothing was compared' };
  } catch (error) {
    return { thrown: messageOf(error).split('\n')[0]! };
  }
}

/** Whether a proof has no more differences than another: what is wrong without any factor is not a factor's. */
export const isAsGood = ({ report }: Proof, than: Proof): boolean =>
  report !== undefined && report.forbidden.length <= (than.report?.forbidden.length ?? 0);

/** Whether twins were made, and staging passed its checks. */
export const isProved = ({ report }: Proof): boolean => report !== undefined && isPassed(report);
