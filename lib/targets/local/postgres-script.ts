import { DatabaseError, Query, type Client, type Connection } from 'pg';
import { TwinError } from '../../error';
import { DISK_FULL } from './postgres-failures';

/** A statement of a script, as psql would run it. */
export interface Statement {
  /** The offset of its start. */
  readonly offset: number;
  readonly sql: string;
  /** The rows after `COPY ... FROM stdin`, with their offset. */
  readonly rows?: { readonly offset: number; readonly text: string };
}

/**
 * Runs a script statement by statement, each in its own transaction unless the script says otherwise, as psql does: a dump
 * of `pg_dump` works. Stops at the first error.
 *
 * @param file - for messages
 * @throws TwinError `seed`
 */
export async function runScript(client: Client, script: string, file: string): Promise<void> {
  for (const statement of statementsOf(script, file)) {
    try {
      await (statement.rows === undefined
        ? client.query(statement.sql)
        : copyRows(client, statement.sql, statement.rows.text));
    } catch (error) {
      // Errors that the script does not cause are explained elsewhere: a full disk, a server that ends.
      if (!(error instanceof DatabaseError) || error.code === DISK_FULL) throw error;
      throw seedFailed(file, lineOf(script, statement, error), error);
    }
  }
}

/** Splits a script at its semicolons, except those in texts, comments and bodies of functions. */
export function* statementsOf(script: string, file: string): Generator<Statement> {
  let begin: number | undefined;
  let depth = 0;
  for (let at = 0; at < script.length;) {
    const end = tokenEnd(script, at);
    const token = script.slice(at, end);
    if (begin === undefined && token.startsWith('\\')) {
      at = afterCommand(script, at, file);
      continue;
    }
    depth += nesting(token, script, begin, depth);
    if (token === ';' && depth <= 0 && begin !== undefined) {
      const statement = statementAt(script, begin, end);
      yield statement;
      at = statement.rows ? afterRows(script, statement.rows) : end;
      begin = undefined;
      depth = 0;
      continue;
    }
    if (begin === undefined && token !== ';' && !/^(\s|--|\/\*)/.test(token)) begin = at;
    at = end;
  }
  if (begin !== undefined) yield { offset: begin, sql: script.slice(begin) };
}

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const SPACE = /\s+/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/** The end of the token that starts at an offset. */
function tokenEnd(script: string, at: number): number {
  const char = script[at]!;
  if (char === "'") return stringEnd(script, at, false);
  if (/[eE]/.test(char) && script[at + 1] === "'") return stringEnd(script, at + 1, true);
  // A doubled quote reads as two adjacent texts, with the same result.
  if (char === '"') return after(script, '"', at + 1);
  if (script.startsWith('--', at)) return after(script, '\n', at);
  if (script.startsWith('/*', at)) return commentEnd(script, at);
  const dollar = match(DOLLAR, script, at);
  if (dollar !== undefined) return after(script, dollar, at + dollar.length);
  return at + (match(WORD, script, at) ?? match(SPACE, script, at) ?? char).length;
}

function match(pattern: RegExp, script: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(script)?.[0];
}

function after(script: string, end: string, from: number): number {
  const index = script.indexOf(end, from);
  return index < 0 ? script.length : index + end.length;
}

function stringEnd(script: string, quote: number, hasEscapes: boolean): number {
  if (!hasEscapes) return after(script, "'", quote + 1);
  let at = quote + 1;
  while (at < script.length) {
    if (script[at] === '\\' || script.startsWith("''", at)) at += 2;
    else if (script[at++] === "'") return at;
  }
  return script.length;
}

/** Comments nest. */
function commentEnd(script: string, begin: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = begin;
  let depth = 0;
  for (let found = edge.exec(script); found; found = edge.exec(script)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return script.length;
}

/** The nesting of parentheses (rules) and of `begin atomic ... end` (function bodies), where semicolons end nothing. */
function nesting(token: string, script: string, begin: number | undefined, depth: number): number {
  if (token === '(') return 1;
  if (token === ')') return -1;
  if (begin === undefined || !/^(begin|case|end)$/i.test(token)) return 0;
  if (!/^create\s+(or\s+replace\s+)?(function|procedure)\b/i.test(script.slice(begin, begin + 60))) return 0;
  if (/^begin$/i.test(token)) return 1;
  if (depth === 0) return 0;
  return /^case$/i.test(token) ? 1 : -1;
}

function statementAt(script: string, offset: number, end: number): Statement {
  const sql = script.slice(offset, end);
  if (!/^copy\b[^;]*\bfrom\s+stdin\b/i.test(sql)) return { offset, sql };
  const rows = after(script, '\n', end);
  return { offset, sql, rows: { offset: rows, text: script.slice(rows, rowsEnd(script, rows)) } };
}

/** The end of the rows: a line with `\.` alone. */
function rowsEnd(script: string, from: number): number {
  const last = /^\\\.\r?$/gm;
  last.lastIndex = from;
  return last.exec(script)?.index ?? script.length;
}

const afterRows = (script: string, { offset, text }: { offset: number; text: string }): number =>
  after(script, '\n', offset + text.length);

/** Skips a command of psql, which begins with a backslash. */
function afterCommand(script: string, at: number, file: string): number {
  const end = after(script, '\n', at);
  const command = script.slice(at, end).trim();
  // Written by pg_dump as a protection against injected commands.
  if (/^\\(un)?restrict\b/.test(command)) return end;
  throw new TwinError({
    code: 'seed',
    message: `${file}:${lineAt(script, at)} has the command "${command}", which only psql knows`,
    fix: 'Remove it: a seed holds SQL alone.',
  });
}

class CopyQuery extends Query {
  constructor(
    sql: string,
    private readonly input: string,
    done: (error: Error | null) => void,
  ) {
    super(sql, done);
  }

  /** Called by pg when the server waits for rows. */
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.input));
    connection.endCopyFrom();
  }
}

/** The methods of pg's connection that its types lack. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

function copyRows(client: Client, sql: string, rows: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyQuery(sql, rows, (error) => (error ? reject(error) : resolve())));
  });
}

function lineOf(script: string, { offset, rows }: Statement, { position, where }: DatabaseError): number {
  const row = /^COPY .*, line (\d+)/.exec(where ?? '')?.[1];
  if (rows && row !== undefined) return lineAt(script, rows.offset) + Number(row) - 1;
  return lineAt(script, offset + (position === undefined ? 0 : Number(position) - 1));
}

const lineAt = (script: string, offset: number): number => script.slice(0, offset).split('\n').length;

function seedFailed(file: string, line: number, cause: Error): TwinError {
  return new TwinError({
    code: 'seed',
    message: `${file}:${line}: ${cause.message}`,
    fix: 'Correct that line; create dumps with "pg_dump --no-owner --no-privileges".',
    cause,
  });
}
