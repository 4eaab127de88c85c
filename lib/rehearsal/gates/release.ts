import { TwinError } from '../../error';
import type { GateResult } from '../../evidence/evidence';
import { servicesOfOwnCode, showCode, type RanReleases } from '../../evidence/ran';
import type { CheckResult } from '../../probes/check';
import { RELEASE } from '../../probes/placeholders';
import type { Script } from '../step';

/** What can show which release ran. */
export interface Shown {
  readonly from: string;
  readonly to: string;
  /** @default - nothing */
  readonly ran?: RanReleases | undefined;
  readonly checks: readonly CheckResult[];
}

/** Judges whether the candidate is what ran: without that no other figure is about it. */
export function releaseGate(shown: Shown): GateResult {
  const { from, to, ran } = shown;
  const problems = ran?.to?.services.flatMap(({ problem }) => problem ?? []) ?? [];
  const proof = proofOf(shown);
  const measured = problems.length > 0 ? problems.join('; ') : (proof ?? `nothing shows that ${to} runs`);
  return {
    gate: 'release',
    rule: `${to} answers with its name, or runs other code than ${from}`,
    measured,
    passed: problems.length === 0 && proof !== undefined,
  };
}

/** What shows that the candidate ran: its own answer before all else. */
function proofOf({ to, ran, checks }: Shown): string | undefined {
  if (!ran?.to) return undefined;
  const answers = ran.to.services.filter(({ answered }) => answered !== undefined);
  if (answers.length > 0)
    return answers.map(({ service, answered }) => `${service} answered ${answered}`).join(', ');
  const check = checks.find(({ outcome, shows }) => outcome === 'passed' && shows === to);
  if (check) return `shown by the check "${check.name}"`;
  const own = servicesOfOwnCode(ran.to, ran.from).map(({ service }) => service);
  if (own.length === 0) return undefined;
  return `${own.join(', ')} ran ${ran.to.code ? showCode(ran.to.code) : 'another image'}`;
}

/** Whether services, or a check, are to say which release runs. */
export const isAsked = ({ version, checks }: Script): boolean =>
  version !== undefined || (checks.smoke ?? []).some(({ contains = '' }) => contains.includes(RELEASE));

/** The error of two releases that nothing would distinguish. */
export const unproven = (from: string, to: string): TwinError =>
  new TwinError({
    code: 'unproven',
    message: `nothing would show that ${to} runs: its services would run the code of ${from}, and no service is asked which release it is`,
    fix: `Set "version" in the config to where services say it, such as { path: '/version', json: 'release' }, or expect "${RELEASE}" in a smoke check's contains, or set "releases" to where the code of each release is.`,
  });
