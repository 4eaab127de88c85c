/** The folder of all rehearsals, beside the config. */
export const REHEARSALS = '.twin';
/** The whole evidence, from which the others can be made again. */
export const EVIDENCE_FILE = 'evidence.json';
/** The page for people. */
export const PAGE_FILE = 'report.html';
/** The comment for a pull request. */
export const MARKDOWN_FILE = 'report.md';
/** For what a build server shows of tests. */
export const JUNIT_FILE = 'junit.xml';
/** The folder of the logs of everything that stood. */
export const LOGS_FOLDER = 'logs';
/** What happened, one line each: written by the rehearsal itself. */
export const EVENTS_FILE = 'events.ndjson';
