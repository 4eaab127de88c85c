import * as yaml from 'yaml';
import type { JsonObject } from '../lib/json';

/** The intrinsic functions that have a short form in YAML. */
const SHORT =
  /^(?:Ref|Condition|Fn::(?:And|Base64|Cidr|Equals|FindInMap|GetAZs|GetAtt|If|ImportValue|Join|Not|Or|Select|Split|Sub|Transform))$/;

/** Texts that are something else without quotes, or may be. */
const QUOTED = /^\s|\s$|\s\n|^(?:[-+.~\d<=?!%@`].*|null|true|false|yes|no|on|off|y|n|)$/is;

/** A template in YAML, with short forms wherever there is one. */
export function asYaml(template: JsonObject): string {
  const document = new yaml.Document(template, { version: '1.1', aliasDuplicateObjects: false });
  yaml.visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && QUOTED.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Map: (_, node, path) => {
      const [only, ...more] = node.items;
      const name = only && yaml.isScalar(only.key) ? String(only.key.value) : '';
      const isCondition =
        name !== 'Condition' ||
        path.some((it) => yaml.isPair(it) && isKey(it.key, /^Fn::(?:And|Or|Not)$|^Conditions$/));
      if (!only || more.length > 0 || !SHORT.test(name) || !isCondition) return undefined;
      const argument = only.value as yaml.Node | null;
      // A tag stands before a value that has none of its own, is no function itself, and is not nothing.
      const isNothing = !argument || (yaml.isScalar(argument) && argument.value === null);
      if (isNothing || yaml.isAlias(argument) || argument.tag !== undefined || isFunction(argument))
        return undefined;
      argument.tag = `!${name.replace('Fn::', '')}`;
      return argument;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const isKey = (key: unknown, pattern: RegExp): boolean =>
  yaml.isScalar(key) && pattern.test(String(key.value));

const isFunction = (node: yaml.Node): boolean =>
  yaml.isMap(node) && node.items.length === 1 && isKey(node.items[0]!.key, /^(?:Ref|Condition|Fn::.*)$/);
