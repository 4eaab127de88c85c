import type { Container } from '../../../blueprint/blueprint';

/** The ports of a task on this machine, by those that its containers declare: tasks share a machine here. */
export type Ports = ReadonlyMap<number, number>;

/**
 * The variables of a container in a task: its own, of which those that name a port or an address of the task lead to where that
 * is here, and the ones by which a program learns where to listen.
 *
 * @param environment - its own variables, resolved
 */
export function variablesOf(
  { port }: Pick<Container, 'port'>,
  environment: Readonly<Record<string, string>>,
  host: string,
  ports: Ports,
): Record<string, string> {
  const here = Object.entries(environment).map(([name, value]): [string, string] => {
    const own = namesOwnPort(name, environment) ? ports.get(Number(value)) : undefined;
    return [name, own === undefined ? withLocalPorts(value, host, ports) : String(own)];
  });
  const own = port === undefined ? undefined : ports.get(port);
  return {
    ...Object.fromEntries(here),
    HOST: host,
    ...(own !== undefined && { PORT: String(own) }),
  };
}

/** Whether a variable names a port of the task: not where one beside it names another address of the environment, as `ORDERS_HOST` does for `ORDERS_PORT`. */
function namesOwnPort(name: string, environment: Readonly<Record<string, string>>): boolean {
  const prefix = /^(.*)PORT$/.exec(name)?.[1];
  if (prefix === undefined) return false;
  const hosts = ['HOST', 'HOSTNAME', 'ADDRESS'].map((it) => environment[`${prefix}${it}`] ?? '');
  return !hosts.some((it) => /^127\.(?!0\.0\.1$)[\d.]+$/.test(it));
}

/** A text in which `localhost:8080` leads to where that container of the task is here. */
export const withLocalPorts = (text: string, host: string, ports: Ports): string =>
  text.replaceAll(/\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)\b/g, (whole, declared: string) => {
    const port = ports.get(Number(declared));
    return port === undefined ? whole : `${host}:${port}`;
  });
