import { cutIn } from '../../lib/twins/experiments/cut';

const seen = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([name, text]) => ({ text, names: new Map([['name', name]]) }));

describe('a text is cut', () => {
  it('at its end, to a length', () => {
    expect(cutIn(seen({ Prod: 'Prod-the-qu', Kqzm: 'Kqzm-the-qu', Staging: 'Staging-the' }))).toEqual({
      before: '',
      after: '',
    });
  });

  it('within a longer one', () => {
    expect(
      cutIn(seen({ Prod: '/Prod-the-qu/x', Kqzm: '/Kqzm-the-qu/x', Staging: '/Staging-the/x' })),
    ).toEqual({
      before: '/',
      after: '/x',
    });
  });

  it('in its middle, with a hash at its end, even if the name itself is cut', () => {
    const texts = {
      Prod: 'Prod-MgName-9ECC064D',
      Staging: 'StagingName-7DC099A6',
      Wxjxcdd: 'WxjxcdgName-C6C3B275',
    };
    expect(cutIn(seen({ ...texts, Cjzf: 'Cjzf-MgName-9B3F63B7' }))).toEqual({ before: '', after: '' });
  });
});

describe('a text is not cut', () => {
  it.each<[string, Record<string, string>]>([
    [
      'when names of one length leave something else',
      { Prod: 'Prod-keep', Kqzm: 'Kqzm-drop', Staging: 'Staging-d' },
    ],
    [
      'when a longer name leaves something else',
      { Prod: 'Prod-aaaaaa', Kqzm: 'Kqzm-aaaaaa', Staging: 'Staging-bbb' },
    ],
    ['when a name is not in it', { Prod: 'full-rights', Kqzm: 'Kqzm-rights', Staging: 'Staging-rig' }],
    ['when all names are of one length', { Prod: 'Prod-a', Kqzm: 'Kqzm-b', Test: 'Test-c' }],
    [
      'when it holds a reference',
      { Prod: 'Prod-\uE0011\uE002', Kqzm: 'Kqzm-\uE0011\uE002', Staging: 'Staging' },
    ],
  ])('%s', (_, texts) => {
    expect(cutIn(seen(texts))).toBeUndefined();
  });
});
