import { TwinError } from '../../../lib/error';
import { inGroups, oneByOne } from '../../../lib/targets/aws/settled';

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

it('does no more than so many at one time, and none after a group that fails', async () => {
  let under = 0;
  const most: number[] = [];
  const work = async (): Promise<void> => {
    most.push(++under);
    await new Promise(setImmediate);
    under--;
  };
  await inGroups([work, work, work, work, work], 2);
  expect(most).toEqual([1, 2, 1, 2, 1]);
  await inGroups([], 0);
  await expect(inGroups([work, failing('two'), work], 2)).rejects.toMatchObject({ message: 'two' });
  expect(most).toHaveLength(6);
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
