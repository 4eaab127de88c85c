import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Listener } from '../../../blueprint/blueprint';
import type { LoadBalancer } from '../../../blueprint/load-balancing';

/** The addresses that `X-Forwarded-For` may have: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
const MOST_ADDRESSES = 30;

/** Whether a request went through more proxies than a load balancer accepts. */
export const hasTooManyAddresses = ({ 'x-forwarded-for': before = '' }: IncomingHttpHeaders): boolean =>
  String(before).split(',').length > MOST_ADDRESSES;

/**
 * The headers of a request as a load balancer forwards them: its own beside those of the client, of which only what concerns
 * the client's connection is left out. `Host` stays as it is.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  client: string,
  { protocol, port }: Listener,
  forwardedFor: LoadBalancer['forwardedFor'],
): OutgoingHttpHeaders {
  const { connection: _, 'keep-alive': __, 'x-forwarded-for': before, ...others } = headers;
  const names = Object.entries(others).filter(([name]) => !name.startsWith(':'));
  const addresses = forwardedFor === 'append' ? [before, client].filter(Boolean).join(', ') : before;
  return {
    ...Object.fromEntries(names),
    ...(forwardedFor !== 'remove' && addresses !== undefined && { 'x-forwarded-for': addresses }),
    'x-forwarded-proto': protocol,
    'x-forwarded-port': String(port),
    'x-amzn-trace-id': traceOf(headers['x-amzn-trace-id']),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
function traceOf(given: string | string[] | undefined): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const own = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  if (given === undefined) return `Root=${own}`;
  const text = String(given);
  return text.includes('Root=') ? `Self=${own};${text}` : `Root=${own};${text}`;
}
