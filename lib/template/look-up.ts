import { isObject, own, type Json, type JsonObject } from '../json';

/** What a template's mappings have under the three keys of `Fn::FindInMap`; undefined where they have nothing. */
export const lookUp = (mappings: JsonObject, keys: readonly string[]): Json | undefined =>
  keys.reduce<Json | undefined>((level, key) => (isObject(level) ? own(level, key) : undefined), mappings);
