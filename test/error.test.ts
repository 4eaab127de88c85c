import { inspect } from 'node:util';
import { didYouMean, TwinError } from '../lib/error';

const props = { code: 'scale', message: 'readers: got 0', fix: 'Keep 2 or more.' };

test('an error carries its code, its message and its fix', () => {
  const error = new TwinError(props);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'TwinError', ...props });
});

test('an error shows its message and its fix, and no stack', () => {
  expect(String(new TwinError(props))).toBe('readers: got 0\n  fix: Keep 2 or more.');
});

test('an error keeps its cause', () => {
  const cause = new Error('disk full');
  expect(new TwinError({ ...props, cause }).cause).toBe(cause);
});

test('an error without a cause does not speak of one', () => {
  expect(inspect(new TwinError(props))).not.toContain('cause');
});

describe('did you mean', () => {
  const names = ['ordersReaders', 'webTasks', 'pagesShards'];

  test.each([
    ['a letter too few', 'ordersReader', 'did you mean "ordersReaders"?'],
    ['other capitals', 'WEBTASKS', 'did you mean "webTasks"?'],
    ['letters that changed places', 'wbeTasks', 'did you mean "webTasks"?'],
    ['a third of the name', 'pagesSha', 'did you mean "pagesShards"?'],
    ['more than a third of the name', 'pagesS', 'use one of: ordersReaders, webTasks, pagesShards'],
    ['nothing alike', 'zzzzzzzzzzzz', 'use one of: ordersReaders, webTasks, pagesShards'],
    ['nothing at all', '', 'use one of: ordersReaders, webTasks, pagesShards'],
  ])('answers %s', (_, name, answer) => {
    expect(didYouMean(name, names)).toBe(answer);
  });

  it('forgives two letters in a short name', () => {
    expect(didYouMean('cpx', ['cpu', 'memory'])).toBe('did you mean "cpu"?');
    expect(didYouMean('cxx', ['cpu', 'memory'])).toBe('did you mean "cpu"?');
    expect(didYouMean('xxx', ['cpu', 'memory'])).toBe('use one of: cpu, memory');
  });

  it('chooses the nearest whatever its capitals, and the first of two that are as near', () => {
    expect(didYouMean('WEBTASKS', ['WORKTASK', 'webTasks'])).toBe('did you mean "webTasks"?');
    expect(didYouMean('b', ['a', 'c'])).toBe('did you mean "a"?');
  });

  it('has nothing to offer when there is nothing', () => {
    expect(didYouMean('readers', [])).toBe('there is nothing to choose from');
  });
});
