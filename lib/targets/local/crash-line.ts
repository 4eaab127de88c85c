/** The first line of an error that Node ends with: `Error: ...`, `TypeError [ERR_X]: ...`, `error: ...` of a database. */
const NODE_ERROR = /^[A-Za-z_$][\w.$]*(?: \[\w+\])?: /;
/** What Node writes last, below the error and its trace. */
const NODE_END = /^Node\.js v\d/;

/** The line of what a program wrote that says most about its end: the last one, or the error above a trace of Node's. */
export function crashLine(written: string): string {
  const lines = written.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1) ?? '';
  const error = NODE_END.test(last) ? lines.findLast((line) => NODE_ERROR.test(line)) : undefined;
  return (error ?? last).trim() || 'nothing';
}
