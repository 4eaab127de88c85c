import { didYouMean, TwinError } from '../error';
import type { Tier } from '../blueprint/blueprint';
import { showFactor } from '../evidence/summary';
import type { FactorReport, ParityReport } from '../parity/report';
import { capacityShare } from '../scale/capacity-share';

/** Staging's size over production's, and where that is from. */
export interface ScaleRatio {
  readonly ratio: number;
  /** Such as `Web: webTasks 4 -> 2`. */
  readonly because: string;
}

/**
 * The ratio of the capacity of staging to that of production: of the tier that is scaled down the most, since it limits all of it. Its
 * factors are multiplied: half as many tasks of a quarter of the size are an eighth.
 *
 * @param wanted - a number, or the name of a factor. @default - by all factors
 * @throws TwinError `scale` for a factor that there is not, or that gives no ratio
 */
export function ratioOf(
  { factors, permitted }: ParityReport,
  tiers: readonly Pick<Tier, 'name'>[],
  wanted: string | number | undefined,
): ScaleRatio {
  if (typeof wanted === 'number') return { ratio: wanted, because: 'as the config says' };
  if (wanted !== undefined) return named(factors, wanted);
  const names = new Set(tiers.map(({ name }) => name));
  const byTier = new Map<string, Share[]>();
  for (const factor of factors) {
    const share = capacityShare(factor.kind, factor.prod, factor.staging);
    const reached = permitted
      .filter((it) => it.by === 'scale' && it.factor === factor.name)
      .flatMap(({ construct }) => construct?.split('/')[0] ?? []);
    const tier = mostOf(reached.filter((name) => names.has(name)));
    if (share === undefined || tier === undefined) continue;
    byTier.set(tier, [...(byTier.get(tier) ?? []), { factor, share }]);
  }
  const ratios = [...byTier].map(([tier, shares]) => ({
    ratio: shares.reduce((product, { share }) => product * share, 1),
    because: `${tier}: ${shares.map(({ factor }) => showFactor(factor)).join(', ')}`,
  }));
  const [smallest] = ratios.toSorted((a, b) => a.ratio - b.ratio);
  return smallest ?? { ratio: 1, because: 'no scale factor makes a tier smaller' };
}

interface Share {
  readonly factor: FactorReport;
  readonly share: number;
}

function named(factors: readonly FactorReport[], name: string): ScaleRatio {
  const factor = factors.find((it) => it.name === name);
  if (!factor) {
    const names = factors.map((it) => it.name);
    throw wrongScale(
      `"${name}" is no scale factor; ${didYouMean(name, names)}`,
      'Name a factor of the environment as "scale" in the config, or a number.',
    );
  }
  const ratio = capacityShare(factor.kind, factor.prod, factor.staging);
  if (ratio !== undefined) return { ratio, because: showFactor(factor) };
  throw wrongScale(
    `the scale factor "${name}" (${factor.kind}) says nothing of how much load a tier can take: ${showFactor(factor)}`,
    'Name another one as "scale" in the config, or a number.',
  );
}

const wrongScale = (message: string, fix: string): TwinError =>
  new TwinError({ code: 'scale', message, fix });

/** What a list has the most often, and first of those. */
function mostOf(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
