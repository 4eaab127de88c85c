import { resolve } from 'node:path';
import { annotation, withoutCommands } from '../../lib/report/workflow-command';
import { commandsIn } from '../github/runner';

it('is read by the runner as it was meant, whatever it holds', () => {
  const title = 'a: b, c=d %0A 100%25';
  const file = 'lib/a,b:100%.ts';
  const line = annotation({ level: 'error', title, file, line: '7', col: '3', lines: ['x, y: z', '50 %3A'] });
  expect(commandsIn(line)).toEqual([
    {
      name: 'error',
      properties: { file: resolve(file), line: '7', col: '3', title },
      message: 'x, y: z\n50 %3A',
    },
  ]);
});

it('has no file, and then no line either, where none is known', () => {
  expect(annotation({ level: 'notice', title: 'cdk-twin', lines: ['hello'] })).toBe(
    '::notice title=cdk-twin::hello',
  );
});

const HOSTILE = [
  '::add-mask::a',
  '  \t::stop-commands::x',
  '\u00a0\u3000::error file=a::b',
  'a ##[add-mask]b',
  '##[set-env name=PATH;]/tmp',
  'x\r::error::after a carriage return',
  'x\n::error::y',
  '::::error::',
];

it.each(HOSTILE)('is not begun by a line of a report: %j', (text) => {
  expect(withoutCommands(`${text}\nnext`)).toContain('next');
  expect(commandsIn(withoutCommands(text))).toEqual([]);
});

it.each(HOSTILE)('holds no other command: %j', (text) => {
  const line = annotation({ level: 'warning', title: text, file: text, lines: [text, text] });
  expect(commandsIn(line).map(({ name }) => name)).toEqual(['warning']);
});

it('leaves lines as they are that are no commands', () => {
  const text = 'arn:aws:sns:eu-west-1::topic\nA::B::C\n## [x]\n: :\n';
  expect(withoutCommands(text)).toBe(text);
});
