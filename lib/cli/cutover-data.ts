import { join } from 'node:path';
import type { CutoverProps, Side } from '../cutover/cutover';
import { plannedData, plannedMinutes } from '../cutover/data';
import type { CutoverData } from '../evidence/cutover';
import { REHEARSALS } from '../evidence/files';
import { readPlaces } from '../history/sources';
import type { Traffic } from '../targets/traffic';
import { planOf } from '../verification/plan';

/** What is known before traffic is moved. */
interface DataProps {
  /** `config`: the folder of the config. */
  readonly flags: { readonly config: string; readonly maxLossMinutes?: number };
  readonly judgedBy: Pick<CutoverProps, 'config' | 'cutover'>;
  readonly traffic: Traffic;
  readonly now: Date;
}

/** The two productions, and which way traffic goes. */
type Sides = Pick<CutoverProps, 'isBack'> & { readonly first: Side; readonly second: Side };

/** What clients find of their data where they are to go. @throws TwinError `data`, `data-loss` */
export async function dataFor(
  { flags, judgedBy: { config, cutover }, traffic, now }: DataProps,
  { first, second, isBack }: Sides,
  signal: AbortSignal,
): Promise<readonly CutoverData[]> {
  // those that stand here share what nobody copies
  const isHere = !traffic.productions;
  const ways = Object.entries(cutover.data).filter(([, way]) => !isHere || typeof way !== 'string');
  const seeds = (await second.production.seeds?.({ signal, log: () => {} })) ?? [];
  if (ways.length + seeds.length === 0) return [];
  const [from, to] = isBack ? [second, first] : [first, second];
  const { cutovers } = await readPlaces([join(flags.config, REHEARSALS)], false);
  const met = cutovers.findLast(
    ({ cutover: it }) =>
      it.verdict === 'MOVED' &&
      it.to.environment === from.environment &&
      it.from.environment === to.environment,
  );
  return plannedData({
    from: from.environment,
    to: to.environment,
    second: second.environment,
    data: Object.fromEntries(ways),
    seeds,
    metAt: met && new Date(met.cutover.startedAt),
    maxLossMinutes: flags.maxLossMinutes,
    now,
    minutes: plannedMinutes(cutover, planOf(config, undefined).config.watchMinutes),
  });
}
