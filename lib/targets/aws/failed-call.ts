import { TwinError } from '../../error';

/** A call of the AWS SDK, as messages name it. */
export interface NamedCall {
  /** Such as `rds`. */
  readonly service: string;
  /** Such as `DescribeDBClusters`. */
  readonly operation: string;
  readonly input: object;
  /** @default - the config */
  readonly chosenBy?: Choices | undefined;
  /** Whose policies allow it. @default - the role of these credentials */
  readonly caller?: string;
  /** The profile that was to give the credentials. @default - none */
  readonly profile?: string | undefined;
}

/** What a person sets the profile and the Region with. */
export interface Choices {
  readonly profile: string;
  readonly region: string;
}

const IN_CONFIG: Choices = {
  profile: 'aws.profile in twin.config.ts',
  region: 'aws.region in twin.config.ts',
};

/** What IAM calls a service where its client is called otherwise: Amazon DocumentDB has the actions of Amazon RDS. */
export const IAM_PREFIXES: Readonly<Record<string, string>> = {
  docdb: 'rds',
  elbv2: 'elasticloadbalancing',
  tagging: 'tag',
};

/** The error of a call: which it was, on what, and what to do. */
export function inWords(call: NamedCall, cause: unknown): TwinError {
  const { name } = cause as Error;
  // what the SDK says then is of its parser
  const message = isCut(cause)
    ? 'its answer was cut short, and whether it was done is not known'
    : `${wordsOf(cause)}${name === 'CredentialsProviderError' && call.profile !== undefined ? `, with the profile ${call.profile}` : ''}`;
  const on = Object.values(call.input).find((value) => typeof value === 'string');
  return new TwinError({
    code: isOfCredentials(name) ? 'aws-credentials' : 'aws',
    message: `${call.service}:${call.operation}${on === undefined ? '' : ` on ${on}`} failed: ${message}`,
    fix: unreachedFix(cause) ?? fixFor(isCut(cause) ? 'cut' : name, call),
    cause,
    isMachineFault: isOfAws(cause),
  });
}

/** Where no connection was made, each address has an error of its own, and together they have no message. */
function wordsOf(cause: unknown): string {
  const { name, message, errors = [] } = cause as Error & { readonly errors?: readonly Error[] };
  return message || errors.map((it) => it.message).join(', ') || name;
}

/** Where nothing answers at an address: that may be one that was given, or one that was made of the name of a Region. */
function unreachedFix(cause: unknown): string | undefined {
  const all = causesOf(cause) as (Error & { readonly code?: string })[];
  if (!all.some(({ code = '' }) => /^(?:ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ENETUNREACH)$/.test(code)))
    return undefined;
  const { AWS_ENDPOINT_URL: endpoint } = process.env;
  if (endpoint !== undefined) return `Correct AWS_ENDPOINT_URL, which is ${endpoint}, or unset it.`;
  return 'Check the network, and the name of the Region.';
}

function fixFor(name: string, call: NamedCall): string {
  const { service, operation, chosenBy: by = IN_CONFIG, caller = 'the role of these credentials' } = call;
  if (isOfCredentials(name)) return signIn(by);
  if (isQuota(name)) return QUOTAS[operation] ?? MORE_OF_QUOTA;
  if (isRefusal(name)) return `Allow ${IAM_PREFIXES[service] ?? service}:${operation} for ${caller}.`;
  if (/Region is missing/.test(name) || name === 'Error') return `Set AWS_REGION, or ${by.region}.`;
  return 'Try again; if it stays, the console of that service says more.';
}

/** What to do where there are no credentials, or none that are valid. */
export const signIn = ({ profile }: Choices = IN_CONFIG): string =>
  `Sign in, or set AWS_PROFILE, or ${profile}; "aws sts get-caller-identity" shows who you are.`;

/** An error, and what led to it. */
export function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const { errors = [] } = error as { readonly errors?: readonly unknown[] };
  return [error, ...[error.cause, ...errors].flatMap(causesOf)];
}

/**
 * Whether an error of the SDK says nothing of what was asked for, but of who asked and on which day: credentials, permissions, a quota
 * that is used up, a busy or failing service, a network.
 */
const isOfAws = (error: unknown): boolean =>
  !isAnswer(error) ||
  isPassing(error) ||
  isOfCredentials((error as Error).name) ||
  isQuota((error as Error).name) ||
  isRefusal((error as Error).name);

const isOfCredentials = (name: string): boolean =>
  /Credential|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|TokenRefreshRequired/.test(name);

/** Of the account: ElastiCache says that the rate of a customer is exceeded where no more shards may be tested on a day. */
const isQuota = (name: string): boolean =>
  /QuotaExceeded|(?<!Request)LimitExceeded|RateForCustomerExceeded/.test(name);

const MORE_OF_QUOTA =
  'Delete what is no longer needed, or ask for more of that quota in the console of Service Quotas.';
/** Where there is no more to be had. */
const QUOTAS: Readonly<Record<string, string>> = {
  TestFailover:
    'An account may test 15 shards in 24 hours: rehearse again when they are over, or take the cache out of drills.failover.',
};

const isRefusal = (name: string): boolean => /AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name);

/** Whether an error of a client says that the caller may not make the call. */
export const isDenied = (error: unknown): boolean =>
  isRefusal(((error as TwinError).cause as Partial<Error> | undefined)?.name ?? '');

/** Whether an error of a client may be gone at the next attempt: a busy or failing service, or a network that lost an answer. */
export function mayPass(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  if (!(cause instanceof Error) || isOfCredentials(cause.name)) return false;
  return !isAnswer(cause) || isPassing(cause);
}

/** An answer that cannot be read, a refusal too: its body was cut short. What could be read has a side that is at fault. */
export const isCut = (error: unknown): boolean => isAnswer(error) && !('$fault' in (error as object));

/** Whether an error is an answer of a service of AWS. */
const isAnswer = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;

/** Whether an answer of a service says that it is busy or fails, or was cut short. */
export function isPassing(error: unknown): boolean {
  const { name, $metadata: { httpStatusCode: status } = {} } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if (status === undefined) return false;
  return isCut(error) || status >= 500 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(name);
}

/** Whether an error of a client says that what was asked for does not exist. */
export function isNotThere(error: unknown): boolean {
  const { name = '', message = '' } = ((error as TwinError).cause ?? {}) as Partial<Error>;
  return /NotFound/.test(name) || (name === 'ValidationError' && /does not exist/.test(message));
}
