import { dirname, resolve } from 'node:path';
import type { Replayed } from '../evidence/evidence';
import { replayedSentence } from '../evidence/replayed';
import type { Recordings } from '../probes/context';
import { readLog, type LogReading } from '../replay/read-log';
import { atScale } from '../replay/recording';
import type { Watch } from '../targets/target';
import type { Proof } from './parts';
import { ratioOf } from './scale-ratio';
import type { Script, StepContext } from './step';

/** The logs of a config, by the name of the check. */
export type Logs = ReadonlyMap<string, LogReading>;

/** Reads the logs of all replay checks, before anything is synthesised: what is wrong with one is known in seconds. */
export async function readLogs({ script, ledger }: StepContext, watch: Watch): Promise<Logs> {
  const logs = new Map<string, LogReading>();
  for (const check of replaysOf(script)) {
    const file = resolve(dirname(ledger.value.configFile), check.log);
    logs.set(
      check.name,
      await watch.span(`read the log of ${check.name}`, () => readLog(file, check, watch.signal)),
    );
  }
  return logs;
}

/** What is sent of each log at the scale of staging, and the account of it. */
export function scaleLogs(
  { script }: StepContext,
  logs: Logs,
  { parity, staging }: Proof,
  watch: Watch,
): { readonly recordings: Recordings; readonly replayed: readonly Replayed[] } {
  const scaled = replaysOf(script).map(({ name, scale }) => {
    const { recording: all, ...reading } = logs.get(name)!;
    const { ratio, because } = ratioOf(parity, staging.tiers, scale);
    const recording = atScale(all, ratio);
    const replayed: Replayed = {
      check: name,
      ...reading,
      seconds: all.seconds,
      requests: all.requests.length,
      sent: recording.requests.length,
      ratio,
      because,
    };
    watch.log(replayedSentence(replayed));
    return { recording, replayed };
  });
  return {
    recordings: Object.fromEntries(scaled.map(({ replayed, recording }) => [replayed.check, recording])),
    replayed: scaled.map(({ replayed }) => replayed),
  };
}

const replaysOf = ({ checks }: Script) => checks.replay ?? [];
