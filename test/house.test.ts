import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What each folder may import beside itself and the files of lib, which everybody shares. DESIGN: imports point one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // What an app that exists could be made of: looked at from inside its process, and written beside it.
  adoption: ['parity', 'rehearsal', 'report', 'scale', 'template'],
  // Whom it lets in is no matter of what is deployed: a user's app of its own.
  access: [],
  // How anything is written for people: lines, Markdown, nothing that would move a cursor.
  report: [],
  // Where a report is shown beside the code: comments in a pull request.
  github: ['report'],
  template: [],
  aws: [],
  scale: [],
  checks: ['aws', 'template'],
  // The rules and kinds of factors are pure: parity applies them again, to files.
  parity: ['aws', 'checks', 'scale', 'template', 'report'],
  shop: ['scale'],
  // Whether production was rehearsed is asked where it is made.
  twins: ['aws', 'checks', 'deployment-gate', 'evidence', 'scale', 'parity', 'template', 'report'],
  blueprint: ['aws', 'parity', 'template'],
  // What an access log says of a load, without anything that stands in it.
  replay: [],
  probes: ['replay'],
  targets: ['aws', 'blueprint', 'probes', 'scale', 'template'],
  live: ['blueprint', 'parity', 'targets', 'template', 'report'],
  cost: ['aws', 'blueprint', 'parity', 'scale', 'template', 'report'],
  // What each code of an error means: texts alone.
  errors: [],
  // What shells complete, from the definition of a program alone.
  completion: [],
  // Production after a release, seen by a port that can change nothing; its figures are compared with those of a rehearsal.
  verification: ['evidence', 'live', 'probes', 'rehearsal', 'targets'],
  // The traffic of clients, from one production to another: each share is verified as a release is.
  cutover: ['blueprint', 'evidence', 'rehearsal', 'report', 'targets', 'verification'],
  evidence: ['blueprint', 'checks', 'cost', 'parity', 'probes', 'scale', 'targets', 'template', 'report'],
  // Whether what is about to be deployed is what was given GO.
  'deployment-gate': ['evidence', 'parity', 'rehearsal', 'report'],
  rehearsal: ['blueprint', 'cost', 'evidence', 'parity', 'probes', 'replay', 'scale', 'targets'],
  // Figures over several rehearsals, from their evidence alone; of a rehearsal itself only its ledger, its claims and its gates.
  history: ['evidence', 'parity', 'rehearsal', 'report', 'targets'],
  // One schema of what all of these are set by. They know its types alone: see below.
  config: ['blueprint', 'cutover', 'probes', 'rehearsal', 'targets', 'verification'],
  cli: [
    'adoption',
    'blueprint',
    'completion',
    'config',
    'cost',
    'cutover',
    'deployment-gate',
    'errors',
    'evidence',
    'github',
    'history',
    'live',
    'parity',
    'probes',
    'rehearsal',
    'targets',
    'template',
    'report',
    'verification',
  ],
};

/** What users write, as types: generated, it imports nothing, and whoever is set by a part of it knows that part. */
const WRITTEN = 'config/types';

/** The folders that make templates. All others work on files, and must not wait for the AWS CDK to load. */
const MAKES_TEMPLATES = new Set(['access', 'shop', 'twins']);

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const files = readdirSync('lib', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join('lib', from), 'utf8');
  return [...text.matchAll(/^(import|export)\s+(type\s)?[^;]*?from '([^']+)';/gm)].map(([, , type, to]) => ({
    from,
    to: to!.startsWith('.') ? relative('lib', join('lib', dirname(from), to!)) : to!,
    isType: type !== undefined,
  }));
});

const folderOf = (file: string): string => (file.includes('/') ? file.split('/')[0]! : '');

it('has imports to look at', () => {
  expect(imports.length).toBeGreaterThan(200);
  expect(new Set(files.map(folderOf))).toEqual(new Set(['', ...Object.keys(MAY_IMPORT)]));
});

it.each(Object.entries(MAY_IMPORT))('lib/%s imports nothing but itself and %j', (folder, allowed) => {
  const others = imports
    .filter(
      ({ from, to }) => folderOf(from) === folder && /^[a-z-]+\//.test(to) && folderOf(to) in MAY_IMPORT,
    )
    .filter(({ to, isType }) => !(to === WRITTEN && isType))
    .filter(({ to }) => folderOf(to) !== folder && !allowed.includes(folderOf(to)));
  expect(others).toEqual([]);
});

/** What each folder of lib/twins may import beside itself and the files of lib/twins, in the order of a synthesis. */
const TWINS_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // One environment as it was made, under whichever name.
  instances: [],
  // What being ephemeral sets on one.
  lifecycle: ['instances'],
  // What several of them have in common.
  experiments: ['instances'],
  // What is said of that.
  manifest: ['experiments', 'instances'],
};

it('lib/twins leads from instances by experiments to the manifest', () => {
  const roomOf = (file: string): string | undefined => /^twins\/([a-z-]+)\//.exec(file)?.[1];
  const rooms = new Set(files.flatMap((file) => roomOf(file) ?? []));
  expect(rooms).toEqual(new Set(Object.keys(TWINS_MAY_IMPORT)));
  const backwards = imports.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    return (
      room !== undefined && other !== undefined && room !== other && !TWINS_MAY_IMPORT[room]!.includes(other)
    );
  });
  expect(backwards).toEqual([]);
});

it('loads the library of schemas where a config is read, and nowhere else', () => {
  const loading = imports.filter(({ to, isType }) => to === 'zod' && !isType);
  expect(loading.map(({ from }) => folderOf(from))).toEqual(loading.map(() => 'config'));
  expect(loading.length).toBeGreaterThan(0);
  expect(imports.filter(({ from }) => from === `${WRITTEN}.ts`)).toEqual([]);
  const early = imports.filter(({ to, isType }) => /^config\/(schema|read|load)$/.test(to) && !isType);
  expect(early.filter(({ from }) => !/^(config\/|cli\/rehearsal-parts)/.test(from))).toEqual([]);
});

it('compares, rehearses and reports without the AWS CDK: what the command line loads never imports it', () => {
  const others = new Set(Object.keys(MAY_IMPORT).filter((folder) => !MAKES_TEMPLATES.has(folder)));
  const loaded = imports.filter(({ from, isType }) => !isType && others.has(folderOf(from)));
  expect(loaded.filter(({ to }) => to.startsWith('aws-cdk-lib') || to === 'constructs')).toEqual([]);
});

it('knows no target by name outside its folder: only the port and the registry', () => {
  const known = imports.filter(({ from, to }) => folderOf(from) !== 'targets' && folderOf(to) === 'targets');
  expect(known.length).toBeGreaterThan(0);
  expect(known.filter(({ to }) => to.split('/').length > 2)).toEqual([]);
  const inside = imports.filter(
    ({ from, to }) => /^targets\/[a-z-]+\.ts$/.test(from) && to.startsWith('targets/'),
  );
  const registered = inside.filter(({ to }) => to.split('/').length > 2).map(({ from }) => from);
  expect(new Set(registered)).toEqual(new Set(['targets/registry.ts']));
  const named = files
    .filter((file) =>
      [
        'cli',
        'config',
        'cutover',
        'evidence',
        'history',
        'live',
        'probes',
        'rehearsal',
        'verification',
      ].includes(folderOf(file)),
    )
    .filter((file) => /'(local|aws)'|\b(local|aws)[.:]/.test(readFileSync(join('lib', file), 'utf8')));
  expect(named).toEqual([]);
});

it('loads the AWS SDK and the toolkit for the AWS target, for emulators of AWS and for evidence in S3 alone, and only when they are used', () => {
  const sdk = /@aws-sdk\/|@aws-cdk\/toolkit-lib/;
  const statically = imports.filter(({ to, isType }) => sdk.test(to) && !isType);
  expect(statically).toEqual([]);
  const naming = files.filter((file) => sdk.test(readFileSync(join('lib', file), 'utf8')));
  expect(naming.length).toBeGreaterThan(1);
  const users = ['targets/aws/', 'targets/local/emulator/', 'history/bucket.ts'];
  expect(users.filter((user) => !naming.some((file) => file.startsWith(user)))).toEqual([]);
  expect(naming.filter((file) => !users.some((user) => file.startsWith(user)))).toEqual([]);
  // the toolkit deploys to AWS, whatever endpoint it is given
  const toolkit = naming.filter((file) => readFileSync(join('lib', file), 'utf8').includes('toolkit-lib'));
  expect(toolkit.filter((file) => !file.startsWith('targets/aws/'))).toEqual([]);
});

it('verifies production by its port alone, which has no call that changes anything', () => {
  const used = imports.filter(
    ({ from, to }) => folderOf(from) === 'verification' && folderOf(to) === 'targets',
  );
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter(({ to, isType }) => !isType || !/^targets\/(production|target)$/.test(to))).toEqual([]);
  const named = files
    .filter((file) => folderOf(file) === 'verification')
    .filter((file) => /import type \{[^}]*\bTarget\b/.test(readFileSync(join('lib', file), 'utf8')));
  expect(named).toEqual([]);
});

it('never lets the topology ask which environment it is in', () => {
  const asking = files
    .filter((file) => folderOf(file) === 'shop')
    .filter((file) =>
      /isProd|=== '(Prod|Staging)|stackName ===/i.test(readFileSync(join('lib', file), 'utf8')),
    );
  expect(asking).toEqual([]);
});

/** The places without old words. A room is added when it is rewritten, until `lib` and `bin` replace them all. */
const REWRITTEN = [
  'CONTRIBUTING.md',
  'README.md',
  'docs',
  'lib/access',
  'lib/adoption',
  'lib/aws',
  'lib/blueprint',
  'lib/checks',
  'lib/cli',
  'lib/completion',
  'lib/config',
  'lib/cost',
  'lib/cutover',
  'lib/deployment-gate',
  'lib/errors',
  'lib/evidence',
  'lib/github',
  'lib/history',
  'lib/live',
  'lib/probes',
  'lib/rehearsal',
  'lib/replay',
  'lib/targets',
  'lib/verification',
];

/**
 * Old words and the glossary's words for them. Lines are compared in lower case and with identifiers split: `notRehearsed`,
 * `NOT_REHEARSED` and `not-rehearsed` are all "not rehearsed".
 */
const OLD_WORDS: readonly (readonly [old: string, instead: string])[] = [
  ['acts?|story|go(es)? through', 'step, runSteps'],
  ['baseline (is )?broken|broken baseline', 'baseline failed'],
  ['begun', 'started; of events: span-start'],
  ['belongings?|callings?|lawful', 'owned processes, own names, permission'],
  ['by use', 'usage-based'],
  ['distortions?', 'blind spot'],
  ['error rate over baseline|or below ms|times baseline', 'maxErrorRateIncrease, ignoreBelowMs, maxRatio'],
  ['hears? of|heard of', 'learn, read'],
  ['heed(s|ed)?', 'onStopSignal'],
  ['last words', 'crash line'],
  ['legible', 'sanitize'],
  ['no twin(?!\\.config)|nothing is said', 'not twins; the candidate was not tested'],
  ['not rehearsed|nothing more', 'skipped'],
  ['reckon(s|ed|ing)?', 'arithmetic'],
  ['remember(s|ed)?', 'register'],
  ['residues?', 'leftovers'],
  ['seen in', 'as of'],
  ['somebody|whoever|whatever became of', 'the process or the resource as the subject'],
  ['surroundings', 'context'],
  ['tells?|told|telling', 'log, report, estimate, check that'],
];

/** Any of them: most lines have none. */
const ANY_OLD_WORD = new RegExp(`\\b(${OLD_WORDS.map(([old]) => old).join('|')})\\b`);

/** A line in lower case, with its identifiers split into words. */
const inWords = (line: string): string =>
  line
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();

/** The lines of a file, without imports from rooms that may still use old words as names. */
const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .replaceAll(/^import [^;]* from '(?:\.\.\/)+([\w-]+)\/[^;]*;$/gm, (statement, room: string) =>
      isRewritten(`lib/${room}/`) ? statement : statement.replaceAll(/./g, ''),
    )
    .split('\n');

const isRewritten = (path: string): boolean =>
  REWRITTEN.some((place) => path === place || path.startsWith(`${place}/`));

it('uses the words of the glossary', () => {
  const names = ['bin', 'docs', 'lib'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  );
  const places = [...names, 'README.md', 'CONTRIBUTING.md'].filter(
    (file) => /\.(ts|md)$/.test(file) && isRewritten(file),
  );
  expect(places.length).toBeGreaterThan(100);
  const found = places.flatMap((file) =>
    [file, ...linesOf(file)].flatMap((line, i) => {
      const words = inWords(line);
      if (!ANY_OLD_WORD.test(words)) return [];
      return OLD_WORDS.flatMap(([old, instead]) => {
        const word = new RegExp(`\\b(${old})\\b`).exec(words)?.[0];
        return word === undefined ? [] : [`${file}:${i} says "${word}"; use: ${instead}`];
      });
    }),
  );
  expect(found).toEqual([]);
});
