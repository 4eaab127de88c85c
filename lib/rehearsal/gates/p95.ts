import { inFigures, type Gate } from './gate';
import { LOAD_NEEDS, best, loadsOf, roundsOf, type Load, type LoadProps } from './load';
import { ratioLimits, ratioRule } from './ratio';

/**
 * The response time under load, judged by the best round of each release, so that a noisy minute blames no candidate and hides none.
 * A busy machine adds the most to the slowest requests of both releases, where 180 ms over 60 ms become 250 ms over 150 ms: so the fastest
 * quarter is compared as well.
 */
export const P95: Gate<'p95', readonly Compared[], LoadProps> = {
  name: 'p95',
  key: 'p95',
  schema: (z) =>
    ratioLimits(z, "The candidate's over the baseline's").meta({
      name: 'P95Gate',
      about: "The candidate's 95th percentile, compared with the baseline's.",
      description:
        "The candidate's 95th percentile under load; its fastest quarter too, in which the noise of a busy machine hides nothing.",
    }),
  needs: LOAD_NEEDS,
  mayStillPass: true,
  rule: (limits) => ratioRule(limits, "the baseline's"),
  measure: (measured) => {
    const quarters = loadsOf(measured, 'p25Ms');
    const figure = loadsOf(measured, 'p95Ms')?.map((p95, i) => ({ p95, fastestQuarter: quarters?.[i] }));
    return [{ figure }];
  },
  passes: (loads, limit) =>
    !loads.some(({ p95, fastestQuarter }) => isSlow(p95, limit) || isSlow(fastestQuarter, limit)),
  show: (loads, limit) =>
    loads
      .map(({ p95, fastestQuarter }) => {
        const noise =
          isSlow(p95, limit) && isNoisy(p95, limit)
            ? '; too noisy to judge, since rounds of one release differ by more than that'
            : '';
        const quarter = isSlow(fastestQuarter, limit)
          ? `; even the fastest quarter took up to ${inWords(fastestQuarter)}`
          : '';
        return `${inWords(p95)}${roundsOf(p95)}${noise}${quarter}`;
      })
      .join('; '),
};

/** The response times of a load check. */
interface Compared {
  readonly p95: Load;
  /** @default - not measured */
  readonly fastestQuarter: Load | undefined;
}

const inWords = ({ now, before }: Load): string =>
  `${inFigures(best(now))} ms, the baseline ${inFigures(best(before))} ms`;

interface Limits {
  readonly maxRatio: number;
  readonly ignoreBelowMs?: number | undefined;
}

const isSlow = (load: Load | undefined, { maxRatio, ignoreBelowMs = 0 }: Limits): load is Load =>
  load !== undefined && best(load.now) > best(load.before) * maxRatio && best(load.now) >= ignoreBelowMs;

const isNoisy = ({ now, before }: Load, { maxRatio }: Limits): boolean =>
  [now, before].some((rounds) => Math.max(...rounds) > best(rounds) * maxRatio);
