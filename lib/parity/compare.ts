import { TwinError } from '../error';
import { isObject, type Json } from '../json';
import type { Factor } from '../scale/kinds';
import { blindSpotOf } from '../scale/blind-spots';
import { Origins } from '../template/constructs';
import type { Difference } from '../template/differences';
import { NESTED_TEMPLATE } from './nested-template';
import type { Definition, ManifestPair, ManifestStacks } from './manifest';
import type { FactorReport, Forbidden, ParityReport, Permitted } from './report';
import { SECTIONS, modelOf } from '../template/model';
import type { Fault, StackFindings } from './findings';
import { environment, verifyStacks } from './verify';

/** A template with where it came from. */
export interface Side {
  /** What it is called in messages: its file. */
  readonly origin: string;
  readonly template: unknown;
  /** Its file. @default - it is none */
  readonly file?: string;
  /** Whether it is no longer what was synthesized. @default false */
  readonly isChanged?: boolean;
  /** Where the construct of a logical id was made: file, line and column. @default - unknown */
  readonly sourceOf?: (logicalId: string) => string | undefined;
}

/**
 * Compares an environment with its production, by their manifest.
 *
 * @param read - gives the template of a file that the manifest names
 * @throws TwinError when the manifest or a template is malformed, or they do not belong together
 */
export function comparePair(
  definition: Definition,
  pair: ManifestPair,
  read: (file: string) => Side,
): ParityReport {
  checkPair(definition, pair);
  const compared = pair.stacks.map((stacks) =>
    compareStacks(definition, pair, stacks, read(stacks.prod), read(stacks.staging)),
  );
  const found = compared.flatMap((stack) => stack.permitted);
  const unseen = found.filter(
    ({ factor }) => factor === NESTED_TEMPLATE && !areNestedCompared(pair, compared),
  );
  const permitted = found.filter((finding) => !unseen.includes(finding));
  return report(
    { prod: pair.prod, staging: pair.staging },
    compared.reduce((sum, stack) => sum + stack.compared, 0),
    factorReports(definition, pair, permitted),
    permitted,
    [...unseen.map(unseenFault), ...compared.flatMap((stack) => stack.forbidden)],
  );
}

/** A template that stands on both sides, or twice, would be compared with itself. */
function checkPair(definition: Definition, { prod, staging, stacks }: ManifestPair): void {
  const files = stacks.flatMap((it) => [it.prod, it.staging]);
  const isTwice = new Set(files).size < files.length;
  if (
    !isTwice &&
    environment(definition, prod).role === 'production' &&
    environment(definition, staging).role === 'staging'
  )
    return;
  throw new TwinError({
    code: 'allowlist-pair',
    message: `twin.json pairs ${prod} and ${staging} ${isTwice ? 'by a template that it names twice' : 'the wrong way round'}`,
    fix: 'Run cdk synth again: twin.json is written, never edited.',
  });
}

/** Whether there is a pair of stacks for each nested stack. */
function areNestedCompared({ stacks }: ManifestPair, compared: readonly StackReport[]): boolean {
  const isNested = ({ path }: ManifestStacks): boolean =>
    stacks.some((other) => other.path !== path && (other.path === '' || path.startsWith(`${other.path}/`)));
  return stacks.filter(isNested).length >= compared.reduce((sum, { nested }) => sum + nested, 0);
}

function unseenFault({ by: _by, factor: _factor, ...located }: Permitted): Forbidden {
  return {
    ...located,
    why: 'the nested stack differs, and is not compared itself',
    fix: 'Compare the whole assembly, with twin parity --assembly.',
  };
}

/** A report with its verdict. */
export function report(
  names: Pick<ParityReport, 'prod' | 'staging'>,
  compared: number,
  factors: readonly FactorReport[],
  permitted: readonly Permitted[],
  forbidden: readonly Forbidden[],
): ParityReport {
  return {
    verdict: forbidden.length === 0 ? 'twins' : 'not-twins',
    ...names,
    compared,
    factors,
    permitted,
    forbidden,
  };
}

/** One stack's part of a report. */
interface StackReport {
  readonly compared: number;
  /** How many stacks are nested in it. */
  readonly nested: number;
  readonly permitted: readonly Permitted[];
  readonly forbidden: readonly Forbidden[];
}

function compareStacks(
  definition: Definition,
  pair: ManifestPair,
  stacks: ManifestStacks,
  prod: Side,
  staging: Side,
): StackReport {
  const [p, s] = [modelOf(prod.template, prod.origin), modelOf(staging.template, staging.origin)];
  const verified = verifyStacks(definition, pair, stacks, p, s);
  const changed = [prod, staging].filter(({ isChanged }) => isChanged === true).map(changedFault);
  const found = { ...verified, forbidden: [...verified.forbidden, ...changed] };
  const ids = new Set(
    SECTIONS.flatMap((section) =>
      [p, s].flatMap((m) => Object.keys(m[section]).map((id) => `${section} ${id}`)),
    ),
  );
  const isNestedStack = (entry: Json): boolean =>
    isObject(entry) && entry['Type'] === 'AWS::CloudFormation::Stack';
  const nested = Object.values(s.Resources).filter(isNestedStack).length;
  return { compared: ids.size, nested, ...locate(stacks.path, found, prod, staging) };
}

/** What was synthesized is what was proved: a template that was changed since is another one. */
const changedFault = ({ origin }: Side): Fault => ({
  path: [],
  prod: undefined,
  staging: undefined,
  why: `${origin} was changed after it was synthesized`,
  fix: 'Run cdk synth again: templates are written, never edited.',
});

/** Findings with the constructs that they belong to. */
export function locate(stack: string, { permitted, forbidden }: StackFindings, prod: Side, staging: Side) {
  const origins = [staging, prod].map(({ template, sourceOf }) => new Origins(template, sourceOf));
  const first = <T>(ask: (origin: Origins) => T | undefined): T | undefined =>
    origins.reduce<T | undefined>((found, origin) => found ?? ask(origin), undefined);
  const located = ({ path, prod: p, staging: s }: Difference) => {
    const construct = first((origin) => origin.construct(path));
    return {
      stack,
      logicalId: String(path[1] ?? path[0] ?? ''),
      type: first((origin) => origin.type(path)) ?? String(path[0] ?? 'Manifest'),
      path: path.slice(2),
      ...(p !== undefined && { prod: p }),
      ...(s !== undefined && { staging: s }),
      ...(construct !== undefined && { construct }),
    };
  };
  return {
    permitted: permitted.map((finding): Permitted => ({
      ...located(finding),
      by: finding.by,
      factor: finding.factor,
    })),
    forbidden: forbidden.map((fault): Forbidden => {
      const source = first((origin) => origin.source(fault.path));
      const template = staging.file;
      return {
        ...located(fault),
        why: fault.why,
        fix: fault.fix,
        ...(template !== undefined && { template }),
        ...(source !== undefined && { source }),
      };
    }),
  };
}

function factorReports(
  definition: Definition,
  pair: ManifestPair,
  permitted: readonly Permitted[],
): FactorReport[] {
  const [prod, staging] = [
    environment(definition, pair.prod).scale,
    environment(definition, pair.staging).scale,
  ];
  const places = new Map<string, number>();
  for (const { by, factor } of permitted)
    if (by === 'scale') places.set(factor, (places.get(factor) ?? 0) + 1);
  return Object.entries(definition.factors).map(([name, { kind, reason }]: [string, Factor]) => {
    const [p, s] = [prod[name], staging[name]];
    const blindSpot = p === undefined || s === undefined ? undefined : blindSpotOf(kind, p, s);
    return {
      name,
      kind,
      reason,
      prod: p ?? null,
      staging: s ?? null,
      places: places.get(name) ?? 0,
      ...(blindSpot !== undefined && { blindSpot }),
    };
  });
}
