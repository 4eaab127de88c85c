import type { Action, LoadBalancer } from '../../../blueprint/load-balancing';
import type { RoutedRequest } from './routing';

/** Where each listener of a load balancer is on this machine, by the protocol and the port that clients use on AWS. */
export type ListenerUrls = (protocol: string, port: number) => string | undefined;

/**
 * The `Location` of a redirect. One to a listener of the same load balancer leads to that listener here.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
 *
 * @param from - the protocol and the port of the listener that got the request
 * @param authority - the host and the port that the client used
 */
export function locationOf(
  action: Extract<Action, { kind: 'redirect' }>,
  { host, path, query }: RoutedRequest,
  from: Pick<LoadBalancer['listeners'][number], 'protocol' | 'port'>,
  urlOf: ListenerUrls,
): string {
  const filled = (text: string): string =>
    text
      .replaceAll('#{protocol}', from.protocol)
      .replaceAll('#{host}', host)
      .replaceAll('#{port}', String(from.port))
      .replaceAll('#{path}', path.replace(/^\//, ''))
      .replaceAll('#{query}', query);
  const protocol = filled(action.protocol).toLowerCase();
  const port = filled(action.port);
  const to = filled(action.host);
  const search = filled(action.query);
  const rest = `${filled(action.path)}${search === '' ? '' : `?${search}`}`;
  const here = to === host ? urlOf(protocol, Number(port)) : undefined;
  return `${here ?? `${protocol}://${to}${isUsual(protocol, port) ? '' : `:${port}`}`}${rest}`;
}

const isUsual = (protocol: string, port: string): boolean => port === (protocol === 'https' ? '443' : '80');
