import type { RehearsalConfig, VerificationConfig } from '../config/types';
import { digestOf } from '../digest';
import { TwinError } from '../error';
import type { Baseline, Forecast } from '../evidence/verification';
import { safeChecksOf, type SafeChecks } from '../probes/in-production';
import { WATCH_DEFAULTS } from './config';
import { GATES } from './gates/registry';
import { measuredNames, type OnRecord } from './on-record';

/** What is sent to a production, and how it is judged. */
export interface Plan {
  readonly safe: SafeChecks;
  /** The names of the checks that are not run. */
  readonly others: readonly string[];
  readonly version: RehearsalConfig['version'];
  readonly config: Required<VerificationConfig>;
  readonly watchDigest: string;
  readonly gatesDigest: string;
}

/**
 * Reads what a config says of production.
 *
 * @param watchMinutes - in the place of the config's
 * @throws TwinError `nothing-safe` where no check of it may send a request there
 */
export function planOf(
  { checks, version, verification }: Pick<RehearsalConfig, 'checks' | 'version' | 'verification'>,
  watchMinutes: number | undefined,
): Plan {
  const { safe, others } = safeChecksOf(checks);
  if (measuredNames(safe).length === 0) throw nothingSafe();
  const config = {
    ...WATCH_DEFAULTS,
    gates: {},
    ...verification,
    ...(watchMinutes !== undefined && { watchMinutes }),
  };
  const { connections, everyMs, gates } = config;
  return {
    safe,
    others,
    version,
    config,
    watchDigest: digestOf({ safe, connections, everyMs }),
    gatesDigest: digestOf(gates),
  };
}

/** What is compared with. */
interface Comparable extends Pick<OnRecord, 'why'> {
  readonly baseline?: Pick<Baseline, 'release'> | undefined;
}

/**
 * Checks, before anything is sent, that there is what the gates compare with.
 *
 * @throws TwinError `baseline`, `forecast`
 */
export function checkComparable(
  release: string,
  { safe, config: { gates } }: Plan,
  { baseline, why }: Comparable,
  forecast: Forecast | undefined,
): void {
  const setting = (which: 'baseline' | 'forecast'): string[] =>
    GATES.filter(
      ({ comparesWith, key, default: usual }) =>
        comparesWith?.includes(which) && (gates[key] ?? usual) !== undefined,
    ).map(({ key }) => `verification.gates.${key}`);
  const compared = setting('baseline');
  if (compared.length > 0 && !baseline)
    throw new TwinError({
      code: 'baseline',
      message: `${compared.join(', ')} compare with production before the release: ${why ?? 'nothing is on record of it'}`,
      fix: 'Run twin verify --before before the deployment; to verify now, name the folder that it is recorded in with --root, or leave these gates out.',
    });
  const [forecasting] = setting('forecast');
  if (forecasting === undefined || baseline?.release === release) return;
  const names = measuredNames(safe).filter((name) => !forecast?.ratios.some((it) => it.name === name));
  if (names.length === 0) return;
  throw new TwinError({
    code: 'forecast',
    message: forecast
      ? `${forecasting} compares with ${forecast.rehearsal}, which has no figure of ${names.join(', ')}`
      : `${forecasting} compares with the rehearsal of ${release}, and none is on record`,
    fix: 'Rehearse it by these checks, name the folder of its evidence with --root, or leave this gate out.',
  });
}

const nothingSafe = (): TwinError =>
  new TwinError({
    code: 'nothing-safe',
    message: 'no smoke, readYourWrites or load check of the config is safeInProduction',
    fix: 'Set safeInProduction: true on those that read, or that remove what they write with a cleanUp.',
  });
