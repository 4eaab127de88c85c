/** The first line of an error that ends Node: `Error: ...`, `TypeError [ERR_X]: ...`, `error: ...` of a database. */
const NODE_ERROR = /^[A-Za-z_$][\w.$]*(?: \[\w+\])?: /;
/** The last line that Node writes, below the error and its trace. */
const NODE_END = /^Node\.js v\d/;

/** The line of a program's output that explains its end: the last one, or the error above Node's trace. */
export function crashLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1) ?? '';
  const error = NODE_END.test(last) ? lines.findLast((line) => NODE_ERROR.test(line)) : undefined;
  return (error ?? last).trim() || 'no output';
}
