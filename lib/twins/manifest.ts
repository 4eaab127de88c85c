import type { Stack } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { TwinError } from '../error';
import { explain, type Marked } from '../parity/explain';
import type { OwnNames } from '../parity/identity';
import type { Json } from '../json';
import {
  MANIFEST_FILE,
  type Manifest,
  type ManifestEnvironment,
  type ManifestPair,
  type ManifestStacks,
} from '../parity/manifest';
import { isMark, namesIn, textOf } from '../template/mark';
import type { Factors, ScaleDefinition } from '../scale/definition';
import type { BuiltEnvironment } from './environments';
import { markedStack, ownNames, pathInside, templatePath } from './marked-stack';

/**
 * Writes the manifest beside the templates: for every place that may differ its factor and both values.
 *
 * @throws TwinError `unused-factor` when a declared factor reaches nothing, `other-stacks` when an environment has other
 * stacks than its production
 */
export function writeManifest<F extends Factors>(
  outdir: string,
  definition: ScaleDefinition<F>,
  environments: readonly BuiltEnvironment<F>[],
): void {
  const stacks = environments.map((environment) => new EnvironmentStacks(outdir, environment));
  for (const environment of stacks) environment.checkReached(Object.keys(definition.factors));
  const manifest: Manifest = {
    version: 1,
    factors: definition.factors,
    environments: Object.fromEntries(
      environments.map((environment) => [environment.id, valuesOf(environment)]),
    ),
    pairs: stacks.flatMap((staging) => {
      const prod = stacks.find(({ environment }) => environment.id === staging.environment.twinOf);
      return prod ? [pairOf(prod, staging)] : [];
    }),
  };
  writeFileSync(join(outdir, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 1)}\n`);
}

function valuesOf({ role, bound }: BuiltEnvironment): ManifestEnvironment {
  const expressions = [...bound.record.expressions].map(([name, { factor, value }]) => [
    name,
    { factor, value },
  ]);
  return {
    role,
    scale: bound.values,
    expressions: Object.fromEntries(expressions),
    proportions: bound.proportions,
  };
}

/** The stacks of one environment by their path inside it, each with its marks. */
class EnvironmentStacks {
  readonly stacks: ReadonlyMap<string, { readonly marked: Marked; readonly template: string }>;

  constructor(
    outdir: string,
    readonly environment: BuiltEnvironment,
  ) {
    this.stacks = new Map(
      environment.stacks().map((stack: Stack) => [
        pathInside(environment.root, stack),
        {
          marked: markedStack(environment, stack),
          template: relative(outdir, templatePath(stack)).split(sep).join('/'),
        },
      ]),
    );
  }

  /** A factor that reaches nothing permits nothing: it says that environments differ where they do not. */
  checkReached(factors: readonly string[]): void {
    const { expressions, groups } = this.environment.bound.record;
    const reached = new Set(
      [...this.stacks.values()].flatMap(({ marked }) => marked.groups.map(({ factor }) => factor)),
    );
    for (const [factor, names] of groups) if (names.size === 0) reached.add(factor); // none wanted, none made
    for (const name of this.expressionsInTemplates()) reached.add(expressions.get(name)?.factor ?? name);
    const unused = factors.filter((name) => !reached.has(name));
    if (unused.length === 0) return;
    throw new TwinError({
      code: 'unused-factor',
      message: `${this.environment.id}: the declared ${unused.length === 1 ? 'factor' : 'factors'} ${unused.map((name) => `"${name}"`).join(', ')} ${unused.length === 1 ? 'reaches' : 'reach'} nothing in the template`,
      fix: "Use the factor's value in the topology, or take the factor out of defineScale.",
    });
  }

  private expressionsInTemplates(): Set<string> {
    const found = new Set<string>();
    const look = (node: Json): void => {
      if (isMark(node)) namesIn(textOf(node)).forEach((name) => found.add(name));
      else if (typeof node === 'object' && node !== null) Object.values(node).forEach((child) => look(child));
    };
    for (const { marked } of this.stacks.values()) Object.values(marked.model).forEach(look);
    return found;
  }
}

function pairOf(prod: EnvironmentStacks, staging: EnvironmentStacks): ManifestPair {
  const paths = [...new Set([...prod.stacks.keys(), ...staging.stacks.keys()])];
  const names = { prod: ownNames(prod.environment), staging: ownNames(staging.environment) };
  checkWhereabouts(prod.environment.id, names.prod, staging.environment.id, names.staging);
  const factorOf = (name: string): string =>
    prod.environment.bound.record.expressions.get(name)?.factor ?? name;
  return {
    prod: prod.environment.id,
    staging: staging.environment.id,
    stacks: paths.map((path): ManifestStacks => {
      const [p, s] = [prod.stacks.get(path), staging.stacks.get(path)];
      if (!p || !s) throw otherStacks(path, p ? prod : staging, p ? staging : prod);
      const explained = explain(p.marked, s.marked, names, factorOf);
      return { path, prod: p.template, staging: s.template, names, ...explained };
    }),
  };
}

/** The CDK writes a known account as digits and an unknown one as a reference: the two can never be compared. */
function checkWhereabouts(prod: string, prodNames: OwnNames, staging: string, stagingNames: OwnNames): void {
  for (const what of ['account', 'region']) {
    const [p, s] = [prodNames, stagingNames].map((names) => Object.values(names).includes(what));
    if (p === s) continue;
    throw new TwinError({
      code: 'env',
      message: `${p ? prod : staging} is made for a known ${what} and ${p ? staging : prod} is not`,
      fix: 'Give env to both environments, or to none of them.',
    });
  }
}

function otherStacks(path: string, has: EnvironmentStacks, hasNot: EnvironmentStacks): TwinError {
  return new TwinError({
    code: 'other-stacks',
    message: `${has.environment.id} has a stack "${path}" that ${hasNot.environment.id} has not`,
    fix: 'Make the same stacks in every environment: what one has, all have.',
  });
}
