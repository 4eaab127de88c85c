import { fieldOf, isObject, listOf, parseJson, type Json } from '../json';
import { requestLine, statusOf, targetOf, type LogEntry } from './entry';

/** Where lines of JSON have what is read of them, each a path such as `http.method`. */
export interface JsonFields {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  /** The first line of the request, where there is no method of its own. */
  readonly request: string;
  readonly status: string;
}

/** The names that a log in JSON has where a config names none. */
export const JSON_FIELDS: JsonFields = {
  time: 'time',
  method: 'method',
  path: 'path',
  request: 'request',
  status: 'status',
};

/** A format of one request a line. @returns undefined for a line that is not of it */
export type LineFormat = (line: string, fields: JsonFields) => LogEntry | undefined;

/** `request_creation_time`: when the request arrived. The time at the beginning of the line is that of the answer. */
const ALB_CREATION = 21;
const ALB_TYPES = new Set(['http', 'https', 'h2', 'grpcs', 'ws', 'wss']);

/**
 * An access log entry of an Application Load Balancer. Fields that were added later stand at the end, and are not read.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax
 */
export const alb: LineFormat = (line) => {
  const fields = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  );
  if (!ALB_TYPES.has(fields[0] ?? '')) return undefined;
  const at = [fields[ALB_CREATION], fields[1]].map(isoTime).find((time) => time !== undefined);
  const request = requestLine((fields[12] ?? '').replace(/ -$/, ''));
  return at === undefined || request === undefined
    ? undefined
    : { at, ...request, status: statusOf(fields[8]) };
};

const COMBINED =
  /^(?:\S+:\d+ )?\S+ \S+ [^[]*\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})\] "((?:[^"\\]|\\.)*)" (\d{3})(?: |$)/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The combined format of nginx and Apache, and the common one, which it begins with. Its times have whole seconds.
 *
 * https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
 */
export const combined: LineFormat = (line) => {
  const [, day, month = '', year, time, hours, minutes, request = '', status] = COMBINED.exec(line) ?? [];
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  const at = isoTime(`${year}-${number}-${day}T${time}${hours}:${minutes}`);
  const sent = requestLine(request);
  return at === undefined || sent === undefined ? undefined : { at, ...sent, status: statusOf(status) };
};

/** A JSON object a line. */
export const jsonLine: LineFormat = (line, fields) => {
  const entry = parseJson(line);
  if (!isObject(entry)) return undefined;
  const at = timeOf(fieldOf(entry, fields.time));
  const [method, path, request] = [fields.method, fields.path, fields.request].map((name) =>
    textOf(fieldOf(entry, name)),
  );
  const target = path === undefined ? undefined : targetOf(path);
  const sent = method === undefined || target === undefined ? requestLine(request ?? '') : { method, target };
  return at === undefined || sent === undefined
    ? undefined
    : { at, ...sent, method: sent.method.toUpperCase(), status: statusOf(fieldOf(entry, fields.status)) };
};

/** The formats of one request a line. */
export const LINE_FORMATS: readonly LineFormat[] = [alb, combined, jsonLine];

/** Whether a text begins as a HAR file does. */
export const beginsAsHar = (text: string): boolean => /^\s*\{\s*"log"\s*:\s*\{/.test(text);

/**
 * The entries of an HTTP archive, and undefined for each that is none.
 *
 * http://www.softwareishard.com/blog/har-12-spec/
 */
export const harEntries = (text: string): readonly (LogEntry | undefined)[] =>
  listOf(fieldOf(parseJson(text), 'log.entries')).map((entry) => {
    const at = timeOf(fieldOf(entry, 'startedDateTime'));
    const method = textOf(fieldOf(entry, 'request.method'));
    const target = targetOf(textOf(fieldOf(entry, 'request.url')) ?? '');
    if (at === undefined || method === undefined || target === undefined) return undefined;
    return { at, method, target, status: statusOf(fieldOf(entry, 'response.status')) };
  });

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Seconds since 1970 have so many digits at the most until the year 5138; milliseconds have more. */
const MOST_SECONDS = 1e11;

/** A time: ISO 8601, or seconds or milliseconds since 1970. */
function timeOf(value: Json | undefined): number | undefined {
  if (typeof value === 'string' && !/^\d+(\.\d+)?$/.test(value)) return isoTime(value);
  const number = Number(value);
  if (value === undefined || value === null || !(number > 0)) return undefined;
  return number < MOST_SECONDS ? number * 1000 : number;
}

function isoTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
