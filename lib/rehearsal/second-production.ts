import { TwinError } from '../error';
import { parityOfAssembly } from '../parity/assembly-parity';
import { unlikeProduction } from '../parity/other-production';
import type { Handle, OwnData, Target } from '../targets/target';
import type { Ledger } from './ledger';

/**
 * The production beside which another one is to be stood up: the first, whose data both use.
 *
 * @param standing - those that stand
 * @param environment - the name of the one that is to be stood up; undefined for the only one with a staging
 * @returns undefined where none stands
 * @throws TwinError `stands-already`
 */
export function firstBeside(
  standing: readonly Ledger[],
  environment: string | undefined,
): Ledger | undefined {
  const [first, second] = standing;
  const same = standing.find((it) => environment === undefined || it.environment === environment);
  if (same) throw standsAlready(same);
  if (second) throw standsAlready(second);
  return first;
}

/**
 * The handle of a production beside another one.
 *
 * @param own - the tiers whose data it has for itself
 * @throws TwinError `refused`
 */
export function besideOf(target: Target, { handle, environment = '' }: Ledger, own: OwnData): Handle {
  if (target.allocateBeside) return target.allocateBeside(handle, environment, own);
  throw new TwinError({
    code: 'refused',
    message: `no second production is stood up on the target ${target.name}`,
    fix: 'There productions are deployed by cdk deploy.',
  });
}

/**
 * Checks that a second production is what the first one is, but for names: traffic can go from one to the other.
 *
 * @param assembly - that of its release, which has both
 * @param first - the name of the first one
 * @throws TwinError `not-twins`
 */
export function checkTwin(assembly: string, environment: string, first: string): void {
  const unlike = unlikeProduction(parityOfAssembly(assembly), environment, first);
  if (!unlike) return;
  throw new TwinError({
    code: 'not-twins',
    message: `${environment} cannot stand beside ${first}: ${unlike.why}`,
    fix: unlike.fix,
  });
}

/** The error of a command that needs to know which. */
export const severalStand = (all: readonly Ledger[]): TwinError =>
  new TwinError({
    code: 'environment',
    message: `${all.length} productions stand: ${all.map(({ environment, to }) => `${environment} with ${to}`).join(', ')}`,
    fix: 'Name the one that is meant with --environment.',
  });

const standsAlready = ({ rehearsal, environment = 'a production', to, beside }: Ledger): TwinError =>
  new TwinError({
    code: 'stands-already',
    message: `${environment} stands already, with ${to}: ${rehearsal}`,
    fix: `Bring another release with twin production deploy --release <release>, tear it down with twin production down${
      beside === undefined ? ', or name a second production with --environment' : ''
    }.`,
  });
