// Runs the code of a config in a thread of its own, which can neither end the process nor keep it waiting: what it leaves
// running ends with the thread. Copied into dist as it is: a thread is started from a file.
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { createJiti } = require('jiti');

const { file } = workerData;
setInterval(() => {}, 1e9); // or a config that waits for nothing that can come ends the thread
const jiti = createJiti(file, {
  fsCache: false,
  moduleCache: false,
  interopDefault: false,
  // this version of cdk-twin, even where the app has not installed it
  virtualModules: { 'cdk-twin/rehearsal': { defineRehearsal: (/** @type {unknown} */ config) => config } },
});
jiti.import(file).then(
  (loaded) => {
    const exported = defaultsOf(loaded);
    const code = codeIn(exported.value, '');
    tell(code.length > 0 ? { code } : { exported });
  },
  (error) => tell({ error: inWords(error) }),
);

/** @param {object} answer */
function tell(answer) {
  parentPort?.postMessage(answer, []);
}

/**
 * The default export, out of those that compilers put around it.
 *
 * @param {unknown} loaded
 * @returns {{ isThere: boolean, value?: unknown }}
 */
function defaultsOf(loaded) {
  let value = loaded;
  let isThere = /\.c?js$/.test(file) && isObject(loaded); // of CommonJS all of it is
  while (isObject(value) && 'default' in value) {
    value = value.default;
    isThere = true;
  }
  return isThere ? { isThere, value: plain(value) } : { isThere };
}

/**
 * A module is no object that another thread could be given.
 *
 * @param {unknown} value
 */
function plain(value) {
  return isObject(value) && Object.prototype.toString.call(value) === '[object Module]'
    ? { ...value }
    : value;
}

/**
 * Where a config has functions and symbols, which are no data.
 *
 * @param {unknown} value
 * @param {string} path
 * @param {readonly object[]} above - what it is within
 * @returns {string[]}
 */
function codeIn(value, path, above = []) {
  if (typeof value === 'function' || typeof value === 'symbol')
    return [`${path || 'it'} is a ${typeof value}`];
  if (!isObject(value) || above.includes(value)) return [];
  return Object.entries(value).flatMap(([key, it]) =>
    codeIn(it, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, [
      ...above,
      value,
    ]),
  );
}

/** @param {unknown} error */
function inWords(error) {
  if (!isObject(error) || typeof error['message'] !== 'string')
    return { thrown: ['object', 'function', 'symbol'].includes(typeof error) ? String(error) : error };
  const { name, message, stack } = error;
  return { name, message, stack };
}

/**
 * @param {unknown} it
 * @returns {it is Record<string, unknown>}
 */
function isObject(it) {
  return typeof it === 'object' && it !== null;
}
