import { isObject, type Json, type JsonObject } from '../json';

/**
 * A value as the text that `Fn::Sub` would take: `arn:${AWS::Partition}:sns:…`, `${Topic.TopicName}`. An intrinsic that
 * no text can hold is named: `${Fn::If}`. Undefined for what is no text.
 *
 * @param defaults - what parameters stand for, by name
 */
export function textOf(
  value: Json | undefined,
  defaults: ReadonlyMap<string, string> = NONE,
): string | undefined {
  if (typeof value === 'string') return value.replaceAll('${', '${!');
  if (typeof value === 'number') return String(value);
  if (!isObject(value)) return undefined;
  const name = firstKey(value);
  if (name !== 'Ref' && !name?.startsWith('Fn::')) return undefined; // as most objects
  const argument = value[name];
  const part = (item: Json): string =>
    textOf(item, defaults) ?? `\${${isObject(item) ? Object.keys(item)[0] : 'Fn'}}`;
  if (name === 'Ref' && argument === 'AWS::NoValue') return undefined;
  if (name === 'Ref') return defaults.get(asString(argument)) ?? `\${${asString(argument)}}`;
  if (name === 'Fn::GetAtt')
    return `\${${Array.isArray(argument) ? argument.join('.') : asString(argument)}}`;
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
    return (argument[1] as Json[]).map(part).join(asString(argument[0]));
  }
  if (name !== 'Fn::Sub') return undefined;
  const [text, variables] = Array.isArray(argument) ? (argument as Json[]) : [argument];
  return asString(text).replaceAll(/\$\{\s*([^!}\s][^}]*?)\s*\}/g, (_, key: string) =>
    isObject(variables) && Object.hasOwn(variables, key) ? part(variables[key]!) : part({ Ref: key }),
  );
}

function firstKey(value: JsonObject): string | undefined {
  for (const key in value) return key;
  return undefined;
}

export const asString = (value: unknown): string => (typeof value === 'string' ? value : '');

const NONE: ReadonlyMap<string, string> = new Map();
