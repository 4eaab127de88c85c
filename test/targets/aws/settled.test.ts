import { TwinError } from '../../../lib/error';
import { oneByOne } from '../../../lib/targets/aws/settled';

const failing = (message: string) => (): Promise<void> =>
  Promise.reject(new TwinError({ code: 'aws', message, fix: `Mend ${message}.` }));

it('does what is left where one fails, and says all that failed', async () => {
  const done: string[] = [];
  const work = (name: string) => (): Promise<void> => {
    done.push(name);
    return Promise.resolve();
  };
  const works = [failing('one'), work('two'), failing('three'), work('four')];
  await expect(oneByOne(works, new AbortController().signal)).rejects.toMatchObject({
    code: 'aws',
    message: 'one\n  three',
    fix: 'Mend one. Mend three.',
  });
  expect(done).toEqual(['two', 'four']);
});

it('reports a bug alone', async () => {
  const bug = new TypeError('undefined');
  const works = [failing('one'), () => Promise.reject(bug)];
  await expect(oneByOne(works, new AbortController().signal)).rejects.toBe(bug);
});

it('stops with the signal', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  const works = ['one', 'two'].map((name) => (): Promise<void> => {
    done.push(name);
    stop.abort(new Error('stopped'));
    return Promise.resolve();
  });
  await expect(oneByOne(works, stop.signal)).rejects.toThrow('stopped');
  expect(done).toEqual(['one']);
});
