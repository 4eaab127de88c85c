import { setTimeout as sleep } from 'node:timers/promises';
import type { VersionConfig, VersionsConfig } from '../config/types';
import { nonBlank, type Zod } from '../field';
import { fieldOf, isObject, own, parseJson, type Json } from '../json';
import { nameOf, send, type Answer, type Reply } from './http';
import { fillRelease, namesRelease, RELEASE } from './placeholders';
import { plainPath } from './request-schema';

/** What services are asked. */
export interface VersionOrder {
  readonly version: VersionsConfig;
  /** That is to run. */
  readonly release: string;
  /** How many tasks each service has. */
  readonly tasks: Readonly<Record<string, number>>;
}

/** What a service said. */
export interface VersionSeen {
  readonly service: string;
  /** The release as the service names it; absent when no answer said one. */
  readonly answered?: string;
  /** What is not as it is to be, such as `Web answers 1 at /version, expected 2`. @default - nothing */
  readonly problem?: string;
}

/** Whether a config is that of every service, and not one by service. */
export const isForEvery = (version: VersionsConfig): version is VersionConfig =>
  !Object.values(version).every(isObject);

const TIMEOUT_MS = 5_000;
/** How long answers may differ, or fail: a load balancer takes seconds to forget a task. */
const PATIENCE_MS = 30_000;
const EVERY_MS = 100;
/** A task that is never met in so many requests at random is one in a million. */
const timesFor = (tasks: number): number =>
  Math.ceil(Math.max(1, tasks) * (Math.log(Math.max(1, tasks)) + 14));

/**
 * Asks services which release they are, each over new connections and so often that all of its tasks have answered.
 *
 * @param urls - of the load balancers, by service
 * @param patienceMs - how long answers may differ, or fail
 * @throws the signal's reason when it aborts
 */
export async function askVersions(
  { version, release, tasks }: VersionOrder,
  urls: Readonly<Record<string, string>>,
  signal: AbortSignal,
  patienceMs: number = PATIENCE_MS,
): Promise<VersionSeen[]> {
  const seen: VersionSeen[] = [];
  for (const [service, url] of Object.entries(urls)) {
    const plan = isForEvery(version) ? version : own(version, service);
    if (!plan) continue;
    const expected = fillRelease(plan.expect ?? RELEASE, release);
    const times = timesFor(tasks[service] ?? 1);
    seen.push({ service, ...(await ask({ service, url, plan, expected, times, patienceMs }, signal)) });
  }
  return seen;
}

interface Question {
  readonly service: string;
  readonly url: string;
  readonly plan: VersionConfig;
  readonly expected: string;
  readonly times: number;
  readonly patienceMs: number;
}

/** Asks until as many answers in a row as are wanted are alike, right or wrong: until then another task may answer otherwise. */
async function ask(
  { service, url, plan, expected, times, patienceMs }: Question,
  signal: AbortSignal,
): Promise<Omit<VersionSeen, 'service'>> {
  const giveUp = performance.now() + patienceMs;
  const names = new Set<string>();
  let fault = '';
  for (let last = '', inARow = 0; ;) {
    const reply = await send(url, { path: plan.path }, { signal, timeoutMs: TIMEOUT_MS });
    const answer = readAnswer(reply, plan);
    inARow = last === textOf(answer) ? inARow + 1 : 1;
    last = textOf(answer);
    if (answer.answered === undefined) fault = answer.fault;
    else names.add(answer.answered);
    const isSettled = inARow >= times && !mayPass(reply);
    if (answer.answered === expected) {
      if (isSettled) return { answered: expected };
    } else if (isSettled || performance.now() > giveUp) break;
    // after an abort the next request throws the reason
    if (answer.answered === undefined) await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
  const answered = [...names];
  const said = answered.length > 0 && { answered: answered.join(', ') };
  if (answered.every((name) => name === expected)) return { ...said, problem: `${service} ${fault}` };
  const problem = `${service} answers ${answered.join(' and ')} at ${plan.path}, expected ${expected}`;
  return { ...said, problem };
}

/** Whether what went wrong may be over in a moment. */
const mayPass = (reply: Reply): boolean => !reply.answered || reply.status >= 500;

/** The name of a release in an answer, or why there is none. */
type Reading =
  | { readonly answered: string; readonly fault?: never }
  | { readonly fault: string; readonly answered?: never };

const textOf = ({ answered, fault }: Reading): string => answered ?? fault;

function readAnswer(reply: Reply, plan: VersionConfig): Reading {
  const name = nameOf(plan);
  if (!reply.answered) return { fault: `does not say its release: ${name}: ${reply.because}` };
  const { status } = reply;
  if (status < 200 || status > 299) return { fault: `answered ${name} with ${status}, expected any 2xx` };
  const text = releaseIn(reply, plan);
  if (text !== undefined && text !== '') return { answered: text };
  return { fault: `answered ${name} without ${placeOf(plan)}` };
}

function releaseIn({ body, headers }: Answer, plan: VersionConfig): string | undefined {
  if ('json' in plan) return nameIn(parseJson(body), plan.json);
  const text = 'header' in plan ? String(headers[plan.header.toLowerCase()] ?? '') : body;
  return text.trim().slice(0, LONGEST);
}

const placeOf = (plan: VersionConfig): string => {
  if ('json' in plan) return `the field ${JSON.stringify(plan.json)} in JSON`;
  return 'header' in plan ? `the header ${plan.header}` : 'a text';
};

/** More than any name of a release: an answer may be a whole page. */
const LONGEST = 80;

/** A name or a number in a field. */
function nameIn(json: Json | undefined, path: string): string | undefined {
  const value = fieldOf(json, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, LONGEST) : undefined;
}

/** The schema of `version`. */
export const versionSchema = (z: Zod) => {
  const inEvery = {
    path: plainPath(z).describe('On the load balancer, such as `/version`.'),
    expect: namesRelease(z).optional().meta({
      description: 'What a service answers at a release, such as `v{release}`.',
      default: RELEASE,
    }),
  };
  const json = nonBlank(z).describe('The field of the answer, which is JSON, such as `build.release`.');
  const header = z
    .string()
    .regex(/^[\w-]+$/)
    .describe('The header of the answer.')
    .meta({ expected: 'the name of a header' });
  const whole = z.literal(true).describe('The answer is the release, and nothing else.');
  const version = z
    .union([
      z
        .strictObject({ ...inEvery, json })
        .meta({ name: 'JsonVersion', about: 'A release in a field of an answer.' }),
      z
        .strictObject({ ...inEvery, header })
        .meta({ name: 'HeaderVersion', about: 'A release in a header of an answer.' }),
      z
        .strictObject({ ...inEvery, text: whole })
        .meta({ name: 'TextVersion', about: 'A release as a whole answer.' }),
    ])
    .meta({
      name: 'VersionConfig',
      about: 'Where a service says which release it is, and what is expected of the answer.',
      choice: 'place of the release',
    });
  return z
    .union([
      version,
      z.record(z.string(), version).refine((it) => Object.keys(it).length > 0, { abort: true }),
    ])
    .meta({
      name: 'VersionsConfig',
      about: 'The same for every service behind a load balancer, or by service.',
      expected: "an object, such as { path: '/version', json: 'release' }",
    });
};
