import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { TwinError, type ErrorCode } from '../error';
import { isObject } from '../json';
import { whereJsonEnds } from './json-syntax';
import { parseJsonTemplate } from './json-template';
import { mistakenText, notATemplate } from './not-a-template';
import { fewOf, type Note } from './notes';
import { parseYaml } from './yaml-template';

const MIB = 1024 * 1024;
/** Larger files are refused before they are read: CloudFormation accepts no template of more than 1 MB. */
const MAX_MIB = 64;
/** Parsing YAML takes a second or more for a MiB. */
const MAX_YAML_MIB = 8;

/**
 * Reads a template: JSON, or YAML with CloudFormation's short intrinsics (`!Ref`, `!GetAtt` and the like), which become
 * their long forms. Whether it is a template at all is for `modelOf` to say.
 *
 * @param note - takes what a person must know of what was read. @default - nobody is told
 * @throws TwinError `missing-file`, `not-a-file`, `unreadable-file`, `empty-file`, `large-file`, `not-text`, `malformed-file`,
 * `template` for what is neither JSON nor YAML, but known
 */
export async function readTemplate(file: string, note: Note = () => {}): Promise<unknown> {
  const few = fewOf(file, note);
  const read = await parseTemplate(file, readText(file), few.note);
  const template = await unwrapped(file, read, few.note);
  few.end();
  return template;
}

/**
 * `aws cloudformation get-template` wraps what it answers, and gives YAML as one text; with `--query TemplateBody` that text alone.
 */
async function unwrapped(file: string, read: unknown, note: Note): Promise<unknown> {
  const body = isObject(read) && !('Resources' in read) ? (read['TemplateBody'] ?? read) : read;
  if (typeof body !== 'string') return body;
  const inner = await parseTemplate(file, body, note).catch((error: unknown) => {
    // a text that is no template is told by itself
    if (body === read) return body;
    throw error;
  });
  // a skeleton of what the AWS CLI takes has an empty one
  return isObject(inner) ? inner : inner === null ? read : body;
}

async function parseTemplate(file: string, marked: string, note: Note): Promise<unknown> {
  const text = marked.replace(/^\uFEFF+/, '');
  try {
    const value = await parseJsonOrYaml(file, text, note);
    // YAML takes many texts for one long word
    if (typeof value === 'string' && mistakenText(text)) throw notATemplate(file, text, 'it is a text');
    return value;
  } catch (error) {
    throw mistakenText(text) ? notATemplate(file, text, 'it is a text') : error;
  }
}

async function parseJsonOrYaml(file: string, text: string, note: Note): Promise<unknown> {
  if (!/^\s*[{["]/.test(text)) return parseYamlOf(file, text, note);
  try {
    return parseJson(file, text, note);
  } catch (malformed) {
    if (extname(file) === '.json') throw malformed;
    // `{ Resources: {} }` is YAML that begins like JSON
    return parseYamlOf(file, text, note).catch(() => Promise.reject(malformed as TwinError));
  }
}

/**
 * Parses JSON as templates are read: with all digits of its numbers.
 *
 * @throws TwinError `malformed-file`
 */
export function parseJson(file: string, text: string, note: Note): unknown {
  try {
    return parseJsonTemplate(file, text, note);
  } catch (cause) {
    throw malformedJson(file, text, cause);
  }
}

/**
 * Reads a JSON file.
 *
 * @param text - what is in it. @default - it is read
 * @throws TwinError `missing-file`, `not-a-file`, `unreadable-file`, `empty-file`, `large-file`, `not-text`, `malformed-file`
 */
export function readJson(file: string, text = readText(file)): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw malformedJson(file, text, cause);
  }
}

async function parseYamlOf(file: string, text: string, note: Note): Promise<unknown> {
  if (text.length > MAX_YAML_MIB * MIB) throw tooLarge(file, `${MAX_YAML_MIB} MiB of YAML`);
  return parseYaml(file, text, note);
}

/**
 * Reads a text.
 *
 * @throws TwinError `missing-file`, `not-a-file`, `unreadable-file`, `empty-file`, `large-file`, `not-text`
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notText(file, bytes, cause);
  }
  if (text.includes('\0')) throw notText(file, bytes);
  if (text.trim() === '') {
    throw new TwinError({
      code: 'empty-file',
      message: `${file} is empty`,
      fix: 'Write the file again: the command that made it has failed.',
    });
  }
  return text;
}

/** Windows PowerShell writes UTF-16 where a command's output goes to a file. */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe && (third !== 0 || fourth !== 0)) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // what JSON and YAML begin with is ASCII
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  return first === 0 && second !== 0 && third === 0 && fourth !== 0 ? 'utf-16be' : 'utf-8';
}

/** Reads by descriptor, so that what is measured is what is read, and a pipe such as /dev/stdin will do. */
function readBytes(file: string): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    if (size > MAX_MIB * MIB) throw tooLarge(file, `${MAX_MIB} MiB`);
    return readAll(descriptor, file);
  } catch (error) {
    throw error instanceof TwinError ? error : unreadable(file, error as NodeJS.ErrnoException);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readAll(descriptor: number, file: string): Buffer {
  const chunks: Buffer[] = [];
  for (let total = 0; ;) {
    const chunk = Buffer.allocUnsafe(MIB);
    const length = readSync(descriptor, chunk);
    if (length === 0) return Buffer.concat(chunks, total);
    total += length;
    if (total > MAX_MIB * MIB) throw tooLarge(file, `${MAX_MIB} MiB`);
    chunks.push(chunk.subarray(0, length));
  }
}

const UNREADABLE: Readonly<Record<string, { code: ErrorCode; why: string; fix: string }>> = {
  ENOENT: { code: 'missing-file', why: 'is not there', fix: 'Give the path of a file that exists.' },
  ENOTDIR: { code: 'missing-file', why: 'is not there', fix: 'Give the path of a file that exists.' },
  EISDIR: {
    code: 'not-a-file',
    why: 'is a directory, not a file',
    fix: 'Give the path of a file in it, or a cloud assembly with --assembly.',
  },
  EACCES: {
    code: 'unreadable-file',
    why: 'may not be read',
    fix: 'Give yourself the permission to read it.',
  },
  EPERM: { code: 'unreadable-file', why: 'may not be read', fix: 'Give yourself the permission to read it.' },
};

function unreadable(file: string, cause: NodeJS.ErrnoException): TwinError {
  const { code, why, fix } = UNREADABLE[cause.code ?? ''] ?? {
    code: 'unreadable-file',
    why: `cannot be read (${cause.code ?? cause.message})`,
    fix: 'Give the path of a file that can be read.',
  };
  return new TwinError({ code, message: `${file === '' ? '""' : file} ${why}`, fix, cause });
}

function tooLarge(file: string, limit: string): TwinError {
  return new TwinError({
    code: 'large-file',
    message: `${file} is larger than ${limit}; CloudFormation accepts templates of up to 1 MB`,
    fix: 'Give a template as it is deployed.',
  });
}

function notText(file: string, bytes: Buffer, cause?: unknown): TwinError {
  const known = BINARIES.find(({ magic }) => bytes.toString('latin1', 0, magic.length) === magic);
  return new TwinError({
    code: 'not-text',
    message: `${file} is ${known ? `${known.what}, not text` : 'not text in UTF-8'}`,
    fix: 'Give a JSON or YAML file, saved as UTF-8.',
    cause,
  });
}

const BINARIES = [
  { magic: 'PK\x03\x04', what: 'a ZIP archive' },
  { magic: '\x1f\x8b', what: 'an archive of gzip' },
  { magic: '%PDF', what: 'a PDF' },
  { magic: '\x89PNG', what: 'an image' },
] as const;

function malformedJson(file: string, text: string, cause: unknown): TwinError {
  const { line, column, message } = whereJsonEnds(text);
  return new TwinError({
    code: 'malformed-file',
    message: `${file}:${line}:${column} is malformed JSON: ${message}`,
    fix: 'Correct the file there, or write it again.',
    cause,
  });
}
