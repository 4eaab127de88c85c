import { join } from 'node:path';
import { dollars } from '../cost/dollars';
import { TwinError } from '../error';
import { REHEARSALS } from '../evidence/files';
import { allEvidence } from '../evidence/read';
import type { RehearseProps } from '../rehearsal/rehearse';
import { inRotation, type Turn } from '../rehearsal/rotation';
import { inWords, plural } from '../report/words';

/** What a rotation is made with. */
export interface RotatingProps {
  /** The folder of the config. */
  readonly folder: string;
  /** What a rehearsal may cost. @default - anything */
  readonly maxCostUsd: number | undefined;
  /** Whose factors take turns. @default - the staging of the newest rehearsal on record */
  readonly staging: string | undefined;
  readonly note: (text: string) => void;
}

/** Which factors are at production's size; at the declared scale none is. */
export type RotatedSize = Partial<Pick<RehearseProps, 'fullSize' | 'rotation'>>;

/** Rehearses with the factor at production's size whose turn it is, and with the next where that costs more than is allowed. */
export async function rotating<T>(
  { folder, staging, maxCostUsd, note }: RotatingProps,
  rehearseAt: (size: RotatedSize) => Promise<T>,
): Promise<T> {
  const { stored } = allEvidence(join(folder, REHEARSALS));
  const all = inRotation(
    stored.map(({ evidence }) => evidence),
    staging,
  );
  const waits = (it: Turn): string | undefined => whyItWaits(it, maxCostUsd);
  // what an estimate refuses is asked for where nothing else is left: its price may be another one by now
  const allowed = all.filter((it) => !waits(it));
  const turns = [...allowed, ...all.filter(waits).slice(0, 1)];
  const [first] = turns;
  if (first === undefined) {
    note('nothing is on record to rotate by: this rehearsal is at the declared scale');
    return rehearseAt({});
  }
  for (const it of all.slice(0, all.indexOf(first))) note(waits(it)!);
  for (const [i, turn] of turns.entries()) {
    note(whoseTurn(turn));
    const size = [turn.factor, ...turn.growing];
    const due = allowed.map(({ factor }) => factor).filter((name) => !size.includes(name));
    try {
      return await rehearseAt({ fullSize: size, rotation: { factors: size, due } });
    } catch (error) {
      const isTooExpensive = error instanceof TwinError && error.code === 'price';
      if (!isTooExpensive || i === turns.length - 1) throw error;
      note(`${error.message}: ${turn.factor} waits for a higher limit, and the next has its turn`);
    }
  }
  throw new Error('a rotation ends with a rehearsal');
}

/** Why a factor is passed over; undefined where it is not. */
function whyItWaits({ factor, usd, unpriced }: Turn, maxCostUsd: number | undefined): string | undefined {
  if (maxCostUsd === undefined) return undefined;
  const limit = `gates.maxCostUsd allows ${dollars(maxCostUsd)}`;
  if (unpriced.length > 0)
    return `${factor} waits: at production's size there is no known price of ${inWords(unpriced)}, and ${limit}`;
  if (usd === undefined || usd <= maxCostUsd) return undefined;
  return `${factor} waits: with it at production's size a rehearsal would cost about ${dollars(usd)}, and ${limit}`;
}

function whoseTurn({ factor, growing, isNew, unseen, usd }: Turn): string {
  const together = growing.length === 0 ? '' : `, and ${inWords(growing)} with it by the proportions`;
  const since = isNew
    ? `never so in ${plural(unseen - 1, 'rehearsal')}`
    : unseen === 0
      ? 'as in the last one'
      : unseen === 1
        ? 'not so in the last one'
        : `not so in the last ${unseen} rehearsals`;
  const cost = usd === undefined ? '' : `; about ${dollars(usd)} on AWS`;
  return `${factor} is at production's size in this rehearsal${together}: ${since}${cost}`;
}
