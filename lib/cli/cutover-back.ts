import { endHeld, unfinishedCutovers } from '../cutover/ledger';
import { TwinError } from '../error';
import { claim } from '../rehearsal/claim';
import { Rehearsals } from '../rehearsal/rehearsals';
import { UNSTOPPABLE } from '../targets/target';
import type { Traffic } from '../targets/traffic';
import { EXIT, type Outcome } from './outcome';
import { progressOn, type RehearsalCommandProps } from './rehearsed';

/** Puts the traffic back that cutovers left where it was when their processes were killed: the newest first. */
export async function putTrafficBack(
  { terminal }: RehearsalCommandProps,
  traffic: Traffic,
  { config, target }: { readonly config: string; readonly target: string },
): Promise<Outcome> {
  const rehearsals = new Rehearsals(config);
  const unfinished = unfinishedCutovers(rehearsals, target).toReversed();
  if (unfinished.length === 0 || !traffic.putBack)
    return {
      text: `nothing to do: ${traffic.putBack ? 'no cutover was broken off' : 'traffic goes back by itself'} on the target ${target}\n`,
      exitCode: EXIT.ok,
    };
  const progress = progressOn(terminal);
  const lines: string[] = [];
  try {
    for (const { cutover, before, from, to } of unfinished) {
      const free = claim(rehearsals.folderOf(cutover), cutover);
      try {
        const log = (message: string): void => progress.note(message);
        const { percent, second } = await traffic.putBack(before, { signal: UNSTOPPABLE, log });
        endHeld(rehearsals, cutover);
        const share = second === to ? percent : 100 - percent;
        lines.push(
          `${cutover}: ${100 - share} % of the traffic goes to ${from} and ${share} % to ${to}, as before it`,
        );
      } finally {
        free();
      }
    }
  } finally {
    progress.close();
  }
  return { text: `${lines.join('\n')}\n`, exitCode: EXIT.ok };
}

/** @throws TwinError `cutover-unfinished` where a cutover left its traffic where it was */
export function checkNoneUnfinished(rehearsals: Rehearsals, target: string): void {
  const [one] = unfinishedCutovers(rehearsals, target);
  if (!one) return;
  throw new TwinError({
    code: 'cutover-unfinished',
    message: `${one.cutover} did not come to its end: some of the traffic may go to ${one.to}`,
    fix: `Wait for it where it still runs, or put the traffic back with twin cutover --back --target ${target}.`,
  });
}
