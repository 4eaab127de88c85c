import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import { titleOf, type LocatedFinding } from '../checks/staging';
import type { Json, JsonObject } from '../json';
import type { Forbidden, ParityReport } from './report';
import type { UnusedEntry } from './unused-entries';
import { inOrder, placeOf, showValues, subjectOf } from './report-parts';

/** What the reports do not say of themselves. */
export interface SarifOptions {
  /** The version of cdk-twin. */
  readonly version: string;
  /** The file that a difference is shown in when neither its source nor its template is known. */
  readonly artifact: string;
  /** The file of the allowlist, in which its entries are shown. @default - the artifact */
  readonly allowlist?: string;
}

/** How many characters of a value a message holds. */
const VALUE_ROOM = 200;

const DIFFERENCES = [
  { id: 'twin/differs', text: 'Production and staging differ where no scale factor stands.' },
  { id: 'twin/only-in-production', text: 'Staging lacks what production has.' },
  { id: 'twin/only-in-staging', text: 'Production lacks what staging has.' },
  { id: 'twin/productions-differ', text: 'Two productions differ where no scale factor stands.' },
] as const;

const UNUSED = { id: 'twin/unused-entry', text: 'An entry of the allowlist permits nothing.' } as const;

/** Writes the forbidden differences of reports as a SARIF 2.1.0 log, for code scanning. */
export function renderSarif(
  reports: readonly ParityReport[],
  { version, artifact, allowlist = artifact }: SarifOptions,
): JsonObject {
  const isUnused = reports.some((report) => (report.allowlist?.unused ?? []).length > 0);
  const rules = [...DIFFERENCES, ...brokenRules(reports), ...(isUnused ? [UNUSED] : [])];
  const results = reports.flatMap((report) => [
    ...inOrder(report.forbidden).map((entry) => result(report, entry, artifact)),
    ...findingsOf(report).map((finding) => findingResult(report, finding, artifact, rules)),
    ...(report.allowlist?.unused ?? []).map((entry) => unusedResult(entry, allowlist, rules.length - 1)),
  ]);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: driver(version, rules) }, columnKind: 'utf16CodeUnits', results }],
  };
}

type Finding = LocatedFinding & { readonly reason?: string };

const findingsOf = ({ checks }: ParityReport): Finding[] =>
  checks
    ? [checks.isolation, checks.tearDown].flatMap(({ findings, acknowledged }) => [
        ...findings,
        ...acknowledged,
      ])
    : [];

interface SarifRule {
  readonly id: string;
  readonly text: string;
  readonly help?: string;
}

/** The rules of the checks that were broken. */
function brokenRules(reports: readonly ParityReport[]): SarifRule[] {
  const broken = reports.flatMap(findingsOf).map((finding) => ({
    id: finding.id,
    text: `${titleOf(finding)}.`,
    help: finding.fix,
  }));
  return [...new Map(broken.map((rule) => [rule.id, rule])).values()];
}

function driver(version: string, rules: readonly SarifRule[]): JsonObject {
  return {
    name: 'cdk-twin',
    version,
    semanticVersion: version,
    rules: rules.map(({ id, text, help }) => ({
      id,
      shortDescription: { text },
      help: {
        text:
          help ?? 'Make both environments alike, or declare a scale factor with a reason and use its value.',
      },
      defaultConfiguration: { level: 'error' },
    })),
  };
}

function result({ prod, staging, role }: ParityReport, entry: Forbidden, artifact: string): JsonObject {
  const ruleIndex =
    role === 'production' ? 3 : entry.staging === undefined ? 1 : entry.prod === undefined ? 2 : 0;
  const values = showValues(entry, VALUE_ROOM);
  const place = placeOf(entry);
  return {
    ruleId: DIFFERENCES[ruleIndex].id,
    ruleIndex,
    level: 'error',
    message: {
      text: `${place}: ${values.prod} in ${prod}, ${values.staging} in ${staging}; ${entry.why}. ${entry.fix}`,
    },
    locations: [locationOf(staging, entry, artifact)],
    // the same difference stays the same alert when lines move
    partialFingerprints: { 'twinDifference/v1': [prod, staging, entry.stack, place].join(' ') },
  };
}

/** A finding of a check; one that was acknowledged is suppressed, with its reason. */
function findingResult(
  { staging }: ParityReport,
  finding: Finding,
  artifact: string,
  rules: readonly SarifRule[],
): JsonObject {
  const { id, message, fix, reason, stack } = finding;
  const place = placeOf(finding);
  return {
    ruleId: id,
    ruleIndex: rules.findIndex((rule) => rule.id === id),
    level: 'error',
    message: { text: `${place}: ${message}. ${fix}` },
    locations: [locationOf(staging, finding, artifact)],
    ...(reason !== undefined && { suppressions: [{ kind: 'inSource', justification: reason }] }),
    partialFingerprints: { 'twinFinding/v1': [staging, stack, id, place].join(' ') },
  };
}

/** An entry of the allowlist that permits nothing: it stands in the allowlist, not in a template. */
function unusedResult(
  { index, name, kind, why, nearest, fix }: UnusedEntry,
  allowlist: string,
  ruleIndex: number,
) {
  const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return {
    ruleId: UNUSED.id,
    ruleIndex,
    level: 'error',
    message: { text: `factors.${index}, ${kind} "${name}", permits nothing: ${why}${meant || '.'} ${fix}` },
    locations: [
      {
        physicalLocation: physicalLocation(undefined, allowlist),
        logicalLocations: [{ name: `factors.${index}`, kind: 'object' }],
      },
    ],
    partialFingerprints: { 'twinUnusedEntry/v1': [allowlist, kind, name].join(' ') },
  };
}

function locationOf(
  staging: string,
  entry: Pick<Forbidden, 'stack' | 'logicalId' | 'type' | 'path' | 'construct' | 'source' | 'template'>,
  artifact: string,
): JsonObject {
  return {
    physicalLocation: physicalLocation(entry.source, entry.template ?? artifact),
    logicalLocations: [
      {
        name: entry.logicalId,
        fullyQualifiedName: `${staging}/${subjectOf(entry)}`,
        kind: entry.type.includes('::') ? 'resource' : 'object',
      },
    ],
  };
}

/** The line of the source, or the first of the artifact. */
function physicalLocation(source: string | undefined, artifact: string): JsonObject {
  const [, file, line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(source ?? '') ?? [];
  const region: Record<string, Json> = { startLine: Number(line ?? 1) };
  if (column !== undefined) region['startColumn'] = Number(column);
  return { artifactLocation: { uri: uriOf(file ?? artifact) }, region };
}

function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return encodeURI(file.replaceAll('\\', '/')).replaceAll(/[?#]/g, encodeURIComponent);
}
