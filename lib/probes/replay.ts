import type { ReplayCheck, ReplayRoute, RequestPlan } from '../config/types';
import { nonBlank, show, timeLimit, type Zod } from '../field';
import { JSON_FIELDS } from '../replay/formats';
import { REPLAY_SECONDS } from '../replay/read-log';
import type { RecordedRequest, Recording } from '../replay/recording';
import type { CheckKind } from './check-kind';
import { NO_URL, type Probe } from './context';
import { beginningOf, shortfall, type Reply } from './http';
import { loadFigures, loadSentence } from './load-figures';
import { sendAtTimes, type OpenLoadSent, type Timed } from './open-load';
import { fill, freshNumber, placeholdersOf } from './placeholders';
import { body, headers, method, path } from './request-schema';

/** The load of an access log. It fails when no answer is good; the gates judge its figures. */
export const replay: Probe<ReplayCheck> = async (check, { url, signal, recordings = {} }) => {
  if (url === undefined) return NO_URL;
  const recording = recordings[check.name];
  if (recording === undefined) throw new Error(`the log of "${check.name}" was not read`);
  const times: number[] = [];
  let errors = 0;
  let first: string | undefined;
  const ended = (index: number, reply: Reply, ms: number): void => {
    if (reply.answered) times.push(ms);
    const request = recording.requests[index]!;
    if (!isError(reply, request)) return;
    errors++;
    first ??= problemOf(reply, recording.routes[request.route]!);
  };
  const sent = await sendAtTimes(timed(recording, check.headers), { url, signal, ended });
  const requests = recording.requests.length;
  const measures = loadFigures({ times, requests, errors: errors + sent.unsent, ms: sent.ms });
  const isGood = errors + sent.unsent < requests;
  const detail = isGood
    ? `${loadSentence(measures, sent.ms)}${first === undefined ? '' : ` (first error: ${first})`}${noteOf(sent)}`
    : `no answer as in the log: ${first ?? 'no request could be sent'}`;
  return {
    outcome: isGood ? 'passed' : 'failed',
    detail,
    measures,
    ...(isGood && first !== undefined && { firstError: first }),
  };
};

/** The requests of a recording, made when they are sent. */
export function* timed(recording: Recording, more: ReplayCheck['headers'] = {}): Generator<Timed> {
  for (const request of recording.requests)
    yield { atMs: request.atMs, plan: planOf(recording, request, more) };
}

/** A request with its values. */
export function planOf(
  { routes }: Recording,
  { route, values }: RecordedRequest,
  more: ReplayCheck['headers'] = {},
): RequestPlan {
  const { method: verb, path: at, body: fields } = routes[route]!;
  const plan: RequestPlan = {
    path: at,
    ...(verb !== undefined && { method: verb }),
    ...(fields && { body: fields }),
    headers: more,
  };
  return fill(plan, { i: freshNumber(), answer: values });
}

/** Whether an answer is worse than the one in the log: what was refused there may be refused here. */
export const isError = (reply: Reply, { wasRefused }: RecordedRequest): boolean =>
  !reply.answered || reply.status >= 500 || (reply.status >= 400 && !wasRefused);

/** What is wrong with an answer, of the route and not of one request of it. */
function problemOf(reply: Reply, { method: verb, path: at }: ReplayRoute): string {
  const problem = shortfall(reply, { path: at, ...(verb !== undefined && { method: verb }) }) ?? '';
  return reply.answered ? `${problem}${beginningOf(reply.body)}` : problem;
}

/** From this on the figures are this machine's as well. */
const LATE_MS = 50;

function noteOf({ unsent, lateMs }: OpenLoadSent): string {
  const waiting = unsent === 0 ? '' : `; ${unsent} were not sent, since 2,000 had no answer`;
  return lateMs < LATE_MS
    ? waiting
    : `${waiting}; one in twenty was sent ${Math.round(lateMs)} ms late or more, since this machine is busy`;
}

const MAY_BE_NAMED = /^[A-Za-z]\w*$/;

/** The placeholders of a route; `{i}` is a number in bodies alone. */
const isFound = (name: string): boolean => MAY_BE_NAMED.test(name) && name !== 'i';

const values = (z: Zod) =>
  z
    .union([
      z.array(nonBlank(z)).min(1),
      z
        .strictObject({
          from: z.int().min(0).describe('The first number.'),
          to: z.int().min(0).describe('The last number.'),
          prefix: z.string().default('').describe('What stands before each, such as `customer-`.'),
        })
        .refine(({ from, to }) => from <= to, { error: 'ends before it begins' })
        .meta({ name: 'ReplayNumbers', about: 'The numbers that may be sent.' }),
    ])
    .meta({ expected: 'a list of texts or an object, such as { from: 1, to: 1000 }' });

const route = (z: Zod) =>
  z
    .strictObject({
      method: method(z).describe('The method.'),
      path: path(z, isFound, 'the names of placeholders, such as "{id}"').describe(
        'The path that is sent, with a query if it has one. `{id}` matches any text there, and becomes a number that stands for it.',
      ),
      values: z.record(z.string(), values(z)).optional().meta({
        description:
          'What is sent for a placeholder, by its name: numbers that exist in staging, or a list of texts, taken in turns.',
        absent: '1 for the first text of the log, 2 for the second',
      }),
      body: body(z).optional().meta({
        description:
          'Sent as JSON, since logs hold no bodies; `{id}` is the number in the path, and `{i}` one that no other request has.',
        absent: 'none',
      }),
    })
    .refine(({ path: at, values: of = {} }) => strangersIn(at, of).length === 0, {
      error: ({ input }) => {
        const { path: at, values: of = {} } = input as ReplayRoute;
        return `has values for ${show(strangersIn(at, of)[0])}, which is no placeholder of its path`;
      },
    })
    .refine(({ path: at, body: fields = {} }) => unfilledIn(at, fields) === undefined, {
      error: ({ input }) => {
        const { path: at, body: fields = {} } = input as ReplayRoute;
        return `has "{${unfilledIn(at, fields)}}" in its body; expected {i} or a placeholder of its path`;
      },
    })
    .refine(({ method: verb, body: fields }) => fields !== undefined || !NEEDS_BODY.has(verb), {
      error: 'has no body; expected one for this method: a log holds none, and nothing is sent empty',
    })
    .meta({
      name: 'ReplayRoute',
      about: 'Requests of a log that may be sent, and the template that they are sent by.',
    });

const NEEDS_BODY = new Set(['POST', 'PUT', 'PATCH']);

const strangersIn = (at: string, of: object): string[] =>
  Object.keys(of).filter((name) => !placeholdersOf(at).includes(name));

const unfilledIn = (at: string, fields: object): string | undefined =>
  Object.values(fields)
    .flatMap((value) => (typeof value === 'string' ? placeholdersOf(value) : []))
    .find((name) => name !== 'i' && !placeholdersOf(at).includes(name));

/** Load of an access log. */
export const REPLAY: CheckKind<'replay', 'replay'> = {
  key: 'replay',
  kind: 'replay',
  schema: (z) =>
    z
      .strictObject({
        name: nonBlank(z).describe('Its name in reports.'),
        log: nonBlank(z).describe(
          'The file, or the folder with files, that is read, from the folder of the config; gzip is understood.',
        ),
        fields: z
          .strictObject(
            Object.fromEntries(
              Object.entries(JSON_FIELDS).map(([key, usual]) => [
                key,
                nonBlank(z)
                  .default(usual)
                  .describe(FIELDS[key as keyof typeof FIELDS]),
              ]),
            ) as Record<keyof typeof JSON_FIELDS, ReturnType<typeof fieldName>>,
          )
          .optional()
          .meta({
            name: 'ReplayFields',
            about: 'Where lines of JSON have what is read of them, such as `http.method`.',
            description: 'Of a log in lines of JSON: where they have what is read.',
            absent: 'the defaults of its keys',
          }),
        routes: z.array(route(z)).min(1).describe('What may be sent; the first that matches counts.'),
        headers: headers(z).meta({
          description: 'Sent with all requests, such as `authorization`.',
          absent: 'none',
        }),
        scale: z
          .union([nonBlank(z), z.number().gt(0).max(100)])
          .optional()
          .meta({
            expected: 'a number up to 100, or the name of a scale factor',
            description:
              "The share of production's requests that staging is sent: a number, or a scale factor whose values give it.",
            absent: 'what the scale factors give: docs/load.md says how',
          }),
        seconds: timeLimit(z)
          .default(REPLAY_SECONDS)
          .describe('How long it lasts: the busiest time of the log, of that length.'),
      })
      .meta({ name: 'ReplayCheck', about: 'The load of an access log.' }),
  run: replay,
  isAlone: true,
  isFromHere: true,
  isForGates: true,
};

const fieldName = (z: Zod) => nonBlank(z).default('');

const FIELDS: Readonly<Record<keyof typeof JSON_FIELDS, string>> = {
  time: 'The time: ISO 8601, or seconds or milliseconds since 1970.',
  method: 'The method.',
  path: 'The path or the URL.',
  request: 'The first line of the request, where there is no method.',
  status: 'The status of the answer.',
};
