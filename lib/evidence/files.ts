/** The folder of all rehearsals, beside the config. */
export const REHEARSALS = '.twin';
/** In it, the code of releases that is checked out. */
export const CHECKOUTS = 'releases';
/** The whole evidence, from which the other files are rendered. */
export const EVIDENCE_FILE = 'evidence.json';
/** The whole record of a verification. */
export const VERIFICATION_FILE = 'verification.json';
/** The whole record of a cutover. */
export const CUTOVER_FILE = 'cutover.json';
/** The records of what was done in production, which stand nothing up. */
export const RECORD_FILES: readonly string[] = [VERIFICATION_FILE, CUTOVER_FILE];
/** What is read to look back. */
export const EVIDENCE_FILES: readonly string[] = [EVIDENCE_FILE, ...RECORD_FILES];
/** The page for people. */
export const PAGE_FILE = 'report.html';
/** The comment for a pull request. */
export const MARKDOWN_FILE = 'report.md';
/** The test results for a build server. */
export const JUNIT_FILE = 'junit.xml';
/** The folder of the logs of all processes. */
export const LOGS_FOLDER = 'logs';
/** The events of the rehearsal, one line each. */
export const EVENTS_FILE = 'events.ndjson';
/** The events of a rehearsal that could not start. */
export const NOT_STARTED_FILE = 'not-started.ndjson';
/** The folder of earlier attempts, by their numbers from 1 on. */
export const ATTEMPTS_FOLDER = 'attempts';
