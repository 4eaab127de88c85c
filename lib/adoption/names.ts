/**
 * What staging is called beside a production of this id.
 *
 * @param taken - the ids and the names of the app's stacks: a staging that is deployed already is not to be replaced
 */
export function stagingIdFor(id: string, taken: ReadonlySet<string>): string {
  const word = /prod(?:uction)?/i;
  const wanted = word.test(id) ? id.replace(word, (it) => likeIn(it, 'staging')) : `${id}Staging`;
  const ids = [wanted, `${wanted}Twin`, ...Array.from({ length: 99 }, (_, i) => `${wanted}Twin${i + 2}`)];
  return ids.find((it) => !taken.has(it))!;
}

/** A word in the capitals of another. */
const likeIn = (like: string, word: string): string =>
  like === like.toUpperCase()
    ? word.toUpperCase()
    : like[0] === like[0]!.toUpperCase()
      ? word[0]!.toUpperCase() + word.slice(1)
      : word;

/** Words as the name of a variable: `web shop` is `webShop`. Characters that no name has part words. */
export const camelCase = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word, i) => (i === 0 ? word[0]!.toLowerCase() : word[0]!.toUpperCase()) + word.slice(1))
    .join('');

/** What a construct is called in code, after its id. */
export function variableFor(id: string): string {
  const name = camelCase(id);
  return /^\d/.test(name) ? `stack${name}` : name;
}
