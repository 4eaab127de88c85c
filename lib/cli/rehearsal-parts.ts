import { resolve } from 'node:path';
import { writeEvidence } from '../evidence/store';
import { runChecks } from '../probes/run-checks';
import type { RehearsalConfig } from '../rehearsal/config';
import { checkAgainst, loadConfig } from '../rehearsal/load-config';
import type { RehearsalParts } from '../rehearsal/parts';
import { proveTwin } from '../rehearsal/proof';
import { seeRecovery } from '../rehearsal/recovery';
import { synthesizer } from '../rehearsal/synthesize';
import { MARK } from '../targets/local/owned-processes';
import { LocalTarget } from '../targets/local/local-target';
import type { LocalSettings } from '../targets/local/settings';
import type { App } from './context';

/** Loads the config of an app, and assembles the parts that rehearse it. */
export async function openApp(folder: string): Promise<App> {
  const loaded = await loadConfig(folder);
  const { config, file, gatesDigest } = loaded;
  const parts: RehearsalParts = {
    ...partsOf(resolve(folder), settingsOf(folder, config)),
    synthesize: synthesizer(resolve(folder), config.synth),
    checkConfig: (staging) => checkAgainst(loaded, staging),
  };
  return { config, configFile: file, gatesDigest, parts };
}

/** Assembles the parts that tear down, without the config, which may be invalid or missing. */
export const partsToRemove = (folder: string): RehearsalParts =>
  partsOf(resolve(folder), { folder: resolve(folder), services: {}, seed: {}, replicationDelayMs: 0 });

function partsOf(folder: string, settings: LocalSettings): RehearsalParts {
  return {
    target: new LocalTarget({ settings }),
    synthesize: synthesizer(folder),
    prove: proveTwin,
    checkConfig: () => {},
    folder,
    markOf: ({ name }) => ({ [MARK]: name }),
    runChecks,
    watchRecovery: seeRecovery,
    writeEvidence,
    now: () => new Date(),
  };
}

const settingsOf = (
  folder: string,
  { services, seed = {}, migrate, local }: RehearsalConfig,
): LocalSettings => ({
  folder: resolve(folder),
  services,
  seed,
  replicationDelayMs: local?.replicationDelayMs ?? 0,
  ...(migrate && { migrate: { ...migrate, timeoutSeconds: migrate.timeoutSeconds ?? 300 } }),
});
