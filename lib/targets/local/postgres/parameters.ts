import { existsSync } from 'node:fs';
import { DatabaseError, escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { libraryOf, PRELOADED } from './extensions';
import { isOn } from '../sql/declared';
import { valueOf, type Variables } from '../sql/formula';
import { REASONS as SHARED, RefusedParameters } from '../sql/refused-parameters';
import { isOwnSetting, PRELOADING } from './settings';

/** What the parameter groups of a member say, and what the server is asked with. */
export interface ParametersProps {
  readonly said: Readonly<Record<string, string>>;
  readonly variables: Variables;
  /** How much memory one setting may take, in bytes. */
  readonly memoryShare: number;
  /** The folder of PostgreSQL. */
  readonly installation: string;
}

/** What of the parameter groups is applied here. */
export interface AppliedParameters {
  readonly settings: Readonly<Record<string, string>>;
  /** What is not, and why, each in one sentence. */
  readonly notes: readonly string[];
}

/** What is applied where no parameter group says anything: what Aurora and RDS preload. */
export const defaultParameters = (installation: string): AppliedParameters => ({
  settings: { [PRELOADING]: existsSync(libraryOf(installation, PRELOADED)) ? PRELOADED : '' },
  notes: [],
});

/** By which Amazon RDS has the WAL say what logical replication needs. */
const LOGICAL = 'rds.logical_replication';

/** Parameters that are respected in another way than as a setting. */
const RESPECTED = new Set(['max_connections', 'rds.force_ssl', LOGICAL]);

/**
 * Asks a running server which of the parameters it knows and takes: it has the last word on names, units and ranges.
 *
 * @param client - a session of the superuser; what it sets is reset
 */
export async function applicable(client: Client, props: ParametersProps): Promise<AppliedParameters> {
  const refused = new RefusedParameters(REASONS);
  const settings: Record<string, string> = { ...defaultParameters(props.installation).settings };
  const entries = Object.entries(props.said).filter(([name]) => !RESPECTED.has(name.toLowerCase()));
  if (isOn(props.said[LOGICAL])) settings['wal_level'] = 'logical';
  await loadLibraries(client, props, settings, refused);
  const known = await knownSettings(client, entries.map(([name]) => name)); // prettier-ignore
  for (const [name, text] of entries) {
    if (name.toLowerCase() === PRELOADING) continue;
    const setting = known.get(name.toLowerCase());
    const value = valueOf(text, props.variables);
    if (setting === undefined) refused.add('unknown', name);
    else if (isOwnSetting(name) || setting.context === 'internal') refused.add('own', name);
    else if (value === undefined) refused.add('formula', `${name} (${text})`);
    else if (bytesOf(setting, value) > props.memoryShare) refused.add('memory', `${name} (${text})`);
    else {
      const reason = await whyNotTaken(client, name, value);
      if (reason === undefined) settings[name.toLowerCase()] = value;
      else refused.add('invalid', `${name} (${reason})`);
    }
  }
  return { settings, notes: refused.sentences() };
}

/** The libraries that the groups preload, without those that are not here; loaded, so that their own settings are known. */
async function loadLibraries(
  client: Client,
  { said, installation }: ParametersProps,
  settings: Record<string, string>,
  refused: RefusedParameters<keyof typeof REASONS>,
): Promise<void> {
  const text = Object.entries(said).find(([name]) => name.toLowerCase() === PRELOADING)?.[1];
  if (text === undefined) return;
  const names = text.split(',').map((it) => it.trim()).filter((it) => it !== ''); // prettier-ignore
  const here = names.filter((name) => /^\w+$/.test(name) && existsSync(libraryOf(installation, name)));
  for (const name of names.filter((it) => !here.includes(it))) refused.add('library', name);
  for (const name of here) await client.query(`load ${escapeLiteral(name)}`);
  settings[PRELOADING] = here.join(',');
}

/** A setting as the server describes it. */
interface Setting {
  readonly context: string;
  readonly category: string;
  /** What one of its value is, in bytes; null where it is no memory. */
  readonly bytes: string | null;
}

async function knownSettings(
  client: Client,
  names: readonly string[],
): Promise<ReadonlyMap<string, Setting>> {
  const { rows } = await client.query<Setting & { readonly name: string }>(
    `select lower(name) as name, context, category,
      case when unit ~ 'B$' then pg_size_bytes(case when unit ~ '^\\d' then unit else '1' || unit end) end as bytes
    from pg_settings where lower(name) = any($1)`,
    [names.map((name) => name.toLowerCase())],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

/** How much memory a setting takes: 0 where it is none that a server takes. */
function bytesOf({ category, context, bytes }: Setting, value: string): number {
  const isTaken = category === 'Resource Usage / Memory' || context === 'postmaster';
  const number = Number(value);
  return isTaken && bytes !== null && number > 0 ? number * Number(bytes) : 0;
}

/** Why the server does not take a value, in its words; undefined where it does. */
async function whyNotTaken(client: Client, name: string, value: string): Promise<string | undefined> {
  try {
    const quoted = name.split('.').map(escapeIdentifier).join('.');
    await client.query(`alter system set ${quoted} to ${escapeLiteral(value)}`);
    await client.query('alter system reset all');
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return error.message;
  }
}

const REASONS = {
  unknown: 'PostgreSQL itself does not have these parameters of its parameter groups, which are not applied',
  ...SHARED,
  invalid: 'PostgreSQL here does not take these parameters, which stay at their defaults',
  library: 'these libraries of shared_preload_libraries are not on this machine, and are not loaded',
} as const;
