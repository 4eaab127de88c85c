import { randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Listener } from '../../../blueprint/blueprint';

/**
 * The headers of a request as a load balancer forwards them: its own beside those of the client, of which only what concerns
 * the client's connection is left out. `Host` stays as it is.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function forwardedHeaders(
  { headers, socket }: IncomingMessage,
  { protocol, port }: Listener,
): OutgoingHttpHeaders {
  const { connection: _, 'keep-alive': __, 'x-forwarded-for': before, ...others } = headers;
  return {
    ...others,
    'x-forwarded-for': [before, socket.remoteAddress].filter(Boolean).join(', '),
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
