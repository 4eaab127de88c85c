import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { TwinError } from '../error';
import { isObject } from '../json';
import { whereJsonEnds } from './json-syntax';
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
 * @throws TwinError `missing-file`, `not-a-file`, `unreadable-file`, `empty-file`, `large-file`, `not-text`, `malformed-file`
 */
export async function readTemplate(file: string): Promise<unknown> {
  const template = await parseTemplate(file, readText(file));
  const body = isObject(template) && !('Resources' in template) ? template['TemplateBody'] : undefined;
  // `aws cloudformation get-template` wraps what it answers, and gives YAML as one text
  if (body === undefined) return template;
  return typeof body === 'string' ? parseTemplate(file, body) : body;
}

async function parseTemplate(file: string, text: string): Promise<unknown> {
  if (!/^\s*[{[]/.test(text)) return parseYamlOf(file, text);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const malformed = malformedJson(file, text, cause);
    if (extname(file) === '.json') throw malformed;
    // `{ Resources: {} }` is YAML that begins like JSON
    return parseYamlOf(file, text).catch(() => Promise.reject(malformed));
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

async function parseYamlOf(file: string, text: string): Promise<unknown> {
  if (text.length > MAX_YAML_MIB * MIB) throw tooLarge(file, `${MAX_YAML_MIB} MiB of YAML`);
  return parseYaml(file, text);
}

/**
 * Reads a text.
 *
 * @throws TwinError `missing-file`, `not-a-file`, `unreadable-file`, `empty-file`, `large-file`, `not-text`
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notText(file, cause);
  }
  if (text.includes('\0')) throw notText(file);
  if (text.trim() === '') {
    throw new TwinError({
      code: 'empty-file',
      message: `${file} is empty`,
      fix: 'Write the file again: the command that made it has failed.',
    });
  }
  return text;
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

const UNREADABLE: Readonly<Record<string, { code: string; why: string; fix: string }>> = {
  ENOENT: { code: 'missing-file', why: 'is not there', fix: 'Give the path of a file that exists.' },
  ENOTDIR: { code: 'missing-file', why: 'is not there', fix: 'Give the path of a file that exists.' },
  EISDIR: { code: 'not-a-file', why: 'is a directory, not a file', fix: 'Give the path of a file in it.' },
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

function notText(file: string, cause?: unknown): TwinError {
  return new TwinError({
    code: 'not-text',
    message: `${file} is not text in UTF-8`,
    fix: 'Give a JSON or YAML file, saved as UTF-8.',
    cause,
  });
}

function malformedJson(file: string, text: string, cause: unknown): TwinError {
  const { line, column, message } = whereJsonEnds(text);
  return new TwinError({
    code: 'malformed-file',
    message: `${file}:${line}:${column} is malformed JSON: ${message}`,
    fix: 'Correct the file there, or write it again.',
    cause,
  });
}
