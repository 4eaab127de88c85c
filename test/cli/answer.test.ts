import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { answerTo } from '../../lib/cli/answer';

/** Asks on a terminal that is made of streams. */
function asked(signal: AbortSignal = new AbortController().signal) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input, output, answer: answerTo('Sure? ', [input, output], signal) };
}

it('returns what was typed, after the question', async () => {
  const { input, output, answer } = asked();
  input.write('yes\n');
  expect(await answer).toBe('yes');
  expect(String(output.read())).toBe('Sure? ');
});

it('returns nothing at the end of the input', async () => {
  const { input, answer } = asked();
  input.end();
  expect(await answer).toBe('');
});

it('ends with the reason of an interruption', async () => {
  const stop = new AbortController();
  const { answer } = asked(stop.signal);
  stop.abort(new Error('stopped by SIGTERM'));
  await expect(answer).rejects.toThrow('stopped by SIGTERM');
});

it('lets Ctrl-C interrupt the process, though a terminal in raw mode sends no signal', async () => {
  const program = `
    const { PassThrough } = require('node:stream');
    const { answerTo } = require(${JSON.stringify(require.resolve('../../lib/cli/answer.ts'))});
    const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })];
    answerTo('Sure? ', [input, output], new AbortController().signal).then(() => console.log('answered'));
    setTimeout(() => {}, 60_000);
    input.write('\\x03');`;
  const child = spawn('node', ['--import', 'tsx', '--eval', program], { timeout: 60_000 });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal, text }).toEqual({ code: null, signal: 'SIGINT', text: '' });
}, 60_000);
