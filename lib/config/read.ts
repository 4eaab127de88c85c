import * as z from 'zod';
import type { Report } from '../field';
import { isObject } from '../json';
import { problemsOf } from './problems';
import { CONFIG, jsonSchema, type Rehearsal } from './schema';

/**
 * Reads what a config says, fills in its defaults and reports every problem. A config with problems is still returned, so that
 * others are found too: its objects and lists are present, its single values may be undefined.
 */
export function readConfig(written: unknown, report: Report): Rehearsal {
  const read = CONFIG.safeParse(written);
  if (read.success) return read.data as unknown as Rehearsal;
  problemsOf(read.error.issues, written, jsonSchema()).forEach(report);
  return rest(CONFIG, written) as Rehearsal;
}

/** What of a value can be read. */
function rest(schema: z.core.$ZodType, value: unknown): unknown {
  const read = z.safeParse(schema, value);
  if (read.success) return read.data;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return rest(schema.unwrap(), value);
  if (schema instanceof z.ZodObject)
    return Object.fromEntries(
      Object.entries(schema.shape as Record<string, z.core.$ZodType>).map(([key, field]) => [
        key,
        rest(field, isObject(value) ? value[key] : undefined),
      ]),
    );
  if (schema instanceof z.ZodArray)
    return Array.isArray(value) ? value.map((item) => restOfItem(schema.element, item)) : [];
  if (schema instanceof z.ZodRecord)
    return Object.fromEntries(
      Object.entries(isObject(value) ? value : {}).map(([key, item]) => [key, rest(schema.valueType, item)]),
    );
  return undefined;
}

/** An object of several forms is one, also where its form is not known. */
const restOfItem = (schema: z.core.$ZodType, item: unknown): unknown =>
  rest(schema, item) ?? (schema instanceof z.ZodUnion ? {} : undefined);
