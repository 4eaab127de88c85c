import { spawnSync } from 'node:child_process';
import { crashLine } from '../../../../lib/targets/local/process/crash-line';

const node = (...args: readonly string[]): string =>
  spawnSync(process.execPath, args, { encoding: 'utf8', cwd: '/' }).stderr;

it('is the last line that is not empty', () => {
  expect(crashLine('starting\nno such table\n\n')).toBe('no such table');
});

it("is the error above Node's trace and version", () => {
  expect(crashLine(node('missing.mjs'))).toMatch(/^Error: Cannot find module '.*missing\.mjs'$/);
  expect(crashLine(`listening\n${node('-e', 'throw new TypeError("no\\nhost")')}`)).toBe('TypeError: no');
});

it('is the error of a database, far above the end', () => {
  const thrown = `
    const error = new Error('sorry, too many clients already');
    error.name = 'error';
    error.stack = error.stack.replace(/^Error/, 'error');
    const names = 'length severity code detail hint position internalPosition internalQuery where schema table column dataType constraint file line routine';
    for (const name of names.split(' ')) error[name] = undefined;
    throw error`;
  const output = node('-e', thrown);
  expect(output.split('\n').length).toBeGreaterThan(25);
  expect(crashLine(output)).toBe('error: sorry, too many clients already');
});

it('has the innermost cause', () => {
  const thrown =
    'throw Object.assign(new TypeError("fetch failed", { cause: new Error("no host") }), { code: "E" })';
  expect(crashLine(node('-e', thrown))).toBe('TypeError: fetch failed; cause: Error: no host');
  const several =
    'throw new AggregateError([new Error("::1 refused"), new Error("127.0.0.1 refused")], "no address")';
  expect(crashLine(node('-e', several))).toBe('AggregateError: no address; cause: Error: 127.0.0.1 refused');
});

it.each([
  [
    'Python',
    `Traceback (most recent call last):
  File "/app/main.py", line 12, in <module>
    connect()
    ~~~~~~~^^
  File "/app/db.py", line 3, in connect
    raise OperationalError(text)
psycopg.OperationalError: connection failed: no password supplied
	Is the server running?
`,
    'psycopg.OperationalError: connection failed: no password supplied',
  ],
  [
    'Java',
    `INFO: starting
Exception in thread "main" java.lang.IllegalStateException: no pool
	at com.acme.Main.main(Main.java:5)
Caused by: java.sql.SQLException: FATAL: too many connections
	at org.postgresql.Driver.connect(Driver.java:99)
	... 1 more
`,
    'Caused by: java.sql.SQLException: FATAL: too many connections',
  ],
  [
    'Ruby',
    'app.rb:3:in `fetch\': key not found: "DB" (KeyError)\n\tfrom app.rb:3:in `<main>\'\n',
    'app.rb:3:in `fetch\': key not found: "DB" (KeyError)',
  ],
  [
    'Go',
    `panic: runtime error: index out of range [3] with length 1

goroutine 1 [running]:
main.main()
	/app/main.go:5 +0x1d
${Array.from({ length: 12 }, (_, i) => `runtime.f${i}()\n\t/usr/go/f.go:${i} +0x1d\n`).join('')}exit status 2
`,
    'panic: runtime error: index out of range [3] with length 1',
  ],
  [
    'npm, below a trace',
    `${node('-e', 'throw new Error("PAYMENTS_URL is not set")')}npm error Lifecycle script failed\nnpm error code 1\n`,
    'Error: PAYMENTS_URL is not set',
  ],
  ['no trace', 'connecting\nFATAL:  role "app" does not exist\nbye\n', 'FATAL:  role "app" does not exist'],
])('is the error of %s', (_, output, line) => {
  expect(crashLine(output)).toBe(line);
});

it('is not an error that was survived long before the end', () => {
  const survived = node('-e', 'console.error(new Error("retrying"))');
  const lines = Array.from({ length: 30 }, (_, i) => `request ${i}\n`).join('');
  expect(crashLine(`${survived}${lines}the port is taken\n`)).toBe('the port is taken');
});

it('is what was thrown where that is no error', () => {
  expect(crashLine(node('-e', 'throw "no configuration"'))).toBe('no configuration');
});

it('is "no output" where nothing was written', () => {
  expect(crashLine(' \n')).toBe('no output');
});
