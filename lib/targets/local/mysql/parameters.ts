import type { Connection, RowDataPacket } from 'mysql2/promise';
import { valueOf, type Variables } from '../sql/formula';
import { REASONS as SHARED, RefusedParameters } from '../sql/refused-parameters';
import { literalOf, type MysqlNode, type NodeParameters } from './node';
import { isOwnSetting } from './settings';

/** What the parameter groups of a member say, and how much one of them may take. */
export interface ParametersProps {
  readonly said: Readonly<Record<string, string>>;
  readonly variables: Variables;
  /** In bytes. */
  readonly memoryShare: number;
}

/** What of the parameter groups is applied here. */
export interface AppliedParameters extends NodeParameters {
  /** What is not, and why, each in one sentence. */
  readonly notes: readonly string[];
}

/**
 * Asks a running server which of the parameters it knows and takes: it has the last word on names, units and ranges.
 *
 * @param connection - of the superuser; what is set ends with the server
 */
export async function applicable(
  connection: Connection,
  node: MysqlNode,
  { said, variables, memoryShare }: ParametersProps,
): Promise<AppliedParameters> {
  const refused = new RefusedParameters(REASONS);
  const [fixed, dynamic]: Record<string, string>[] = [{}, {}];
  for (const [name, text] of Object.entries(said)) {
    const value = valueOf(text, variables);
    if (name === 'max_connections') continue;
    const before = /^\w+$/.test(name) ? await current(connection, name) : undefined;
    if (before === undefined) refused.add('unknown', name);
    else if (isOwnSetting(node, name)) refused.add('own', name);
    else if (value === undefined) refused.add('formula', `${name} (${text})`);
    else if (isMemory(name, before, memoryShare) && Number(value) > memoryShare)
      refused.add('memory', `${name} (${text})`);
    else {
      const answer = await tried(connection, name, value);
      if (answer === 'taken') dynamic![name] = value;
      else if (answer === 'fixed') fixed![name] = value;
      else refused.add('invalid', `${name} (${answer.reason})`);
    }
  }
  return { fixed: fixed!, dynamic: dynamic!, notes: refused.sentences() };
}

/** The value that the server has by itself; undefined where it does not know the parameter. */
async function current(connection: Connection, name: string): Promise<string | undefined> {
  const [[row]] = await connection.query<RowDataPacket[]>('show global variables where variable_name = ?', [
    name,
  ]);
  return row && String(row['Value']);
}

/**
 * Whether a parameter is memory that a server takes. Neither engine says what a parameter counts: their tables have ranges, and no
 * units. So its name has to do; but what is larger already than this machine permits is a limit, of rows or of files, and no memory.
 */
const isMemory = (name: string, before: string, memoryShare: number): boolean =>
  /size|memory/.test(name) && !(Number(before) > memoryShare);

/** What a server says to a value: those that cannot be set while it runs are set when it starts. */
async function tried(
  connection: Connection,
  name: string,
  value: string,
): Promise<'taken' | 'fixed' | { readonly reason: string }> {
  try {
    await connection.query(`set global ${name} = ${literalOf(value)}`);
    return 'taken';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ER_INCORRECT_GLOBAL_LOCAL_VAR') return 'fixed';
    if (!code?.startsWith('ER_')) throw error;
    return { reason: message };
  }
}

const REASONS = {
  unknown: 'the server here does not have these parameters of its parameter groups, which are not applied',
  ...SHARED,
  invalid: 'the server here does not take these parameters, which stay at their defaults',
} as const;
