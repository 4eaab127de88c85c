import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkStaging, type CheckReport, type StagingChecks } from '../checks/staging';
import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import { asDeployed } from '../template/deployed';
import { Assembly, pairsIn } from './assembly';
import { comparePair } from './compare';
import type { SideFacts } from './decided';
import { firstProduction } from './environment';
import {
  isOfStaging,
  MANIFEST_FILE,
  REWRITE,
  pairsOf,
  type Definition,
  type ManifestPair,
  type ManifestStacks,
  type StagingPair,
} from './manifest';
import type { ParityReport } from './report';
import { factsOfEnvironment } from './side-facts';
import { stacksOn, type StackFile } from './side-stacks';

/**
 * Compares every staging of a cloud assembly with its production, and every further production with the first, from the
 * files alone.
 *
 * @param assembly - the folder that `cdk synth` wrote, usually `cdk.out`
 * @param options - `stack` is the name or the path of the one stack to compare, with those nested in it. @default - all
 * @returns one report for each of them
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used, `unknown-stack`, and what
 * {@link comparePair} throws
 */
export function parityOfAssembly(
  assembly: string | Assembly,
  { stack }: { readonly stack?: string } = {},
): readonly ParityReport[] {
  const it = Assembly.of(assembly);
  const pairs = pairsIn(it);
  const reports =
    stack === undefined
      ? pairs.map((of) => reportOf(it, of))
      : stacksCalled(it, pairs, stack).map(([of, stacks]) => reportOf(it, of, stacks));
  for (const definition of it.manifest.definitions) checkCoverage(definition, it.directory);
  return reports;
}

/**
 * The stacks of each pair that a name is about, with those that are nested in them.
 *
 * @throws TwinError `unknown-stack` when there are none
 */
function stacksCalled(assembly: Assembly, pairs: readonly Pair[], name: string) {
  const namesOf = ({ prod, staging }: ManifestPair, stacks: ManifestStacks): string[] => [
    ...(stacks.path === '' ? [] : [stacks.path]),
    ...[prod, staging].map((it) => [it, stacks.path].filter((part) => part !== '').join('/')),
    ...[stacks.prod, stacks.staging].flatMap((file) => assembly.deployment(file)?.name ?? []),
  ];
  const found = pairs.flatMap((of): [Pair, readonly ManifestStacks[]][] => {
    const { pair } = of;
    // The name of an environment is about all of its stacks.
    const isAll = name === pair.prod || name === pair.staging;
    const fellows = fellowsOf(assembly, pair, name);
    const called = pair.stacks.filter(
      (it) => isAll || namesOf(pair, it).includes(name) || fellows.has(it.path),
    );
    const stacks = pair.stacks.filter(({ path }) => called.some((it) => isInStack(path, it.path)));
    return stacks.length === 0 ? [] : [[of, stacks]];
  });
  if (found.length > 0) return found;
  const known = pairs.flatMap(({ pair }) => pair.stacks.flatMap((it) => namesOf(pair, it)));
  const near = didYouMean(name, [...new Set(known)]);
  const all = pairs.flatMap(({ pair }) =>
    pair.stacks.map((it) => namesOf(pair, it).find((at) => at.startsWith(pair.staging))!),
  );
  throw new TwinError({
    code: 'unknown-stack',
    message: `${assembly.directory} compares no stack "${name}"${near.startsWith('did') ? `; ${near}` : ''}`,
    fix: `Name one of its stacks: ${[...new Set(all)].join(', ')}.`,
  });
}

/** The paths of the stacks that one is compared with that only one of the two environments has. */
function fellowsOf(assembly: Assembly, pair: ManifestPair, name: string): ReadonlySet<string> {
  const { stackMembers = [], unsharedStacks = [] } = pair;
  const called = unsharedStacks.filter(({ path, side, file }) =>
    [path, `${pair[side]}/${path}`, assembly.deployment(file)?.name].includes(name),
  );
  const groups = stackMembers.filter((group) => called.some(({ path, side }) => group[side].includes(path)));
  return new Set(groups.flatMap(({ prod, staging }) => [...prod, ...staging]));
}

/** Whether a stack is another one, or nested in it. */
const isInStack = (path: string, outer: string): boolean =>
  path === outer || outer === '' || path.startsWith(`${outer}/`);

/** Every environment but the first production is compared with one: what is left out of the pairs would go unseen. */
function checkCoverage(definition: Definition, directory: string): void {
  const compared = new Set(definition.pairs.map(({ staging }) => staging));
  const first = firstProduction(definition);
  const left = Object.keys(definition.environments).find((name) => name !== first && !compared.has(name));
  if (left === undefined) return;
  throw new TwinError({
    code: 'manifest',
    message: `${join(directory, MANIFEST_FILE)} has the environment "${left}" and compares it with nothing`,
    fix: REWRITE,
  });
}

/** What {@link parityOfAssembly} finds in an assembly that this process has just written: it may have one production alone. */
export function parityOfWritten(written: string | Assembly): readonly ParityReport[] {
  const assembly = typeof written === 'string' ? new Assembly(written, true) : written;
  return pairsOf(assembly.manifest).map((of) => reportOf(assembly, of));
}

type Pair = ReturnType<typeof pairsOf>[number];

/** What is found of one environment, or of some stacks of it. */
function reportOf(assembly: Assembly, { definition, pair }: Pair, stacks = pair.stacks): ParityReport {
  assembly.checkDeployments(pair);
  const compared = comparePair(definition, { ...pair, stacks }, (file) => assembly.side(file), {
    changed: assembly.changed(pair),
    around: pair,
  });
  const part = { stacks: stacks.map(({ path }) => path), of: pair.stacks.length };
  const report = stacks.length === pair.stacks.length ? compared : { ...compared, part };
  if (!isOfStaging(pair)) return report;
  return { ...report, checks: checksOf(assembly, definition, pair, new Set(stacks.map(({ path }) => path))) };
}

/** What the checks find in some stacks of a staging, with what is known of all of them. */
function checksOf(
  assembly: Assembly,
  definition: Definition,
  pair: StagingPair,
  asked: ReadonlySet<string>,
): StagingChecks {
  const factsOf = (side: 'prod' | 'staging') =>
    factsOfEnvironment(definition, pair, side, (file) => assembly.template(file));
  const facts = { prod: factsOf('prod'), staging: factsOf('staging') };
  const stacksOf = (side: 'prod' | 'staging') =>
    stacksOn(pair, side).map((it) => checkedStack(it, facts[side].get(it.path)!));
  const checkedStack = ({ path, env, file: own }: StackFile, known: SideFacts) => {
    const { file, sourceOf, template: written } = assembly.side(own);
    // what is not deployed reaches nobody and leaves nothing
    const template = isObject(written) ? asDeployed(written, known) : written;
    const deployment = assembly.deployment(own);
    return {
      path,
      env,
      template,
      ...(deployment && { deployment }),
      ...(file !== undefined && { file }),
      ...(sourceOf && { sourceOf }),
    };
  };
  const found = checkStaging(pair.checks, stacksOf('staging'), stacksOf('prod'));
  if (asked.size === pair.stacks.length) return found;
  const only = (report: CheckReport): CheckReport => {
    const findings = report.findings.filter(({ stack }) => asked.has(stack));
    const acknowledged = report.acknowledged.filter(({ stack }) => asked.has(stack));
    return { ...report, findings, acknowledged, result: findings.length === 0 ? 'passed' : 'failed' };
  };
  return { ...found, isolation: only(found.isolation), tearDown: only(found.tearDown) };
}

/**
 * Compares two stacks of a cloud assembly, with those that are nested in them.
 *
 * @param prod - production's template, relative to the folder
 * @param staging - staging's template, relative to the folder
 * @returns undefined when the manifest does not pair them
 */
export function parityOfStacks(directory: string, prod: string, staging: string): ParityReport | undefined {
  if (!existsSync(join(directory, MANIFEST_FILE))) return undefined;
  const assembly = new Assembly(directory, true);
  for (const of of pairsOf(assembly.manifest)) {
    const { pair } = of;
    const match = pair.stacks.find((it) => it.prod === prod && it.staging === staging);
    const stacks = match ? pair.stacks.filter(({ path }) => isInStack(path, match.path)) : [];
    if (stacks.length > 0) return reportOf(assembly, of, stacks);
  }
  return undefined;
}
