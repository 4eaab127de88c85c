import { show, nonBlank, type Zod } from '../field';
import { placeholdersOf, withoutPlaceholders } from './placeholders';

/** The methods of requests. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The method of a request that names none. */
export const DEFAULT_METHOD = 'GET';

/** The method of a request. */
export const method = (z: Zod) => z.enum(METHODS).default(DEFAULT_METHOD);

/** The status of an answer. */
export const status = (z: Zod) => z.int().min(100).max(599);

/** The fields of a JSON object. */
export const body = (z: Zod) =>
  z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()]).meta({ expected: 'a text, a number, true or false' }),
  );

/** The headers of a request, by name. */
export const headers = (z: Zod) =>
  z
    .record(
      z.string(),
      z
        .string()
        .regex(/^[\t\x20-\x7e]*$/)
        .meta({ expected: 'a text of one line, in ASCII' }),
    )
    .refine((it) => misnamed(it) === undefined, {
      error: ({ input }) => `has ${show(misnamed(Object(input) as object))}; expected the names of headers`,
    })
    .optional();

const misnamed = (it: object): string | undefined =>
  Object.keys(it).find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name));

/**
 * A path on a load balancer.
 *
 * @param isKnown - whether a placeholder has a value there
 * @param expected - the placeholders that are allowed, in words
 */
export const path = (z: Zod, isKnown: (name: string) => boolean, expected: string) =>
  z
    .string()
    // two slashes would name another host
    .regex(/^\/(?!\/)\S*$/, { abort: true })
    .refine((it) => !/[{}]/.test(withoutPlaceholders(it)) && placeholdersOf(it).every(isKnown), {
      error: ({ input }) => `is ${show(input)}; expected ${expected}`,
    })
    .meta({ expected: 'a path that begins with one "/", without white space' });

/** A path without placeholders. */
export const plainPath = (z: Zod) =>
  path(z, () => false, 'no braces: only read-your-writes has placeholders');

/** A request, and the answer that is expected. @param at - the schema of its path */
export const request = (z: Zod, at: ReturnType<typeof path>) =>
  z
    .strictObject({
      method: method(z).describe('The method.'),
      path: at.describe(
        'On the load balancer. `{i}` is the number of the attempt, in a read `{field}` that field of the answer to the write, which is JSON.',
      ),
      body: body(z).optional().meta({
        description: 'Sent as JSON; `{i}` in a text is a number that no other attempt has.',
        absent: 'none',
      }),
      headers: headers(z).meta({
        description:
          'Sent beside those of the check, such as `authorization`; `{i}` and `{field}` have values as in the path.',
        absent: 'none; a read sends the cookies that the answer to its write set',
      }),
      status: status(z).optional().meta({ description: 'The status that is expected.', absent: 'any 2xx' }),
      contains: nonBlank(z).optional().meta({
        description: "A text that the body contains, with `{field}` of the write's answer.",
        absent: 'not checked',
      }),
    })
    .meta({ name: 'RequestPlan', about: 'An HTTP request and the expected answer.' });
