import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import type { LocatedFinding } from '../../checks/staging';
import type { Json, JsonObject } from '../../json';
import type { Forbidden, ParityReport } from '../report';
import { inOrder, notShownSentence, placeOf, showValues, subjectOf } from './parts';
import { REPORTED_RULES, rulePageUrl, type ReportedRule } from '../rules';
import type { UnusedEntry } from '../unused-entries';

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

/** Writes the forbidden differences of reports as a SARIF 2.1.0 log, for code scanning. */
export function renderSarif(
  reports: readonly ParityReport[],
  { version, artifact, allowlist = artifact }: SarifOptions,
): JsonObject & { readonly version: string } {
  const results = reports.flatMap((report) => [
    ...inOrder([...report.forbidden, ...(report.open ?? [])]).map((entry) => result(report, entry, artifact)),
    ...findingsOf(report).map((finding) => findingResult(report, finding, artifact)),
    ...(report.allowlist?.unused ?? []).map((entry) => unusedResult(entry, allowlist)),
  ]);
  const left = reports.flatMap((report) => notShownSentence(report) ?? []);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: driver(version) },
        columnKind: 'utf16CodeUnits',
        results,
        ...(left.length > 0 && { properties: { notShown: left } }),
      },
    ],
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

/** The rules that there are, and not those alone that are broken: code scanning then knows what an alert was about. */
function driver(version: string): JsonObject {
  return {
    name: 'cdk-twin',
    version,
    semanticVersion: version,
    rules: REPORTED_RULES.map(({ id, title }) => {
      const helpUri = rulePageUrl(id, version);
      return {
        id,
        shortDescription: { text: `${title}.` },
        helpUri,
        help: {
          text: `What it finds, why it matters and what to do: ${helpUri}`,
          markdown: `What it finds, why it matters and what to do: [${id}](${helpUri})`,
        },
        defaultConfiguration: { level: 'error' },
      };
    }),
  };
}

/** A rule as a result names it. */
const ruleOf = (id: ReportedRule['id']): JsonObject => ({
  ruleId: id,
  ruleIndex: REPORTED_RULES.findIndex((rule) => rule.id === id),
});

function result({ prod, staging }: ParityReport, entry: Forbidden, artifact: string): JsonObject {
  const values = showValues(entry, VALUE_ROOM);
  const place = placeOf(entry);
  // what is left to the deployment has no values yet
  const isOpen = entry.prod === undefined && entry.staging === undefined;
  const said = isOpen ? '' : `${values.prod} in ${prod}, ${values.staging} in ${staging}; `;
  return {
    ...ruleOf(entry.id),
    level: 'error',
    message: {
      text: `${place}: ${said}${entry.why}. ${entry.fix}`,
    },
    locations: [locationOf(staging, entry, artifact)],
    // the same difference stays the same alert when lines move
    partialFingerprints: { 'twinDifference/v1': [prod, staging, entry.stack, place].join(' ') },
  };
}

/** A finding of a check; one that was acknowledged is suppressed, with its reason. */
function findingResult({ staging }: ParityReport, finding: Finding, artifact: string): JsonObject {
  const { id, message, fix, reason, stack } = finding;
  const place = placeOf(finding);
  return {
    ...ruleOf(id),
    level: 'error',
    message: { text: `${place}: ${message}. ${fix}` },
    locations: [locationOf(staging, finding, artifact)],
    ...(reason !== undefined && { suppressions: [{ kind: 'inSource', justification: reason }] }),
    partialFingerprints: { 'twinFinding/v1': [staging, stack, id, place].join(' ') },
  };
}

/** An entry of the allowlist that permits nothing: it stands in the allowlist, not in a template. */
function unusedResult(
  { id, index, name, kind, why, nearest, fix }: UnusedEntry,
  allowlist: string,
): JsonObject {
  const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return {
    ...ruleOf(id),
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
