import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import type { Json, JsonObject } from '../json';
import type { Forbidden, ParityReport } from './report';
import { inOrder, placeOf, showValues, subjectOf } from './report-parts';

/** What the reports do not say of themselves. */
export interface SarifOptions {
  /** The version of cdk-twin. */
  readonly version: string;
  /** The file that a difference is shown in when neither its source nor its template is known. */
  readonly artifact: string;
}

/** How many characters of a value a message holds. */
const VALUE_ROOM = 200;

const RULES = [
  { id: 'twin/differs', text: 'Production and staging differ where no scale factor stands.' },
  { id: 'twin/only-in-production', text: 'Staging lacks what production has.' },
  { id: 'twin/only-in-staging', text: 'Production lacks what staging has.' },
] as const;

/** Writes the forbidden differences of reports as a SARIF 2.1.0 log, for code scanning. */
export function renderSarif(
  reports: readonly ParityReport[],
  { version, artifact }: SarifOptions,
): JsonObject {
  const results = reports.flatMap((report) =>
    inOrder(report.forbidden).map((entry) => result(report, entry, artifact)),
  );
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: driver(version) }, columnKind: 'utf16CodeUnits', results }],
  };
}

function driver(version: string): JsonObject {
  return {
    name: 'cdk-twin',
    version,
    semanticVersion: version,
    rules: RULES.map(({ id, text }) => ({
      id,
      shortDescription: { text },
      help: {
        text: 'Make both environments alike, or declare a scale factor with a reason and use its value.',
      },
      defaultConfiguration: { level: 'error' },
    })),
  };
}

function result({ prod, staging }: ParityReport, entry: Forbidden, artifact: string): JsonObject {
  const ruleIndex = entry.staging === undefined ? 1 : entry.prod === undefined ? 2 : 0;
  const values = showValues(entry, VALUE_ROOM);
  const place = placeOf(entry);
  return {
    ruleId: RULES[ruleIndex].id,
    ruleIndex,
    level: 'error',
    message: {
      text: `${place}: ${values.prod} in ${prod}, ${values.staging} in ${staging}; ${entry.why}. ${entry.fix}`,
    },
    locations: [
      {
        physicalLocation: physicalLocation(entry.source, entry.template ?? artifact),
        logicalLocations: [
          {
            name: entry.logicalId,
            fullyQualifiedName: `${staging}/${subjectOf(entry)}`,
            kind: entry.type.includes('::') ? 'resource' : 'object',
          },
        ],
      },
    ],
    // the same difference stays the same alert when lines move
    partialFingerprints: { 'twinDifference/v1': [prod, staging, entry.stack, place].join(' ') },
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
