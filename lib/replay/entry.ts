/** A request as a log has it. It holds personal data: it stays in this room, and what leaves it is made from templates. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  /** Undefined where the log has none. */
  readonly status: number | undefined;
}

/** The path and the query of what a request names, which may be a whole URL; undefined where it is neither. */
export function targetOf(named: string): string | undefined {
  const origin = /^[a-z]+:\/\/[^/?#\s]*/i.exec(named)?.[0] ?? '';
  const [target = ''] = named.slice(origin.length).split('#');
  if (target.startsWith('/')) return target;
  if (origin === '') return undefined;
  return `/${target}`;
}

/** The method and the target of the first line of a request, such as `GET /orders/7 HTTP/1.1`; undefined where it is none. */
export function requestLine(text: string): Pick<LogEntry, 'method' | 'target'> | undefined {
  const [, method, named] = /^([A-Z]{3,20}) (\S+)(?: HTTP\/[\d.]+)?$/.exec(text) ?? [];
  const target = named === undefined ? undefined : targetOf(named);
  return method === undefined || target === undefined ? undefined : { method, target };
}

/** The status of an answer; undefined for anything else. */
export function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && value !== '' ? Number(value) : value;
  const isOne = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599;
  return isOne ? status : undefined;
}
