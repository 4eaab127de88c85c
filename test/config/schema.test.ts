import { readConfig } from '../../lib/config/read';
import { EVERY_KEY, FEWEST_KEYS } from './sample-config';

type Path = readonly (string | number)[];
interface Node {
  [key: string | number]: unknown;
}

/** Objects whose keys are names that the user gives. */
const NAMED =
  /^local\.(services|seed)$|^cutover\.data$|\.(body|headers|context|values)$|^aws\.(pauses|seed\.(clones|clusters|empty)|traffic\.productions)$/;
/** Keys that cannot be left out, by the last of their path. */
const NEEDED =
  /^(baseline|services|checks|gates)$|(?<!synth|fields|services\.\w+)\.(name|path|command|as|write|read|tier|maxMs|run|log|routes|from|to|of|maxP95Ms)$|(p95|clientP95|forecast)\.maxRatio|aws\.seed\.(kmsKeyArn|data)$|aws\.traffic\.(hostedZone|record|productions)$|setIdentifier$/;
/** Without its command a flag, or an answer, is not known as one of two kinds. */
const isNeeded = (name: string): boolean =>
  NEEDED.test(name) && !['drills.flags[1].run', 'aws.pauses.Web.run'].includes(name);

const at = (path: Path): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

/** Every key within a value, by the path to it. */
function keysIn(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => keysIn(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  const isNamed = NAMED.test(at(path));
  return Object.entries(value).flatMap(([key, item]) => [
    ...(isNamed ? [] : [[...path, key]]),
    ...keysIn(item, [...path, key]),
  ]);
}

const KEYS = keysIn(EVERY_KEY).map((path) => [at(path), path] as const);

/** The problems of the whole sample after a change to one of its keys. */
function problemsAfter(path: Path, change: (parent: Node, key: string | number) => void): readonly string[] {
  const config = structuredClone(EVERY_KEY) as unknown as Node;
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as Node, config);
  change(parent, path.at(-1)!);
  return problemsOf(config);
}

function problemsOf(config: unknown): readonly string[] {
  const problems: string[] = [];
  readConfig(config, (problem) => problems.push(problem));
  return problems;
}

const set = (value: unknown) => (parent: Node, key: string | number) => (parent[key] = value);

describe('a config with every key', () => {
  it('is accepted as it is', () => {
    expect(KEYS.length).toBeGreaterThan(60);
    expect(readConfig(EVERY_KEY, (problem) => expect(problem).toBe('none'))).toEqual(EVERY_KEY);
  });

  it.each(KEYS)('rejects a misspelt %s', (name, path) => {
    const problems = problemsAfter(path, (parent, key) => {
      parent[`${key}x`] = parent[key];
      delete parent[key];
    });
    const unknown = `${name}x is not known; did you mean "${path.at(-1)}"?`;
    const missing = `${name} is missing`;
    const seen = problems.map((problem) => problem.replace(/; expected .+/, ''));
    expect(new Set(seen)).toEqual(new Set(isNeeded(name) ? [unknown, missing] : [unknown]));
  });

  it.each(KEYS)('says what is expected when %s is of another type', (name, path) => {
    for (const value of [() => 1, null]) {
      const [problem, ...others] = problemsAfter(path, set(value));
      expect(problem).toContain(`${name} is ${value === null ? 'null' : 'a function'}; expected `);
      expect(others).toEqual([]);
    }
  });
});

it('takes data that are scrubbed, or may be seen as they are, and nothing between', () => {
  const data = (value: unknown): readonly string[] =>
    problemsOf({ ...EVERY_KEY, aws: { seed: { kmsKeyArn: 'arn', data: value } } });
  const scrub = { image: 'scrub:1', command: ['scrub'], cpu: 256, memoryMiB: 512, timeoutSeconds: 60 };
  expect(data({ scrub })).toEqual([]);
  expect(data({ scrub: { image: 'scrub:1' } })).toEqual([]);
  expect(data({ scrub: { command: [''] } })).toEqual([
    'aws.seed.data.scrub.image is missing; expected a text',
    'aws.seed.data.scrub.command[0] is ""; expected a text',
  ]);
  const expected = '{ scrub: { image, command } } or { mayBeSeen: the reason }';
  expect(data({})).toEqual([`aws.seed.data is an object; expected ${expected}`]);
  expect(data(undefined)).toEqual([`aws.seed.data is missing; expected ${expected}`]);
  expect(data({ scrub, mayBeSeen: 'no' })).toEqual([
    'aws.seed.data has scrub and mayBeSeen; expected one of scrub, mayBeSeen',
  ]);
});

it.each<[object, string[]]>([
  [{ version: { path: '/v', header: 'x-release', expect: 'v{release}' } }, []],
  [{ version: { path: '/v', text: true } }, []],
  [{ version: { Web: { path: '/v', text: true }, Api: { path: '/', json: 'build.tag' } } }, []],
  [{ version: '/version' }, ['version is "/version"; expected an object, such as { path: \'/version\', json: \'release\' }']], // prettier-ignore
  [{ version: {} }, ['version.path is missing; expected a path that begins with one "/", without white space', 'version has no place of the release; expected one of json, header, text']], // prettier-ignore
  [{ version: { text: true } }, ['version.path is missing; expected a path that begins with one "/", without white space']], // prettier-ignore
  [{ version: { path: '/v', json: 'a', text: true } }, ['version has json and text; expected one of json, header, text']], // prettier-ignore
  [{ version: { path: '/v', text: false } }, ['version.text is false; expected true']],
  [{ version: { path: '/v', text: true, expect: '1.42.0' } }, ['version.expect is "1.42.0"; expected a text with "{release}"']], // prettier-ignore
  [{ version: { path: '/v', header: 'a: b' } }, ['version.header is "a: b"; expected the name of a header']],
  [{ version: { Web: { path: '/v' } } }, ['version.Web has no place of the release; expected one of json, header, text']], // prettier-ignore
  [{ releases: { folder: '../{release}' } }, []],
  [{ releases: { git: 'main' } }, ['releases.git is "main"; expected a text with "{release}"']],
  [{ releases: { folder: '..' } }, ['releases.folder is ".."; expected a text with "{release}"']],
  [
    { releases: { folder: '../{release}', build: 'make' } },
    ['releases.build is not known; use one of: folder'],
  ],
  [{ releases: { build: 'make' } }, ['releases is an object; expected { git: \'v{release}\' } or { folder: \'../checkouts/{release}\' }']], // prettier-ignore
])('takes where services and code name their release: %j', (more, problems) => {
  expect(problemsOf({ ...FEWEST_KEYS, ...more })).toEqual(problems);
});

it.each<[object, string[]]>([
  [{ path: '/orders/{id}', values: { id: ['1', '2'] } }, []],
  [{ method: 'DELETE', path: '/orders/{id}' }, []],
  [{ method: 'POST', path: '/orders/{id}', body: { note: '{i} of {id}' } }, []],
  [{ method: 'POST', path: '/orders' }, ['checks.replay[0].routes[0] has no body; expected one for this method: a log holds none, and nothing is sent empty']], // prettier-ignore
  [{ path: '/orders/{i}' }, ['checks.replay[0].routes[0].path is "/orders/{i}"; expected the names of placeholders, such as "{id}"']], // prettier-ignore
  [{ path: '/o', values: { id: ['1'] } }, ['checks.replay[0].routes[0] has values for "id", which is no placeholder of its path']], // prettier-ignore
  [{ path: '/o/{id}', values: { id: { from: 2, to: 1 } } }, ['checks.replay[0].routes[0].values.id ends before it begins']], // prettier-ignore
  [{ path: '/o/{id}', values: { id: [] } }, ['checks.replay[0].routes[0].values.id is a list; expected a list of texts or an object, such as { from: 1, to: 1000 }']], // prettier-ignore
  [{ method: 'POST', path: '/o', body: { a: '{id}' } }, ['checks.replay[0].routes[0] has "{id}" in its body; expected {i} or a placeholder of its path']], // prettier-ignore
])('takes routes of a log that say all that is sent: %j', (route, problems) => {
  const replay = [{ name: 'busy', log: 'access.log', routes: [route] }];
  expect(problemsOf({ ...FEWEST_KEYS, checks: { replay } })).toEqual(problems);
});

it('has defaults for every other key', () => {
  expect(readConfig(FEWEST_KEYS, (problem) => expect(problem).toBe('none'))).toEqual({
    baseline: '1.41.0',
    baselines: [],
    environments: [],
    synth: { command: 'cdk synth --quiet', releaseContext: 'release', nameContext: 'rehearsal' },
    checks: {
      smoke: [{ name: 'home', path: '/', status: 200 }],
      readYourWrites: [],
      replicaLag: [],
      commands: [],
      load: [],
      replay: [],
    },
    cutover: {
      steps: [5, 25, 50, 100],
      data: {},
      stepMinutes: 5,
      gates: { minRequests: 0, maxErrorRate: 0.01 },
    },
    drills: {
      failover: [],
      rollBack: false,
      contract: true,
      flags: [],
      killTask: [],
      loseZone: [],
      soakSeconds: 10,
    },
    traffic: { connections: 4, everyMs: 100 },
    gates: {
      maxFailedChecks: 0,
      maxFailedRequests: 0,
      maxTaskFailures: 0,
      costHours: 4,
      allowSkipped: [],
    },
    verification: {
      watchMinutes: 10,
      connections: 1,
      everyMs: 1000,
      gates: { maxFailedChecks: 0, maxStaleReads: 0, maxTaskFailures: 0, maxErrorRate: 0.01 },
    },
    local: { services: {}, seed: {}, replicationDelayMs: 0 },
    aws: {},
  });
  const checks = {
    smoke: [{ name: 'a', path: '/' }],
    readYourWrites: [{ name: 'b', write: { path: '/' }, read: { path: '/{i}' } }],
    commands: [{ name: 'c', run: 'true' }],
    load: [{ name: 'd', path: '/' }],
  };
  const read = readConfig({ ...FEWEST_KEYS, checks }, (problem) => expect(problem).toBe('none'));
  expect(read.checks).toEqual({
    smoke: [{ name: 'a', path: '/', status: 200 }],
    readYourWrites: [
      { name: 'b', write: { method: 'GET', path: '/' }, read: { method: 'GET', path: '/{i}' }, times: 100 },
    ],
    replay: [],
    replicaLag: [],
    commands: [{ name: 'c', run: 'true', timeoutSeconds: 300 }],
    load: [{ name: 'd', path: '/', method: 'GET', connections: 10, seconds: 5 }],
  });
});

it.each<[string, Path, unknown]>([
  ['baseline is ""; expected a text', ['baseline'], ''],
  ['environment is "  "; expected a text', ['environment'], '  '],
  ['local.services is a list; expected an object', ['local', 'services'], []],
  [
    'local.services["a b"] is "node"; expected an object with a command, or with containers',
    ['local', 'services'],
    { 'a b': 'node' },
  ],
  ['local.seed.Orders is 1; expected a text', ['local', 'seed', 'Orders'], 1],
  ['checks.smoke is an object; expected a list', ['checks', 'smoke'], {}],
  [
    'checks.smoke[0].path is "health"; expected a path that begins with one "/", without white space',
    ['checks', 'smoke', 0, 'path'],
    'health',
  ],
  [
    'checks.smoke[0].path is "//evil.test/"; expected a path that begins with one "/", without white space',
    ['checks', 'smoke', 0, 'path'],
    '//evil.test/',
  ],
  [
    'checks.smoke[0].path is "/orders/{id}"; expected no braces: only read-your-writes has placeholders',
    ['checks', 'smoke', 0, 'path'],
    '/orders/{id}',
  ],
  [
    'checks.readYourWrites[0].write.path is "/orders/{id}"; expected no placeholder but "{i}", the number of the attempt',
    ['checks', 'readYourWrites', 0, 'write', 'path'],
    '/orders/{id}',
  ],
  ...['/orders/{id', '/orders/{}', '/orders/{a-b}', '/orders/{a..b}'].map((path): [string, Path, unknown] => [
    `checks.readYourWrites[0].read.path is "${path}"; expected "{i}", or a field of the answer to the write, such as "{id}" or "{order.id}"`,
    ['checks', 'readYourWrites', 0, 'read', 'path'],
    path,
  ]),
  [
    'checks.readYourWrites[0].read does not name what was written; its path, contains or headers need "{i}", or a field of the answer to the write, such as "{id}" or "{order.id}"',
    ['checks', 'readYourWrites', 0, 'read', 'path'],
    '/orders',
  ],
  [
    'checks.smoke[0].headers has "api key"; expected the names of headers',
    ['checks', 'smoke', 0, 'headers'],
    { 'api key': 'secret' },
  ],
  [
    'checks.readYourWrites[0].write.headers.authorization is "Bearer\\n"; expected a text of one line, in ASCII',
    ['checks', 'readYourWrites', 0, 'write', 'headers'],
    { authorization: 'Bearer\n' },
  ],
  [
    'checks.readYourWrites[0].write.body.item is a list; expected a text, a number, true or false',
    ['checks', 'readYourWrites', 0, 'write', 'body', 'item'],
    [],
  ],
  [
    'checks.smoke[0].status is 99; expected a whole number from 100 to 599',
    ['checks', 'smoke', 0, 'status'],
    99,
  ],
  ['checks.load[0].method is "post"; did you mean "POST"?', ['checks', 'load', 0, 'method'], 'post'],
  [
    'checks.load[0].connections is 1.5; expected a whole number from 1 to 10000',
    ['checks', 'load', 0, 'connections'],
    1.5,
  ],
  [
    'checks.load[0].seconds is 0; expected a number above 0, up to 86400',
    ['checks', 'load', 0, 'seconds'],
    0,
  ],
  ...[[5, 50], [50, 50, 100], [100, 5], []].map((steps): [string, Path, unknown] => [
    'cutover.steps do not rise to 100; expected shares such as 5, 25, 50, 100',
    ['cutover', 'steps'],
    steps,
  ]),
  ['drills.rollBack is "yes"; expected true or false', ['drills', 'rollBack'], 'yes'],
  ['drills.failover[1] is 7; expected a text', ['drills', 'failover'], ['Orders', 7]],
  ['gates.maxFailedChecks is -1; expected a whole number of 0 or more', ['gates', 'maxFailedChecks'], -1],
  ['gates.p95.ignoreBelowMs is NaN; expected a number of 0 or more', ['gates', 'p95', 'ignoreBelowMs'], NaN],
  ['gates.p95.maxRatio is "2"; expected a number above 0', ['gates', 'p95', 'maxRatio'], '2'],
  ['gates.maxErrorRateIncrease is 5; expected a number from 0 to 1', ['gates', 'maxErrorRateIncrease'], 5],
  ['gates.maxMinutes is Infinity; expected a number above 0', ['gates', 'maxMinutes'], Infinity],
])('a value out of bounds is refused: %s', (problem, path, value) => {
  expect(problemsAfter(path, set(value))).toEqual([problem]);
});

it('shows no more than the beginning of a long value', () => {
  const [problem] = problemsAfter(['checks', 'smoke', 0, 'path'], set('x'.repeat(1000)));
  expect(problem).toContain(`is "${'x'.repeat(60)}..."; expected`);
});

it.each([[undefined], ['text'], [null], [[]]])('that is %j is refused as a whole', (config) => {
  expect(problemsOf(config)).toEqual([
    `it is ${Array.isArray(config) ? 'a list' : config === 'text' ? '"text"' : String(config)}; expected an object`,
  ]);
});
