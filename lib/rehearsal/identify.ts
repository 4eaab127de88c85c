import { TwinError } from '../error';
import type { Ran, RanService } from '../evidence/ran';
import type { VersionSeen } from '../probes/version';
import type { RehearsedTier, TierState, Watch } from '../targets/target';
import { checkStanding, type StepContext } from './step';

/**
 * Asks which release runs, and records it: what services answer, and what their tasks run.
 *
 * @param which - of both is to run
 * @param tiers - as they are described now
 * @throws TwinError `version` where a service answers with another release, or runs other code than before at the same one
 */
export async function identify(
  context: StepContext,
  which: 'from' | 'to',
  tiers: readonly TierState[],
  watch: Watch,
): Promise<void> {
  const { parts, ledger, script } = context;
  const { [which]: release, handle, ran = {}, code } = ledger.value;
  const services = tiers.filter((it): it is RehearsedTier => !it.skipped && it.kind === 'service');
  let seen: readonly VersionSeen[] = [];
  if (script.version) {
    const probes = await parts.target.probes(handle, watch);
    watch.log(`which release is it? expected ${release}`);
    seen = await probes.versions({ version: script.version, release, tasks: tasksOf(services) }, watch);
  }
  const now: Ran = {
    release,
    ...(code?.[which] && { code: code[which] }),
    services: ranServices(services, seen, ran[which]),
  };
  ledger.change({ ran: { ...ran, [which]: now } });
  const problems = now.services.flatMap(({ problem }) => problem ?? []);
  if (problems.length === 0) return;
  await checkStanding(context, watch);
  throw otherRelease(problems, which);
}

/** How many tasks each service has: so often it is asked. */
export const tasksOf = (services: readonly RehearsedTier[]): Readonly<Record<string, number>> =>
  Object.fromEntries(services.map(({ tier, members }) => [tier, members.length]));

/**
 * What services run, by what they answered and what their tasks run.
 *
 * @param before - the same release, when it ran before
 */
export const ranServices = (
  services: readonly RehearsedTier[],
  seen: readonly VersionSeen[],
  before: Ran | undefined,
): RanService[] => services.map((tier) => serviceOf(tier, seen, before));

/** @param before - the same release, when it ran before */
function serviceOf(
  { tier: service, members }: RehearsedTier,
  seen: readonly VersionSeen[],
  before: Ran | undefined,
): RanService {
  const code = [...new Set(members.flatMap((it) => it.code ?? []))];
  const { answered, problem } = seen.find((it) => it.service === service) ?? {};
  const earlier = before?.services.find((it) => it.service === service)?.code ?? [];
  const others = earlier.length === 0 ? [] : code.filter((it) => !earlier.includes(it));
  const fault =
    problem ??
    (others.length > 0
      ? `${service} runs ${others.join(', ')}, and ran ${earlier.join(', ')} before`
      : undefined);
  return {
    service,
    tasks: members.length,
    code,
    ...(answered !== undefined && { answered }),
    ...(fault !== undefined && { problem: fault }),
  };
}

const otherRelease = (problems: readonly string[], which: 'from' | 'to'): TwinError =>
  new TwinError({
    code: 'version',
    message: `version: ${problems.join('; ')}`,
    fix:
      which === 'from'
        ? 'Let "baseline" in the config, or --from, name what production runs; or correct "version".'
        : 'See whether the services read their release, and whether they have its code; or correct "version" in the config.',
  });
