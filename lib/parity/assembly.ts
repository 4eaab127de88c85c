import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import { comparePair, type Side } from './compare';
import { digestOf } from './digest';
import { MANIFEST_FILE, pairsOf, type Manifest, type ManifestStacks } from './manifest';
import { readJson } from '../template/read';
import type { ParityReport } from './report';
import { checkManifest } from './schema';
import { sourcesOf, type Sources } from '../template/assembly';
import { asSynthesized } from '../template/model';

/**
 * Compares every staging of a cloud assembly with its production, from the files alone.
 *
 * @param directory - the folder that `cdk synth` wrote, usually `cdk.out`
 * @returns one report for each staging
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used, and what
 * {@link comparePair} throws
 */
export function parityOfAssembly(directory: string): readonly ParityReport[] {
  return compareAll(directory, readPairs(directory));
}

/**
 * The manifest of a cloud assembly that has a staging.
 *
 * @throws TwinError `assembly` when there is no such folder, `manifest` when its twin.json cannot be used
 */
export function readPairs(directory: string): Manifest {
  const manifest = checkManifest(readManifest(directory), join(directory, MANIFEST_FILE));
  if (pairsOf(manifest).length > 0) return manifest;
  throw new TwinError({
    code: 'manifest',
    message: `${join(directory, MANIFEST_FILE)} has no staging to compare with production`,
    fix: 'Make one with twins.staging(...) and run cdk synth again.',
  });
}

/** The same of an assembly that was just written: it may have production alone, and its manifest needs no check. */
export function parityOfStagings(directory: string): readonly ParityReport[] {
  return compareAll(directory, readManifest(directory) as Manifest);
}

function compareAll(directory: string, manifest: Manifest): readonly ParityReport[] {
  const read = reader(directory);
  return pairsOf(manifest).map(({ definition, pair }) => comparePair(definition, pair, read));
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
  const manifest = readManifest(directory) as Manifest;
  for (const { definition, pair } of pairsOf(manifest)) {
    const match = pair.stacks.find((it) => it.prod === prod && it.staging === staging);
    const isInMatch = ({ path }: ManifestStacks): boolean =>
      path === match?.path || match?.path === '' || path.startsWith(`${match?.path}/`);
    const stacks = match ? pair.stacks.filter(isInMatch) : [];
    if (stacks.length > 0) return comparePair(definition, { ...pair, stacks }, reader(directory));
  }
  return undefined;
}

/** Reads the templates of an assembly, and, for a difference that nothing explains, where its construct was made. */
function reader(directory: string): (file: string) => Side {
  let sources: Sources | undefined;
  return (file) => ({
    origin: join(directory, file),
    file: join(directory, file),
    template: asSynthesized(readTemplateOf(directory, file)),
    sourceOf: (logicalId) => (sources ??= sourcesOf(directory)).get(file)?.get(logicalId),
  });
}

function readManifest(directory: string): unknown {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new TwinError({
      code: 'assembly',
      message: `there is no cloud assembly at "${directory}"`,
      fix: 'Run cdk synth first, or name the folder that it wrote with --assembly.',
    });
  }
  const file = join(directory, MANIFEST_FILE);
  if (!existsSync(file)) {
    throw new TwinError({
      code: 'manifest',
      message: `${file} is missing: the assembly was not made with Twins`,
      fix: 'Run cdk synth with an app that uses Twins, or compare two files with --prod and --staging.',
    });
  }
  return readJson(file);
}

/**
 * Reads a template that a manifest names.
 *
 * @throws TwinError `manifest` when it is not in the assembly
 */
export function readTemplateOf(directory: string, file: string): unknown {
  if (existsSync(join(directory, file))) return readJson(join(directory, file));
  throw new TwinError({
    code: 'manifest',
    message: `${join(directory, MANIFEST_FILE)} names the template "${file}", which is not in the assembly`,
    fix: 'Run cdk synth again: twin.json belongs to other templates.',
  });
}
