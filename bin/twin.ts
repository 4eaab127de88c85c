#!/usr/bin/env node
import { run } from '../lib/cli/run';
import { terminalOf } from '../lib/cli/terminal';

void run(process.argv.slice(2), terminalOf(process)).then((exitCode) => {
  process.exitCode = exitCode;
});
