import { didYouMean, TwinError } from '../error';
import type { RehearsalConfig } from '../rehearsal/config';
import type { RehearsalParts } from '../rehearsal/parts';
import type { Signals } from './signals';

/** What the commands that rehearse are given from outside. */
export interface Surroundings {
  readonly signals: Signals;
  /**
   * Loads the config of an app, and puts together what rehearses it.
   *
   * @param folder - of twin.config.ts
   * @param target - such as `local`
   */
  open(folder: string, target: string): Promise<App>;
  /** Puts together what tears down: without the config, which may be broken or gone. */
  openToRemove(folder: string, target: string): RehearsalParts;
}

/** An app that can be rehearsed. */
export interface App {
  readonly config: RehearsalConfig;
  readonly configFile: string;
  readonly gatesDigest: string;
  readonly parts: RehearsalParts;
}

/** The surroundings of a process. What they are made of is loaded when a command asks for it: few commands do. */
export const surroundingsOf = (signals: Signals): Surroundings => ({
  signals,
  open: async (folder, target) => {
    checkTarget(target);
    return loaded().openApp(folder);
  },
  openToRemove: (folder, target) => {
    checkTarget(target);
    return loaded().partsToRemove(folder);
  },
});

/** The targets that there are. */
export const TARGETS = ['local'];

/** A ledger may name a target that only a later cdk-twin has. */
function checkTarget(target: string): void {
  if (TARGETS.includes(target)) return;
  throw new TwinError({
    code: 'target',
    message: `there is no target "${target}"; ${didYouMean(target, TARGETS)}`,
    fix: 'Use the cdk-twin that began the rehearsal.',
  });
}

const loaded = () => require('./rehearsal-parts') as typeof import('./rehearsal-parts');
