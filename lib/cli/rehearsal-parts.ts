import { resolve } from 'node:path';
import { writeEvidence } from '../evidence/store';
import { checkAgainst, loadConfig } from '../config/load';
import type { RehearsalParts } from '../rehearsal/parts';
import { codeStateOf } from '../rehearsal/code-state';
import { proveTwin } from '../rehearsal/proof';
import { codeFinder } from '../rehearsal/release-code';
import { synthesizer } from '../rehearsal/synthesize';
import {
  openOldProduction,
  openProduction,
  openTarget,
  openTraffic,
  productionBy,
  reopenTarget,
} from '../targets/registry';
import type { Target } from '../targets/target';
import type { App, Rules } from './context';

/** Loads the config of an app, and assembles the parts that rehearse it on a target. */
export async function openApp(folder: string, target: string): Promise<App> {
  const loaded = await loadConfig(folder);
  const { config, file, gatesDigest } = loaded;
  const newParts = (): RehearsalParts => ({
    ...partsOf(openTarget(target, config, resolve(folder))),
    findCode: codeFinder(resolve(folder), config.releases),
    codeState: (code, signal) => codeStateOf(code ?? resolve(folder), signal),
    synthesize: synthesizer(resolve(folder), config.synth),
    checkConfig: (staging) => checkAgainst(loaded, staging),
  });
  return { config, configFile: file, gatesDigest, newParts };
}

/** Loads the rules that a release is rehearsed by. */
export async function rulesOf(folder: string): Promise<Rules> {
  const { config } = await loadConfig(folder);
  return {
    config,
    synthesize: synthesizer(resolve(folder), config.synth),
    now: () => new Date(),
    productionBy,
    openProduction: (target, place) => openProduction(target, config, resolve(folder), place),
    traffic: (target) => openTraffic(target, config),
    oldProduction: (target, deployment) => openOldProduction(target, config, deployment),
  };
}

/** Assembles the parts that tear down, without the config, which may be invalid or missing. */
export const partsToRemove = (folder: string, target: string): RehearsalParts =>
  partsOf(reopenTarget(target, resolve(folder)));

/** The traffic of the productions that stand on a target for trial. */
export const trafficOn = (target: string) => openTraffic(target);

const partsOf = (target: Target): RehearsalParts => ({
  target,
  findCode: () => Promise.resolve(undefined),
  codeState: () => Promise.resolve(undefined),
  synthesize: () => Promise.reject(new Error('nothing is synthesised to tear down')),
  prove: proveTwin,
  checkConfig: () => {},
  writeEvidence,
  now: () => new Date(),
});
