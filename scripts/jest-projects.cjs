// Sorts the tests by what they can do, which their imports say: nobody keeps a list. jest.config.js makes a project of each kind.
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

/**
 * `unit`: functions alone. `property`: the same, on cases by the hundred that are drawn. `synth`: makes templates with the AWS CDK. `process`: starts programs or servers. `e2e`: runs the
 * package as it is built.
 *
 * @typedef {'unit' | 'property' | 'synth' | 'process' | 'e2e'} Project
 */

/** @type {readonly Project[]} */
const PROJECTS = ['unit', 'property', 'synth', 'process', 'e2e'];

/** Those whose tests start nothing. @type {readonly Project[]} */
const FAST = ['unit', 'property', 'synth'];

/** Folders of tests that need more than Node: each has a configuration of its own. */
const ELSEWHERE = ['real', 'aws-emulated', 'mysql', 'documents', 'samples'];

/** What is built or packed, as a test names it. */
const BUILT = /\bdist\/|'pack'/;
const DRAWN = /^fast-check$/;
/** What makes templates, and the specification of them, which takes as long to load. */
const CDK = /^(aws-cdk-lib|constructs|@aws-cdk\/aws-service-spec)(\/|$)/;
/** xmllint-wasm runs in a thread of its own. */
const PROGRAMS = /^((node:)?child_process|xmllint-wasm)$/;
const SERVERS = /^(node:)?(https?|http2|net|tls|worker_threads)$/;
const SERVER = /\b(createServer|Server|Worker)\b/;

/** An import or an export from a module, and a module that is loaded later; types are gone when a test runs. */
const IMPORT =
  /^(?:import|export)\s+(?!type\s)([^;'"]*?)\s*from\s*'([^']+)'|^import\s+'([^']+)'|(?<!typeof )\b(?:require|import)\('([^']+)'\)/gm;

/** @typedef {{ readonly names: string, readonly from: string }} Import */

/**
 * What a module loads.
 *
 * @param {string} text
 * @returns {Import[]}
 */
function importsOf(text) {
  return [...text.matchAll(IMPORT)]
    .map(([, names = '', named, whole, later]) => ({ names, from: named ?? whole ?? later ?? '' }))
    .filter(({ names }) => !isOfTypes(names));
}

/** @param {string} names */
function isOfTypes(names) {
  const listed = /^\{([^]*)\}$/.exec(names.trim())?.[1];
  const all = listed?.split(',').flatMap((name) => name.trim() || []);
  return all !== undefined && all.length > 0 && all.every((name) => name.startsWith('type '));
}

/**
 * The file of a module of ours; undefined for a package, and for what is no code.
 *
 * @param {string} importer
 * @param {string} from
 */
function fileOf(importer, from) {
  if (!from.startsWith('.')) return undefined;
  const stem = path.join(path.dirname(importer), from);
  return ['', '.ts', '.mts', '/index.ts']
    .map((end) => stem + end)
    .find((file) => /\.[cm]?[jt]s$/.test(file) && existsSync(file) && statSync(file).isFile());
}

/** Looks at each file once, however many tests reach it. */
class Sorter {
  /** @type {Map<string, { text: string, imports: Import[], files: string[] }>} */
  #read = new Map();

  /** @param {string} test - its path */
  projectOf(test) {
    const files = this.#reachedFrom(test);
    const own = [...files].filter((file) => file.split(path.sep).includes('test'));
    if (own.some((file) => BUILT.test(this.#module(file).text))) return 'e2e';
    const imports = [...files].flatMap((file) => this.#module(file).imports);
    if (imports.some(({ names, from }) => PROGRAMS.test(from) || (SERVERS.test(from) && SERVER.test(names))))
      return 'process';
    if (imports.some(({ from }) => CDK.test(from))) return 'synth';
    return imports.some(({ from }) => DRAWN.test(from)) ? 'property' : 'unit';
  }

  /** @param {string} test */
  #reachedFrom(test) {
    const files = new Set([test]);
    for (const file of files) for (const next of this.#module(file).files) files.add(next);
    return files;
  }

  /** @param {string} file */
  #module(file) {
    const known = this.#read.get(file);
    if (known) return known;
    const text = readFileSync(file, 'utf8');
    const imports = importsOf(text);
    const module = { text, imports, files: imports.flatMap(({ from }) => fileOf(file, from) ?? []) };
    this.#read.set(file, module);
    return module;
  }
}

/**
 * The tests of each project.
 *
 * @param {string} folder - below which tests are
 * @param {readonly string[]} [without] - folders below it
 * @returns {Readonly<Record<Project, readonly string[]>>} their paths
 */
function testsByProject(folder, without = []) {
  const sorter = new Sorter();
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.test.ts') && !without.some((other) => file.startsWith(other + path.sep)),
    )
    .map((file) => path.join(folder, file))
    .sort();
  /** @type {Record<Project, string[]>} */
  const sorted = { unit: [], property: [], synth: [], process: [], e2e: [] };
  for (const test of tests) sorted[sorter.projectOf(test)].push(test);
  return sorted;
}

module.exports = { ELSEWHERE, FAST, PROJECTS, testsByProject };
