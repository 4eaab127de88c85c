import { join } from 'node:path';
import { SYNTH_DEFAULTS } from '../rehearsal/synthesize';
import { shellWord } from '../rehearsal/shell-word';
import type { AppProject, Place } from './app';
import { literal } from './given';
import { importsText, specifier, styleOf } from './module-text';
import type { FollowedRelease } from './observation';
import { RELEASE_KEY } from './release';
import { variablesOf, type Twinned } from './twins-file';

/** A file that is proposed, from the folder of the app. */
export interface ProposedFile {
  readonly file: string;
  readonly text: string;
}

/** The test that staging is a twin; undefined where there is nothing to run it by. */
export function testFile(
  project: AppProject,
  place: Place,
  units: readonly Twinned[],
): ProposedFile | undefined {
  const { testRunner, testFolder } = project;
  if (testRunner === undefined) return undefined;
  const style = styleOf(project, place);
  const file = join(testFolder, `twins.test${style.extension}`);
  const variables = units.map((unit) => variablesOf(unit, units));
  const names = variables.flatMap(({ prod, staging }) => [prod, staging]);
  const imports = new Map<string, readonly string[]>([
    ['aws-cdk-lib', ['Stack']],
    [`cdk-twin/${testRunner}`, []],
    ...(testRunner === 'vitest' ? [['vitest', ['expect', 'test']] as const] : []),
    [specifier(file, place.twins, style), names],
  ]);
  const tests = units.map(({ stagingId }, i) => {
    const { prod, staging } = variables[i]!;
    return `test(${literal(`${stagingId} is a twin of production`)}, () => {
  const productions = stacksOf(${prod});
  for (const [i, stack] of stacksOf(${staging}).entries()) expect(stack).toBeTwinOf(productions[i]);
}, 120_000);
`;
  });
  const parameter = style.isTypeScript ? `environment: typeof ${names.join(' | typeof ')}` : 'environment';
  return {
    file,
    text: `${importsText(imports, style)}

/** The stacks of an environment that are not nested in others. */
const stacksOf = (${parameter}) =>
  environment.node
    .findAll()
    .filter((it) => Stack.isStack(it))
    .filter((it) => it.nestedStackParent === undefined);

${tests.join('\n')}`,
  };
}

/**
 * The config of a rehearsal: what can be said without knowing what the services do.
 *
 * @param app - what runs the app with the Twins. @default - what cdk.json names
 */
export function configFile(
  project: AppProject,
  { isEsm }: Place,
  {
    app,
    release,
    answersHttp,
  }: {
    readonly app?: string;
    /** How the templates follow a release. @default - they do not yet */
    readonly release?: FollowedRelease;
    readonly answersHttp: boolean;
  },
): ProposedFile {
  const { isTypeScript, manifest, install } = project;
  const usesImport = isTypeScript || isEsm;
  const version = manifest['version'];
  const baseline = release?.value ?? (typeof version === 'string' ? version : '1.0.0');
  const check = answersHttp
    ? `    smoke: [{ name: 'it answers', path: '/' }],`
    : `    commands: [{ name: 'our own tests', run: 'npm test', timeoutSeconds: 600 }],`;
  const synth = [
    ...(app === undefined ? [] : [`command: ${literal(synthOf(app))}`]),
    ...(release && release.key !== RELEASE_KEY ? [`releaseContext: ${literal(release.key)}`] : []),
  ];
  const config = `defineRehearsal({
  baseline: ${literal(baseline)}, // what production runs now
${synth.length === 0 ? '' : `  synth: { ${synth.join(', ')} },\n`}${openLines(release !== undefined, answersHttp, install)}  checks: {
${check}
${answersHttp ? WRITES : ''}  },
${answersHttp ? DRILLS : ''}  gates: { maxFailedChecks: 0 },
})`;
  const head = `// How a release is rehearsed. docs/rehearsing.md of cdk-twin has checks, drills and gates, and twin doctor says what is missing here.\n`;
  return usesImport
    ? {
        file: `twin.config.${isTypeScript ? 'ts' : 'mjs'}`,
        text: `${head}import { defineRehearsal } from 'cdk-twin/rehearsal';\n\nexport default ${config};\n`,
      }
    : {
        file: 'twin.config.js',
        text: `${head}const { defineRehearsal } = require('cdk-twin/rehearsal');\n\nmodule.exports = ${config};\n`,
      };
}

/** What shows a stale read: with a page alone a GO says little of replicas. */
const WRITES = `    // To do: what your users write, and where they read it next: this finds reads from a replica that is behind.
    // readYourWrites: [{ name: 'an order is there', write: { method: 'POST', path: '/orders', body: {}, status: 201 }, read: { path: '/orders/{id}' } }],
`;

/** What is broken on purpose: by the names of tiers, which only the author knows by now. */
const DRILLS = `  // drills: { rollBack: true, failover: ['Orders'], killTask: ['Web'] }, // tiers by name: twin doctor lists them
`;

/** What a first rehearsal needs and only the app's author knows, as comments. */
function openLines(followsRelease: boolean, answersHttp: boolean, install: string): string {
  const releases = `releases: { git: 'v{release}', build: ${literal(install)} }, // the code of each release, by its tag`;
  const version =
    "version: { path: '/version', json: 'release' }, // where services say which release they are";
  const lines = [
    ...(followsRelease
      ? ['To do: something has to show which release runs.', ...(answersHttp ? [version] : [])]
      : [
          'To do: nothing in the templates follows a release yet, and two that are deployed alike are refused.',
          "Let the app read app.node.tryGetContext('release'), for the tag of an image, or say where the code of each is.",
        ]),
    releases,
    ...(!followsRelease && answersHttp ? [version] : []),
    ...(answersHttp
      ? ["local: { services: { Web: { command: 'node server.js' } } }, // how each starts on this machine"]
      : []),
  ];
  return lines.map((line) => `  // ${line}\n`).join('');
}

/** How the app with the Twins is synthesised, whichever app cdk.json names. */
export const synthOf = (app: string): string => `${SYNTH_DEFAULTS.command} --app ${shellWord(app)}`;

/** A text as a scalar of YAML: as it is where that is read as it is. */
const scalar = (text: string): string => (/: |\s#|:$/.test(text) ? JSON.stringify(text) : text);

/**
 * The workflow for pull requests: docs/pipelines.md has it, and what to do elsewhere.
 *
 * @param app - what runs the app with the Twins. @default - what cdk.json names
 */
export function workflowFile({ install }: AppProject, app?: string): ProposedFile {
  const synth = app === undefined ? SYNTH_DEFAULTS.command : synthOf(app);
  const cache = install.startsWith('npm ci') ? '\n          cache: npm' : '';
  return {
    file: join('.github', 'workflows', 'twins.yml'),
    text: `name: twins
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  twins:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24${cache}
      - run: ${install}
      - name: Synthesise
        run: ${scalar(`npx ${synth}`)}
      - name: Report
        if: always()
        run: npx twin parity --format github
`,
  };
}
