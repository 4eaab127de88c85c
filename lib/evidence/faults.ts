import { isObject } from '../json';
import type { Evidence, Verdict } from './evidence';

type Kind = 'text' | 'list' | 'object' | 'number';
type Form = { readonly [key: string]: Kind | Form };

const ENVIRONMENT: Form = { environment: 'text', tiers: 'list' };
const COST: Form = {
  environment: 'text',
  items: 'list',
  unknown: 'list',
  hourUsd: 'number',
  monthUsd: 'number',
};

/** The fields of evidence that the reports need. */
const FORM: { readonly [K in keyof Evidence]: Kind | Form } = {
  version: 'number',
  tool: 'text',
  rehearsal: 'text',
  target: 'text',
  from: 'text',
  to: 'text',
  ran: 'object',
  startedAt: 'text',
  endedAt: 'text',
  verdict: 'text',
  reasons: 'list',
  tearDown: { outcome: 'text', leftovers: 'list' },
  attempts: 'list',
  spans: 'list',
  subject: {
    prod: { environment: 'text', digest: 'text', stacks: 'list' },
    stagingDigest: 'text',
    scriptDigest: 'text',
  },
  gatesDigest: 'text',
  gates: 'list',
  parity: {
    verdict: 'text',
    prod: 'text',
    staging: 'text',
    factors: 'list',
    permitted: 'list',
    forbidden: 'list',
  },
  environments: { prod: ENVIRONMENT, staging: ENVIRONMENT },
  tiers: 'list',
  baseline: 'list',
  checks: 'list',
  drills: 'list',
  watched: 'list',
  cost: { region: 'text', hours: 'number', rehearsalUsd: 'number', prod: COST, staging: COST },
  files: 'list',
  seal: 'text',
};

const VERSION: Evidence['version'] = 2;

const VERDICTS: readonly Verdict[] = ['GO', 'NO-GO', 'BASELINE FAILED', 'UNDECIDED'];

/** Why a value is not evidence of this version; undefined when it is. */
export function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  if (value['version'] !== VERSION)
    return `its version is ${JSON.stringify(value['version']) ?? 'missing'}, not ${VERSION}`;
  const fault = faultAt(value, FORM, '');
  if (fault !== undefined) return fault;
  const verdict = value['verdict'] as Verdict;
  return VERDICTS.includes(verdict)
    ? undefined
    : `its verdict is ${JSON.stringify(verdict)}, not one of ${VERDICTS.join(', ')}`;
}

function faultAt(value: unknown, shape: Form, path: string): string | undefined {
  if (!isObject(value)) return `"${path}" is not an object`;
  for (const [key, wanted] of Object.entries(shape)) {
    const [at, part] = [path === '' ? key : `${path}.${key}`, value[key]];
    if (typeof wanted === 'object') {
      const fault = faultAt(part, wanted, at);
      if (fault !== undefined) return fault;
    } else if (!IS[wanted](part)) return `"${at}" is not a ${wanted}`;
  }
  return undefined;
}

const IS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  list: Array.isArray,
  object: isObject,
};
