import fc from 'fast-check';
import { anonymizer, HASH, NAME, neutralName, spellings } from '../../lib/twins/instances/names';

describe('a neutral name', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,30}$/);
  const kindOf = (text: string): string =>
    text.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0');

  it('has the same kinds of characters at the same places, and none of the real ones but hyphens', () => {
    fc.assert(
      fc.property(name, fc.nat(99), fc.nat(5), (real, seed, longer) => {
        const neutral = neutralName(real, seed, longer);
        expect(neutral).toHaveLength(Math.max(4, real.length + longer));
        expect(kindOf(neutral).startsWith(kindOf(real))).toBe(true);
        const kept = Array.from(real).filter((char, i) => char !== '-' && char === neutral[i]);
        expect(kept).toEqual([]);
        expect(neutralName(real, seed, longer)).toBe(neutral);
      }),
    );
  });

  it('is another one with another seed, and says nothing: it has no vowel', () => {
    const names = Array.from({ length: 20 }, (_, seed) => neutralName('Production', seed));
    expect(new Set(names).size).toBe(20);
    for (const one of names) expect(one).toMatch(/^[BCDFGHJKMNPQRTVWXZ][bcdfghjkmnpqrtvwxz]{9}$/);
  });
});

it('a name has a spelling for each way in which code writes it', () => {
  expect(Object.fromEntries(spellings('name', 'Shop-ProdEu1'))).toEqual({
    name: 'Shop-ProdEu1',
    'name.lower': 'shop-prodeu1',
    'name.upper': 'SHOP-PRODEU1',
    'name.plain': 'ShopProdEu1',
    'name.plain.lower': 'shopprodeu1',
    'name.plain.upper': 'SHOPPRODEU1',
    'name.kebab': 'shop-prod-eu1',
    'name.snake': 'shop_prod_eu1',
    'name.snake.upper': 'SHOP_PROD_EU1',
    'name.underscored': 'Shop_ProdEu1',
    'name.underscored.lower': 'shop_prodeu1',
    'name.underscored.upper': 'SHOP_PRODEU1',
  });
});

describe('a text without names and hashes', () => {
  const anonymous = (name: string) => anonymizer(spellings('name', name).map(([, text]) => text));

  it.each([
    ['Prod', 'ProdQueue', `${NAME}Queue`],
    ['Prod', 'to prod-eu', `to ${NAME}-eu`],
    ['Prod', 'AllowEventRuleProdJob2C1AC552F', `AllowEventRule${NAME}Job2${HASH}`],
    ['Prod', 'AllowEventRuleProdJob12C1AC552F', `AllowEventRule${NAME}Job12${HASH}`],
    ['data', 'AllowEventRuledataJob247646786', `AllowEventRule${NAME}Job2${HASH}`],
    ['Prod', 'ExportsOutputFnGetAttQ05B1A6877Arn1BE3FB58', `ExportsOutputFnGetAttQ0${HASH}Arn${HASH}`],
    ['Prod', 'config-d41d8cd98f00b204e9800998ecf8427e', `config-${HASH}`],
    ['P', 'PQueue', 'PQueue'],
    ['P', 'P', NAME],
  ])('of %s: %s', (name, text, expected) => {
    expect(anonymous(name)(text)).toBe(expected);
  });
});
