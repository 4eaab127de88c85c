import { neutralName, spellings } from '../../lib/twins/names';

describe('a neutral name', () => {
  const NAMES = ['Prod', 'StagingEphemeral', 'shop-staging-1-42-0', 'P', 'data'];

  it.each(NAMES)('for %s is of the same kinds of characters, and keeps none of them', (name) => {
    const neutral = neutralName(name, 7);
    expect(neutral).toHaveLength(Math.max(name.length, 4));
    const kinds = (text: string): string =>
      text.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0');
    expect(kinds(neutral).slice(0, name.length)).toBe(kinds(name));
    const kept = Array.from(name).filter((char, i) => /[A-Za-z0-9]/.test(char) && char === neutral[i]);
    expect(kept).toEqual([]);
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
