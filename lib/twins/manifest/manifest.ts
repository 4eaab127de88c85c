import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StagingFacts } from '../../checks/staging';
import { TwinError } from '../../error';
import { isDeclared } from '../../parity/illegal-names';
import {
  MANIFEST_FILE,
  type Definition,
  type Manifest,
  type ManifestEnvironment,
  type ManifestPair,
} from '../../parity/manifest';
import { sha256 } from '../../digest';
import { digestOf } from '../../parity/digest';
import { filesIn } from '../../parity/side-stacks';
import { namesOf } from '../../parity/text';
import { checkValues } from '../../template/parameters';
import { artifactsIn } from '../../parity/written';
import type { Factors, ScaleDefinition } from '../../scale/definition';
import { assemblyLists, stackArtifacts, type AssemblyList } from '../../template/assembly';
import type { Contents } from '../../template/contents';
import { publishedFor } from '../../template/deployment';
import { acknowledgedIn } from '../acknowledged';
import type { Findings, Observed } from '../experiments/experiments';
import { PairWriter } from './pair-writer';
import { stackIndices, writeStackMembers } from '../experiments/stack-groups';
import { warningsOf } from './warnings';

/** Writes the manifest beside the templates. */
export function writeManifest(outdir: string, definitions: readonly Definition[], contents: Contents): void {
  const files = definitions.flatMap(({ pairs }) => pairs.flatMap(filesIn));
  const templates = [...new Set(files)].map((file) => [
    file,
    sha256(readFileSync(join(outdir, file), 'utf8')),
  ]);
  const lists = assemblyLists(outdir);
  const content = {
    version: 2,
    definitions,
    templates: Object.fromEntries(templates) as Manifest['templates'],
    assembly: { artifacts: artifactsIn(lists), assets: assetsOf(lists, new Set(files), contents) },
  } as const;
  const manifest: Manifest = { ...content, digest: digestOf(content) };
  writeFileSync(join(outdir, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 1)}\n`);
}

/** What is published for the stacks that are compared, with the digest of what it holds. */
function assetsOf(
  lists: readonly AssemblyList[],
  files: ReadonlySet<string>,
  contents: Contents,
): Manifest['assembly']['assets'] {
  const own = new Map([...files].map((file) => [file, file])); // templates have digests of their own
  const stacks = stackArtifacts(lists).filter(({ file }) => files.has(file));
  const paths = new Set(stacks.flatMap((stack) => publishedFor(stack, own)));
  return Object.fromEntries([...paths].map((path) => [path, contents.of(path)]));
}

/**
 * What the manifest says of one definition: for every place that may differ its cause and both values.
 *
 * @param outdir - the assembly's folder
 * @throws TwinError `env` when only one side is made for a known account or region, `other-stacks` when instances have
 * other stacks
 */
export function definitionOf<F extends Factors, D>(
  outdir: string,
  scale: ScaleDefinition<F, D>,
  findings: Findings | undefined,
  plain: Definition['environments'],
): Definition {
  const derived = Object.entries(
    scale.derived as Record<string, { from: string[]; largerBecause?: string }>,
  ).map(([name, { from, largerBecause }]) => [
    name,
    { from, ...(largerBecause !== undefined && { largerBecause }) },
  ]);
  const base = {
    factors: scale.factors,
    derived: Object.fromEntries(derived) as Definition['derived'],
    environments: plain,
  };
  if (!findings) return { ...base, tried: [], unproven: [], notes: [], pairs: [] };
  const stacks = stackIndices(findings);
  const warnings = warningsOf(findings);
  const pairs = findings.observed.flatMap((staging): ManifestPair[] => {
    const prod = findings.observed.find(({ environment }) => environment.id === staging.environment.twinOf);
    if (!prod) return [];
    checkWhereabouts(prod, staging);
    const factorOf = (expression: string): string => scale.factorsOf(expression)[0]!;
    const writer = new PairWriter(outdir, findings, prod, staging, factorOf);
    const stackMembers = writeStackMembers(findings, prod, staging, factorOf);
    const unsharedStacks = writer.unshared(stacks);
    return [
      {
        prod: prod.environment.id,
        staging: staging.environment.id,
        stacks: writer.shared(stacks),
        ...(stackMembers.length > 0 && { stackMembers }),
        ...(unsharedStacks.length > 0 && { unsharedStacks }),
        ...(staging.environment.role === 'staging' && { checks: factsOf(staging) }),
      },
    ];
  });
  return {
    ...base,
    tried: findings.neutral.map(({ expressions }) => Object.fromEntries(expressions)),
    unproven: findings.tried.unproven,
    notes: notesOf(scale, findings, [...stacks.values()]),
    ...(warnings.length > 0 && { warnings }),
    pairs,
  };
}

/** What the checks of a staging take as known. */
function factsOf({ environment, real: { top, stacks } }: Observed): StagingFacts {
  const all = stacks.map(({ stack }) => stack);
  return {
    stackNames: all.filter(({ nestedStackParent }) => !nestedStackParent).map(({ stackName }) => stackName),
    outside: environment.outside,
    acknowledged: acknowledgedIn(top, all),
  };
}

/** What an environment's placeholders stand for. */
export function environmentOf({ environment, real }: Observed): ManifestEnvironment {
  const { role, bound, growing, parameters, id } = environment;
  if (parameters) checkParameters(id, parameters, real);
  return {
    role,
    scale: bound.values,
    expressions: Object.fromEntries(bound.expressions),
    names: Object.fromEntries([...real.names].filter(([key]) => !isDeclared(key))),
    declared: Object.fromEntries([...real.names].filter(([key]) => isDeclared(key))),
    proportions: bound.proportions,
    ...(growing && { growing }),
    ...(parameters && { parameters }),
  };
}

/** What is given to stacks that do not ask for it would be refused when they are deployed. */
function checkParameters(
  id: string,
  parameters: Readonly<Record<string, string>>,
  { stacks }: Observed['real'],
): void {
  const top = stacks.filter(({ stack }) => stack.nestedStackParent === undefined);
  checkValues(
    top.map(({ template }) => template),
    new Map(Object.entries(parameters)),
    id,
  );
}

/** A factor that changes nothing permits nothing: it only says that environments differ where they do not. */
function notesOf<F extends Factors, D>(
  scale: ScaleDefinition<F, D>,
  { fit, tried, stacks: { groups } }: Findings,
  stacks: readonly number[],
): string[] {
  const fits = stacks.map((stack) => fit(stack));
  const counts = groups.flatMap(({ followed }) => namesOf(followed.expression));
  const used = fits.flatMap(({ places, members }) => [
    ...places.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.is === 'scale' ? namesOf(part.expression) : [])),
    ),
    ...members.flatMap(({ count }) => namesOf(count)),
  ]);
  const reached = new Set([...counts, ...used].flatMap((name) => scale.factorsOf(name)));
  const isSound = fits.every(({ misfits }) => misfits.length === 0); // what differs wrongly may be what a factor did
  const unused = Object.keys(scale.factors).filter(
    (name) => !reached.has(name) && !tried.unproven.includes(name),
  );
  const refused = [...tried.refused].map(([name, all]) => {
    const [{ value, message }] = all as [{ value: unknown; message: string }];
    return `${name} was not tried with ${JSON.stringify(value)}: ${message}`;
  });
  return [
    ...(isSound ? unused.map((name) => `the factor "${name}" changes nothing in the templates`) : []),
    ...tried.unproven.map(
      (name) => `the factor "${name}" can have no other value, so nothing is known of what follows it`,
    ),
    ...refused,
  ];
}

/** The CDK writes a known account as digits and an unknown one as a reference: the two can never be compared. */
function checkWhereabouts(prod: Observed, staging: Observed): void {
  for (const what of ['account', 'region']) {
    const [p, s] = [prod.real.names.has(what), staging.real.names.has(what)];
    if (p === s) continue;
    const [has, hasNot] = p ? [prod, staging] : [staging, prod];
    throw new TwinError({
      code: 'env',
      message: `${has.environment.id} is made for a known ${what} and ${hasNot.environment.id} is not`,
      fix: 'Give env to both environments, or to none of them.',
    });
  }
}
