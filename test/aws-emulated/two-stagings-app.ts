import type { JsonObject } from '../../lib/json';
import { Shop } from './rehearsal-app';
import { synthesizeTwins } from './twins-app';

/** The second staging: the first is called `Staging`. */
export const SECOND = 'StagingSharded';

/** Writes the assembly of a release, of an app with two stagings. */
export function synthesize(outdir: string, release: string, rehearsal: string, more: JsonObject = {}): void {
  synthesizeTwins({ topology: Shop, outdir, release, rehearsal, context: more, second: SECOND });
}
