import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IAM_PREFIXES } from '../../lib/targets/aws/failed-call';

const FOLDER = 'lib/targets/aws';

/** What IAM calls a service. */
const PREFIXES = IAM_PREFIXES;

/** The packages of the SDK's clients, by the names that `Clients.for` takes: as clients.ts loads them. */
function packages(): ReadonlyMap<string, string> {
  const text = readFileSync(join(FOLDER, 'clients.ts'), 'utf8');
  const entries = text.matchAll(/^ {2}'?([\w-]+)'?: \(\) =>[^]*?require\('(@aws-sdk\/client-[\w-]+)'\)/gm);
  return new Map([...entries].map(([, name, from]) => [name!, from!]));
}

/** The methods of each client that are calls, such as `describeStacks`. */
function operations(): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...packages()].map(([service, from]) => {
      const exported = Object.keys(require(from) as object);
      const commands = exported.filter((it) => it.endsWith('Command') && it !== '$Command');
      return [service, new Set(commands.map((it) => it.slice(0, -'Command'.length)))];
    }),
  );
}

/**
 * Every call that the AWS target makes, as an action of IAM, with the files that make it. A call is a method by the name of an
 * operation of a client; whose client it is, the file says where it takes one, and otherwise it may be any that has the operation.
 */
export function callsOfTheTarget(): ReadonlyMap<string, readonly string[]> {
  const known = operations();
  const calls = new Map<string, string[]>();
  for (const file of readdirSync(FOLDER).filter((it) => it.endsWith('.ts'))) {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const taken = new Set([...text.matchAll(/\.for\(\s*'([\w-]+)'/g)].map(([, service]) => service!));
    for (const [, method] of text.matchAll(/\.(\w+)\(/g)) {
      const operation = method![0]!.toUpperCase() + method!.slice(1);
      const able = [...known].filter(([, names]) => names.has(operation)).map(([service]) => service);
      const own = able.filter((service) => taken.has(service));
      for (const service of own.length > 0 ? own : able) {
        const action = `${PREFIXES[service] ?? service}:${operation}`;
        calls.set(action, [...new Set([...(calls.get(action) ?? []), file])]);
      }
    }
  }
  return calls;
}
