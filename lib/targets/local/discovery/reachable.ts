import type { DiscoveryName } from '../../../blueprint/discovery';

/** A name that a task finds, and where it leads on this machine. */
export interface ReachableName extends Pick<DiscoveryName, 'name' | 'port'> {
  readonly address: string;
  /** The port of this machine: another one where that of the name is taken, or reserved for root. */
  readonly localPort: number;
}

/** Variables whose names of other services are replaced by their addresses. */
export const withAddresses = (
  environment: Readonly<Record<string, string>>,
  names: readonly ReachableName[],
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => [
      variable,
      withAddress(value, names, HOST.test(variable)),
    ]),
  );

/** A variable whose whole value is the name of a host. */
const HOST = /(HOST|HOSTNAME|ADDR|ADDRESS|ENDPOINT|SERVER|UPSTREAM)$/i;

/**
 * A text whose names of other services are replaced by their addresses. A name without a dot may be any word: it is one where a
 * port of it follows, or where it stands in the place of a host.
 *
 * @param isHost - whether the whole text is the name of a host, if it is a name
 */
export function withAddress(text: string, names: readonly ReachableName[], isHost = false): string {
  return [...new Set(names.map(({ name }) => name))].reduce((before, name) => {
    const own = names.filter((it) => it.name === name);
    const { address } = own[0]!;
    const pattern = new RegExp(`(?<![\\w.-])${escaped(name)}(?::(\\d+))?(?![\\w-]|\\.\\w)`, 'gi');
    return before.replaceAll(pattern, (whole, named: string | undefined, offset: number) => {
      const port = named ?? usualPort(before.slice(0, offset));
      const known = own.find((it) => String(it.port) === port);
      const inPlaceOfHost = /(\/\/|@)$/.test(before.slice(0, offset)) || (isHost && before === whole);
      if (!name.includes('.') && !inPlaceOfHost && !(named !== undefined && known)) return whole;
      const only = port === undefined && own.length === 1 ? own[0] : known;
      if (only && only.localPort !== only.port) return `${address}:${only.localPort}`;
      return named === undefined ? address : `${address}:${named}`;
    });
  }, text);
}

/** The port of a URL that names none. @param before - what stands before its host */
function usualPort(before: string): string | undefined {
  const [, secure] = /(?:http|ws)(s?):\/\/(?:[^/\s]*@)?$/i.exec(before) ?? [];
  return secure === undefined ? undefined : secure === '' ? '80' : '443';
}

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
