import { execFileSync } from 'node:child_process';
import { shellWord } from '../../lib/rehearsal/shell-word';

it('is one word for the shell, whatever stands in it', () => {
  const words = ['apps/shop', 'a b', "it's", '$HOME', '`id`', '"', '\\', 'a;b', ''];
  const line = ['printf', "'%s\\n'", ...words.map(shellWord)].join(' ');
  expect(execFileSync('sh', ['-c', line]).toString()).toBe(`${words.join('\n')}\n`);
  expect(shellWord('apps/shop')).toBe('apps/shop');
});
