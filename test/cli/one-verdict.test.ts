import { oneVerdict, type EndedPart } from '../../lib/cli/one-verdict';

const part = (staging: string, exitCode: number, cut?: EndedPart['cut']): EndedPart => ({
  staging,
  from: '1',
  outcome: { text: `${staging}\n`, exitCode },
  ...(cut && { cut }),
});
const codeOf = (...ended: EndedPart[]): number => oneVerdict('2', ended, ended, false).exitCode;

it('ends with the code of the worst, whichever comes first', () => {
  const byWeight = [3, 1, 70, 4, 2, 0];
  for (const [i, worse] of byWeight.entries())
    for (const better of byWeight.slice(i)) {
      const both = [part('A', worse), part('B', better)] as const;
      expect([codeOf(...both), codeOf(...both.toReversed())]).toEqual([worse, worse]);
    }
});

it('counts what was stopped because of another one only where it left something', () => {
  expect(codeOf(part('A', 4), part('B', 1, 'stopped'))).toBe(4);
  expect(codeOf(part('A', 1, 'held'), part('B', 2))).toBe(2);
  expect(codeOf(part('A', 4), part('B', 3, 'stopped'))).toBe(3);
});

it('is an array in JSON, of those that have evidence', () => {
  const ended = [part('A', 1), { ...part('B', 1), outcome: { text: '', exitCode: 1 } }];
  expect(oneVerdict('2', ended, ended, true).text).toBe('[A]\n');
});
