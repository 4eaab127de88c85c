import { TwinError } from '../error';
import { isObject, type Json } from '../json';
import { fewOf, type Note } from './notes';
import { inText } from './parameters';
import { parseJson, readText } from './read';
import { parseYaml } from './yaml-template';

/**
 * Reads the values of parameters from a file, in any of the forms that the AWS CLI and pipelines take: a list of `ParameterKey` and
 * `ParameterValue`, a list of `Key=Value`, an object, one under `Parameters` as AWS CodePipeline has it, or lines of `Key=Value`.
 *
 * @param note - takes what a person must know of what was read. @default - nobody is told
 * @returns texts by name; parameters that keep their previous values are not among them
 * @throws TwinError `parameters` for another form, and what reading a file throws
 */
export async function readParameters(
  file: string,
  note: Note = () => {},
): Promise<ReadonlyMap<string, string>> {
  const text = readText(file);
  const lines = linesOf(text);
  if (lines) return lines;
  const few = fewOf(file, note);
  const isJson = /^\s*[{[]/.test(text);
  const json = isJson ? parseJson(file, text, few.note) : await parseYaml(file, text, few.note, false);
  few.end();
  const values = valuesIn(json as Json);
  if (values) return new Map(values);
  throw new TwinError({
    code: 'parameters',
    message: `${file} holds no values of parameters`,
    fix: 'Give a file as the AWS CLI takes it: [{ "ParameterKey": "Env", "ParameterValue": "prod" }], or { "Env": "prod" }.',
  });
}

type Values = [name: string, value: string][];

function valuesIn(json: Json): Values | undefined {
  if (Array.isArray(json)) {
    const all = (json as Json[]).map(entryOf);
    return all.every((it) => it !== undefined) ? all.flat() : undefined;
  }
  if (!isObject(json)) return undefined;
  const { Parameters: nested } = json;
  if (nested !== undefined) return isObject(nested) || Array.isArray(nested) ? valuesIn(nested) : undefined;
  return Object.values(json).some(isObject)
    ? undefined
    : Object.entries(json).flatMap(([name, value]): Values =>
        value === null ? [] : [[name, inText(value)]],
      );
}

/** One entry of a list; nothing for a value that stays what it was. */
function entryOf(entry: Json): Values | undefined {
  if (typeof entry === 'string') return pairOf(entry);
  if (!isObject(entry) || typeof entry['ParameterKey'] !== 'string') return undefined;
  const value = entry['ParameterValue'];
  return value === undefined || value === null ? [] : [[entry['ParameterKey'], inText(value)]];
}

const PAIR = /^\s*([A-Za-z0-9]+)\s*=\s*(.*?)\s*$/s;
const SHORTHAND = /^\s*ParameterKey=([A-Za-z0-9]+),ParameterValue=(.*?)\s*$/s;

function pairOf(text: string): Values | undefined {
  const [, name, value] = SHORTHAND.exec(text) ?? PAIR.exec(text) ?? [];
  return name === undefined ? undefined : [[name, unquoted(value!)]];
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;

/** A file of lines, with comments; undefined for JSON and YAML. */
function linesOf(text: string): ReadonlyMap<string, string> | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const pairs = lines.map(pairOf);
  return pairs.every((it) => it !== undefined) ? new Map(pairs.flat()) : undefined;
}
