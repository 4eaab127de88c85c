import { request } from 'node:http';
import type { HealthCheck } from '../../../blueprint/blueprint';
import type { HostPort } from '../../../probes/context';

/** What a health check found. */
export interface HealthResult {
  readonly passed: boolean;
  /** Such as `GET /health answered 500, expected 200`. */
  readonly result: string;
}

/** Checks once whether a task is healthy. */
export async function checkHealth(
  { host, port }: HostPort,
  { path, timeoutSeconds, matcher }: HealthCheck,
): Promise<HealthResult> {
  const { status, detail } = await statusOf({ host, port }, path, timeoutSeconds * 1000);
  return {
    passed: status !== undefined && matches(status, matcher),
    result: `GET ${path} ${detail}, expected ${matcher}`,
  };
}

/** The status of the answer on a path; the error when there is none. */
function statusOf(
  { host, port }: HostPort,
  path: string,
  timeoutMs: number,
): Promise<{ status?: number; detail: string }> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, detail: `answered ${response.statusCode}` });
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    asked.once('error', (error) => resolve({ detail: `failed (${error.message})` }));
    asked.end();
  });
}

/** Whether a status matches: `200`, `200,204`, `200-299`. */
function matches(status: number, matcher: string): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return status >= from! && status <= to!;
  });
}
