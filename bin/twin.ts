#!/usr/bin/env node
import { EXIT } from '../lib/cli/outcome';
import { run } from '../lib/cli/run';
import { terminalOf } from '../lib/cli/terminal';

/** Whatever ends this process before there is a result, a pipeline must not take it for GO: a second signal has its own exit code. */
const endedEarly = (exitCode: number): void => {
  if (exitCode !== EXIT.ok) return;
  process.exitCode = EXIT.bug;
  process.stderr.write(
    'error: twin was ended before it had a result\n  fix: See whether twin.config.ts ends the process.\n',
  );
};
process.once('exit', endedEarly);

void run(process.argv.slice(2), terminalOf(process)).then((exitCode) => {
  process.off('exit', endedEarly);
  // a timer or a connection that twin.config.ts has left open keeps nobody waiting; what was written arrives first
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
});
