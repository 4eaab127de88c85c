import type { Duplex } from 'node:stream';
import { DatabaseError, Query, type Client, type Connection } from 'pg';
import { TwinError } from '../../../error';
import { DISK_FULL } from './failures';

/** A statement of a script, as psql would run it. */
interface Statement {
  /** The line of its start, from 1. */
  readonly line: number;
  readonly sql: string;
}

/**
 * Runs a script statement by statement, each in its own transaction unless the script says otherwise, as psql does: a dump
 * of `pg_dump` works, of any size. Stops at the first error.
 *
 * @param chunks - the text, in parts of any size
 * @param file - for messages
 * @throws TwinError `seed`
 */
export async function runScript(client: Client, chunks: AsyncIterable<string>, file: string): Promise<void> {
  const script = new Script(chunks, file);
  for (let next = await script.next(); next; next = await script.next()) {
    const { line, sql } = next;
    const isCopy = /^copy\b[^;]*\bfrom\s+stdin\b/i.test(sql);
    const rowsAt = isCopy ? await script.skipLine() : line;
    try {
      await (isCopy ? copyRows(client, sql, script.rows()) : client.query(sql));
    } catch (error) {
      // Errors that the script does not cause are explained elsewhere: a full disk, a server that ends.
      if (!(error instanceof DatabaseError) || error.code === DISK_FULL) throw error;
      throw seedFailed(file, lineOf(next, rowsAt, error), error);
    }
  }
}

/** The text of a script, of which only what is needed for the next statement is in memory. */
class Script {
  private readonly chunks: AsyncIterator<string>;
  private text = '';
  /** The line at which the text begins. */
  private line = 1;
  private isWhole = false;

  constructor(
    chunks: AsyncIterable<string>,
    private readonly file: string,
  ) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next statement; undefined at the end. */
  async next(): Promise<Statement | undefined> {
    for (;;) {
      const found = firstStatement(this.text, this.isWhole);
      if (found) {
        const { begin, end } = found;
        this.drop(begin);
        const line = this.line;
        const sql = this.text.slice(0, end - begin);
        this.drop(end - begin);
        if (!sql.startsWith('\\')) return { line, sql };
        this.checkCommand(sql.trim(), line);
      } else if (!(await this.more())) return undefined;
    }
  }

  /** Skips the rest of a line. @returns the number of the next one */
  async skipLine(): Promise<number> {
    while (!this.text.includes('\n') && (await this.more()));
    this.drop(after(this.text, '\n', 0));
    return this.line;
  }

  /** The lines up to one with `\.` alone, in parts of whole lines. */
  async *rows(): AsyncGenerator<string> {
    for (;;) {
      const lines = this.isWhole ? this.text : this.text.slice(0, this.text.lastIndexOf('\n') + 1);
      const end = /^\\\.\r?$/m.exec(lines)?.index;
      yield lines.slice(0, end);
      if (end !== undefined) this.drop(after(lines, '\n', end));
      else this.drop(lines.length);
      if (end !== undefined || !(await this.more())) return;
    }
  }

  /** Reads as much again as there is: a long statement is not searched anew for every part of it. @returns false at the end */
  private async more(): Promise<boolean> {
    if (this.isWhole) return false;
    const parts = [this.text];
    for (let wanted = Math.max(this.text.length, 1); wanted > 0;) {
      const { value, done } = await this.chunks.next();
      if (done) this.isWhole = true;
      if (done) break;
      parts.push(value);
      wanted -= value.length;
    }
    this.text = parts.join('');
    return true;
  }

  private drop(length: number): void {
    this.line += lineAt(this.text, length) - 1;
    this.text = this.text.slice(length);
  }

  /** @throws TwinError for a command that only psql knows */
  private checkCommand(command: string, line: number): void {
    // Written by pg_dump as a protection against injected commands.
    if (/^\\(un)?restrict\b/.test(command)) return;
    throw new TwinError({
      code: 'seed',
      message: `${this.file}:${line} has the command "${command}", which only psql knows`,
      fix: 'Remove it: a seed holds SQL alone.',
    });
  }
}

/**
 * The first statement of a text, which ends at a semicolon that is not in a text, a comment or the body of a function, or the
 * line of a command of psql, which begins with a backslash.
 *
 * @param isWhole - whether nothing follows the text: then its last statement needs no semicolon
 * @returns undefined when the text has no complete statement
 */
export function firstStatement(
  script: string,
  isWhole: boolean,
): { readonly begin: number; readonly end: number } | undefined {
  let begin: number | undefined;
  let depth = 0;
  for (let at = 0; at < script.length;) {
    const end = tokenEnd(script, at);
    const token = script.slice(at, end);
    if (begin === undefined && token.startsWith('\\')) {
      const line = after(script, '\n', at);
      return line < script.length || isWhole ? { begin: at, end: line } : undefined;
    }
    depth += nesting(token, script, begin, depth);
    if (token === ';' && depth <= 0 && begin !== undefined) return { begin, end };
    if (begin === undefined && token !== ';' && !/^(\s|--|\/\*)/.test(token)) begin = at;
    at = end;
  }
  return begin !== undefined && isWhole ? { begin, end: script.length } : undefined;
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

class CopyQuery extends Query {
  private isOver = false;

  constructor(
    sql: string,
    private readonly input: AsyncIterable<string>,
    private readonly done: (error: Error | null) => void,
  ) {
    super(sql, (error: Error | null) => {
      this.isOver = true; // after an error the server takes no more rows
      done(error);
    });
  }

  /** Called by pg when the server waits for rows. */
  handleCopyInResponse(connection: CopyConnection): void {
    this.send(connection).catch(this.done);
  }

  private async send(connection: CopyConnection): Promise<void> {
    const { stream } = connection;
    for await (const part of this.input) {
      if (this.isOver || !stream.writable) return;
      connection.sendCopyFromChunk(Buffer.from(part));
      if (stream.writableNeedDrain) await drained(stream);
    }
    connection.endCopyFrom();
  }
}

/** Waits until a stream takes more, or is closed. */
function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.off('drain', go).off('close', go);
      resolve();
    };
    stream.on('drain', go).on('close', go);
  });
}

/** The members of pg's connection that its types lack. */
interface CopyConnection extends Connection {
  readonly stream: Duplex;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

function copyRows(client: Client, sql: string, rows: AsyncIterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyQuery(sql, rows, (error) => (error ? reject(error) : resolve())));
  });
}

function lineOf({ line, sql }: Statement, rowsAt: number, { position, where }: DatabaseError): number {
  const row = /^COPY .*, line (\d+)/.exec(where ?? '')?.[1];
  if (row !== undefined) return rowsAt + Number(row) - 1;
  return line + lineAt(sql, position === undefined ? 0 : Number(position) - 1) - 1;
}

/** The line of an offset, from 1. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function seedFailed(file: string, line: number, cause: DatabaseError): TwinError {
  const { message } = cause;
  return new TwinError({
    code: 'seed',
    message: `${file}:${line}: ${message}`,
    fix: seedFix(message),
    cause,
  });
}

/** What to do about an error of PostgreSQL in a seed. */
export const seedFix = (message: string): string =>
  /^extension .* is not available$/.test(message)
    ? 'Leave it out, or rehearse on AWS: only the extensions that come with PostgreSQL itself are here.'
    : 'Correct that line; create dumps with "pg_dump --no-owner --no-privileges".';
