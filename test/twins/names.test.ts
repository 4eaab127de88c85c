import { neutralName, spellings } from '../../lib/twins/names';

describe('a neutral name', () => {
  const NAMES = ['Prod', 'StagingEphemeral', 'shop-staging-1-42-0', 'P', 'data'];

  it.each(NAMES)('for %s is of the same kinds of characters, and keeps none of them', (name) => {
    const neutral = neutralName(name, 7);
    expect(neutral).toHaveLength(Math.max(name.length, 4));
    Array.from(name).forEach((char, i) => {
      const kind = /[a-z]/.test(char)
        ? /[a-z]/
        : /[A-Z]/.test(char)
          ? /[A-Z]/
          : /\d/.test(char)
            ? /\d/
            : undefined;
      if (kind) expect(neutral[i]).toMatch(kind);
      else expect(neutral[i]).toBe(char);
      if (kind) expect(neutral[i]).not.toBe(char);
    });
  });

  it('is the same at every synth, another one for another seed, and longer when it is asked to be', () => {
    expect(neutralName('Prod', 7)).toBe(neutralName('Prod', 7));
    expect(new Set([1, 8, 15, 22].map((seed) => neutralName('Prod', seed))).size).toBe(4);
    expect(neutralName('Prod', 7, 3)).toHaveLength(7);
  });
});

it('a name is spelt as code spells it', () => {
  expect(Object.fromEntries(spellings('name', 'Shop-StagingA'))).toMatchObject({
    name: 'Shop-StagingA',
    'name.lower': 'shop-staginga',
    'name.plain': 'ShopStagingA',
    'name.kebab': 'shop-staging-a',
    'name.snake': 'shop_staging_a',
  });
});
