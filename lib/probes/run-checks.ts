import type { CheckResult } from './check';
import { command } from './command';
import type { ProbeContext } from './context';
import { load } from './load';
import type { ProbePlan } from './plan';
import { readYourWrites } from './read-your-writes';
import { replicaLag } from './replica-lag';
import { runEach } from './run-each';
import { smoke } from './smoke';
import { writtenRead } from './written-read';

/**
 * Runs checks one after another: the shortest first, load at the end and alone, so that nothing distorts its figures.
 *
 * @throws the signal's reason when it aborts; a finding never throws
 */
export async function runChecks(checks: ProbePlan, context: ProbeContext): Promise<readonly CheckResult[]> {
  return [
    ...(await runEach('smoke', smoke, checks.smoke, context)),
    ...(await runEach('written-read', writtenRead, checks.writtenReads, context)),
    ...(await runEach('read-your-writes', readYourWrites, checks.readYourWrites, context)),
    ...(await runEach('replica-lag', replicaLag, checks.replicaLag, context)),
    ...(await runEach('command', command, checks.commands, context)),
    ...(await runEach('load', load, checks.load, context)),
  ];
}
