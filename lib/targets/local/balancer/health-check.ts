import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestTls } from 'node:https';
import { connect } from 'node:net';
import type { TargetGroup } from '../../../blueprint/load-balancing';
import type { HostPort } from '../../../probes/context';

/** What a health check found. */
export interface HealthResult {
  readonly passed: boolean;
  /** Such as `GET /health answered 500, expected 200`. */
  readonly result: string;
}

/** Checks once whether a target is healthy. */
export async function checkHealth(
  { host, port: traffic, healthPort }: HostPort & { readonly healthPort?: number },
  group: Pick<TargetGroup, 'healthCheck' | 'protocolVersion'>,
): Promise<HealthResult> {
  const { protocol, port: declared = traffic, path, timeoutSeconds, matcher } = group.healthCheck;
  const timeoutMs = timeoutSeconds * 1000;
  const port = healthPort ?? declared;
  const what = { host, port, path, timeoutMs };
  if (protocol === 'TCP') {
    const fault = await connection(what);
    return { passed: fault === undefined, result: `a connection to port ${port} ${fault ?? 'was accepted'}` };
  }
  const isGrpc = group.protocolVersion === 'GRPC';
  const { status, detail } = await (group.protocolVersion === 'HTTP1'
    ? overHttp1(what, protocol === 'HTTPS')
    : overHttp2(what, isGrpc));
  return {
    passed: status !== undefined && matches(status, matcher),
    result: `${isGrpc ? 'gRPC' : 'GET'} ${path} ${detail}, expected ${matcher}`,
  };
}

interface Question extends HostPort {
  readonly path: string;
  readonly timeoutMs: number;
}

interface Reply {
  readonly status?: number;
  readonly detail: string;
}

const late = (timeoutMs: number): Error => new Error(`no answer in ${timeoutMs / 1000} s`);
const failed = (error: Error): Reply => ({ detail: `failed (${error.message})` });

/** The status of the answer on a path; the error when there is none. */
function overHttp1({ host, port, path, timeoutMs }: Question, isTls: boolean): Promise<Reply> {
  return new Promise((resolve) => {
    const options = { host, port, path, agent: false, timeout: timeoutMs, headers: AGENT };
    const asked = isTls ? requestTls({ ...options, rejectUnauthorized: false }) : request(options);
    asked.once('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode!, detail: `answered ${response.statusCode}` });
    });
    asked.once('timeout', () => asked.destroy(late(timeoutMs)));
    asked.once('error', (error) => resolve(failed(error)));
    asked.end();
  });
}

/** The same over HTTP/2: of gRPC the status of an empty call. */
function overHttp2({ host, port, path, timeoutMs }: Question, isGrpc: boolean): Promise<Reply> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://${host}:${port}`);
    const done = (reply: Reply): void => {
      resolve(reply);
      session.destroy();
    };
    session.once('error', (error) => done(failed(error)));
    session.setTimeout(timeoutMs, () => done(failed(late(timeoutMs))));
    const call = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ':path': path, ...AGENT, ...(isGrpc && call) });
    stream.once('error', (error) => done(failed(error)));
    const says = (headers: Readonly<Record<string, unknown>>): void => {
      const status = Number(headers[isGrpc ? 'grpc-status' : ':status']);
      if (!Number.isNaN(status)) done({ status, detail: `answered ${status}` });
    };
    stream.once('response', says).once('trailers', says);
    stream.once('end', () => done({ detail: 'answered without a status' }));
    stream.resume();
    stream.end(isGrpc ? EMPTY_MESSAGE : undefined);
  });
}

/** Why a connection could not be made; undefined when it could. */
function connection({ host, port, timeoutMs }: Question): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    socket.once('connect', () => {
      resolve(undefined);
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(late(timeoutMs)));
    socket.once('error', (error) => resolve(failed(error).detail));
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
const AGENT = { 'user-agent': 'ELB-HealthChecker/2.0' } as const;
/** Not compressed, of length 0. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/** Whether a status matches: `200`, `200,204`, `200-299`. */
function matches(status: number, matcher: string): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return status >= from! && status <= to!;
  });
}
